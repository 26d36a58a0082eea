"""Repeats that cannot be avoided without more visitors at one meeting.

A rotation of the least crowding uses only certain arcs and fills a meeting only so far, as the shortest
paths between its meetings show (complementary slackness). Within these, a linear programme for the officials
of each unit counts the repeats none of their years is without. Design: rotation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_array, csr_array, eye_array
from scipy.sparse.csgraph import connected_components

from core.rotation.solving.grid import Bools, Grid, Ints
from core.rotation.solving.levelling import choices_of, level
from core.rotation.solving.parts import groups
from core.rotation.solving.state import State


@dataclass(frozen=True)
class Tight:
    """Arcs of rotations of the least crowding, ``room`` [C × T] visitors of each meeting beside the fixed.

    ``times`` [E]: visits of the past and of the fixed duties; ``fixed`` [E]: repeats among these.
    """

    grid: Grid
    duty: Ints
    edge: Ints
    meeting: Ints
    room: Ints
    times: Ints
    fixed: Ints


def crowds(state: State, free: Bools) -> State:
    """A rotation of the least crowding, whatever its other rules, begun from ``state``.

    Officials who owe several visits in a period may have two in one month in it.
    """
    levelled = State(replace(state.grid, several=np.zeros_like(state.grid.several)))
    placed = np.flatnonzero(state.edge >= 0)
    levelled.place(placed, state.edge[placed], state.month[placed])
    choices, months = choices_of(levelled, free), state.grid.problem.months
    size = np.diff(choices.first)
    left = np.flatnonzero(free & (state.edge < 0) & (size > 0))
    arc = choices.first[left] + left % size[left]
    levelled.place(left, choices.edge[arc], choices.meeting[arc] % months)
    level(levelled, free, repeats=True)
    return levelled


def tight(levelled: State, free: Bools) -> Tight:
    """What the ``free`` [D] duties may choose in rotations with as little crowding as the levelled one."""
    grid, choices = levelled.grid, choices_of(levelled, free)
    duty = np.repeat(np.arange(len(free)), np.diff(choices.first))
    at = grid.cell[levelled.edge] * grid.problem.months + levelled.month
    here, there = at[duty], choices.meeting
    over = (levelled.visitors - grid.wanted[:, None]).ravel()
    last = np.full(len(over), -1)
    last[here] = np.maximum(0, over[here])
    last = _carried(last, there, here, np.maximum)
    after = np.maximum(0, over + 1)
    cheapest = _carried(after.copy(), here, there, np.minimum)
    ends = csr_array((np.ones(len(here), bool), (here, there)), (len(over), len(over)))
    ring = connected_components(ends, connection="strong")[1]
    may = (ring[here] == ring[there]) | (cheapest[there] == last[here])
    fixed = (levelled.edge >= 0) & ~free
    held = np.bincount(at[fixed], minlength=len(over))
    wanted = np.repeat(grid.wanted, grid.problem.months)
    most = np.maximum(levelled.visitors.ravel() + (last == after), wanted)
    return Tight(
        grid,
        duty[may],
        choices.edge[may],
        there[may],
        most - held,
        grid.past + np.bincount(levelled.edge[fixed], minlength=len(grid.cell)),
        _of_fixed(levelled, fixed),
    )


def _carried(value: Ints, to: Ints, source: Ints, better: np.ufunc) -> Ints:
    """Each meeting's best value of all from which arcs lead to it."""
    while True:
        before = value.copy()
        better.at(value, to, before[source])
        if np.array_equal(value, before):
            return value


def _of_fixed(state: State, fixed: Bools) -> Ints:
    """[E] repeats among the fixed visits."""
    alone, duties = State(state.grid), np.flatnonzero(fixed)
    alone.place(duties, state.edge[duties], state.month[duties])
    return repeats_by_edge(alone)


def repeats_by_edge(state: State) -> Ints:
    """[E] visits beyond what the official is allowed, those of the past aside."""
    grid = state.grid
    over: Ints = np.maximum(0, state.times - np.maximum(grid.allowed[grid.official], grid.past))
    return over


def together(unit: Ints) -> Iterator[Ints]:
    """The officials of each unit, and each of several units alone."""
    for officials in groups(unit):
        yield from [officials] if unit[officials[0]] else np.split(officials, len(officials))


def unavoidable(narrow: Tight, officials: Ints) -> int:
    """Repeats of these officials in any rotation of the least crowding that meets all it can."""
    grid, mine = narrow.grid, np.isin(narrow.grid.duty_official[narrow.duty], officials)
    fixed = int(narrow.fixed[np.isin(grid.official, officials)].sum())
    if not mine.any():
        return fixed
    duties, row = np.unique(narrow.duty[mine], return_inverse=True)
    edges, edge = np.unique(narrow.edge[mine], return_inverse=True)
    meetings, meeting = np.unique(narrow.meeting[mine], return_inverse=True)
    allowed = np.maximum(0, grid.allowed[grid.official[edges]] - narrow.times[edges])
    found = linprog(
        np.repeat([0.0, 1.0], [len(row), len(edges)]),
        A_eq=block_array([[_rows(row), csr_array((len(duties), len(edges)))]]),
        b_eq=np.ones(len(duties)),
        A_ub=block_array([[_rows(edge), -eye_array(len(edges))], [_rows(meeting), None]]),
        b_ub=np.concatenate([allowed, narrow.room[meetings]]),
        method="highs-ipm",
    )
    return fixed + ceil(float(found.fun) - 1e-4)


def _rows(number: Ints) -> csr_array:
    """A row for each number, a column for each arc that has one."""
    return csr_array((np.ones(len(number)), (number, np.arange(len(number)))))
