"""The problem as arrays: the arcs that hard rules leave open, and the state a solver moves.

An *edge* is an (official, cell of his area) pair; an *arc* is an edge in a month. Design: rotation.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.rotation.problem import Duty, Official, Problem, Reason, ordinal
from core.rotation.score import LOOK_BACK, Target, allowances, targets, travel_cost

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

OPEN = 0
REASONS = (None, Reason.AWAY, Reason.OWN_MEETING, Reason.OWN_CELL, Reason.NO_MEETING, Reason.PAST)
AWAY, OWN_MEETING, OWN_CELL, NO_MEETING, PAST = range(1, 6)
SLOTS = {"morning": 0, "afternoon": 1, "evening": 2}


@dataclass(frozen=True)
class Grid:
    """Arrays by edge [E], official [M], cell [C], duty [D], month [T] and spacing window [C, W, L+T].

    ``blocked`` [E, T] is 0 for an open arc, else an index into ``REASONS``. ``pin_edge`` is -1 without
    a pin; ``first`` and ``duty_first`` [M+1] bound each official's edges and duties. Months of ``seen`` and ``windows`` start a year
    before the horizon.
    """

    problem: Problem
    official: Ints
    cell: Ints
    first: Ints
    blocked: Ints
    travel: Ints
    past: Ints
    allowed: Ints
    duties: tuple[Duty, ...]
    duty_official: Ints
    duty_first: Ints
    duty_from: Ints
    duty_to: Ints
    pin_edge: Ints
    pin_month: Ints
    least: Ints
    worth: Ints
    pull: Ints
    floor_cost: Ints
    windows: Bools
    seen: Bools

    @property
    def open(self) -> Bools:
        """[E, T] arcs no hard rule closes."""
        return self.blocked == OPEN


def build(problem: Problem, today: date | None = None) -> Grid:
    """The problem as arrays; meetings before ``today`` are closed as past."""
    cells = {cell.id: at for at, cell in enumerate(problem.cells)}
    official, cell, first = _edges(problem, cells)
    edge_at = {pair: e for e, pair in enumerate(zip(official.tolist(), cell.tolist(), strict=True))}
    who = {o.id: m for m, o in enumerate(problem.officials)}
    duty_official, duty_from, duty_to = _duty_arrays(problem, who)
    pin_edge, pin_month = _pins(problem, who, cells, edge_at)
    past = Counter((who.get(v.official, -1), cells.get(v.cell, -1)) for v in problem.history)
    permitted = allowances(problem)
    goal, weights = targets(problem), problem.weights
    at = [goal.get(c.id, Target(0.0, 0, ())) for c in problem.cells]
    return Grid(
        problem=problem,
        official=official,
        cell=cell,
        first=first,
        blocked=_blocked(problem, official, cell, first, cells, today),
        travel=_ints(
            travel_cost(problem.officials[m], problem.cells[c])
            for m, c in zip(official.tolist(), cell.tolist(), strict=True)
        ),
        past=_ints(past[pair] for pair in edge_at),
        allowed=_ints(permitted[o.id] for o in problem.officials),
        duties=problem.duties,
        duty_official=duty_official,
        duty_first=np.searchsorted(duty_official, np.arange(len(problem.officials) + 1)),
        duty_from=duty_from,
        duty_to=duty_to,
        pin_edge=pin_edge,
        pin_month=pin_month,
        least=_ints(target.least for target in at),
        worth=_ints(max(1, c.special) for c in problem.cells),
        pull=_ints(target.pull(weights.cover) for target in at),
        floor_cost=_ints(target.cover_cost(0, weights.cover) for target in at),
        windows=_windows(problem, at),
        seen=_seen(problem, cells),
    )


def _ints(values: object) -> Ints:
    return np.fromiter(values, np.int64)  # type: ignore[call-overload, no-any-return]


def _edges(problem: Problem, cells: dict[str, int]) -> tuple[Ints, Ints, Ints]:
    sizes = _ints(len(o.area) for o in problem.officials)
    official = np.repeat(np.arange(len(problem.officials)), sizes)
    cell = _ints(cells[c] for o in problem.officials for c in o.area)
    return official, cell, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _duty_arrays(problem: Problem, who: dict[str, int]) -> tuple[Ints, Ints, Ints]:
    start = ordinal(problem.first_month)
    begins = _ints(ordinal(duty.months[0]) - start for duty in problem.duties)
    ends = _ints(ordinal(duty.months[-1]) - start + 1 for duty in problem.duties)
    return _ints(who[duty.official] for duty in problem.duties), begins, ends


def _pins(
    problem: Problem, who: dict[str, int], cells: dict[str, int], edge_at: dict[tuple[int, int], int]
) -> tuple[Ints, Ints]:
    start = ordinal(problem.first_month)
    edge, month = (np.full(len(problem.duties), -1, np.int64) for _ in range(2))
    for d, duty in enumerate(problem.duties):
        for cell, at in problem.official_of[duty.official].pins:
            if at in duty.months:
                edge[d], month[d] = edge_at[who[duty.official], cells[cell]], ordinal(at) - start
    return edge, month


def _blocked(
    problem: Problem, official: Ints, cell: Ints, first: Ints, cells: dict[str, int], today: date | None
) -> Ints:
    day, slot = _meetings(problem)
    own = _ints(cells[o.own_cell] if o.own_cell is not None else -1 for o in problem.officials)[official]
    blocked = np.zeros((len(official), problem.months), np.int64)
    for m, person in enumerate(problem.officials):
        rows = slice(first[m], first[m + 1])
        blocked[rows][_away(person, day[cell[rows]])] = AWAY
    clash = (own >= 0)[:, None] & (day[own] == day[cell]) & (slot[own] == slot[cell])
    blocked[clash] = OWN_MEETING
    blocked[own == cell] = OWN_CELL
    blocked[day[cell] == 0] = NO_MEETING
    if today is not None:
        blocked[(day[cell] > 0) & (day[cell] < today.toordinal())] = PAST
    return blocked


def _meetings(problem: Problem) -> tuple[Ints, Ints]:
    day, slot = (np.zeros((len(problem.cells), problem.months), np.int64) for _ in range(2))
    for c, cell in enumerate(problem.cells):
        for t, month in enumerate(problem.calendar):
            if meeting := cell.meetings.get(month):
                day[c, t], slot[c, t] = meeting.day.toordinal(), SLOTS[meeting.slot]
    return day, slot


def _away(official: Official, day: Ints) -> Bools:
    away = np.zeros(day.shape, bool)
    for start, end in official.away:
        away |= (day >= start.toordinal()) & (day <= end.toordinal())
    return away


def _windows(problem: Problem, goal: list[Target]) -> Bools:
    most = max((len(target.windows) for target in goal), default=0)
    mask = np.zeros((len(goal), most, LOOK_BACK + problem.months), bool)
    for c, target in enumerate(goal):
        for w, (start, stop) in enumerate(target.windows):
            mask[c, w, LOOK_BACK + start : LOOK_BACK + stop] = True
    return mask


def _seen(problem: Problem, cells: dict[str, int]) -> Bools:
    seen = np.zeros((len(problem.cells), LOOK_BACK), bool)
    for past in problem.history:
        back = ordinal(past.month) - ordinal(problem.first_month) + LOOK_BACK
        if back >= 0 and past.cell in cells:
            seen[cells[past.cell], back] = True
    return seen


class State:
    """A rotation being moved: each duty's edge (-1 when unmet) and month, and the counts they make.

    ``kept_edge`` and ``kept_month`` hold published visits, dear to change; -1 where there is none.
    """

    def __init__(self, grid: Grid) -> None:
        duties, cells, months = len(grid.duties), len(grid.problem.cells), grid.problem.months
        self.grid = grid
        self.edge: Ints = np.full(duties, -1, np.int64)
        self.month: Ints = np.zeros(duties, np.int64)
        self.visitors: Ints = np.zeros((cells, months), np.int64)
        self.visits: Ints = np.zeros(cells, np.int64)
        self.times: Ints = grid.past.copy()
        self.kept_edge: Ints = np.full(duties, -1, np.int64)
        self.kept_month: Ints = np.zeros(duties, np.int64)

    def place(self, duties: Ints, edges: Ints, months: Ints) -> None:
        """Give unmet duties their edges and months; -1 leaves one unmet."""
        self.edge[duties], self.month[duties] = edges, months
        self._count(duties, 1)

    def lift(self, duties: Ints) -> None:
        """Make the duties unmet."""
        self._count(duties, -1)
        self.edge[duties] = -1

    def _count(self, duties: Ints, by: int) -> None:
        met = duties[self.edge[duties] >= 0]
        edges, cells = self.edge[met], self.grid.cell[self.edge[met]]
        np.add.at(self.visitors, (cells, self.month[met]), by)
        np.add.at(self.visits, cells, by)
        np.add.at(self.times, edges, by)

    def add(self, duties: Ints, edges: Ints, months: Ints) -> int:
        """Place, and say by how much the prices of the visits raise the objective, unmet duties apart."""
        cells = self.grid.cell[edges[edges >= 0]]
        if len(np.unique(cells)) == len(cells):
            met = edges >= 0
            cost = int(self.arc_cost(edges[met])[np.arange(len(cells)), months[met]].sum())
            self.place(duties, edges, months)
        else:
            pairs = zip(np.split(duties, len(duties)), edges.tolist(), months.tolist(), strict=True)
            cost = sum(self._add_one(duty, edge, month) for duty, edge, month in pairs)
        return cost + int(self.change_cost(duties[edges >= 0], edges[edges >= 0], months[edges >= 0]).sum())

    def _add_one(self, duty: Ints, edge: int, month: int) -> int:
        cost = int(self.arc_cost(np.array([edge]))[0, month]) if edge >= 0 else 0
        self.place(duty, np.array([edge]), np.array([month]))
        return cost

    def change_cost(self, duties: Ints, edges: Ints, months: Ints | int) -> Ints:
        """[n] price of putting published duties on these arcs instead of their own."""
        kept = self.kept_edge[duties]
        moved = (kept >= 0) & ((kept != edges) | (self.kept_month[duties] != months))
        cost: Ints = self.grid.problem.weights.change * moved
        return cost

    def edge_cost(self, edges: Ints) -> Ints:
        """[n] price an official pays on each edge: travel and repetition."""
        weights, grid = self.grid.problem.weights, self.grid
        again = self.times[edges] >= grid.allowed[grid.official[edges]]
        return weights.travel * grid.travel[edges] + weights.repeat * again

    def cell_cost(self, cells: Ints, more: int) -> Ints:
        """[n] price of each cell's (``more`` + 1)-th further visit, whatever its month."""
        weights, grid, visits = self.grid.problem.weights, self.grid, self.visits[cells] + more
        short = visits < grid.least[cells]
        special: Ints = weights.special * grid.worth[cells] * short
        return weights.cover * (2 * visits + 1) - grid.pull[cells] - special

    def spacing_gain(self, cells: Ints) -> Ints:
        """[n, T] number of empty windows a first visit would fill."""
        here = self.visitors[cells] > 0
        seen = np.concatenate([self.grid.seen[cells], here], 1)
        windows = self.grid.windows[cells]
        empty = ~(windows & seen[:, None, :]).any(2)
        gain: Ints = (windows[:, :, LOOK_BACK:] & empty[:, :, None]).sum(1) * ~here
        return gain

    def arc_cost(self, edges: Ints) -> Ints:
        """[n, T] exact rise of the objective if one visit were added on each arc."""
        cells, weights = self.grid.cell[edges], self.grid.problem.weights
        fixed = self.edge_cost(edges) + self.cell_cost(cells, 0)
        crowd = weights.crowding * self.visitors[cells] - weights.spacing * self.spacing_gain(cells)
        return fixed[:, None] + crowd

    def objective(self) -> int:
        """The objective of the state, equal to that of ``score`` on the same visits."""
        grid, weights = self.grid, self.grid.problem.weights
        seen = np.concatenate([grid.seen, self.visitors > 0], 1)
        empty = grid.windows.any(2) & ~(grid.windows & seen[:, None, :]).any(2)
        again, before = (np.maximum(0, n - grid.allowed[grid.official]) for n in (self.times, grid.past))
        cover = weights.cover * self.visits**2 - grid.pull * self.visits + grid.floor_cost
        return int(
            weights.unmet * (self.edge < 0).sum()
            + weights.crowding * (self.visitors * (self.visitors - 1) // 2).sum()
            + weights.repeat * (again - before).sum()
            + weights.special * (grid.worth * np.maximum(0, grid.least - self.visits)).sum()
            + cover.sum()
            + weights.spacing * empty.sum()
            + weights.travel * grid.travel[self.edge[self.edge >= 0]].sum()
        )
