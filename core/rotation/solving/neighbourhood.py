"""Exact search around what is still broken: some officials' years as one integer programme.

Design: rotation.
"""

from itertools import accumulate

import numpy as np
from scipy.optimize import Bounds as Limits
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array

from core.rotation.solving.counts import Choices, Count, counts_of, open_choices
from core.rotation.solving.descent import Stop
from core.rotation.solving.drift import drift
from core.rotation.solving.grid import Bools, Ints
from core.rotation.solving.parts import Parts
from core.rotation.solving.repeats import crowds, repeats_by_edge, tight, together, unavoidable
from core.rotation.solving.state import State

PEERS = 5
TRIES = 4
ONE_UNIT = 20_000
NODES = 200
SMALL = 200
MANY_NODES = 100


def repair(state: State, free: Bools, officials: Ints, rng: np.random.Generator, enough: Stop) -> int:
    """Re-solve each of these officials' years together with a few peers' exactly; how often it paid."""
    won = 0
    for m in officials.tolist():
        mine = state.grid.duty_official == m
        broken = _again(state)[m] > 0 or (state.edge[mine] < 0).any()
        if broken and not state.grid.several[m] and not enough():
            won += improve_exactly(state, _freed(state, free, m, rng))
    return won


def mend(state: State, free: Bools, parts: Parts, rng: np.random.Generator, enough: Stop) -> None:
    """Search where a fault is left that neither dates nor crowding force; ``free`` [D] duties can be met.

    A unit with avoidable repeats drifts by itself, then years of its officials are re-solved exactly.
    """
    repair(state, free, np.unique(state.grid.duty_official[free & (state.edge < 0)]), rng, enough)
    for officials, least in _forced(state, free, parts.unit):
        if _again(state)[officials].sum() > least:
            mine = free & np.isin(state.grid.duty_official, officials)
            drift(state, mine, parts, rng, enough, ONE_UNIT)
        for _ in range(TRIES):
            often = np.repeat(officials, _again(state)[officials])
            if len(often) > least:
                repair(state, free, rng.permutation(often)[:1], rng, enough)


def _forced(state: State, free: Bools, unit: Ints) -> list[tuple[Ints, int]]:
    """Officials of each unit in which somebody repeats, and how many repeats are forced on them."""
    again = _again(state)
    held = [officials for officials in together(unit) if again[officials].any()]
    narrow = tight(crowds(state, free), free) if held else None
    return [(officials, unavoidable(narrow, officials)) for officials in held] if narrow else []


def settle(state: State, free: Bools) -> bool:
    """The whole problem exactly, where it is small enough; whether it is."""
    grid, duties = state.grid, np.flatnonzero(free)
    spans = zip(grid.duty_official[duties], grid.duty_from[duties], grid.duty_to[duties], strict=True)
    arcs = accumulate(int(grid.open[grid.edges_of(m), start:stop].sum()) for m, start, stop in spans)
    if any(count > SMALL for count in arcs):
        return False
    if len(duties):
        improve_exactly(state, duties, MANY_NODES)
    return True


def _again(state: State) -> Ints:
    """[M] repeats of each official."""
    grid = state.grid
    return np.bincount(grid.official, repeats_by_edge(state), len(grid.first) - 1).astype(np.int64)


def _freed(state: State, free: Bools, m: int, rng: np.random.Generator) -> Ints:
    """The free duties of the official and of some who go mostly where he goes."""
    grid = state.grid
    mine = np.isin(grid.cell, grid.cell[grid.edges_of(m)])
    shared = np.bincount(grid.official, mine, len(grid.first) - 1)
    shared[m] = 0
    near = (shared > 0) & (2 * shared >= np.diff(grid.first))
    if not near.any():
        near = shared >= max(1, shared.max(initial=0) / 2)
    peers = rng.permutation(np.flatnonzero(near & ~grid.several))[:PEERS]
    return np.flatnonzero(free & np.isin(grid.duty_official, [m, *peers.tolist()]))


def improve_exactly(state: State, duties: Ints, nodes: int = NODES) -> int:
    """The best years for the freed duties; 1 if better than before, which stands otherwise."""
    old, edge, month = state.objective(), state.edge[duties], state.month[duties]
    state.lift(duties)
    choices = open_choices(state, duties)
    found = _solve(state, duties, choices, nodes)
    if found is not None:
        at = choices.duty[found]
        state.place(at, choices.edge[found], choices.month[found])
    if found is None or state.objective() >= old:
        state.lift(duties)
        state.place(duties, edge, month)
        return 0
    return 1


def _solve(state: State, duties: Ints, choices: Choices, nodes: int) -> Ints | None:
    """The choices of the cheapest years, by a mixed-integer programme; None without an answer."""
    weights, n = state.grid.problem.weights, len(choices.duty)
    if not n:
        return None
    counts = list(counts_of(state, choices))
    cost = weights.travel * state.grid.travel[choices.edge] - weights.unmet
    cost = cost + state.change_cost(choices.duty, choices.edge, choices.month)
    answer = milp(
        np.concatenate([cost, *(count.steps for count in counts)]),
        integrality=np.arange(n + sum(len(count.steps) for count in counts)) < n,
        bounds=Limits(0, 1),
        constraints=_rows(duties, choices, counts),
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    return np.flatnonzero(answer.x[:n] > 0.5) if answer.x is not None else None


def _rows(duties: Ints, choices: Choices, counts: list[Count]) -> LinearConstraint:
    """At most one choice a duty; as many steps of each count as choices in it."""
    n, start = len(choices.duty), len(choices.duty)
    rows, columns, values = [np.searchsorted(duties, choices.duty)], [np.arange(n)], [np.ones(n)]
    for i, count in enumerate(counts, len(duties)):
        chosen, size = len(count.choices), len(count.steps)
        rows.append(np.full(chosen + size, i))
        columns.append(np.concatenate([count.choices, np.arange(start, start + size)]))
        values.append(np.concatenate([np.ones(chosen), -np.ones(size)]))
        start += size
    shape = (len(duties) + len(counts), start)
    matrix = coo_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape)
    most = np.arange(shape[0]) < len(duties)
    return LinearConstraint(matrix.tocsr(), np.zeros(shape[0]), most.astype(float))
