"""What every merge of good rows shares: what is there, what differs, the count (X04)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Applied:
    """How many rows made something new, changed something, or said what was known."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


def counted(outcomes: Iterable[Outcome]) -> Applied:
    """The outcomes, added up."""
    found = list(outcomes)
    return Applied(*(found.count(outcome) for outcome in Outcome))


def assign(row: Any, values: Mapping[str, Any]) -> Outcome:
    """Set what differs."""
    changed = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    return Outcome.UPDATED if changed else Outcome.UNCHANGED


def by_code(session: orm.Session, kind: type[Any]) -> dict[str, Any]:
    """The tenant's rows of a kind by their code."""
    return {row.code: row for row in session.scalars(sa.select(kind))}
