"""A plan becomes every unit's dated tasks: pure, deterministic (design: product F03).

Plan version, unit tree, meetings and calendar in; tasks out. What is wrong is told by `checks`, all at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from core.meetings.kinds import MeetingKind
from core.plans.content import Action, Milestone, PlanContent, Route, Rules
from core.plans.deadlines import DueDate, Ground, MeetingFact, Relative, base_of, due_from
from core.plans.due import Anchor, Due, EachPeriod, Within
from core.plans.graph import bases, ordered
from core.plans.periods import Period, periods_between
from core.plans.selectors import Caught, PlanUnit, UnitTree, caught_by
from core.plans.workdays import WorkCalendar

Dated = list[tuple[str, DueDate]]
"""The due dates of one milestone for one unit, with the code of the period of each."""
Bases = tuple[date | None, date | None]
"""The days that a milestone's deadline and its opening count from."""


class TaskDraft(NamedTuple):
    """One unit's task: of which milestone, in which period (its code, or ""), from when till when.

    `due_on` is None while its base has no day; `base_on` is that day. `route` is the routing rule's code.
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
    far ahead tasks that come round are made, `since` when where the plan names no day and is not issued.
    `done` says by unit and milestone when it was done.
    """

    tree: UnitTree
    calendar: WorkCalendar
    today: date
    horizon: date
    issued_on: date | None = None
    meetings: tuple[MeetingFact, ...] = ()
    done: Mapping[tuple[str, str], date] = field(default_factory=dict)
    since: date | None = None

    def of_unit(self) -> Mapping[str, tuple[MeetingFact, ...]]:
        """Meetings by unit, in the order of their days."""
        found: dict[str, list[MeetingFact]] = {}
        for fact in sorted(self.meetings, key=lambda one: (one.held_on, one.kind)):
            found.setdefault(fact.unit_code, []).append(fact)
        return {code: tuple(facts) for code, facts in found.items()}


@dataclass(frozen=True)
class Compiled:
    """The tasks by milestone and unit, what each selector caught, and the tree with the plan's own pilots."""

    tasks: tuple[TaskDraft, ...]
    caught: Caught
    tree: UnitTree


def compile_plan(content: PlanContent, around: Circumstances) -> Compiled:
    """Every unit's tasks. Milestones whose deadlines go round in a circle are left out (see `checks`)."""
    tree = around.tree.with_pilots(name for quota in content.pilots for name in quota.named)
    caught = caught_by(content.selectors, tree)
    bench = _Bench.of(content, replace(around, tree=tree))
    made: dict[str, list[TaskDraft]] = {}
    for milestone in ordered(content.milestones):
        members = caught.members.get(milestone.who, frozenset())
        units = [unit for unit in tree.units if unit.code in members]
        routes = routes_by_unit(routes_of(milestone, content.routes), caught)
        made[milestone.code] = list(_tasks(milestone, units, routes, bench))
    codes = dict.fromkeys(milestone.code for milestone in content.milestones)
    return Compiled(tuple(task for code in codes for task in made.get(code, ())), caught, tree)


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
    """What tasks are made from. `dates` are the days that others count from, by milestone and unit."""

    ground: Ground
    around: Circumstances
    rules: Rules
    meetings: Mapping[str, tuple[MeetingFact, ...]]
    dates: dict[str, dict[str, date]]
    grounds: dict[str, Ground] = field(default_factory=dict)

    @classmethod
    def of(cls, content: PlanContent, around: Circumstances) -> "_Bench":
        dates: dict[str, dict[str, date]] = {n: {} for one in content.milestones for n in bases(one)}
        for (unit, milestone), day in around.done.items():
            dates.setdefault(milestone, {})[unit] = day
        return cls(ground_of(content, around), around, content.rules, around.of_unit(), dates)

    def ground_at(self, unit: PlanUnit) -> Ground:
        """The ground with the unit's own meetings; only those of large cells take several sessions."""
        if (known := self.grounds.get(unit.code)) is None:
            sessions = self.rules.sessions if (unit.members or 0) >= self.rules.large_cell else 1
            facts = self.meetings.get(unit.code, ())
            known = self.grounds[unit.code] = replace(self.ground, meetings=facts, sessions=sessions)
        return known

    def held_on(self, milestone: Milestone, unit: PlanUnit, period: str) -> date | None:
        """When the unit's meetings show that a task of holding one is done."""
        if milestone.action is not Action.HOLD or unit.code not in self.meetings:
            return None
        return held_on(milestone, self.ground_at(unit), self.around.today, period)

    def day_of(self, milestone: str, unit: PlanUnit) -> date | None:
        """The unit's own day of a milestone, or that of the nearest unit above that has one."""
        known = self.dates.get(milestone)
        if not known:
            return None
        if (own := known.get(unit.code)) is not None:
            return own
        return next((known[u.code] for u in self.around.tree.above(unit) if u.code in known), None)


