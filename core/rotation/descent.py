"""Exact steps on a rotation: one month as a convex min-cost flow, one official's year as an assignment.

Each step is optimal with all else fixed, so a descent of them never gets worse. Design: rotation.
"""

from collections.abc import Callable

import numpy as np

from core.rotation.flows import assignment
from core.rotation.grid import Bools, Ints, open_arcs
from core.rotation.state import State

Progress = Callable[[str, int], None]
SWEEPS = 8
CLOSED = 1 << 40


def untold(stage: str, percent: int) -> None:
    """Progress told to nobody."""


def place_chosen(state: State, duties: Ints, edges: Ints, chosen: Ints, t: int) -> None:
    """Place the chosen arcs of an assignment in month ``t``."""
    met = chosen >= 0
    state.place(duties[met], edges[chosen[met]], np.full(int(met.sum()), t))


def descend(state: State, free: Bools, seed: int, tell: Progress, officials: Ints | None = None) -> list[int]:
    """Re-solve each month, then each official's year, while it pays; returns the objectives, falling.

    Each step is exact with all else fixed, so the objective never rises.
    """
    order = np.random.default_rng(seed).permutation(len(state.grid.problem.officials))
    order = np.arange(len(order)) if not seed else order
    trace, solved = [state.objective()], dict[int, bytes]()
    for sweep in range(SWEEPS):
        for t in range(state.grid.problem.months):
            _resolve_month(state, t, free)
        for m in (order if officials is None else officials).tolist():
            if solved.get(m) != _surroundings(state, m):
                _resolve_year(state, m, free)
                solved[m] = _surroundings(state, m)
        if _settled([*trace, state.objective()]):
            for t in range(state.grid.problem.months):
                _reconsider_month(state, t, free)
        trace.append(state.objective())
        tell("Cải thiện lịch", 40 + 55 * (sweep + 1) // SWEEPS)
        if _settled(trace):
            break
    return trace


def _surroundings(state: State, m: int) -> bytes:
    """All that one official's year depends on."""
    grid = state.grid
    mine = slice(grid.duty_first[m], grid.duty_first[m + 1])
    there = state.visitors[grid.cell[grid.edges_of(m)]]
    return there.tobytes() + state.edge[mine].tobytes() + state.month[mine].tobytes()


def _settled(trace: list[int]) -> bool:
    """Whether the last sweep won less than a hundredth of all that was won."""
    return (trace[-2] - trace[-1]) * 100 <= trace[0] - trace[-1]


def _resolve_month(state: State, t: int, free: Bools) -> None:
    """Month ``t`` exactly, all other visits fixed."""
    grid = state.grid
    here = (state.edge < 0) | (state.month == t)
    duties = np.flatnonzero(free & here & (grid.duty_from <= t) & (t < grid.duty_to))
    state.lift(duties)
    skip = grid.problem.weights.unmet + state.change_cost(duties, np.full(len(duties), -1), t)
    _fill_month(state, duties, t, skip)


def _reconsider_month(state: State, t: int, free: Bools) -> None:
    """Month ``t`` with every longer duty that could fall in it free to come or to go elsewhere.

    Leaving is priced one duty at a time, so the result is kept only when it is better.
    """
    grid = state.grid
    span = free & (grid.duty_from <= t) & (t < grid.duty_to)
    longer = grid.duty_to - grid.duty_from > 1
    duties = np.flatnonzero(span & (longer | (state.edge < 0) | (state.month == t)))
    if not longer[duties].any():
        return
    old, edge, month = state.objective(), state.edge[duties], state.month[duties]
    state.lift(duties)
    skip = [int(_best_arc(state, d, t)[0]) if longer[d] else _skip_price(state, d) for d in duties.tolist()]
    _fill_month(state, duties, t, np.array(skip, np.int64))
    for d in duties[longer[duties] & (state.edge[duties] < 0)].tolist():
        price, e, at = _best_arc(state, d)
        if price < _skip_price(state, d):
            state.place(np.array([d]), np.array([e]), np.array([at]))
    if state.objective() > old:
        state.lift(duties)
        state.place(duties, edge, month)


def _skip_price(state: State, d: int) -> int:
    weights = state.grid.problem.weights
    return weights.unmet + weights.change * bool(state.kept_edge[d] >= 0)


def _best_arc(state: State, d: int, without: int | None = None) -> tuple[int, int, int]:
    """Price, edge and month of a duty's cheapest arc; the price of skipping when there is none."""
    edges = state.grid.edges_of(state.grid.duty_official[d])
    price, best = _year_prices(state, np.array([d]), edges, without)
    at = int(price[0].argmin()) if len(edges) else 0
    skip = _skip_price(state, d)
    return (min(skip, int(price[0, at])), int(edges[at]), int(best[0, at])) if len(edges) else (skip, -1, 0)


def _fill_month(state: State, duties: Ints, t: int, skip: Ints) -> None:
    """Place unmet duties in month ``t`` where that is cheaper than their ``skip`` price."""
    grid, weights = state.grid, state.grid.problem.weights
    row, edges = open_arcs(grid, duties, t)
    if not len(edges):
        return
    cells, column = np.unique(grid.cell[edges], return_inverse=True)
    cost = state.edge_cost(edges) + state.change_cost(duties[row], edges, t)
    gain = weights.spacing * state.spacing_gain(cells)[:, t]
    chosen = assignment(row, column, cost, skip, lambda depth: _steps(state, cells, t, gain, depth))
    place_chosen(state, duties, edges, chosen, t)


def _steps(state: State, cells: Ints, t: int, gain: Ints, depth: int) -> Ints:
    crowd = state.grid.problem.weights.crowding * state.visitors[cells, t]
    columns = [crowd + state.cell_cost(cells, k) for k in range(depth)]
    steps = np.stack(columns, 1) + state.grid.problem.weights.crowding * np.arange(depth)
    steps[:, 0] -= gain
    return steps


def _resolve_year(state: State, m: int, free: Bools) -> None:
    """One official's whole year as an assignment of his duties to different cells."""
    grid = state.grid
    edges = grid.edges_of(m)
    duties = np.arange(grid.duty_first[m], grid.duty_first[m + 1])
    duties = duties[free[duties]]
    if not len(duties) or not len(edges) or grid.allowed[m] > 1:
        return
    edge, month = state.edge[duties], state.month[duties]
    state.lift(duties)
    price, best = _year_prices(state, duties, edges)
    skip = grid.problem.weights.unmet + state.change_cost(duties, np.full(len(duties), -1), 0)
    row, column = np.nonzero(price < CLOSED)
    chosen = assignment(row, column, price[row, column], skip, lambda _: _once(len(edges)))
    met = chosen >= 0
    cost = price[row, column][chosen[met]].sum() + skip[~met].sum()
    old = state.add(duties, edge, month) + skip[edge < 0].sum()
    if cost < old:
        state.lift(duties)
        at = column[chosen[met]]
        state.place(duties[met], edges[at], best[met, at])


def _year_prices(state: State, duties: Ints, edges: Ints, without: int | None = None) -> tuple[Ints, Ints]:
    """[duty, edge] price in the duty's cheapest month, ``without`` one, and that month."""
    grid, change = state.grid, state.grid.problem.weights.change
    arcs = np.where(grid.blocked[edges] == 0, state.arc_cost(edges), CLOSED)
    if without is not None:
        arcs[:, without] = CLOSED
    price, best = np.empty((2, len(duties), len(edges)), np.int64)
    for i, d in enumerate(duties.tolist()):
        span = arcs[:, grid.duty_from[d] : grid.duty_to[d]]
        if state.kept_edge[d] >= 0:
            span = span + change
            span[state.kept_edge[d] - edges[0], state.kept_month[d] - grid.duty_from[d]] -= change
        best[i] = span.argmin(1) + grid.duty_from[d]
        price[i] = span.min(1)
    return price, best


def _once(columns: int) -> Ints:
    return np.tile(np.array([0, CLOSED]), (columns, 1))
