"""Due dates, pure: the grammar worked out for one unit, and where a duty stands: computed, never stored
(domain: rules, deadlines; design: decision 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from core.meetings.kinds import MeetingKind
from core.plans.due import Anchor, BeforeDate, ByDate, DaysAfter, DaysBefore, Due, EachPeriod, Within
from core.plans.periods import Period
from core.plans.standing import Standing as Standing
from core.plans.standing import standing as standing
from core.plans.workdays import WorkCalendar

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class MeetingFact:
    """A meeting on its day: held, or only set for it. `concluded` is None where nobody has said."""

    unit_code: str
    kind: MeetingKind
    held_on: date
    concluded: bool | None = None
    held: bool = True


@dataclass(frozen=True)
class Ground:
    """What deadlines are computed from: for the whole plan, and for the unit in hand.

    `meetings` are the unit's own; `dates` say by milestone when it was done or is due.
    """

    calendar: WorkCalendar
    strict: bool = True
    working: bool = False
    issued_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    meetings: tuple[MeetingFact, ...] = ()
    dates: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class DueDate:
    """When it may begin, when it is due, what day that was counted from; `due_on` None waits for its base."""

    due_on: date | None
    opens_on: date | None = None
    base_on: date | None = None


def days_after(base: date, days: int) -> date:
    """The last day on which "sau N ngày" is kept: N calendar days after the base (S4-10, S4-13)."""
    return base + timedelta(days=days)


def due_date(rule: Due, ground: Ground, meeting: MeetingKind | None = None, period: str = "") -> DueDate:
    """The rule worked out. `meeting` is the milestone's kind, where the rule names none; `period` the code of
    the period in hand for a rule that comes round. Raises ValueError for a period that is none."""
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
            base = base_of(rule, ground, meeting)
            return DueDate(_counted(rule, base, ground) if base else None, None, base)


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
    return DueDate(due_on, period.first_day, period.last_day)


def _counted(rule: DaysBefore | DaysAfter, base: date, ground: Ground) -> date:
    days = rule.days if isinstance(rule, DaysAfter) else -rule.days
    if rule.working or ground.working:
        return ground.calendar.add_working_days(base, days)
    return base + timedelta(days=days)


def base_of(rule: DaysBefore | DaysAfter, ground: Ground, meeting: MeetingKind | None = None) -> date | None:
    """The day a relative deadline counts from; None while there is none yet (S0-35, S3-17)."""
    if rule.of is Anchor.ISSUE:
        return ground.issued_on
    if rule.of is Anchor.MILESTONE:
        return ground.dates.get(rule.milestone)
    last = last_meeting(ground, rule.meeting or meeting)
    if last is None or rule.of is not Anchor.CONCLUSION or last.concluded is not False:
        return last.held_on if last else None
    return next_regular(ground.meetings, last.held_on)


def last_meeting(ground: Ground, kind: MeetingKind | None) -> MeetingFact | None:
    """The unit's latest meeting of that kind in the plan's time: of several sessions, the last."""
    found = [
        fact
        for fact in ground.meetings
        if fact.kind is kind
        and (ground.starts_on is None or fact.held_on >= ground.starts_on)
        and (ground.ends_on is None or fact.held_on <= ground.ends_on)
    ]
    return max(found, key=lambda fact: fact.held_on, default=None)


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
