"""Transport with rising prices: the one min-cost flow behind drafts, months and bounds. Design: rotation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.graph.python import min_cost_flow

from core.rotation.solving.grid import Ints

Steps = Callable[[int], Ints]
DEPTH = 4


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
        most = _fullest(arcs.column, found.units)
        widest = _fullest(onward.group[arcs.column], found.units) if onward else 0
        if most <= depth and widest <= wide:
            return found
        depth, wide = max(depth, 2 * most), max(wide, 2 * widest)


def _fullest(place: Ints, units: Ints) -> int:
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
