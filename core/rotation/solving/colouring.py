"""The second stage: the year's official–cell visits spread over the months.

A bipartite multigraph's edges can be coloured so that every vertex sees each colour about equally often
(König, de Werra). The months are halved again and again, each halving one min-cost flow, which gives
quarters, half-years and even spacing for free; dates enter as prices, so a few visits may land on an
impossible day and are left to the descent. Design: rotation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.rotation.solving.flows import Arcs, transport
from core.rotation.solving.grid import Bools, Grid, Ints
from core.rotation.solving.state import State

UNEVEN = 200_000
SHUT = 60_000
TIGHT = 4_000
IDLE = 90
SPECIAL_FIRST = 60
LOST = 10_000_000


@dataclass(frozen=True)
class Span:
    """Visits (indices into the list of visits) to be spread over the months from ``start`` to ``stop``."""

    visits: Ints
    start: int
    stop: int


def spread(state: State, duties: Ints, edges: Ints) -> Ints:
    """[n] month of each visit on ``edges`` (repeated where visited again), made for the ``duties``."""
    months = state.grid.problem.months
    month, last = np.full(len(edges), -1, np.int64), np.full(len(state.visits), -months)
    ahead = [Span(np.arange(len(edges)), 0, months)]
    while ahead:
        span = ahead.pop()
        if span.stop - span.start == 1:
            month[span.visits] = span.start
            last[state.grid.cell[edges[span.visits]]] = span.start
        elif len(span.visits):
            ahead += reversed(list(_halved(state, duties, edges, span, last)))
    return month


def _halved(state: State, duties: Ints, edges: Ints, span: Span, last: Ints) -> Iterator[Span]:
    """The span's visits in its first and its second half."""
    width = span.stop - span.start
    middle = span.start + (1 if width == 3 else width // 2)
    first = _first_half(state, duties, edges[span.visits], span, middle, last)
    yield Span(span.visits[first], span.start, middle)
    yield Span(span.visits[~first], middle, span.stop)


def _first_half(state: State, duties: Ints, edges: Ints, span: Span, middle: int, last: Ints) -> Bools:
    grid = state.grid
    officials, row = np.unique(grid.official[edges], return_inverse=True)
    cells, column = np.unique(grid.cell[edges], return_inverse=True)
    held = np.bincount(row)
    early = np.minimum(_within(grid, duties, span.start, middle)[officials], held)
    late = np.minimum(_within(grid, duties, middle, span.stop)[officials], held - early)
    spare = held - early - late
    cost = _preference(grid, edges, span, middle)
    if span.stop - span.start <= 3:
        cost = cost - _urgency(grid, edges, span.start, last)
    low, high = _fair(state, cells, np.bincount(column), span, middle)
    arcs = Arcs(row, column, cost, np.ones(len(edges), np.int64))
    skip = np.full(len(officials), LOST)
    deep = int(high.max()) + 2

    def steps(depth: int) -> Ints:
        return _even(low, high, depth)

    chosen: Bools = transport(arcs, early + spare, skip, steps, spare=spare, depth=deep).units > 0
    return chosen


def _within(grid: Grid, duties: Ints, start: int, stop: int) -> Ints:
    """[M] duties whose months all lie in the span."""
    inside = duties[(start <= grid.duty_from[duties]) & (grid.duty_to[duties] <= stop)]
    return np.bincount(grid.duty_official[inside], minlength=len(grid.first) - 1)


def _preference(grid: Grid, edges: Ints, span: Span, middle: int) -> Ints:
    """[n] price of the first half rather than the second, by the share of open months lost."""
    shut = grid.blocked[edges] != 0
    first, second = shut[:, span.start : middle].mean(1), shut[:, middle : span.stop].mean(1)
    lost = TIGHT * (first**2 - second**2) + SHUT * ((first == 1) * 1 - (second == 1) * 1)
    price: Ints = np.round(lost).astype(np.int64)
    return price


def _urgency(grid: Grid, edges: Ints, start: int, last: Ints) -> Ints:
    """[n] how long each visit's cell has waited; special cells in the first month."""
    cells, months = grid.cell[edges], grid.problem.months
    wait = np.minimum(start - last[cells], months) * IDLE * (grid.least[cells] + 1) // months
    wanted: Ints = wait + SPECIAL_FIRST * (start == 0) * grid.early[cells]
    return wanted


def _fair(state: State, cells: Ints, visits: Ints, span: Span, middle: int) -> tuple[Ints, Ints]:
    """[cells] fewest and most visits of the first half for an even year, those already placed counted."""
    share = (middle - span.start) / (span.stop - span.start)
    placed = state.visitors[cells]
    before, whole = placed[:, span.start : middle].sum(1), placed[:, span.start : span.stop].sum(1)
    ideal = (visits + whole) * share
    low, high = np.floor(ideal + 1e-9) - before, np.ceil(ideal - 1e-9) - before
    return np.maximum(0, low).astype(np.int64), np.maximum(0, high).astype(np.int64)


def _even(low: Ints, high: Ints, depth: int) -> Ints:
    turn = np.arange(depth)
    over = UNEVEN * (1 + turn - high[:, None])
    steps: Ints = np.where(turn < low[:, None], -UNEVEN, np.where(turn < high[:, None], 0, over))
    return steps
