"""When a cell meets: its usual day in each month, pure (S4-12, S4-15)."""

from collections.abc import Iterator
from datetime import date


def months_from(first: date, count: int) -> tuple[date, ...]:
    """The first days of `count` months from `first` on."""
    start = first.year * 12 + first.month - 1
    return tuple(date(n // 12, n % 12 + 1, 1) for n in range(start, start + count))


def usual_meetings(first: date, count: int, day: int) -> Iterator[tuple[date, date]]:
    """(month, day of the meeting) for a cell that meets on the same day (1 to 28) of every month."""
    return ((month, month.replace(day=day)) for month in months_from(first, count))
