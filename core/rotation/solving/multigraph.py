"""The first stage: how often each official visits each cell in the year, dates aside.

One convex min-cost flow. Its optimum is a true lower bound, as leaving dates out only widens the choice.
Design: rotation.
"""

from dataclasses import dataclass

import numpy as np

from core.rotation.solving.flows import DEPTH, Arcs, transport
from core.rotation.solving.grid import Bools, Ints
from core.rotation.solving.score import Rule
from core.rotation.solving.state import State


@dataclass(frozen=True)
class Multigraph:
    """Visits on each edge [E] beside those already placed, and the price of all rules but spacing."""

    times: Ints
    cost: int


def multigraph(state: State, free: Bools) -> Multigraph:
    """The cheapest year for the ``free`` [D] duties, all other visits as placed in ``state``."""
    grid, weights = state.grid, state.grid.problem.weights
    supply = np.bincount(grid.duty_official[free], minlength=len(grid.first) - 1)
    edges = np.flatnonzero(_reachable(state, free) & (supply[grid.official] > 0))
    cells, column = np.unique(grid.cell[edges], return_inverse=True)
    room = np.maximum(0, grid.allowed[grid.official[edges]] - state.times[edges])
    owed = supply[grid.official[edges]]
    cost = weights.travel * grid.travel[edges]
    arcs = Arcs(
        np.tile(grid.official[edges], 2),
        np.tile(column, 2),
        np.concatenate([cost, cost + weights.repeat]),
        np.concatenate([np.minimum(room, owed), owed]),
    )
    skip = np.full(len(supply), weights.unmet)
    deep = int(2 * supply.sum() / max(1, len(cells))) + DEPTH
    found = transport(arcs, supply, skip, lambda depth: _steps(state, cells, depth), depth=deep)
    times = np.zeros(len(grid.cell), np.int64)
    times[edges] = found.units[: len(edges)] + found.units[len(edges) :]
    return Multigraph(times, _fixed(state, free) + found.cost)


def _reachable(state: State, free: Bools) -> Bools:
    """[E] edges with an open arc in a month of one of their official's free duties."""
    grid = state.grid
    owed = np.zeros((len(grid.first) - 1, grid.problem.months), bool)
    for d in np.flatnonzero(free).tolist():
        owed[grid.duty_official[d], grid.duty_from[d] : grid.duty_to[d]] = True
    reach: Bools = (owed[grid.official] & (grid.blocked == 0)).any(1)
    return reach


def _steps(state: State, cells: Ints, depth: int) -> Ints:
    """[cells, depth] price of each further visit; crowding as if visits spread evenly over the months."""
    crowd, months = state.grid.problem.weights.crowding, _months(state)[cells]
    before, wanted = state.visits[cells], state.grid.wanted[cells]
    least = [np.maximum(0, (before + k) // months + 1 - wanted) * crowd for k in range(depth)]
    return np.stack([state.cell_cost(cells, k) + least[k] for k in range(depth)], 1)


def _months(state: State) -> Ints:
    """[C] months in which the cell can be visited, at least one."""
    grid = state.grid
    months = state.visitors > 0
    np.logical_or.at(months, grid.cell, grid.blocked == 0)
    count: Ints = np.maximum(1, months.sum(1))
    return count


def _fixed(state: State, free: Bools) -> int:
    """The price of all that is placed, spacing aside and crowding as if spread, and of duties not free."""
    weights, grid = state.grid.problem.weights, state.grid
    turns = np.arange(int(state.visits.max(initial=0)))
    pairs = np.maximum(0, turns // _months(state)[:, None] + 1 - grid.wanted[:, None])
    crowd = weights.crowding * int((pairs * (turns < state.visits[:, None])).sum())
    parts = state.parts()
    kept = (Rule.REPEAT, Rule.SPECIAL, Rule.COVER, Rule.TRAVEL)
    lost = weights.unmet * int((~free & (state.edge < 0)).sum())
    return lost + crowd + sum(parts[rule] for rule in kept)
