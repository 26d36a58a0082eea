"""An official's whole year as one assignment of duties to cells, many officials at once. Design: rotation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from core.rotation.solving.flows import SHUT
from core.rotation.solving.grid import Bools, Ints
from core.rotation.solving.state import State

Prices = NDArray[np.int64] | NDArray[np.float64]

ALWAYS = -(1 << 36)
COPIES = 4


@dataclass(frozen=True)
class Table:
    """Rows are duties, or months for an official with several duties in a period; columns are his edges.

    ``price`` [rows, columns] of each row's cheapest month in that column, ``month`` that month.
    """

    price: Prices
    month: Ints


@dataclass(frozen=True)
class Heat:
    """How many units dearer, at random, a visit may look, so that years nearly as good are taken too."""

    units: float
    rng: np.random.Generator

    def stir(self, price: Ints) -> Prices:
        """The prices, each up to ``units`` higher."""
        return price + self.units * self.rng.random(price.shape)


def resolve_years(state: State, officials: Ints, free: Bools, heat: Heat | None = None) -> Ints:
    """Re-solve the years of officials with no cell in common, all else fixed; those whose year changed."""
    blocks = {m: _blocks(state, m, free) for m in officials.tolist()}
    turns = max((len(found) for found in blocks.values()), default=0)
    changed = [
        _resolve(state, [(m, found[turn]) for m, found in blocks.items() if turn < len(found)], heat)
        for turn in range(turns)
    ]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *changed]))


def _blocks(state: State, m: int, free: Bools) -> list[Ints]:
    """The official's free duties: all at once, or period by period where one holds several of them."""
    grid = state.grid
    duties = np.arange(grid.duty_first[m], grid.duty_first[m + 1])
    duties = duties[free[duties]]
    if not len(duties):
        return []
    if not grid.several[m]:
        return [duties]
    return np.split(duties, np.flatnonzero(np.diff(grid.duty_from[duties])) + 1)


def _resolve(state: State, busy: list[tuple[int, Ints]], heat: Heat | None) -> Ints:
    """Re-solve these duties of officials with no cell in common; the officials whose duties moved."""
    grid = state.grid
    every = np.concatenate([duties for _, duties in busy])
    edge, month = state.edge.copy(), state.month.copy()
    state.lift(every)
    edges = np.concatenate([grid.edges_of(m) for m, _ in busy])
    price = np.where(grid.blocked[edges] == 0, state.arc_cost(edges), SHUT)
    seen = heat.stir(price) if heat else price
    stops = np.cumsum([0, *(int(grid.first[m + 1] - grid.first[m]) for m, _ in busy)]).tolist()
    changed = []
    for at, (m, duties) in enumerate(busy):
        mine = slice(stops[at], stops[at + 1])
        found = _cheapest(state, m, duties, seen[mine])
        if heat or _worth(state, m, duties, price[mine], found, (edge[duties], month[duties])):
            edge[duties], month[duties] = found
            changed.append(m)
    state.place(every, edge[every], month[every])
    return np.array(changed, np.int64)


Year = tuple[Ints, Ints]


def _worth(state: State, m: int, duties: Ints, price: Ints, new: Year, old: Year) -> bool:
    """Whether the new year is cheaper than the old one."""
    if np.array_equal(new[0], old[0]) and np.array_equal(new[1], old[1]):
        return False
    return _cost(state, m, duties, price, *new) < _cost(state, m, duties, price, *old)


def _cost(state: State, m: int, duties: Ints, price: Ints, edge: Ints, month: Ints) -> int:
    """What lifted duties would cost there: by the table where each visit goes to another cell."""
    weights, met = state.grid.problem.weights, edge >= 0
    unmet = weights.unmet * int((~met).sum()) + int(state.change_cost(duties, edge, month).sum())
    at = edge[met] - state.grid.first[m]
    if len(set(at.tolist())) == len(at):
        return unmet + int(price[at, month[met]].sum())
    cost = state.add(duties, edge, month) + unmet
    state.lift(duties)
    return cost


