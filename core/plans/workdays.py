"""Working days: Monday to Friday, less days off, and days worked in their stead (domain: rules)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
SATURDAY = 5


class DayKind(StrEnum):
    """How a day differs from its day of the week."""

    OFF = "off"
    WORKED = "worked"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {"off": "Ngày nghỉ", "worked": "Ngày làm bù"}[self.value]


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked: weekdays that are not `off`, and any day that is `worked`.

    ValueError where a day is both.
    """

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if both := self.off & self.worked:
            raise ValueError(f"both off and worked: {sorted(both)}")

    def overridden(self, off: frozenset[date], worked: frozenset[date]) -> "WorkCalendar":
        """This calendar where those days say nothing, and what they say where they do."""
        return WorkCalendar((self.off - worked) | off, (self.worked - off) | worked)

    def is_working(self, day: date) -> bool:
        """Whether offices work on the day."""
        return day in self.worked or (day.weekday() < SATURDAY and day not in self.off)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after the day, before it where `n` is negative; the day itself for 0."""
        step = DAY if n > 0 else -DAY
        for _ in range(abs(n)):
            day = self._next(day + step, step)
        return day

    def next_working(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""
        return self._next(day, DAY)

    def previous_working(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before it."""
        return self._next(day, -DAY)

    def working_days(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and with `last`; as a negative number the other way
        round, so that `working_days(day, add_working_days(day, n)) == n`."""
        if last < first:
            return -sum(map(self.is_working, _days(last, first)))
        return sum(map(self.is_working, _days(first + DAY, last + DAY)))

    def _next(self, day: date, step: timedelta) -> date:
        while not self.is_working(day):
            day += step
        return day


def _days(first: date, end: date) -> Iterator[date]:
    """The days from `first` up to, without, `end`."""
    return (first + timedelta(days=n) for n in range((end - first).days))
