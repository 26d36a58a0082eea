"""The problem as arrays: edges, open arcs, duties, and what the soft rules ask of each cell.

Design: rotation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain

import numpy as np

from core.rotation.solving.arcs import OPEN, Edges, close_past, closed, edges, meetings
from core.rotation.solving.arrays import Bools as Bools
from core.rotation.solving.arrays import Codes, ints, numbers
from core.rotation.solving.arrays import Ints as Ints
from core.rotation.solving.facts import Duty, PlannedVisit, ordinal
from core.rotation.solving.problem import Problem
from core.rotation.solving.targets import LOOK_BACK, Target, allowances, targets


@dataclass(frozen=True)
class Grid:
    """Arrays by edge [E], official [M], cell [C], duty [D], month [T] and spacing window [C, W, L+T].

    ``blocked`` [E, T] is 0 for an open arc, else an index into ``REASONS``. ``pin_edge`` is -1 without
    a pin; ``several`` [M] marks officials who may owe several duties in one period; ``first`` and
    ``duty_first`` [M+1] bound each official's edges and duties. Months of ``seen`` and ``windows`` start
    a year before the horizon. ``day`` [C, T] is the ordinal of a meeting's day, 0 where none is held.
    """

    problem: Problem
    official: Ints
    cell: Ints
    first: Ints
    day: Ints
    blocked: Codes
    travel: Ints
    past: Ints
    allowed: Ints
    duty_official: Ints
    duty_first: Ints
    duty_from: Ints
    duty_to: Ints
    pin_edge: Ints
    pin_month: Ints
    several: Bools
    least: Ints
    worth: Ints
    early: Bools
    wanted: Ints
    pull: Ints
    floor_cost: Ints
    windows: Bools
    seen: Bools

    @property
    def open(self) -> Bools:
        """[E, T] arcs no hard rule closes."""
        arcs: Bools = self.blocked == OPEN
        return arcs

    def duty(self, d: int) -> Duty:
        """One duty, as people speak of it."""
        m = int(self.duty_official[d])
        return self.problem.duty(m, d - int(self.duty_first[m]))

    def edges_of(self, m: int) -> Ints:
        """The edges of one official."""
        return np.arange(self.first[m], self.first[m + 1])

    def edges_at(self, officials: Ints, cells: Ints) -> Ints:
        """The edge of each pair of official and cell; -1 where there is none."""
        count = len(self.problem.cells) + 1
        keys, order = self._keys
        wanted = officials * count + cells
        at = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
        if not len(keys):
            return np.full(len(wanted), -1, np.int64)
        hit = (keys[at] == wanted) & (officials >= 0) & (cells >= 0)
        return np.where(hit, order[at], -1)

    @cached_property
    def bits(self) -> tuple[Ints, Ints]:
        """[C, W] ``windows`` and [C] ``seen`` as numbers, a bit a month."""
        bit = 1 << np.arange(self.windows.shape[2])
        return self.windows @ bit, self.seen @ bit[:LOOK_BACK]

    @cached_property
    def _keys(self) -> tuple[Ints, Ints]:
        keys = self.official * (len(self.problem.cells) + 1) + self.cell
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    @cached_property
    def duty_at(self) -> Ints:
        """[M, T] the official's first duty of the period that holds the month; -1 where nothing is owed."""
        table = np.full((len(self.first) - 1, self.problem.months), -1, np.int64)
        last_first = np.arange(len(self.duty_official))[::-1]
        for ahead in range(int((self.duty_to - self.duty_from).max(initial=0))):
            held = last_first[self.duty_from[last_first] + ahead < self.duty_to[last_first]]
            table[self.duty_official[held], self.duty_from[held] + ahead] = held
        return table

    def duties_at(self, m: int, month: int) -> Ints:
        """The official's duties whose period holds the month."""
        mine = np.arange(self.duty_first[m], self.duty_first[m + 1])
        there: Ints = mine[(self.duty_from[mine] <= month) & (month < self.duty_to[mine])]
        return there


def build(problem: Problem, today: date | None = None) -> Grid:
    """The problem as arrays; meetings before ``today`` are closed as past."""
    area, held = edges(problem), meetings(problem)
    duty_official, duty_from, duty_to = _duty_arrays(problem)
    permitted = allowances(problem)
    goal, weights = targets(problem), problem.weights
    at = [goal.get(c.id, Target(0.0, 0, ())) for c in problem.cells]
    grid = Grid(
        problem=problem,
        official=area.official,
        cell=area.cell,
        first=area.first,
        day=held.day,
        blocked=closed(problem, area, held),
        travel=_travel(problem, area),
        past=np.zeros(len(area.cell), np.int64),
        allowed=ints(permitted[o.id] for o in problem.officials),
        duty_official=duty_official,
        duty_first=np.searchsorted(duty_official, np.arange(len(problem.officials) + 1)),
        duty_from=duty_from,
        duty_to=duty_to,
        pin_edge=np.full(len(duty_from), -1, np.int64),
        pin_month=np.full(len(duty_from), -1, np.int64),
        several=np.array([problem.level_of[o.level].per_year > 0 for o in problem.officials], bool),
        least=ints(target.least for target in at),
        worth=ints(max(1, c.special) for c in problem.cells),
        early=np.array([c.special > 0 or c.first for c in problem.cells], bool),
        wanted=ints(c.wanted for c in problem.cells),
        pull=ints(target.pull(weights.cover) for target in at),
        floor_cost=ints(target.cover_cost(0, weights.cover) for target in at),
        windows=_windows(problem, at),
        seen=_seen(problem),
    )
    _look_back(grid)
    _pin(grid)
    _free_duties_of_lost_pins(grid)
    if today is not None:
        close_past(grid.blocked, area, held, today)
    return grid