def _tasks(
    milestone: Milestone, units: Iterable[PlanUnit], routes: Mapping[str, str], bench: _Bench
) -> Iterator[TaskDraft]:
    dating, kept = _Dating(milestone, bench), bench.dates.get(milestone.code)
    for unit in units:
        route = routes.get(unit.code, "")
        for period, due in dating.of(unit):
            done_on = bench.held_on(milestone, unit, period)
            if kept is not None and (when := done_on or due.due_on) is not None:
                kept.setdefault(unit.code, when)
            yield TaskDraft(
                unit.code, milestone.code, period, due.opens_on, due.due_on, due.base_on, done_on, route
            )


class _Dating:
    """The due days of one milestone; units that count from the same days share them."""

    def __init__(self, milestone: Milestone, bench: _Bench) -> None:
        self._milestone, self._bench = milestone, bench
        self._shared: dict[Bases, Dated] = {}

    def of(self, unit: PlanUnit) -> Dated:
        """The unit's due days."""
        found = self._base(self._milestone.due, unit), self._base(self._milestone.opens, unit)
        if (known := self._shared.get(found)) is None:
            known = self._shared[found] = list(_dated(self._milestone, found, self._bench))
        return known

    def _base(self, rule: Due | None, unit: PlanUnit) -> date | None:
        if not isinstance(rule, Relative):
            return None
        if rule.of is Anchor.MILESTONE:
            return self._bench.day_of(rule.milestone, unit)
        return base_of(rule, self._bench.ground_at(unit), self._milestone.meeting)


def _dated(milestone: Milestone, found: Bases, bench: _Bench) -> Iterator[tuple[str, DueDate]]:
    if not isinstance(milestone.due, EachPeriod):
        yield "", _with_opening(milestone, found, bench.ground, "")
        return
    for period in periods_of(milestone, bench.ground, bench.around):
        due = _with_opening(milestone, found, bench.ground, period.code)
        if due.opens_on and due.opens_on <= period.last_day:
            yield period.code, due


def _with_opening(milestone: Milestone, found: Bases, ground: Ground, period: str) -> DueDate:
    rule, opens = milestone.due, milestone.opens
    due = due_from(rule, found[0], ground, period)
    if opens is None or (isinstance(opens, EachPeriod) and not period):
        return due
    opens_on = _opening(opens, due_from(opens, found[1], ground, period))
    if due.opens_on and opens_on and isinstance(rule, EachPeriod):
        opens_on = max(opens_on, due.opens_on)
    return due._replace(opens_on=opens_on)


def _opening(rule: Due, found: DueDate) -> date | None:
    """The first day of a window or period, else the day itself."""
    return found.opens_on if isinstance(rule, Within | EachPeriod) else found.due_on


def periods_of(milestone: Milestone, ground: Ground, around: Circumstances) -> tuple[Period, ...]:
    """The periods in which a milestone comes round: from the plan's beginning, none that was over before it
    was issued, to its end or the horizon."""
    if not isinstance(milestone.due, EachPeriod):
        return ()
    first = max(filter(None, (ground.starts_on, ground.issued_on)), default=around.since or around.today)
    last = min(ground.ends_on or around.horizon, around.horizon)
    return periods_between(first, last, milestone.due.period)


def routes_of(milestone: Milestone, routes: Iterable[Route]) -> list[Route]:
    """The routes of what a milestone sends on, those of its own first; none where it sends nothing."""
    if not milestone.route:
        return []
    found = [route for route in routes if not route.milestones or milestone.code in route.milestones]
    return sorted(found, key=lambda route: not route.milestones)


def routes_by_unit(routes: Iterable[Route], caught: Caught) -> dict[str, str]:
    """The routing rule of each unit: the first that catches it, unless one names the unit itself."""
    found: dict[str, str] = {}
    for route in routes:
        for code in caught.members.get(route.who, ()):
            found.setdefault(code, route.code)
    for route in routes:
        found |= dict.fromkeys(caught.named.get(route.who, ()), route.code)
    return found


def held_on(milestone: Milestone, ground: Ground, today: date, period: str) -> date | None:
    """When enough meetings of a milestone's kind were held: the last session of the last one needed, none
    after today; None while there are too few."""
    if milestone.meeting is None:
        return None
    times = milestone.due.times if isinstance(milestone.due, EachPeriod) else 1
    held = list(_held(milestone.meeting, ground, today, period))
    return held[times - 1] if len(held) >= times else None


def _held(kind: MeetingKind, ground: Ground, today: date, period: str) -> Iterator[date]:
    known = Period.parse(period) if period else None
    for sessions in ground.occasions.get(kind, ()):
        first, last = sessions[0].held_on, sessions[-1].held_on
        if all(s.held for s in sessions) and last <= today and (known is None or known.contains(first)):
            yield last
