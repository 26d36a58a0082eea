"""Every rule as counts: so many choices of one kind, each further one dearer; for programmes of any solver.

Each count becomes one row of steps; a window pays for its first visit only. Design: rotation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.rotation.solving.grid import Ints
from core.rotation.solving.state import State
from core.rotation.solving.targets import LOOK_BACK


@dataclass(frozen=True)
class Count:
    """Choices whose number pays ``steps`` one after another."""

    choices: Ints
    steps: Ints


@dataclass(frozen=True)
class Choices:
    """Open arcs of the freed duties: each one's duty, edge and month."""

    duty: Ints
    edge: Ints
    month: Ints


def open_choices(state: State, duties: Ints) -> Choices:
    """Every open arc of the duties."""
    grid = state.grid
    arcs = [
        (d, e, t)
        for d in duties.tolist()
        for e in grid.edges_of(int(grid.duty_official[d])).tolist()
        for t in range(grid.duty_from[d], grid.duty_to[d])
        if grid.blocked[e, t] == 0
    ]
    duty, edge, month = np.array(arcs, np.int64).reshape(-1, 3).T
    return Choices(duty, edge, month)


def counts_of(state: State, choices: Choices) -> Iterator[Count]:
    """Every rule as counts of choices, beside what ``state`` already holds; travel and unmet duties apart."""
    grid, weights = state.grid, state.grid.problem.weights
    months = grid.problem.months
    cell = grid.cell[choices.edge]
    for meeting, at in _grouped(cell * months + choices.month):
        c, t = divmod(meeting, months)
        already = int(state.visitors[c, t]) + 1 - int(grid.wanted[c])
        yield Count(at, weights.crowding * np.maximum(0, already + np.arange(len(at))))
    for e, at in _grouped(choices.edge):
        before, allowed = int(state.times[e]), int(grid.allowed[grid.official[e]])
        yield Count(at, weights.repeat * (before + np.arange(len(at)) >= allowed))
    for c, at in _grouped(cell):
        one = np.array([c])
        yield Count(at, np.concatenate([state.cell_cost(one, k) for k in range(len(at))]))
        yield from _windows(state, c, at, choices)
    several = np.flatnonzero(grid.several[grid.duty_official[choices.duty]])
    when = grid.duty_official[choices.duty[several]] * months + choices.month[several]
    held = state.edge >= 0
    out = set((grid.duty_official[held] * months + state.month[held]).tolist())
    for month, at in _grouped(when):
        yield Count(several[at], np.zeros(0 if month in out else 1, np.int64))


def _windows(state: State, c: int, at: Ints, choices: Choices) -> Iterator[Count]:
    """A window still empty is worth its price to the first visit inside."""
    grid, weights = state.grid, state.grid.problem.weights
    seen = np.concatenate([grid.seen[c], state.visitors[c] > 0])
    for window in grid.windows[c]:
        inside = at[window[LOOK_BACK + choices.month[at]]]
        if window.any() and not (window & seen).any() and len(inside):
            steps = np.zeros(len(inside), np.int64)
            steps[0] = -weights.spacing
            yield Count(inside, steps)


def _grouped(key: Ints) -> Iterator[tuple[int, Ints]]:
    order = np.argsort(key, kind="stable")
    for at in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        if len(at):
            yield int(key[at[0]]), at
