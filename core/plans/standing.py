"""Where a dated duty stands at a moment: computed, never stored (design: decision 3)."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

SOON: Final = timedelta(days=3)


class Standing(StrEnum):
    """Where a dated duty stands. Extended ones are counted apart (design: product F05)."""

    DONE_ON_TIME = "done_on_time"
    DONE_EXTENDED = "done_extended"
    DONE_LATE = "done_late"
    WAITING = "waiting"
    OPEN = "open"
    DUE_SOON = "due_soon"
    EXTENDED = "extended"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return _LOOK[self][0]

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        return _LOOK[self][1]

    @property
    def icon(self) -> str:
        """The mark that tells it without colour."""
        return _LOOK[self][2]

    @property
    def is_done(self) -> bool:
        """Whether nothing is owed any more."""
        return self in (Standing.DONE_ON_TIME, Standing.DONE_EXTENDED, Standing.DONE_LATE)


_LOOK = {
    Standing.DONE_ON_TIME: ("Đúng hạn", "ok", "✓"),
    Standing.DONE_EXTENDED: ("Xong trong thời gian gia hạn", "ok", "✓"),
    Standing.DONE_LATE: ("Gửi muộn", "warn", "!"),
    Standing.WAITING: ("Chờ xác định hạn", "info", "…"),
    Standing.OPEN: ("Chưa đến hạn", "info", "•"),
    Standing.DUE_SOON: ("Sắp đến hạn", "warn", "◷"),
    Standing.EXTENDED: ("Đang được gia hạn", "warn", "◷"),
    Standing.OVERDUE: ("Quá hạn", "late", "✕"),
}


def standing(
    due_on: date | None, done_on: date | None, today: date, extended_to: date | None = None
) -> Standing:
    """Done on or before the due day is on time, within an approved extension apart; open duties are soon due
    from three days before; without a due day they wait."""
    if due_on is None:
        return Standing.WAITING if done_on is None else Standing.DONE_ON_TIME
    last = max(due_on, extended_to or due_on)
    if done_on is not None:
        if done_on <= due_on:
            return Standing.DONE_ON_TIME
        return Standing.DONE_EXTENDED if done_on <= last else Standing.DONE_LATE
    if today > last:
        return Standing.OVERDUE
    if today > due_on:
        return Standing.EXTENDED
    return Standing.DUE_SOON if last - today <= SOON else Standing.OPEN
