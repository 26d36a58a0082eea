"""Viet Nam's public holidays and swapped working days as known to this release; no database is asked.

Holidays follow from the Labour Code (2019, article 112) by the `holidays` library, which also knows most of
the days that the Government swapped. What it lacks stands in `SWAPPED`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from holidays.countries.vietnam import Vietnam

from core.plans.workdays import DayKind, WorkCalendar

YEARS: Final = range(2018, 2038)
SWAPS_KNOWN_TO: Final = 2026
"""After this year no swapped day is known yet: only what the law itself fixes."""

SWAPPED: Final = {date(2026, 1, 2): date(2026, 1, 10)}
"""Days off and the days worked for them, by announcements that the library lacks (25/12/2025)."""


@dataclass(frozen=True)
class NationalDay:
    """A day that differs from its day of the week in the whole country."""

    day: date
    kind: DayKind
    label: str


@cache
def national_days() -> tuple[NationalDay, ...]:
    """Every known day of `YEARS`, in order; holidays that fall on a weekend are among them."""
    known = Vietnam(years=YEARS, language="vi")  # type: ignore[no-untyped-call]
    off = {day: label for day, label in known.items() if day.year in YEARS}
    off |= {day: f"Ngày nghỉ (thay cho ngày {worked:%d/%m/%Y})" for day, worked in SWAPPED.items()}
    made_up = {*known.weekend_workdays, *SWAPPED.values()}
    worked = {day: "Làm bù cho ngày nghỉ được hoán đổi" for day in made_up if day.year in YEARS}
    return tuple(sorted((*_of(off, DayKind.OFF), *_of(worked, DayKind.WORKED)), key=lambda day: day.day))


def _of(days: dict[date, str], kind: DayKind) -> Iterator[NationalDay]:
    return (NationalDay(day, kind, label) for day, label in days.items())


@cache
def national_calendar() -> WorkCalendar:
    """The country's working days; outside `YEARS` every weekday is one."""
    days = national_days()
    return WorkCalendar(*(frozenset(d.day for d in days if d.kind is kind) for kind in DayKind))
