"""Due dates, pure, and where a duty stands at a moment: computed, never stored (design: decision 3)."""

from datetime import date, timedelta
from enum import StrEnum


class Standing(StrEnum):
    """Where a dated duty stands."""

    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "done_on_time": "Đúng hạn",
            "done_late": "Gửi muộn",
            "open": "Chưa đến hạn",
            "due_soon": "Sắp đến hạn",
            "overdue": "Quá hạn",
        }[self.value]

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        tones = {"done_on_time": "ok", "done_late": "warn", "due_soon": "warn", "overdue": "late"}
        return tones.get(self.value, "info")

    @property
    def icon(self) -> str:
        """The mark that tells it without colour."""
        return {"done_on_time": "✓", "done_late": "!", "due_soon": "◷", "overdue": "✕"}.get(self.value, "•")


SOON = timedelta(days=3)


def days_after(base: date, days: int) -> date:
    """The last day on which "sau N ngày" is kept: N calendar days after the base (S4-10, S4-13)."""
    return base + timedelta(days=days)


def standing(due_on: date, done_on: date | None, today: date) -> Standing:
    """Done on or before the due day is on time; open duties are soon due from three days before."""
    if done_on is not None:
        return Standing.DONE_ON_TIME if done_on <= due_on else Standing.DONE_LATE
    if today > due_on:
        return Standing.OVERDUE
    return Standing.DUE_SOON if due_on - today <= SOON else Standing.OPEN
