"""When people are reminded, and in what words: one digest a day at most (design: product F09)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from core.plans.workdays import DAY, SATURDAY, WorkCalendar

MOST_NAMED: Final = 5
HOURS: Final = range(24)


class DutyKind(StrEnum):
    """What somebody is reminded of, in the order of a digest."""

    VISIT = "visit"
    VISIT_REPORT = "visit_report"
    TASK = "task"
    URGENT_PETITION = "urgent_petition"

    @property
    def heading(self) -> str:
        """How a digest opens its list of them."""
        return {
            "visit": "sắp dự sinh hoạt",
            "visit_report": "báo cáo kết quả dự",
            "task": "việc theo kế hoạch",
            "urgent_petition": "kiến nghị bức xúc, nổi cộm chờ trả lời",
        }[self.value]

    @property
    def is_told_above(self) -> bool:
        """Whether the level above hears of it once it is late; urgent petitions reach it anyway."""
        return self in {DutyKind.VISIT_REPORT, DutyKind.TASK}


@dataclass(frozen=True, order=True)
class Place:
    """A unit as reminders name it; `path` says where it lies."""

    name: str
    path: str
    is_cell: bool = True


@dataclass(frozen=True)
class Duty:
    """Something owed at a unit by a day. Of a petition `due_on` is the day it was raised; of a task, `title`
    is what is to be done."""

    kind: DutyKind
    place: Place
    due_on: date
    title: str = ""

    def late(self, today: date) -> int:
        """Days since it was due; negative before."""
        return (today - self.due_on).days


@dataclass(frozen=True)
class Turn:
    """A day on which people are told, between the last such day and the next.

    What falls on the quiet days before a due day is told ahead of them, what falls after it behind them.
    """

    today: date
    since: date
    until: date

    def calls(self, day: date, *, ahead: bool) -> bool:
        """Whether what falls on the day is told today."""
        return self.today <= day < self.until if ahead else self.since < day <= self.today


@dataclass(frozen=True)
class Ladder:
    """A tenant's rules. `rungs` are days from the due day (before: negative) that call for a digest.

    Hours are local, 0 to 23; quiet hours run from `quiet_from` up to, without, `quiet_to`, over midnight if
    need be; none where both are the same. `escalate_after` days late the level above is told; 0: never.
    """

    digest_hour: int = 7
    quiet_from: int = 21
    quiet_to: int = 6
    rungs: frozenset[int] = frozenset({-7, -3, -1, 1, 3})
    quiet_weekends: bool = False
    quiet_holidays: bool = True
    escalate_after: int = 3

    def is_quiet_at(self, hour: int) -> bool:
        """Whether nobody is told at that hour."""
        return (hour - self.quiet_from) % 24 < (self.quiet_to - self.quiet_from) % 24

    @property
    def hour(self) -> int:
        """When digests go out: at their hour, or when the quiet hours it falls in end."""
        return self.quiet_to if self.is_quiet_at(self.digest_hour) else self.digest_hour

    def is_quiet_on(self, day: date, calendar: WorkCalendar) -> bool:
        """Whether nobody is told on that day."""
        off = self.quiet_weekends if day.weekday() >= SATURDAY else self.quiet_holidays
        return off and not calendar.is_working(day)

    def turn(self, day: date, calendar: WorkCalendar, told_on: date | None = None) -> Turn | None:
        """The day's turn; None on a quiet day. `told_on`, the last day on which people were told, widens it
        where digests were missed."""
        if self.is_quiet_on(day, calendar):
            return None
        since, until = (self._loud(day + step, step, calendar) for step in (-DAY, DAY))
        return Turn(day, min(since, told_on or since), until)

    def _loud(self, day: date, step: timedelta, calendar: WorkCalendar) -> date:
        while self.is_quiet_on(day, calendar):
            day += step
        return day

    @property
    def days_ahead(self) -> timedelta:
        """How long before its due day a duty is spoken of."""
        return timedelta(days=max(0, *(-rung for rung in self.rungs))) if self.rungs else timedelta(0)


def digest(own: Iterable[Duty], below: Iterable[Duty], ladder: Ladder, turn: Turn) -> str | None:
    """What to tell a person today: his own duties, near or overdue, and in a summary what is late below.

    None on a day without a rung for either. A visit whose day is over is spoken of as its report.
    """
    parts = [*_own_parts(own, ladder, turn), *_parts_below(below, ladder.escalate_after, turn)]
    return f"Nhắc việc ngày {turn.today:%d/%m/%Y}: {'; '.join(parts)}." if parts else None


def _own_parts(duties: Iterable[Duty], ladder: Ladder, turn: Turn) -> Iterator[str]:
    near = [duty for duty in duties if _is_told(duty, ladder, turn)]
    if any(_is_called(duty, ladder, turn) for duty in near):
        for kind in DutyKind:
            if some := [duty for duty in near if duty.kind is kind]:
                yield _part(kind, some, turn.today)


def _is_told(duty: Duty, ladder: Ladder, turn: Turn) -> bool:
    over = duty.kind is DutyKind.VISIT and duty.due_on < turn.today
    return not over and duty.due_on < turn.until + ladder.days_ahead


def _is_called(duty: Duty, ladder: Ladder, turn: Turn) -> bool:
    days = ((duty.due_on + timedelta(days=rung), rung <= 0) for rung in ladder.rungs)
    return any(turn.calls(day, ahead=ahead) for day, ahead in days)


def _part(kind: DutyKind, duties: Sequence[Duty], today: date) -> str:
    ordered = sorted(duties, key=lambda duty: (duty.due_on, duty.place, duty.title))
    named = ", ".join(f"{_what(duty)} ({_when(duty, today)})" for duty in ordered[:MOST_NAMED])
    more = len(ordered) - MOST_NAMED
    return f"{kind.heading}: {named}" + (f" và {more} việc khác" if more > 0 else "")


def _what(duty: Duty) -> str:
    return f"{duty.title}, {duty.place.name}" if duty.title else duty.place.name


def _when(duty: Duty, today: date) -> str:
    late = duty.late(today)
    if duty.kind is DutyKind.URGENT_PETITION:
        return f"nêu ngày {duty.due_on:%d/%m/%Y}"
    if duty.kind is DutyKind.VISIT:
        return f"ngày {duty.due_on:%d/%m/%Y}"
    return f"quá hạn {late} ngày" if late > 0 else f"hạn {duty.due_on:%d/%m/%Y}"


def _parts_below(duties: Iterable[Duty], after: int, turn: Turn) -> Iterator[str]:
    """How many units are late with what: counts and names of units, nobody's."""
    late = [duty for duty in duties if duty.kind.is_told_above and duty.late(turn.today) >= after]
    if after and any(turn.calls(duty.due_on + timedelta(days=after), ahead=False) for duty in late):
        for work, some in groupby(sorted(late, key=_work), _work):
            yield _late_units(work, sorted({duty.place for duty in some}))


def _work(duty: Duty) -> str:
    return duty.title or duty.kind.heading


def _late_units(work: str, places: Sequence[Place]) -> str:
    units = "chi bộ" if all(place.is_cell for place in places) else "đơn vị"
    names = ", ".join(place.name for place in places[:MOST_NAMED])
    more = len(places) - MOST_NAMED
    others = f" và {more} {units} khác" if more > 0 else ""
    return f"{len(places)} {units} trễ hạn việc “{work}”: {names}{others}"
