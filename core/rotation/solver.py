"""The rotation itself: month by month as convex min-cost flows, then a descent that never gets worse.

Hard rules are arcs left out; everything else has a price, so an answer always exists. Design: rotation.
"""

from dataclasses import dataclass

import numpy as np

from core.rotation.descent import Progress, descend, place_chosen, untold
from core.rotation.facts import PlannedVisit, Reason, Source, Unmet, month_label
from core.rotation.flows import assignment
from core.rotation.grid import REASONS, Bools, Grid, Ints, build, open_arcs
from core.rotation.problem import Problem
from core.rotation.score import RuleScore, score
from core.rotation.state import State

EARLY = 40


@dataclass(frozen=True, slots=True)
class Plan:
    """A rotation: its visits in order of day, the duties left unmet and what it scores."""

    visits: tuple[PlannedVisit, ...]
    unmet: tuple[Unmet, ...]
    scores: tuple[RuleScore, ...]
    objective: int


def plan(problem: Problem, seed: int = 0, progress: Progress | None = None) -> Plan:
    """The rotation of the whole horizon; the same problem and seed give the same plan.

    ``progress`` is told each stage in Vietnamese with its percentage. Seconds for a district (S4-02).
    """
    tell = progress or untold
    state = first_draft(State(build(problem)), tell)
    descend(state, movable(state.grid), seed, tell)
    tell("Đã xếp xong lịch", 100)
    return finished(state)


def finished(state: State) -> Plan:
    """The state as a plan."""
    visits = planned_visits(state)
    return Plan(
        visits, unmet_duties(state.grid, state.edge < 0), score(state.grid.problem, visits), state.objective()
    )


def planned_visits(state: State, among: Bools | bool = True) -> tuple[PlannedVisit, ...]:
    """The visits of the duties ``among`` [D], by day, then official."""
    grid, problem = state.grid, state.grid.problem
    visits = []
    for d in np.flatnonzero((state.edge >= 0) & among).tolist():
        cell = problem.cells[grid.cell[state.edge[d]]]
        month = problem.calendar[state.month[d]]
        source = Source.PIN if grid.pin_edge[d] >= 0 else Source.ROTATION
        visits.append(PlannedVisit(grid.duties[d].official, cell.id, month, cell.meetings[month].day, source))
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
    duty, m, pin = grid.duties[d], grid.duty_official[d], None
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


def first_draft(state: State, tell: Progress) -> State:
    """Pins, then each month in turn as one flow that looks at the visits so far."""
    grid = state.grid
    keep_pins(state, np.ones(len(grid.duties), bool))
    for t, month in enumerate(grid.problem.calendar):
        _draft_month(state, t)
        tell(f"Xếp {month_label(month).lower()}", 40 * (t + 1) // grid.problem.months)
    return state


def keep_pins(state: State, among: Bools) -> None:
    """Place each possible pin of the unmet duties ``among`` [D]; an impossible one never moves (S4-08)."""
    grid = state.grid
    pinned = np.flatnonzero(among & (grid.pin_edge >= 0) & (state.edge < 0))
    possible = pinned[grid.open[grid.pin_edge[pinned], grid.pin_month[pinned]]]
    state.place(possible, grid.pin_edge[possible], grid.pin_month[possible])


def _draft_month(state: State, t: int) -> None:
    grid, weights = state.grid, state.grid.problem.weights
    duties = np.flatnonzero(movable(grid) & (state.edge < 0) & (grid.duty_from <= t) & (t < grid.duty_to))
    row, edges = open_arcs(grid, duties, t)
    cells, column = np.unique(grid.cell[edges], return_inverse=True)
    left = grid.duty_to[duties] - 1 - t
    wait = 2 * weights.special - weights.cover * (3 - np.minimum(left, 3))
    skip = np.where(left > 0, wait, weights.unmet)
    cost = state.edge_cost(edges) + 2 * weights.special
    chosen = assignment(row, column, cost, skip, lambda depth: _draft_steps(state, cells, t, depth))
    place_chosen(state, duties, edges, chosen, t)


def _draft_steps(state: State, cells: Ints, t: int, depth: int) -> Ints:
    """Like ``_steps``, against the part of each target due by month ``t``; long unvisited cells first."""
    grid, weights = state.grid, state.grid.problem.weights
    due = (t + 1) / grid.problem.months
    visits = state.visits[cells][:, None] + np.arange(depth)
    owed = weights.special * grid.worth[cells][:, None] * (visits < due * grid.least[cells][:, None])
    seen = np.concatenate([grid.seen[cells], state.visitors[cells, :t] > 0], 1)[:, ::-1]
    idle = np.where(seen.any(1), seen.argmax(1), seen.shape[1])
    crowd = weights.crowding * (state.visitors[cells, t][:, None] + np.arange(depth))
    cover = weights.cover * (2 * visits + 1) - np.round(grid.pull[cells] * due).astype(np.int64)[:, None]
    steps: Ints = crowd + cover - owed
    steps[:, 0] -= EARLY * np.minimum(idle, 6)
    return steps
