"""The rotation itself: the year's visits chosen at once, spread over the months, then improved exactly.

Hard rules are arcs left out; everything else has a price, so an answer always exists. Design: rotation.
"""

from dataclasses import dataclass
from datetime import date
from math import inf
from time import monotonic

import numpy as np

from core.rotation.solving.arcs import REASONS
from core.rotation.solving.colouring import spread
from core.rotation.solving.descent import SWEEPS, Progress, Stop, descend, unhurried, untold
from core.rotation.solving.drift import drift
from core.rotation.solving.facts import PlannedVisit, Reason, Source, Unmet
from core.rotation.solving.grid import Bools, Grid, Ints, build
from core.rotation.solving.levelling import level
from core.rotation.solving.multigraph import multigraph
from core.rotation.solving.neighbourhood import mend, settle
from core.rotation.solving.parts import Parts, fall_apart, groups
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import RuleScore, objective, open_duties, score
from core.rotation.solving.state import State


@dataclass(frozen=True, slots=True)
class Plan:
    """A rotation: its visits in order of day, the duties left unmet and what it scores."""

    visits: tuple[PlannedVisit, ...]
    unmet: tuple[Unmet, ...]
    scores: tuple[RuleScore, ...]
    objective: int


class Cancelled(Exception):
    """The plan is no longer wanted."""


def plan(
    problem: Problem,
    seed: int = 0,
    progress: Progress | None = None,
    time_limit: float | None = None,
    cancelled: Stop = unhurried,
) -> Plan:
    """The rotation of the whole horizon; the same problem and seed give the same plan.

    ``progress`` is told each stage in Vietnamese with its percentage. After ``time_limit`` seconds the
    rotation found so far is the answer. Raises ``Cancelled`` when ``cancelled`` says so. A district takes
    seconds (S4-02).
    """
    tell, clock = progress or untold, _Clock(time_limit, cancelled)
    tell("Chuẩn bị dữ liệu", 0)
    grid = build(problem)
    rng = np.random.default_rng(seed)
    order = np.arange(len(problem.officials))
    parts = fall_apart(grid, rng.permutation(order) if seed else order)
    state, free = first_draft(State(grid), parts, tell), movable(grid)
    improve(state, free, parts, tell, clock.enough)
    if not clock.enough() and not settle(state, free):
        drift(state, free, parts, rng, clock.enough)
        tell("Hoàn thiện lịch", 85)
        mend(state, free & ~hopeless(grid), parts, rng, clock.enough)
    tell("Đã xếp xong lịch", 100)
    return finished(state)


@dataclass
class _Clock:
    """How long a plan may take, and whether it is still wanted."""

    limit: float | None
    cancelled: Stop

    def __post_init__(self) -> None:
        self.end = monotonic() + self.limit if self.limit is not None else inf

    def enough(self) -> bool:
        """Whether the time is up. Raises ``Cancelled``."""
        if self.cancelled():
            raise Cancelled
        return monotonic() >= self.end


def improve(
    state: State, free: Bools, parts: Parts, tell: Progress = untold, enough: Stop = unhurried
) -> None:
    """Level the crowds and descend, twice."""
    for turn, stage in enumerate(("Cải thiện lịch", "Rút ngắn đường đi")):
        shifted = 0 if enough() else level(state, free, repeats=False)
        if turn and not enough():
            shifted += level(state, free, repeats=True)
        if not turn or shifted:
            descend(state, free, parts.whole, parts.lanes, 1 if turn else SWEEPS, enough)
        tell(stage, 60 + 10 * turn)


def finished(state: State) -> Plan:
    """The state as a plan."""
    visits = planned_visits(state)
    return Plan(
        visits, unmet_duties(state.grid, state.edge < 0), score(state.grid.problem, visits), state.objective()
    )


def as_made(problem: Problem, visits: tuple[PlannedVisit, ...], today: date) -> Plan:
    """Visits of whatever hand as a plan: meetings before ``today`` are over."""
    unmet = set(open_duties(problem, visits, problem.duties))
    among = np.fromiter((duty in unmet for duty in problem.duties), bool, len(problem.duties))
    scores = score(problem, visits)
    return Plan(visits, unmet_duties(build(problem, today), among), scores, objective(scores))


def planned_visits(state: State, among: Bools | bool = True) -> tuple[PlannedVisit, ...]:
    """The visits of the duties ``among`` [D], by day, then official."""
    grid, problem = state.grid, state.grid.problem
    visits = []
    for d in np.flatnonzero((state.edge >= 0) & among).tolist():
        official = problem.officials[grid.duty_official[d]]
        cell = problem.cells[grid.cell[state.edge[d]]]
        month = problem.calendar[state.month[d]]
        source = Source.PIN if grid.pin_edge[d] >= 0 else Source.ROTATION
        visits.append(PlannedVisit(official.id, cell.id, month, cell.meetings[month].day, source))
    return tuple(sorted(visits, key=lambda visit: visit.day))


