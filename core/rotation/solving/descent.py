"""Exact steps on a rotation: a month as a convex assignment, an official's year as an assignment.

Each step is optimal with all else fixed, so the objective never rises; ``descend`` asserts it. What has
not changed since it was last solved is not solved again. Design: rotation.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.rotation.solving.flows import assign, fullest
from core.rotation.solving.grid import Bools, Grid, Ints, open_arcs
from core.rotation.solving.parts import groups
from core.rotation.solving.state import State
from core.rotation.solving.years import resolve_years

Progress = Callable[[str, int], None]
Stop = Callable[[], bool]
SWEEPS = 8
DEEP = 3


def untold(stage: str, percent: int) -> None:
    """Progress told to nobody."""


def unhurried() -> bool:
    """Never time to stop."""
    return False


@dataclass
class Ledger:
    """When each cell last changed and each step was last solved, in ticks of one clock."""

    changed: Ints
    solved: dict[tuple[int, int], int]
    clock: int = 1

    def stale(self, step: tuple[int, int], cells: Ints) -> bool:
        """Whether anything the step depends on changed since it was solved; marks it solved."""
        before, self.solved[step] = self.solved.get(step, 0), self.clock
        return before == 0 or bool((self.changed[cells] > before).any())

    def touch(self, cells: Ints) -> None:
        """These cells' visits changed."""
        self.clock += len(cells) > 0
        self.changed[cells] = self.clock


def descend(
    state: State,
    free: Bools,
    part: Ints,
    lanes: tuple[Ints, ...],
    sweeps: int = SWEEPS,
    enough: Stop = unhurried,
) -> list[int]:
    """Re-solve each month of each ``part`` [M] and each official's year while it pays; the objectives.

    Only ``free`` [D] duties move. Ends early, with the rotation as good as it is, when ``enough`` says so.
    """
    ledger = Ledger(np.ones(len(state.visits), np.int64), {})
    among = list(rooms(state.grid, free, part))
    trace = [state.objective()]
    for _ in range(sweeps):
        for at, (duties, cells) in enumerate(among):
            for t in range(state.grid.problem.months):
                if not enough() and ledger.stale((at, t), cells):
                    ledger.touch(resolve_month(state, t, duties))
        for lane in lanes:
            if not enough():
                _resolve_lane(state, lane, free, ledger)
        trace.append(state.objective())
        if trace[-1] > trace[-2]:
            raise ArithmeticError("a descent went up")
        if _settled(trace) or enough():
            break
    return trace


def _settled(trace: list[int]) -> bool:
    """Whether the last sweep won less than a hundredth of all that was won."""
    return (trace[-2] - trace[-1]) * 100 <= trace[0] - trace[-1]


def rooms(grid: Grid, free: Bools, part: Ints) -> Iterator[tuple[Ints, Ints]]:
    """The free duties of each part and the cells they may go to."""
    part_of_edge, part_of_duty = part[grid.official], part[grid.duty_official]
    for officials in groups(part):
        number = part[officials[0]]
        duties = np.flatnonzero(free & (part_of_duty == number))
        if len(duties):
            yield duties, np.unique(grid.cell[part_of_edge == number])


def resolve_month(state: State, t: int, among: Ints) -> Ints:
    """Month ``t`` of the duties ``among`` exactly, all other visits fixed; the cells whose visits changed."""
    grid = state.grid
    here = (state.edge[among] < 0) | (state.month[among] == t)
    duties = among[here & (grid.duty_from[among] <= t) & (t < grid.duty_to[among])]
    duties = one_a_month(state, duties, t)
    edge, month = state.edge[duties], state.month[duties]
    state.lift(duties)
    skip = grid.problem.weights.unmet + state.change_cost(duties, np.full(len(duties), -1), t)
    fill_month(state, duties, t, skip, fullest(grid.cell[edge[edge >= 0]]) + 1)
    moved = state.edge[duties] != edge
    both = np.concatenate([edge[moved], state.edge[duties[moved]]])
    state.month[duties] = np.where(state.edge[duties] >= 0, t, month)
    cells: Ints = grid.cell[both[both >= 0]]
    return cells


def one_a_month(state: State, duties: Ints, t: int) -> Ints:
    """Of an official with several duties in one period at most one, and none if he is out already."""
    grid = state.grid
    several = grid.several[grid.duty_official[duties]]
    if not several.any():
        return duties
    out = set(grid.duty_official[(state.edge >= 0) & (state.month == t)].tolist())
    chosen, seen = [], set[int]()
    there = (state.edge[duties] >= 0) & (state.month[duties] == t)
    for d in duties[np.argsort(~there, kind="stable")].tolist():
        m = int(grid.duty_official[d])
        mine = state.edge[d] >= 0 and state.month[d] == t
        if not grid.several[m] or mine or (m not in seen and m not in out):
            chosen.append(d)
            seen.add(m)
    return np.array(sorted(chosen), np.int64)


def fill_month(state: State, duties: Ints, t: int, skip: Ints, deep: int = DEEP) -> None:
    """Place unmet duties in month ``t`` where that is cheaper than their ``skip`` price.

    ``deep`` is a guess how many will share a meeting.
    """
    grid, weights = state.grid, state.grid.problem.weights
    row, edges = open_arcs(grid, duties, t)
    if not len(edges):
        return
    cells, column = np.unique(grid.cell[edges], return_inverse=True)
    cost = state.edge_cost(edges) + state.change_cost(duties[row], edges, t)
    gain = weights.spacing * state.spacing_gain(cells)[:, t]
    chosen = assign(row, column, cost, skip, lambda depth: _steps(state, cells, t, gain, depth), deep)
    met = chosen >= 0
    state.place(duties[met], edges[chosen[met]], np.full(int(met.sum()), t))


def _steps(state: State, cells: Ints, t: int, gain: Ints, depth: int) -> Ints:
    """[cells, depth] price of each further visitor of the month's meetings."""
    weights, turn = state.grid.problem.weights, np.arange(depth)
    already = state.visitors[cells, t] + 1 - state.grid.wanted[cells]
    steps: Ints = weights.crowding * np.maximum(0, already[:, None] + turn)
    steps += np.stack([state.cell_cost(cells, k) for k in range(depth)], 1)
    steps[:, 0] -= gain
    return steps


def _resolve_lane(state: State, lane: Ints, free: Bools, ledger: Ledger) -> None:
    """The whole year of each official of a lane whose surroundings changed."""
    grid = state.grid
    stale = [m for m in lane.tolist() if ledger.stale((-1, m), grid.cell[grid.first[m] : grid.first[m + 1]])]
    before = state.edge.copy()
    for m in resolve_years(state, np.array(stale, np.int64), free).tolist():
        mine = slice(grid.duty_first[m], grid.duty_first[m + 1])
        both = np.concatenate([before[mine], state.edge[mine]])
        ledger.touch(grid.cell[both[both >= 0]])
