"""A plan becomes every unit's dated tasks: pure, deterministic (design: product F03).

Plan version, unit tree, meetings and calendar in; tasks out. What is wrong is told by `checks`, all at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from core.meetings.kinds import MeetingKind
from core.plans.content import Action, Milestone, PlanContent, Route
from core.plans.deadlines import DueDate, Ground, MeetingFact, due_date
from core.plans.due import DaysAfter, DaysBefore, EachPeriod, Within, refers_to
from core.plans.graph import ordered
from core.plans.periods import Period, periods_between
from core.plans.selectors import Caught, PlanUnit, UnitTree, caught_by
from core.plans.workdays import WorkCalendar


class TaskDraft(NamedTuple):
    """One unit's task: of which milestone, in which period (its code, or ""), from when till when.

    `due_on` is None while its base has no day; `base_on` is that day. `route` is the code of the routing rule.
    """

    unit_code: str
    milestone: str
    period: str
    opens_on: date | None
    due_on: date | None
    base_on: date | None
    done_on: date | None
    route: str


@dataclass(frozen=True)
class Circumstances:
    """What a plan is compiled against: the tree and calendar, meetings known, the day it was issued, and how
    far ahead tasks that come round are made."""

    tree: UnitTree
    calendar: WorkCalendar
    today: date
    horizon: date
    issued_on: date | None = None
    meetings: tuple[MeetingFact, ...] = ()
    done: Mapping[tuple[str, str], date] = field(default_factory=dict)

    def of_unit(self) -> Mapping[str, tuple[MeetingFact, ...]]:
        """Meetings by unit, in the order of their days."""
        found: dict[str, list[MeetingFact]] = {}
        for fact in sorted(self.meetings, key=lambda one: (one.held_on, one.kind)):
            found.setdefault(fact.unit_code, []).append(fact)
        return {code: tuple(facts) for code, facts in found.items()}


@dataclass(frozen=True)
class Compiled:
    """The tasks by milestone and unit, and what each selector caught."""

    tasks: tuple[TaskDraft, ...]
    caught: Caught


def compile_plan(content: PlanContent, around: Circumstances) -> Compiled:
    """Every unit's tasks. Milestones whose deadlines go round in a circle are left out; `checks` names them."""
    caught = caught_by(content.selectors, around.tree)
    bench = _Bench(
        ground_of(content, around), around, around.of_unit(), routes_by_unit(content.routes, caught),
        dict(around.done),
    )  # fmt: skip
    tasks: list[TaskDraft] = []
    for milestone in ordered(content.milestones):
        members = caught.members.get(milestone.who, frozenset())
        tasks += _tasks(milestone, (unit for unit in around.tree.units if unit.code in members), bench)
    place = {milestone.code: number for number, milestone in enumerate(content.milestones)}
    return Compiled(tuple(sorted(tasks, key=lambda task: place[task.milestone])), caught)


def ground_of(content: PlanContent, around: Circumstances) -> Ground:
    """What every deadline of the plan is computed from."""
    rules = content.rules
    return Ground(
        around.calendar,
        rules.strict_before,
        rules.working_days,
        around.issued_on,
        content.starts_on,
        content.ends_on,
    )


@dataclass(frozen=True)
class _Bench:
    """What the tasks of one milestone are made from."""

    ground: Ground
    around: Circumstances
    meetings: Mapping[str, tuple[MeetingFact, ...]]
    routes: Mapping[str, str]
    dates: dict[tuple[str, str], date]


def _tasks(milestone: Milestone, units: Iterable[PlanUnit], bench: _Bench) -> Iterator[TaskDraft]:
    shared = None if _is_own(milestone) else _found(milestone, bench.ground, bench.around)
    for unit in units:
        own = (
            shared
            if shared is not None
            else _found(milestone, _unit_ground(milestone, unit, bench), bench.around)
        )
        route = bench.routes.get(unit.code, "") if milestone.route else ""
        facts = bench.meetings.get(unit.code, ())
        for period, due in own:
            done_on = held_on(milestone, facts, bench, period) if facts else None
            if (when := done_on or due.due_on) is not None:
                bench.dates.setdefault((unit.code, milestone.code), when)
            yield TaskDraft(
                unit.code, milestone.code, period, due.opens_on, due.due_on, due.base_on, done_on, route
            )