def _cheapest(state: State, m: int, duties: Ints, price: Prices) -> Year:
    """Edge and month of each duty, -1 where none; at most one visit a cell and copy."""
    grid, weights = state.grid, state.grid.problem.weights
    several = bool(grid.several[m])
    table = _months_by_cells(state, m, duties, price) if several else _duties_by_cells(state, duties, price)
    rows, columns = table.price.shape
    copies = _copies(state, m, duties, table, price)
    idle = np.full((rows, rows - len(duties)), ALWAYS)
    lost = state.change_cost(duties, np.full(len(duties), -1), 0)[:, None]
    skips = np.full((rows, len(duties)), weights.unmet) + (0 if several else lost)
    whole = np.concatenate([copies, idle, skips], 1)
    at, seat = linear_sum_assignment(whole)
    real = seat < copies.shape[1]
    real &= whole[at, seat] < SHUT
    column = seat[real] % max(1, columns)
    found = at[real], grid.first[m] + column, table.month[at[real], column]
    return _dealt(state, duties, *found[1:]) if several else _in_place(duties, *found)


def _duties_by_cells(state: State, duties: Ints, price: Prices) -> Table:
    grid, change = state.grid, state.grid.problem.weights.change
    start, stop = grid.duty_from[duties], grid.duty_to[duties]
    kept = state.kept_edge[duties]
    if (stop - start == 1).all() and (kept < 0).all():
        return Table(price[:, start].T, np.repeat(start[:, None], len(price), 1))
    best, month = np.empty((len(duties), len(price))), np.empty((len(duties), len(price)), np.int64)
    for i, d in enumerate(duties.tolist()):
        span = price[:, start[i] : stop[i]]
        if kept[i] >= 0:
            span = span + change
            span[kept[i] - grid.first[grid.duty_official[d]], state.kept_month[d] - start[i]] -= change
        month[i] = span.argmin(1) + start[i]
        best[i] = span.min(1)
    return Table(best, month)


def _months_by_cells(state: State, m: int, duties: Ints, price: Prices) -> Table:
    """Months in which he is already out, or in which he owes nothing, are shut."""
    grid, change = state.grid, state.grid.problem.weights.change
    best = price.T.copy()
    owed = np.zeros(grid.problem.months, bool)
    for d in duties.tolist():
        owed[grid.duty_from[d] : grid.duty_to[d]] = True
        if state.kept_edge[d] >= 0:
            best[state.kept_month[d], state.kept_edge[d] - grid.first[m]] -= change
    every = np.arange(grid.duty_first[m], grid.duty_first[m + 1])
    owed[state.month[every[state.edge[every] >= 0]]] = False
    best[~owed] = SHUT
    return Table(best, np.repeat(np.arange(len(best))[:, None], len(price), 1))


def _copies(state: State, m: int, duties: Ints, table: Table, price: Prices) -> Prices:
    """The table, and again for further visits where cells are few: dearer by what one more visit costs."""
    grid, weights = state.grid, state.grid.problem.weights
    edges, allowed = grid.edges_of(m), int(grid.allowed[m])
    most = min(len(duties), COPIES)
    if most == 1 or (allowed == 1 and len(duties) * 2 <= (price < SHUT).any(1).sum()):
        return table.price
    cells, more = grid.cell[edges], np.arange(most)[:, None]
    again = (state.times[edges] + more >= allowed).astype(np.int64)
    gain = weights.spacing * state.spacing_gain(cells).max(1, initial=0)
    cost = state.cell_cost(cells, more) + weights.repeat * again + gain * (more > 0)
    copies: Prices = (table.price[:, None] + (cost - cost[0])).reshape(len(table.price), -1)
    return copies


def _in_place(duties: Ints, row: Ints, edge: Ints, month: Ints) -> Year:
    edges, months = np.full(len(duties), -1, np.int64), np.zeros(len(duties), np.int64)
    edges[row], months[row] = edge, month
    return edges, months


def _dealt(state: State, duties: Ints, edge: Ints, month: Ints) -> Year:
    """Visits dealt to interchangeable duties, each kept one to the duty that keeps it."""
    edges, months = np.full(len(duties), -1, np.int64), np.zeros(len(duties), np.int64)
    kept = {(int(state.kept_edge[d]), int(state.kept_month[d])): i for i, d in enumerate(duties.tolist())}
    left = list(range(len(duties)))
    visits = sorted(zip(edge.tolist(), month.tolist(), strict=True), key=lambda at: (at not in kept, at))
    for at in visits:
        i = kept[at] if at in kept and kept[at] in left else left[0]
        left.remove(i)
        edges[i], months[i] = at
    return edges, months
