"""When people are reminded, and in what words: one digest a day at most (design: product F09)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

MOST_NAMED: Final = 5


class Duty(StrEnum):
    """What somebody is reminded of."""

    VISIT = "visit"
    VISIT_REPORT = "visit_report"
    URGENT_PETITION = "urgent_petition"

    @property
    def rungs(self) -> frozenset[int]:
        """Days from the due day (before: negative) that call for a digest; a petition's is the day it was
        raised on."""
        return {
            "visit": frozenset({-3, -1}),
            "visit_report": frozenset({-1, 1, 3}),
            "urgent_petition": frozenset({1, 3}),
        }[self.value]

    @property
    def days_ahead(self) -> int:
        """How many days before it is due a digest speaks of it."""
        return {"visit": 3, "visit_report": 1, "urgent_petition": 0}[self.value]

    @property
    def heading(self) -> str:
        """How a digest opens its list of them."""
        return {
            "visit": "sắp dự sinh hoạt",
            "visit_report": "báo cáo kết quả dự",
            "urgent_petition": "kiến nghị bức xúc, nổi cộm chờ trả lời",
        }[self.value]


@dataclass(frozen=True)
class Reminder:
    """One duty of one person: of which kind, at which cell, due on which day."""

    duty: Duty
    cell: str
    due_on: date

    def late(self, today: date) -> int:
        """Days since it was due; negative before."""
        return (today - self.due_on).days


def digest(reminders: Iterable[Reminder], today: date) -> str | None:
    """What to tell a person today, all duties near or overdue in one text; None on a day without a rung.

    A visit whose day is over is spoken of as its report.
    """
    near = [r for r in reminders if _is_told(r, today)]
    if not any(r.late(today) in r.duty.rungs for r in near):
        return None
    parts = (_part(duty, [r for r in near if r.duty is duty], today) for duty in Duty)
    return f"Nhắc việc ngày {today:%d/%m/%Y}: {'; '.join(filter(None, parts))}."


def _is_told(reminder: Reminder, today: date) -> bool:
    late = reminder.late(today)
    return late >= -reminder.duty.days_ahead and not (reminder.duty is Duty.VISIT and late > 0)


def _part(duty: Duty, reminders: Sequence[Reminder], today: date) -> str:
    if not reminders:
        return ""
    ordered = sorted(reminders, key=lambda r: (r.due_on, r.cell))
    named = ", ".join(f"{r.cell} ({_when(r, today)})" for r in ordered[:MOST_NAMED])
    more = len(ordered) - MOST_NAMED
    return f"{duty.heading}: {named}" + (f" và {more} việc khác" if more > 0 else "")


def _when(reminder: Reminder, today: date) -> str:
    late = reminder.late(today)
    if reminder.duty is Duty.URGENT_PETITION:
        return f"nêu ngày {reminder.due_on:%d/%m/%Y}"
    if reminder.duty is Duty.VISIT:
        return f"ngày {reminder.due_on:%d/%m/%Y}"
    return f"quá hạn {late} ngày" if late > 0 else f"hạn {reminder.due_on:%d/%m/%Y}"
