"""Re-planning a published rotation: the past stands, what still holds is kept, little else moves.

Source: S4-12, S4-15; design: rotation.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import compress
from operator import attrgetter, not_

import numpy as np

from core.rotation.solving.changes import PlanDiff, diff
from core.rotation.solving.descent import descend, unhurried
from core.rotation.solving.events import Event, happened
from core.rotation.solving.facts import PlannedVisit, Source, Weights
from core.rotation.solving.grid import Bools, Grid, Ints, build, located
from core.rotation.solving.neighbourhood import repair
from core.rotation.solving.parts import deal
from core.rotation.solving.problem import Problem
from core.rotation.solving.solver import keep_pins, movable, planned_visits, unmet_duties
from core.rotation.solving.state import State
from core.rotation.solving.validate import broken_by

DAY_MOVED = "Chi bộ đổi ngày họp"
GONE = "Lượt dự không còn thuộc nhiệm vụ của đồng chí"


class Policy(StrEnum):
    """What counts more when not both can be had."""

    KEEP = "keep"
    ALONE = "alone"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {"keep": "Giữ lịch đã công bố", "alone": "Giữ mỗi buổi một đồng chí"}[self.value]

    def price(self, weights: Weights) -> Weights:
        """The weights under the policy: a change of a published visit dearer, or not, than a crowd."""
        if self is Policy.ALONE:
            return weights
        dear = max(weights.change, 10 * weights.crowding, 10 * weights.repeat)
        return replace(weights, change=min(dear, max(weights.change, weights.unmet // 2)))


def replan(
    problem: Problem,
    published: Iterable[PlannedVisit],
    events: Iterable[Event],
    today: date,
    policy: Policy = Policy.ALONE,
) -> PlanDiff:
    """The published visits mended once the events have happened; one that still holds is untouched.

    Meetings before ``today`` stand as they were. Each other visit that breaks a hard rule is replaced,
    and changing one more published visit costs ``weights.change``. Raises ``ProblemError`` for an event
    about someone or something unknown.
    """
    problem = happened(problem, events)
    if (weights := policy.price(problem.weights)) != problem.weights:
        problem = replace(problem, weights=weights)
    desk = _Desk(build(problem, today), tuple(published), today)
    if len(stuck := desk.open_duties()):
        desk.mend(stuck)
    return desk.told()


def _period(problem: Problem, visit: PlannedVisit) -> int:
    return problem.period(visit.official, visit.month) if visit.official in problem.official_of else -1


class _Desk:
    """The published rotation laid on the problem: what stands, what is kept dear, what is forced off."""

    def __init__(self, grid: Grid, published: tuple[PlannedVisit, ...], today: date) -> None:
        self.grid, self.state = grid, State(grid)
        self.done: Bools = np.zeros(len(grid.duty_official), bool)
        self.forced: dict[PlannedVisit, str] = {}
        self.standing: Ints = np.full(len(grid.duty_official), -1, np.int64)
        over = [visit.day < today and _is_past(grid.problem, visit, today) for visit in published]
        self.past = tuple(compress(published, over))
        self.coming = tuple(compress(published, map(not_, over)))
        duty, edge, month = located(grid, (*self.past, *self.coming))
        n = len(self.past)
        self._stand(duty[:n], edge[:n], month[:n])
        self._keep(duty[n:], edge[n:], month[n:])
        keep_pins(self.state, ~self.done)

    def _stand(self, duty: Ints, edge: Ints, month: Ints) -> None:
        """What was visited is done; a visit to a cell since out of the area is done all the same."""
        met = duty >= 0
        self.done[duty[met]] = True
        self.state.place(duty[met], edge[met], month[met])
        who = self.grid.problem.official_at
        for at in np.flatnonzero((edge < 0) & (month >= 0)).tolist():
            if (m := who.get(self.past[at].official)) is not None:
                owed = self.grid.duties_at(m, int(month[at]))
                self.done[owed[~self.done[owed]][:1]] = True

    def _keep(self, duty: Ints, edge: Ints, month: Ints) -> None:
        grid, holds = self.grid, self._holds(duty, edge, month)
        for at in np.flatnonzero(~holds).tolist():
            visit = self.coming[at]
            self.forced[visit] = self._why_not(visit, int(duty[at]), int(edge[at]), int(month[at]))
        place, kept, on, then = np.flatnonzero(holds), duty[holds], edge[holds], month[holds]
        day = np.fromiter(map(date.toordinal, map(attrgetter("day"), self.coming)), np.int64)[place]
        pinned = np.array([visit.source is Source.PIN for visit in self.coming], bool)[place]
        same_day = day == grid.day[grid.cell[on], then]
        self.forced |= {self.coming[one]: DAY_MOVED for one in place[~same_day].tolist()}
        stands = same_day & (pinned == (grid.pin_edge[kept] >= 0))
        self.standing[kept[stands]] = place[stands]
        self.state.place(kept, on, then)
        self.state.kept_edge[kept], self.state.kept_month[kept] = on, then

    def _holds(self, duty: Ints, edge: Ints, month: Ints) -> Bools:
        """[n] whether each visit has a duty still to do, on an open arc, and no pin elsewhere."""
        grid = self.grid
        holds: Bools = duty >= 0
        holds[holds] = ~self.done[duty[holds]]
        at, e, t = duty[holds], edge[holds], month[holds]
        pin = grid.pin_edge[at]
        holds[holds] = (grid.blocked[e, t] == 0) & ((pin < 0) | ((pin == e) & (grid.pin_month[at] == t)))
        return holds

    def _why_not(self, visit: PlannedVisit, duty: int, edge: int, month: int) -> str:
        grid = self.grid
        if duty < 0 or grid.blocked[edge, month]:
            broken = broken_by(grid.problem, [visit])
            return broken[0].sentence_vi.rstrip(".") if broken else GONE
        if grid.pin_edge[duty] >= 0 and (grid.pin_edge[duty], grid.pin_month[duty]) != (edge, month):
            return "Lượt định trước của đồng chí đã đổi"
        return GONE

    def open_duties(self) -> Ints:
        """[n] duties without a visit that could have one."""
        grid = self.grid
        duties = np.flatnonzero(movable(grid) & ~self.done & (self.state.edge < 0))
        return np.array([d for d in duties.tolist() if self._possible(d)], np.int64)

    def _possible(self, d: int) -> bool:
        grid, m = self.grid, self.grid.duty_official[d]
        rows = slice(grid.first[m], grid.first[m + 1])
        return bool((grid.blocked[rows, grid.duty_from[d] : grid.duty_to[d]] == 0).any())

    def neighbourhood(self, duties: Ints) -> Bools:
        """[D] duties to come, in the months of ``duties``, of the officials whose areas meet theirs."""
        grid = self.grid
        months = np.zeros(grid.problem.months + 1, np.int64)
        for d in duties.tolist():
            months[grid.duty_from[d] : grid.duty_to[d]] = 1
        until = np.concatenate([[0], months.cumsum()])
        then = until[grid.duty_to] > until[grid.duty_from]
        near, cells = np.zeros(len(grid.several), bool), np.zeros(len(grid.wanted), bool)
        near[grid.duty_official[duties]] = True
        cells[grid.cell[near[grid.official]]] = True
        near[grid.official[cells[grid.cell]]] = True
        free: Bools = movable(grid) & ~self.done & then & near[grid.duty_official]
        return free

    def mend(self, duties: Ints) -> None:
        """Find the duties visits; exactly where one would be left open or visit a cell too often."""
        state, official = self.state, self.grid.duty_official
        free = self.neighbourhood(duties)
        near = np.zeros(len(self.grid.several), np.int64)
        near[official[free]] = 1
        descend(state, free, near, tuple(deal(self.grid, np.flatnonzero(near))))
        ahead = movable(self.grid) & ~self.done
        repair(state, ahead, np.unique(official[duties]), np.random.default_rng(0), unhurried)

    def told(self) -> PlanDiff:
        """The visits by day, the past and what stands as published, and what differs."""
        state, problem = self.state, self.grid.problem
        same = (self.standing >= 0) & (state.edge == state.kept_edge) & (state.month == state.kept_month)
        stands = np.zeros(len(self.coming), bool)
        stands[self.standing[same]] = True
        kept = (*self.past, *compress(self.coming, stands.tolist()))
        gone = compress(self.coming, (~stands).tolist())
        new = planned_visits(state, ~self.done & ~same)
        found = diff(gone, new, lambda visit: (visit.official, _period(problem, visit)), self.forced)
        unmet = unmet_duties(self.grid, ~self.done & (state.edge < 0))
        every, kept = _by_day((*kept, *new)), _by_day((*kept, *found.kept))
        return PlanDiff(every, unmet, kept, found.removed, found.added, found.moved)


def _by_day(visits: tuple[PlannedVisit, ...]) -> tuple[PlannedVisit, ...]:
    return tuple(sorted(visits, key=attrgetter("day")))


def _is_past(problem: Problem, visit: PlannedVisit, today: date) -> bool:
    cell = problem.cell_of.get(visit.cell)
    meeting = cell.meetings.get(visit.month) if cell else None
    return meeting is None or meeting.day < today