def _is_own(milestone: Milestone) -> bool:
    """Whether the due day differs from unit to unit."""
    relative = (DaysBefore, DaysAfter)
    return isinstance(milestone.due, relative) or isinstance(milestone.opens, relative)


def _unit_ground(milestone: Milestone, unit: PlanUnit, bench: _Bench) -> Ground:
    """The unit's own meetings, and the days of the milestones it counts from: its own, or the nearest above's."""
    places, days = (unit, *bench.around.tree.above(unit)), dict[str, date]()
    for name in filter(None, (refers_to(milestone.due), refers_to(milestone.opens))):
        known = (bench.dates[one.code, name] for one in places if (one.code, name) in bench.dates)
        if (day := next(known, None)) is not None:
            days[name] = day
    return replace(bench.ground, meetings=bench.meetings.get(unit.code, ()), dates=days)


def _found(milestone: Milestone, ground: Ground, around: Circumstances) -> list[tuple[str, DueDate]]:
    codes = [period.code for period in periods_of(milestone, ground, around)] or [""]
    if isinstance(milestone.due, EachPeriod) and codes == [""]:
        return []
    return [(code, _with_opening(milestone, ground, code)) for code in codes]


def _with_opening(milestone: Milestone, ground: Ground, period: str) -> DueDate:
    due = due_date(milestone.due, ground, milestone.meeting, period)
    if milestone.opens is None:
        return due
    opening = due_date(milestone.opens, ground, milestone.meeting, period)
    starts = opening.opens_on if isinstance(milestone.opens, Within) else opening.due_on
    return replace(due, opens_on=starts)


def periods_of(milestone: Milestone, ground: Ground, around: Circumstances) -> tuple[Period, ...]:
    """The periods in which a milestone comes round: from the plan's beginning, none that was over before it was
    issued, to its end or the horizon."""
    if not isinstance(milestone.due, EachPeriod):
        return ()
    first = max(filter(None, (ground.starts_on, ground.issued_on)), default=around.today)
    last = min(ground.ends_on or around.horizon, around.horizon)
    return periods_between(first, last, milestone.due.period)


def routes_by_unit(routes: Iterable[Route], caught: Caught) -> dict[str, str]:
    """The routing rule of each unit: the first that catches it, unless one names the unit itself."""
    found: dict[str, str] = {}
    for route in routes:
        for code in caught.members.get(route.who, ()):
            found.setdefault(code, route.code)
    for route in routes:
        found |= dict.fromkeys(caught.named.get(route.who, ()), route.code)
    return found


def held_on(milestone: Milestone, facts: tuple[MeetingFact, ...], bench: _Bench, period: str) -> date | None:
    """When the meetings show that a task of holding one is done: the last needed, not after today."""
    if milestone.action is not Action.HOLD or milestone.meeting is None:
        return None
    times = milestone.due.times if isinstance(milestone.due, EachPeriod) else 1
    held = [day for day in _days(facts, milestone.meeting, bench.ground, period) if day <= bench.around.today]
    return held[times - 1] if len(held) >= times else None


def _days(facts: tuple[MeetingFact, ...], kind: MeetingKind, ground: Ground, period: str) -> Iterator[date]:
    known = Period.parse(period) if period else None
    for fact in facts:
        after = ground.starts_on is None or fact.held_on >= ground.starts_on
        if fact.held and fact.kind is kind and after and (known is None or known.contains(fact.held_on)):
            yield fact.held_on


def depends_on(content: PlanContent, milestone: str) -> frozenset[str]:
    """The milestones whose dates a milestone's own follow from, itself included."""
    known = {one.code: one for one in content.milestones}
    found: set[str] = set()
    asked = [milestone]
    while asked:
        code = asked.pop()
        if code in known and code not in found:
            found.add(code)
            asked += filter(None, (refers_to(known[code].due), refers_to(known[code].opens)))
    return frozenset(found)