def unmet_duties(grid: Grid, among: Bools) -> tuple[Unmet, ...]:
    """The duties ``among`` [D], which have no visit, with their reasons counted."""
    return tuple(_unmet(grid, d) for d in np.flatnonzero(among).tolist())


def hopeless(grid: Grid) -> Bools:
    """[D] duties no rotation can meet: no open arc in their months, or an impossible pin."""
    reach = np.zeros((len(grid.first) - 1, grid.problem.months + 1), np.int64)
    np.maximum.at(reach[:, 1:], grid.official, (grid.blocked == 0).astype(np.int64))
    total = reach.cumsum(1)
    m = grid.duty_official
    nth = np.arange(len(m)) - grid.duty_at[m, grid.duty_from]
    none: Bools = total[m, grid.duty_to] - total[m, grid.duty_from] <= nth
    pinned = np.flatnonzero(grid.pin_edge >= 0)
    none[pinned] = grid.blocked[grid.pin_edge[pinned], grid.pin_month[pinned]] != 0
    return none


def _unmet(grid: Grid, d: int) -> Unmet:
    duty, m, pin = grid.duty(d), grid.duty_official[d], None
    codes = grid.blocked[grid.first[m] : grid.first[m + 1], grid.duty_from[d] : grid.duty_to[d]]
    if grid.pin_edge[d] >= 0:
        e, t = grid.pin_edge[d], grid.pin_month[d]
        codes = grid.blocked[e : e + 1, t : t + 1]
        pin = grid.problem.cells[grid.cell[e]].id, grid.problem.calendar[t]
    counts = np.bincount(codes.ravel(), minlength=len(REASONS)).tolist()
    reasons = [(reason or Reason.OVERFULL, n) for reason, n in zip(REASONS, counts, strict=True) if n]
    return Unmet(duty, tuple(reasons) or ((Reason.AREA_EMPTY, 1),), pin)


def movable(grid: Grid) -> Bools:
    """[D] duties the solver may place: those no pin decides."""
    free: Bools = grid.pin_edge < 0
    return free


def first_draft(state: State, parts: Parts, tell: Progress = untold) -> State:
    """Pins, then the year's visits chosen at once and spread over the months, part by part."""
    grid = state.grid
    keep_pins(state, np.ones(len(grid.duty_official), bool))
    free = movable(grid) & ~hopeless(grid)
    tell("Chọn chi bộ cho cả năm", 5)
    times = multigraph(state, free).times
    for officials in groups(parts.unit):
        mine = np.isin(grid.official, officials) & (times > 0)
        edges = np.repeat(np.flatnonzero(mine), times[mine])
        duties = np.flatnonzero(free & np.isin(grid.duty_official, officials))
        _settle(state, free, edges, spread(state, duties, edges))
    tell("Chia lượt dự vào các tháng", 40)
    return state


def _settle(state: State, free: Bools, edges: Ints, months: Ints) -> None:
    """Give each visit that is possible in its month a free duty to meet, one visit a duty and month."""
    grid = state.grid
    fit = grid.blocked[edges, months] == 0
    edges, months = edges[fit], months[fit]
    officials = grid.official[edges]
    duties = grid.duty_at[officials, months]
    first = np.zeros(len(edges), bool)
    first[np.unique(duties, return_index=True)[1]] = True
    once = first & (duties >= 0) & free[duties] & ~grid.several[officials]
    state.place(duties[once], edges[once], months[once])
    held = state.edge >= 0
    out = set(zip(grid.duty_official[held].tolist(), state.month[held].tolist(), strict=True))
    for v in np.flatnonzero(grid.several[officials]).tolist():
        m, t = int(officials[v]), int(months[v])
        left = [d for d in grid.duties_at(m, t).tolist() if free[d] and state.edge[d] < 0]
        if left and (m, t) not in out:
            out.add((m, t))
            state.place(np.array(left[:1]), edges[v : v + 1], months[v : v + 1])


def keep_pins(state: State, among: Bools) -> None:
    """Place each possible pin of the unmet duties ``among`` [D]; an impossible one never moves (S4-08)."""
    grid = state.grid
    pinned = np.flatnonzero(among & (grid.pin_edge >= 0) & (state.edge < 0))
    possible = pinned[grid.open[grid.pin_edge[pinned], grid.pin_month[pinned]]]
    state.place(possible, grid.pin_edge[possible], grid.pin_month[possible])