def _look_back(grid: Grid) -> None:
    """Count the visits made before the horizon on each edge."""
    problem, history = grid.problem, grid.problem.history
    who = numbers(problem.official_at, history, "official")
    went = grid.edges_at(who, numbers(problem.cell_at, history, "cell"))
    np.add.at(grid.past, went[went >= 0], 1)


def _pin(grid: Grid) -> None:
    """Fix the edge and month of each duty a pin decides."""
    problem, start = grid.problem, ordinal(grid.problem.first_month)
    pinned = ints(d for d, _, _ in problem.pinned)
    cells = ints(problem.cell_at[cell] for _, cell, _ in problem.pinned)
    grid.pin_edge[pinned] = grid.edges_at(grid.duty_official[pinned], cells)
    grid.pin_month[pinned] = ints(ordinal(month) - start for _, _, month in problem.pinned)


def _travel(problem: Problem, area: Edges) -> Ints:
    """Hundreds of metres of each edge, as ``travel_cost`` says."""
    base = np.array([o.base or (np.nan, np.nan) for o in problem.officials], float).reshape(-1, 2)
    place = np.array([c.xy or (np.nan, np.nan) for c in problem.cells], float).reshape(-1, 2)
    east, north = (place[area.cell] - base[area.official]).T
    far = np.maximum(1, np.round(10 * np.sqrt(east * east + north * north)))
    return np.where(np.isnan(far), 0, far).astype(np.int64)


def _duty_arrays(problem: Problem) -> tuple[Ints, Ints, Ints]:
    count = [len(owed) for owed in problem.owed]
    spans = ints(chain.from_iterable(chain.from_iterable(problem.owed))).reshape(-1, 2)
    return np.repeat(np.arange(len(count)), ints(count)), spans[:, 0].copy(), spans[:, 1].copy()


def _free_duties_of_lost_pins(grid: Grid) -> None:
    """Who owes several visits a period pays another one instead of a pin that is impossible."""
    pinned = np.flatnonzero(grid.pin_edge >= 0)
    lost = grid.blocked[grid.pin_edge[pinned], grid.pin_month[pinned]] != OPEN
    freed = pinned[lost & grid.several[grid.duty_official[pinned]]]
    grid.pin_edge[freed] = grid.pin_month[freed] = -1


def _windows(problem: Problem, goal: list[Target]) -> Bools:
    most = max((len(target.windows) for target in goal), default=0)
    number = {windows: k for k, windows in enumerate(dict.fromkeys(target.windows for target in goal))}
    mask = np.zeros((len(number), most, LOOK_BACK + problem.months), bool)
    for windows, k in number.items():
        for w, (start, stop) in enumerate(windows):
            mask[k, w, LOOK_BACK + start : LOOK_BACK + stop] = True
    return mask[ints(number[target.windows] for target in goal)]


def _seen(problem: Problem) -> Bools:
    seen = np.zeros((len(problem.cells), LOOK_BACK), bool)
    start = ordinal(problem.first_month) - LOOK_BACK
    back = ints(ordinal(past.month) - start for past in problem.history)
    cells = numbers(problem.cell_at, problem.history, "cell")
    known = (back >= 0) & (cells >= 0)
    seen[cells[known], back[known]] = True
    return seen


def open_arcs(grid: Grid, duties: Ints, t: int) -> tuple[Ints, Ints]:
    """Open arcs of the duties in month ``t``: index into ``duties`` and edge."""
    start, stop = grid.first[grid.duty_official[duties]], grid.first[grid.duty_official[duties] + 1]
    size = stop - start
    row = np.repeat(np.arange(len(duties)), size)
    edges = np.arange(size.sum()) + np.repeat(start - (np.cumsum(size) - size), size)
    possible = grid.blocked[edges, t] == 0
    return row[possible], edges[possible]


def located(grid: Grid, visits: Iterable[PlannedVisit]) -> tuple[Ints, Ints, Ints]:
    """Each visit's duty, edge and month number; the duty is -1 when the problem no longer asks for it.

    The month is -1 outside the horizon.
    """
    problem, every = grid.problem, tuple(visits)
    number = {month: t for t, month in enumerate(problem.calendar)}
    m = numbers(problem.official_at, every, "official")
    edge = grid.edges_at(m, numbers(problem.cell_at, every, "cell"))
    month = numbers(number, every, "month")
    inside = (edge >= 0) & (month >= 0)
    duty = np.full(len(every), -1, np.int64)
    duty[inside] = grid.duty_at[m[inside], month[inside]]
    _share_out(grid, m, edge, month, duty)
    return duty, edge, month


def _share_out(grid: Grid, m: Ints, edge: Ints, month: Ints, duty: Ints) -> None:
    """No two visits on one duty: of several duties in a period each visit takes another."""
    once = np.zeros(len(duty), bool)
    once[np.unique(duty, return_index=True)[1]] = True
    apart = (duty >= 0) & (grid.several[m] | ~once)
    taken: set[int] = set(duty[~apart].tolist())
    for v in np.flatnonzero(apart).tolist():
        duty[v] = _duty_for(grid, int(m[v]), int(edge[v]), int(month[v]), taken)
        taken.add(int(duty[v]))


def _duty_for(grid: Grid, m: int, edge: int, month: int, taken: set[int]) -> int:
    """The duty a visit meets: the one that pins it, else one without a pin, else any left."""
    left = [d for d in grid.duties_at(m, month).tolist() if d not in taken]
    pinned = [d for d in left if (grid.pin_edge[d], grid.pin_month[d]) == (edge, month)]
    free = [d for d in left if grid.pin_edge[d] < 0]
    return next(iter((*pinned, *free, *left)), -1)
