"""Crowding at its least: visits shifted along paths from fuller meetings to emptier ones.

A visit at one meeting could be at any other meeting open to its duty; a path of such shifts from a meeting
with k too many to one with fewer than k − 1 too many makes one crowd smaller and no other larger. When no
such path is left the crowding is the least possible (as for optimal semi-matchings). Breadth first, so that
few visits move. Design: rotation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.rotation.solving.grid import Bools, Ints, open_arcs
from core.rotation.solving.state import State


@dataclass(frozen=True)
class Choices:
    """Each duty's possible edges and meetings (cell × months + month), from ``first`` [D+1] on."""

    first: Ints
    edge: Ints
    meeting: Ints


def level(state: State, free: Bools, repeats: bool) -> int:
    """Lower the crowding of the ``free`` [D] duties' meetings to its least; how many paths were shifted.

    Without ``repeats`` only to cells new to the official, which is then not always the least.
    """
    choices, shifted = choices_of(state, free), 0
    for excess in range(int((state.visitors - state.grid.wanted[:, None]).max(initial=0)), 0, -1):
        while paths := list(_paths(state, free, choices, excess, repeats)):
            for path in paths:
                _shift(state, path)
            shifted += len(paths)
    return shifted


def choices_of(state: State, free: Bools) -> Choices:
    """Every open arc of the ``free`` [D] duties."""
    grid, months = state.grid, state.grid.problem.months
    duty, edge, meeting = [], [], []
    for t in range(months):
        duties = np.flatnonzero(free & (grid.duty_from <= t) & (t < grid.duty_to))
        row, edges = open_arcs(grid, duties, t)
        duty.append(duties[row])
        edge.append(edges)
        meeting.append(grid.cell[edges] * months + t)
    who = np.concatenate(duty)
    order = np.argsort(who, kind="stable")
    first = np.searchsorted(who[order], np.arange(len(free) + 1))
    return Choices(first, np.concatenate(edge)[order], np.concatenate(meeting)[order])


@dataclass(frozen=True)
class Step:
    """A duty's shift to an edge and month."""

    duty: int
    edge: int
    month: int


def _paths(state: State, free: Bools, choices: Choices, excess: int, repeats: bool) -> Iterator[list[Step]]:
    """Shortest paths from meetings with ``excess`` too many, no two through one meeting."""
    grid, months = state.grid, state.grid.problem.months
    over = (state.visitors - grid.wanted[:, None]).ravel()
    duties = np.flatnonzero(free & (state.edge >= 0))
    at = grid.cell[state.edge[duties]] * months + state.month[duties]
    order = np.argsort(at, kind="stable")
    duties, begin = duties[order], np.searchsorted(at[order], np.arange(len(over) + 1))
    parent = np.full(len(over), -1, np.int64)
    seen, ahead = over == excess, np.flatnonzero(over == excess)
    while len(ahead):
        there = duties[_ranges(begin[ahead], begin[ahead + 1])]
        arcs = _ranges(choices.first[there], choices.first[there + 1])
        who = np.repeat(there, choices.first[there + 1] - choices.first[there])
        allowed = ~seen[choices.meeting[arcs]] & _fits(state, who, choices, arcs, repeats)
        arcs, who = arcs[allowed], who[allowed]
        new, first = np.unique(choices.meeting[arcs], return_index=True)
        parent[new], seen[new] = arcs[first], True
        if len(ends := new[np.maximum(0, over[new] + 1) < excess]):
            yield from _traced(state, choices, parent, ends)
            return
        ahead = new


def _ranges(start: Ints, stop: Ints) -> Ints:
    """The numbers from each start to its stop, one after another."""
    size = stop - start
    numbers: Ints = np.arange(size.sum()) + np.repeat(start - (np.cumsum(size) - size), size)
    return numbers


def _fits(state: State, who: Ints, choices: Choices, arcs: Ints, repeats: bool) -> Bools:
    """Whether the shift leaves the official one visit a month and, where asked, no repeat."""
    grid, months = state.grid, state.grid.problem.months
    fits: Bools = ~grid.several[grid.duty_official[who]] | (
        choices.meeting[arcs] % months == state.month[who]
    )
    if repeats:
        return fits
    edge = choices.edge[arcs]
    same: Bools = edge == state.edge[who]
    fresh: Bools = fits & (same | (state.times[edge] < grid.allowed[grid.official[edge]]))
    return fresh


def _traced(state: State, choices: Choices, parent: Ints, ends: Ints) -> Iterator[list[Step]]:
    """The path to each end, as long as it meets no meeting or official of an earlier one."""
    grid, months = state.grid, state.grid.problem.months
    used = set[int]()
    for end in ends.tolist():
        path, meeting, touched = list[Step](), end, {end}
        while parent[meeting] >= 0:
            arc = int(parent[meeting])
            duty = int(np.searchsorted(choices.first, arc, "right")) - 1
            path.append(Step(duty, int(choices.edge[arc]), meeting % months))
            meeting = int(grid.cell[state.edge[duty]] * months + state.month[duty])
            touched |= {meeting, -1 - int(grid.duty_official[duty])}
        if not touched & used:
            used |= touched
            yield path


def _shift(state: State, path: list[Step]) -> None:
    duties = np.array([step.duty for step in path])
    state.lift(duties)
    state.place(duties, np.array([step.edge for step in path]), np.array([step.month for step in path]))
