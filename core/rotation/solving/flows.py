"""Transport with rising prices: the one min-cost flow behind drafts, months and bounds. Design: rotation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.optimize import linear_sum_assignment

from core.rotation.solving.grid import Ints

Steps = Callable[[int], Ints]
DEPTH = 4
DENSE = 400_000
SHUT = 1 << 40


@dataclass(frozen=True)
class Arcs:
    """Ways from rows to columns: ends, price a unit and capacity, each [n]."""

    row: Ints
    column: Ints
    cost: Ints
    capacity: Ints


@dataclass(frozen=True)
class Onward:
    """Where columns lead: each one's ``group``, into which units cost ``steps`` more again."""

    group: Ints
    steps: Steps


@dataclass(frozen=True)
class Transport:
    """The cheapest transport: units on each arc, and its price with that of the units left behind."""

    units: Ints
    cost: int


def transport(
    arcs: Arcs,
    supply: Ints,
    skip: Ints,
    steps: Steps,
    onward: Onward | None = None,
    spare: Ints | None = None,
    depth: int = DEPTH,
) -> Transport:
    """Each row's ``supply`` sent to columns, or left behind at ``skip`` a unit, as cheaply as possible.

    The k-th unit into a column costs ``steps(depth)[column, k]`` more, rising with k; the depth grows
    until no column is filled past it, so the answer is exact. The same holds of groups ``onward``.
    ``spare`` units of each row may be left behind for nothing; ``depth`` is a guess to begin with.
    """
    wide = depth
    while True:
        found = _solve(arcs, supply, skip, steps(depth), onward, wide, spare)
        most = fullest(arcs.column, found.units)
        widest = fullest(onward.group[arcs.column], found.units) if onward else 0
        if most <= depth and widest <= wide:
            return found
        depth, wide = max(depth, 2 * most), max(wide, 2 * widest)


def fullest(place: Ints, units: Ints | None = None) -> int:
    """Most units in one place."""
    return int(np.bincount(place, units, minlength=1).max())


def _solve(
    arcs: Arcs, supply: Ints, skip: Ints, step: Ints, onward: Onward | None, wide: int, spare: Ints | None
) -> Transport:
    rows, columns, total = len(skip), len(step), int(supply.sum())
    groups = onward.steps(wide) if onward else np.zeros((0, 1), np.int64)
    sink = rows + columns + len(groups)
    target = rows + columns + onward.group if onward else np.full(columns, sink)
    flow = min_cost_flow.SimpleMinCostFlow()
    ways = flow.add_arcs_with_capacity_and_unit_cost(arcs.row, rows + arcs.column, arcs.capacity, arcs.cost)
    ends = np.arange(rows), np.full(rows, sink)
    flow.add_arcs_with_capacity_and_unit_cost(*ends, supply, skip)
    if spare is not None:
        flow.add_arcs_with_capacity_and_unit_cost(*ends, spare, np.zeros(rows, np.int64))
    _rising(flow, rows + np.arange(columns), target, step, total)
    _rising(flow, rows + columns + np.arange(len(groups)), np.full(len(groups), sink), groups, total)
    flow.set_nodes_supplies(
        np.arange(sink + 1), np.concatenate([supply, np.zeros(sink - rows, np.int64), [-total]])
    )
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError("the transport has no optimum")
    return Transport(np.asarray(flow.flows(ways)), int(flow.optimal_cost()))


def _rising(flow: Any, start: Ints, end: Ints, step: Ints, total: int) -> None:
    """Arcs of one unit at each step's price, the last without end."""
    count, depth = step.shape
    room = np.ones((count, depth), np.int64)
    room[:, -1:] = max(1, total)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.repeat(start, depth), np.repeat(end, depth), room.ravel(), step.ravel()
    )


def assignment(row: Ints, column: Ints, cost: Ints, skip: Ints, steps: Steps, depth: int = DEPTH) -> Ints:
    """Cheapest choice of at most one arc a row; each row's arc, -1 where skipping is cheaper."""
    once = np.ones(len(row), np.int64)
    found = transport(Arcs(row, column, cost, once), np.ones(len(skip), np.int64), skip, steps, depth=depth)
    used = np.flatnonzero(found.units > 0)
    chosen = np.full(len(skip), -1, np.int64)
    chosen[row[used]] = used
    return chosen


def assign(row: Ints, column: Ints, cost: Ints, skip: Ints, steps: Steps, depth: int) -> Ints:
    """``assignment``, by the dense method where the table is small."""
    rows = len(skip)
    while True:
        step = steps(depth)
        if rows * (step.size + rows) > DENSE:
            return assignment(row, column, cost, skip, steps, depth)
        chosen = _dense(row, column, cost, skip, step)
        most = fullest(column[chosen[chosen >= 0]])
        if most < depth or most == rows:
            return chosen
        depth *= 2


def _dense(row: Ints, column: Ints, cost: Ints, skip: Ints, step: Ints) -> Ints:
    """The assignment with each column copied once a step."""
    rows, (columns, depth) = len(skip), step.shape
    arc = np.full((rows, columns), -1, np.int64)
    arc[row, column] = np.arange(len(row))
    price = np.full((rows, columns), SHUT, np.int64)
    price[row, column] = cost
    table = np.concatenate(
        [(price[:, :, None] + step).reshape(rows, columns * depth), np.repeat(skip[:, None], rows, 1)], 1
    )
    at, seat = linear_sum_assignment(table)
    seat = np.minimum(seat, columns * depth)
    found = np.full(rows, -1, np.int64)
    real = seat < columns * depth
    found[at[real]] = arc[at[real], seat[real] // depth]
    return found
