"""The problem with some of its rules left out, which one flow then solves whole. Design: rotation."""

from dataclasses import fields, replace

import numpy as np

from core.rotation.solving.facts import Weights
from core.rotation.solving.flows import Arcs, Onward, Steps, transport
from core.rotation.solving.grid import Bools, Grid, Ints
from core.rotation.solving.levelling import choices_of
from core.rotation.solving.multigraph import Multigraph, multigraph
from core.rotation.solving.score import Rule
from core.rotation.solving.solver import keep_pins
from core.rotation.solving.state import State


def dateless(grid: Grid, lost: Bools) -> Multigraph:
    """The optimum without dates and spacing."""
    state = pinned(State(grid))
    return multigraph(state, free_duties(state, lost))


def _meetings(state: State, free: Bools) -> tuple[Arcs, Ints, Steps]:
    """Open arcs from the free duties to meetings, each meeting's cell, and the price of crowding it."""
    grid, weights, choices = state.grid, state.grid.problem.weights, choices_of(state, free)
    months, row_of = grid.problem.months, np.cumsum(free) - 1
    row = np.repeat(row_of, np.diff(choices.first))
    held, column = np.unique(choices.meeting, return_inverse=True)
    arcs = Arcs(row, column, weights.travel * grid.travel[choices.edge], np.ones(len(row), np.int64))
    already = state.visitors.ravel()[held] + 1 - grid.wanted[held // months]

    def steps(depth: int) -> Ints:
        crowd: Ints = weights.crowding * np.maximum(0, already[:, None] + np.arange(depth))
        return crowd

    return arcs, held // months, steps


def dated(grid: Grid, lost: Bools) -> int:
    """The optimum without the rules on repeats and spacing: one flow over the year's meetings."""
    state = pinned(State(grid))
    free = free_duties(state, lost)
    parts, weights = state.parts(), grid.problem.weights
    base = sum(parts[rule] for rule in (Rule.CROWDING, Rule.SPECIAL, Rule.COVER, Rule.TRAVEL))
    base += weights.unmet * int(((state.edge < 0) & ~free).sum())
    if not free.any():
        return base
    arcs, cell_of, steps = _meetings(state, free)
    cells, group = np.unique(cell_of, return_inverse=True)
    onward = Onward(group, lambda depth: np.stack([state.cell_cost(cells, k) for k in range(depth)], 1))
    owed = np.ones(int(free.sum()), np.int64)
    return base + transport(arcs, owed, weights.unmet * owed, steps, onward).cost


def only(grid: Grid, lost: Bools, **prices: int) -> tuple[State, Bools]:
    """A state and its free duties under these prices and no others."""
    none = dict.fromkeys((field.name for field in fields(Weights)), 0)
    problem = replace(grid.problem, weights=Weights(**none | prices))
    nothing = np.zeros_like(grid.pull)
    state = pinned(State(replace(grid, problem=problem, pull=nothing, floor_cost=nothing)))
    return state, free_duties(state, lost)


def pinned(state: State) -> State:
    """The state with its possible pins placed."""
    keep_pins(state, np.ones(len(state.edge), bool))
    return state


def free_duties(state: State, lost: Bools) -> Bools:
    """[D] duties not met yet that can be."""
    free: Bools = (state.edge < 0) & ~lost
    return free
