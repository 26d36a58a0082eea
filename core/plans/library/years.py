"""A plan moved to another year: its days and periods, and the year its texts name; pure."""

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

from core.plans.content import PlanContent
from core.plans.due import Within

KEPT: Final = frozenset({"bases", "catalogues", "source_number"})
"""What speaks of other documents, whose dates and numbers are theirs."""


def retimed(content: PlanContent, year: int) -> PlanContent:
    """The plan of another year: days and periods by whole years, 29/2 becoming 28/2 where there is none, and
    the year in its texts; bases stay. Raises ValueError for a year that no date has."""
    move = partial(_moved, old=content.year, new=year)
    changed = {one.name: move(getattr(content, one.name)) for one in fields(content) if one.name not in KEPT}
    return replace(content, **{**changed, "year": year})


def _moved(value: Any, old: int, new: int) -> Any:
    if isinstance(value, date):
        return _day(value, new - old)
    if type(value) is str:
        return re.sub(rf"(?<![\d/.-]){old}(?![\d/-])", str(new), value)
    if isinstance(value, tuple):
        return tuple(_moved(one, old, new) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return _part(value, old, new)
    return value


def _part(value: Any, old: int, new: int) -> Any:
    changed = {one.name: _moved(getattr(value, one.name), old, new) for one in fields(value)}
    if isinstance(value, Within) and value.period:
        changed["period"] = f"{int(value.period[:4]) + new - old:04}{value.period[4:]}"
    return replace(value, **changed)


def _day(day: date, by: int) -> date:
    try:
        return day.replace(year=day.year + by)
    except ValueError:
        return day.replace(year=day.year + by, day=28)
