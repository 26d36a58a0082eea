"""What no rotation can better, rule by rule and for all of them together. Design: rotation.

Each rule's bound is the least it can be broken with the others switched off; the objective's is the
greater of two relaxations, one without dates and one without the ban on repeats.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from core.rotation.solving.facts import Weights
from core.rotation.solving.flows import Arcs, Onward, Steps, transport
from core.rotation.solving.grid import Bools, Grid, Ints, build, open_arcs
from core.rotation.solving.multigraph import Multigraph, multigraph
from core.rotation.solving.neighbourhood import forced_repeats
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Rule, RuleScore
from core.rotation.solving.solver import hopeless, keep_pins
from core.rotation.solving.state import State

DEAR = 10**8


@dataclass(frozen=True, slots=True)
class Bound:
    """Units of a rule that any rotation breaks at least, and why in Vietnamese."""

    broken: int
    because_vi: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least each rule can be broken, and the least the objective can be."""

    rules: Mapping[Rule, Bound]
    objective: int


def lower_bound(problem: Problem) -> Bounds:
    """True lower bounds: a commune in milliseconds, a province in about as long as its rotation takes."""
    grid = build(problem)
    lost = hopeless(grid)
    return Bounds(
        {
            Rule.UNMET: _unmet(lost),
            Rule.CROWDING: _crowding(grid, lost),
            Rule.REPEAT: _repeats(grid, lost),
            Rule.SPECIAL: _special(grid, lost),
            Rule.COVER: Bound(0, ""),
            Rule.SPACING: _spacing(grid),
            Rule.TRAVEL: _travel(grid, lost),
        },
        max(dateless(grid, lost).cost, _dated(grid, lost)),
    )


def dateless(grid: Grid, lost: Bools) -> Multigraph:
    """The optimum without dates and spacing."""
    state = _pinned(State(grid))
    return multigraph(state, _free(state, lost))


def bounded(scores: tuple[RuleScore, ...], bounds: Bounds) -> tuple[RuleScore, ...]:
    """The scores with what each could be at best, and why."""
    return tuple(
        replace(part, bound=bounds.rules[part.rule].broken, because_vi=bounds.rules[part.rule].because_vi)
        for part in scores
    )


def _unmet(lost: Bools) -> Bound:
    count = int(lost.sum())
    return Bound(count, f"{count} kỳ không có buổi nào đồng chí dự được" if count else "")


def _crowding(grid: Grid, lost: Bools) -> Bound:
    """Pairs no rotation that meets all it can is without: a convex flow over the year's meetings."""
    state, free = _only(grid, lost, crowding=1, unmet=DEAR)
    pairs = state.parts()[Rule.CROWDING]
    if free.any():
        arcs, cells, steps = _meetings(state, free)
        owed = np.ones(int(free.sum()), np.int64)
        pairs += transport(arcs, owed, DEAR * owed, steps).cost
        held = f"{int((~lost).sum())} lượt dự chia cho {len(cells)} buổi họp dự được"
        return Bound(pairs, held if pairs else "")
    return Bound(pairs, "kế hoạch cá nhân đã trùng buổi" if pairs else "")


def _meetings(state: State, free: Bools) -> tuple[Arcs, Ints, Steps]:
    """Open arcs from the free duties to meetings, each meeting's cell, and the price of crowding it."""
    grid = state.grid
    months, row_of = grid.problem.months, np.cumsum(free) - 1
    rows, edges, at = [], [], []
    for t in range(months):
        duties = np.flatnonzero(free & (grid.duty_from <= t) & (t < grid.duty_to))
        row, edge = open_arcs(grid, duties, t)
        rows.append(row_of[duties[row]])
        edges.append(edge)
        at.append(grid.cell[edge] * months + t)
    edge, meeting = np.concatenate(edges), np.concatenate(at)
    held, column = np.unique(meeting, return_inverse=True)
    weights = grid.problem.weights
    arcs = Arcs(
        np.concatenate(rows), column, weights.travel * grid.travel[edge], np.ones(len(edge), np.int64)
    )
    already = state.visitors.ravel()[held] + 1 - grid.wanted[held // months]

    def steps(depth: int) -> Ints:
        crowd: Ints = weights.crowding * np.maximum(0, already[:, None] + np.arange(depth))
        return crowd

    return arcs, held // months, steps


def _repeats(grid: Grid, lost: Bools) -> Bound:
    """Officials who, on the dates they are free, cannot have another cell each time."""
    forced = sum(forced_repeats(grid, m, lost) for m in np.flatnonzero(grid.allowed == 1).tolist())
    return Bound(forced, f"{forced} lượt chỉ còn ngày rảnh trùng với chi bộ đã dự" if forced else "")


def _special(grid: Grid, lost: Bools) -> Bound:
    state, free = _only(grid, lost, special=1, unmet=DEAR)
    times = multigraph(state, free).times
    visits = state.visits + np.bincount(grid.cell, times, len(grid.least)).astype(np.int64)
    short = int((grid.worth * np.maximum(0, grid.least - visits)).sum())
    return Bound(short, "không đủ lượt dự có thể xếp vào các chi bộ này" if short else "")


def _spacing(grid: Grid) -> Bound:
    may = grid.seen.copy()
    reach = np.zeros((len(grid.problem.cells), grid.problem.months), bool)
    np.logical_or.at(reach, grid.cell, grid.open)
    may = np.concatenate([may, reach], 1)
    empty = int((grid.windows.any(2) & ~(grid.windows & may[:, None, :]).any(2)).sum())
    return Bound(empty, "các tháng này không có buổi nào dự được" if empty else "")


def _travel(grid: Grid, lost: Bools) -> Bound:
    state, free = _only(grid, lost, travel=1, repeat=DEAR, unmet=DEAR)
    ways = state.parts()[Rule.TRAVEL] + int((grid.travel * multigraph(state, free).times).sum())
    return Bound(ways, "mọi lượt đều tới các chi bộ gần nhất, chưa xét ngày họp" if ways else "")


def _dated(grid: Grid, lost: Bools) -> int:
    """The optimum without the rules on repeats and spacing: one flow over the year's meetings."""
    state = _pinned(State(grid))
    free = _free(state, lost)
    parts, weights = state.parts(), grid.problem.weights
    base = sum(parts[rule] for rule in (Rule.CROWDING, Rule.SPECIAL, Rule.COVER, Rule.TRAVEL))
    base += weights.unmet * int(((state.edge < 0) & ~free).sum())
    if not free.any():
        return base
    arcs, cell_of, steps = _meetings(state, free)
    cells, group = np.unique(cell_of, return_inverse=True)
    onward = Onward(group, lambda depth: np.stack([state.cell_cost(cells, k) for k in range(depth)], 1))
    owed = np.ones(int(free.sum()), np.int64)
    return base + transport(arcs, owed, weights.unmet * owed, steps, onward).cost


def _only(grid: Grid, lost: Bools, **prices: int) -> tuple[State, Bools]:
    """A state and its free duties under these prices and no others."""
    none = dict.fromkeys((field.name for field in fields(Weights)), 0)
    problem = replace(grid.problem, weights=Weights(**none | prices))
    nothing = np.zeros_like(grid.pull)
    state = _pinned(State(replace(grid, problem=problem, pull=nothing, floor_cost=nothing)))
    return state, _free(state, lost)


def _pinned(state: State) -> State:
    keep_pins(state, np.ones(len(state.edge), bool))
    return state


def _free(state: State, lost: Bools) -> Bools:
    free: Bools = (state.edge < 0) & ~lost
    return free
