"""Where a problem falls apart: units that meet only through the few officials of several units.

Design: rotation ("communes couple only through the few superior officials, so they can be solved apart").
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.rotation.solving.grid import Grid, Ints


@dataclass(frozen=True)
class Parts:
    """Officials who may be solved apart.

    ``unit`` [M]: the unit whose cells alone an official visits, or 0 for those of several units. ``whole``
    [M]: the part of the problem that shares no cell with any other. ``lanes``: officials whose areas have no
    cell in common, so that their years may be re-solved at once.
    """

    unit: Ints
    whole: Ints
    lanes: tuple[Ints, ...]


def groups(part: Ints) -> Iterator[Ints]:
    """The officials of each part, by its number."""
    order = np.argsort(part, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(part[order])) + 1)


def fall_apart(grid: Grid, order: Ints) -> Parts:
    """The parts of a problem, its officials taken in this order."""
    units = {unit: u for u, unit in enumerate(dict.fromkeys(c.unit for c in grid.problem.cells), 1)}
    unit = np.array([units[c.unit] for c in grid.problem.cells], np.int64)[grid.cell]
    count = len(grid.first) - 1
    least, most = np.full(count, len(units) + 1), np.zeros(count, np.int64)
    np.minimum.at(least, grid.official, unit)
    np.maximum.at(most, grid.official, unit)
    return Parts(np.where(least == most, most, 0), _whole(grid), tuple(deal(grid, order)))


def _whole(grid: Grid) -> Ints:
    officials = len(grid.first) - 1
    size = officials + len(grid.problem.cells)
    ends = grid.official, officials + grid.cell
    links = coo_array((np.ones(len(grid.cell), bool), ends), (size, size))
    part: Ints = connected_components(links, directed=False)[1][:officials].astype(np.int64)
    return part


def deal(grid: Grid, order: Ints) -> Iterator[Ints]:
    """Lanes of officials without a cell in common, each in the first after those he shares one with."""
    lane = np.zeros(len(grid.first) - 1, np.int64)
    next_of = np.zeros(len(grid.problem.cells), np.int64)
    for m in order.tolist():
        cells = grid.cell[grid.first[m] : grid.first[m + 1]]
        lane[m] = next_of[cells].max(initial=0)
        next_of[cells] = lane[m] + 1
    for one in range(int(lane[order].max(initial=-1)) + 1):
        yield order[lane[order] == one]
