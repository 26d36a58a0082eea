"""Due dates, pure: the grammar worked out for one unit, and where a duty stands: computed, never stored
(domain: rules, deadlines; design: decision 3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from core.meetings.kinds import MeetingKind
from core.plans.due import Anchor, BeforeDate, ByDate, DaysAfter, DaysBefore, Due, EachPeriod, Undated, Within
from core.plans.periods import Period
from core.plans.standing import Standing as Standing
from core.plans.standing import standing as standing
from core.plans.workdays import WorkCalendar

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class MeetingFact:
    """A meeting on its day: held, or only set for it. `concluded` is None where nobody has said."""

    unit_code: str
    kind: MeetingKind
    held_on: date
    concluded: bool | None = None
    held: bool = True


Occasion = tuple[MeetingFact, ...]
"""One meeting: its sessions by day, most often a single one."""


@dataclass(frozen=True)
class Ground:
    """What deadlines are computed from: for the whole plan, and for the unit in hand.

    `meetings` are the unit's own, of which one may take `sessions` within a week (S1-17); `dates` say by
    milestone when it was done or is due.
    """

    calendar: WorkCalendar
    strict: bool = True
    working: bool = False
    issued_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    meetings: tuple[MeetingFact, ...] = ()
    dates: Mapping[str, date] = field(default_factory=dict)
    sessions: int = 1

    @property
    def begins_on(self) -> date | None:
        """The first day of the plan's time: the one it names, else the day it was issued."""
        return self.starts_on or self.issued_on

    @cached_property
    def occasions(self) -> Mapping[MeetingKind, Sequence[Occasion]]:
        """By kind, the unit's meetings in the plan's time, by day, each with its sessions."""
        found: dict[MeetingKind, list[Occasion]] = {}
        for fact in sorted(self.meetings, key=lambda one: one.held_on):
            if self.covers(fact.held_on):
                self._put(fact, found.setdefault(fact.kind, []))
        return found

    def _put(self, fact: MeetingFact, known: list[Occasion]) -> None:
        """A further session of the last meeting, within its week, or a meeting of its own."""
        last = known[-1] if known else ()
        if last and len(last) < self.sessions and fact.held_on - last[0].held_on < WEEK:
            known[-1] = (*last, fact)
        else:
            known.append((fact,))

    def covers(self, day: date) -> bool:
        """Whether the day lies in the plan's time."""
        first, last = self.begins_on, self.ends_on
        return (first is None or day >= first) and (last is None or day <= last)


class DueDate(NamedTuple):
    """When it may begin, when it is due, what day that was counted from; `due_on` None waits for its base."""

    due_on: date | None
    opens_on: date | None = None
    base_on: date | None = None


def days_after(base: date, days: int) -> date:
    """The last day on which "sau N ngày" is kept: N calendar days after the base (S4-10, S4-13)."""
    return base + timedelta(days=days)


Relative = DaysBefore | DaysAfter


def due_date(rule: Due, ground: Ground, meeting: MeetingKind | None = None, period: str = "") -> DueDate:
    """The rule worked out. `meeting` is the milestone's kind, where the rule names none; `period` the code of
    the period in hand for a rule that comes round. Raises ValueError for a period that is none."""
    base = base_of(rule, ground, meeting) if isinstance(rule, Relative) else None
    return due_from(rule, base, ground, period)


def due_from(rule: Due, base: date | None, ground: Ground, period: str = "") -> DueDate:
    """The rule worked out where the day that a relative one counts from is known, or known to be missing."""
    match rule:
        case BeforeDate():
            return DueDate(_before(rule.date, rule.strict, ground), None, rule.date)
        case ByDate():
            return DueDate(rule.date, None, rule.date)
        case Within():
            return _within(rule, ground)
        case EachPeriod():
            return _each(rule, Period.parse(period), ground)
        case DaysBefore() | DaysAfter():
            return DueDate(_counted(rule, base, ground) if base else None, None, base)
        case Undated():
            return DueDate(None)


def _before(day: date, strict: bool | None, ground: Ground) -> date:
    return day - DAY if (ground.strict if strict is None else strict) else day


def _within(rule: Within, ground: Ground) -> DueDate:
    if rule.period:
        period = Period.parse(rule.period)
        return DueDate(period.last_day, period.first_day)
    last = _before(rule.before, None, ground) if rule.before else rule.last
    return DueDate(last, rule.first, rule.before)


def _each(rule: EachPeriod, period: Period, ground: Ground) -> DueDate:
    if rule.working or ground.working:
        due_on = ground.calendar.add_working_days(period.last_day, rule.days_after)
    else:
        due_on = days_after(period.last_day, rule.days_after)
    opens_on = max(period.first_day, ground.starts_on or period.first_day)
    return DueDate(due_on, opens_on, period.last_day)


def _counted(rule: DaysBefore | DaysAfter, base: date, ground: Ground) -> date:
    days = rule.days if isinstance(rule, DaysAfter) else -rule.days
    if rule.working or ground.working:
        return ground.calendar.add_working_days(base, days)
    return days_after(base, days)


def base_of(rule: DaysBefore | DaysAfter, ground: Ground, meeting: MeetingKind | None = None) -> date | None:
    """The day a relative deadline counts from; None while there is none yet (S0-35, S3-17).

    Of a meeting in several sessions that is the first for what comes before, the last for what comes after.
    """
    if rule.of is Anchor.ISSUE:
        return ground.issued_on
    if rule.of is Anchor.MILESTONE:
        return ground.dates.get(rule.milestone)
    sessions = _last_occasion(rule, ground, meeting)
    if not sessions:
        return None
    if rule.of is Anchor.CONCLUSION and sessions[-1].concluded is False:
        return next_regular(ground.meetings, sessions[-1].held_on)
    return (sessions[0] if isinstance(rule, DaysBefore) else sessions[-1]).held_on


def _last_occasion(rule: DaysBefore | DaysAfter, ground: Ground, meeting: MeetingKind | None) -> Occasion:
    """A visit is paid to the unit's regular meeting where nothing else is said (S4-10)."""
    kind = rule.meeting or meeting or (MeetingKind.REGULAR if rule.of is Anchor.VISIT else None)
    found = ground.occasions.get(kind, ()) if kind else ()
    return found[-1] if found else ()


def next_regular(meetings: Iterable[MeetingFact], after: date) -> date | None:
    """The first regular meeting in a later month than a day's: "kỳ họp tháng kế tiếp" (S0-35)."""
    later = (
        fact.held_on
        for fact in meetings
        if fact.kind is MeetingKind.REGULAR
        and (fact.held_on.year, fact.held_on.month) > (after.year, after.month)
    )
    return min(later, default=None)


def effective(due_on: date | None, extended_to: date | None) -> date | None:
    """The due day with its extension; an extension never shortens (design: product F05)."""
    if due_on is None or extended_to is None:
        return due_on
    return max(due_on, extended_to)
