"""The problem as arrays: the arcs that hard rules leave open.

An *edge* is an (official, cell of his area) pair; an *arc* is an edge in a month. Design: rotation.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.rotation.facts import Duty, Official, OwnCell, PlannedVisit, Reason, ordinal
from core.rotation.problem import Problem
from core.rotation.targets import LOOK_BACK, Target, allowances, targets

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

OPEN = 0
CLOSING = (Reason.AWAY, Reason.OWN_MEETING, Reason.OWN_CELL, Reason.NO_MEETING, Reason.PAST, Reason.OUTSIDE)
REASONS = (None, *CLOSING)
AWAY, OWN_MEETING, OWN_CELL, NO_MEETING, PAST, OUTSIDE = range(1, 7)
SLOTS = {"morning": 0, "afternoon": 1, "evening": 2}


@dataclass(frozen=True)
class Grid:
    """Arrays by edge [E], official [M], cell [C], duty [D], month [T] and spacing window [C, W, L+T].

    ``blocked`` [E, T] is 0 for an open arc, else an index into ``REASONS``. ``pin_edge`` is -1 without
    a pin; ``several`` [M] marks officials who may owe several duties in one period; ``first`` and
    ``duty_first`` [M+1] bound each official's edges and duties. Months of ``seen`` and ``windows`` start
    a year before the horizon.
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
    several: Bools
    least: Ints
    worth: Ints
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

    def edges_of(self, m: int) -> Ints:
        """The edges of one official."""
        return np.arange(self.first[m], self.first[m + 1])

    def edge_of(self, m: int, c: int) -> int:
        """The edge from an official to a cell; -1 where there is none."""
        found = np.flatnonzero(self.cell[self.first[m] : self.first[m + 1]] == c)
        return int(self.first[m] + found[0]) if len(found) else -1

    def duties_at(self, m: int, month: int) -> Ints:
        """The official's duties whose period holds the month."""
        mine = np.arange(self.duty_first[m], self.duty_first[m + 1])
        there: Ints = mine[(self.duty_from[mine] <= month) & (month < self.duty_to[mine])]
        return there


def build(problem: Problem, today: date | None = None) -> Grid:
    """The problem as arrays; meetings before ``today`` are closed as past."""
    cells = {cell.id: at for at, cell in enumerate(problem.cells)}
    official, cell, first = _edges(problem, cells)
    who = {o.id: m for m, o in enumerate(problem.officials)}
    duty_official, duty_from, duty_to = _duty_arrays(problem, who)
    past, permitted = Counter((v.official, v.cell) for v in problem.history), allowances(problem)
    goal, weights = targets(problem), problem.weights
    at = [goal.get(c.id, Target(0.0, 0, ())) for c in problem.cells]
    grid = Grid(
        problem=problem,
        official=official,
        cell=cell,
        first=first,
        blocked=_blocked(problem, official, cell, first, cells),
        travel=_travel(problem, official, cell),
        past=np.zeros(len(official), np.int64),
        allowed=_ints(permitted[o.id] for o in problem.officials),
        duties=problem.duties,
        duty_official=duty_official,
        duty_first=np.searchsorted(duty_official, np.arange(len(problem.officials) + 1)),
        duty_from=duty_from,
        duty_to=duty_to,
        pin_edge=np.full(len(duty_from), -1, np.int64),
        pin_month=np.full(len(duty_from), -1, np.int64),
        several=np.array([problem.level_of[o.level].per_year > 0 for o in problem.officials], bool),
        least=_ints(target.least for target in at),
        worth=_ints(max(1, c.special) for c in problem.cells),
        wanted=_ints(c.wanted for c in problem.cells),
        pull=_ints(target.pull(weights.cover) for target in at),
        floor_cost=_ints(target.cover_cost(0, weights.cover) for target in at),
        windows=_windows(problem, at),
        seen=_seen(problem, cells),
    )
    for (official_id, cell_id), times in past.items():
        if official_id in who and (edge := grid.edge_of(who[official_id], cells.get(cell_id, -1))) >= 0:
            grid.past[edge] = times
    for d, cell_id, month in problem.pinned:
        grid.pin_edge[d] = grid.edge_of(int(duty_official[d]), cells[cell_id])
        grid.pin_month[d] = ordinal(month) - ordinal(problem.first_month)
    _open_own_cells(grid)
    if today is not None:
        day, _ = _meetings(problem)
        grid.blocked[(day[cell] > 0) & (day[cell] < today.toordinal())] = PAST
    return grid


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _edges(problem: Problem, cells: dict[str, int]) -> tuple[Ints, Ints, Ints]:
    """Each official's area, and the cells his pins ask for outside it (closed)."""
    asked = [(o.area, dict.fromkeys(c for c, _ in o.pins if c not in o.area)) for o in problem.officials]
    sizes = _ints(len(area) + len(pins) for area, pins in asked)
    official = np.repeat(np.arange(len(asked)), sizes)
    cell = _ints(cells[c] for area, pins in asked for c in (*area, *pins))
    return official, cell, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _travel(problem: Problem, official: Ints, cell: Ints) -> Ints:
    """Hundreds of metres of each edge, as ``travel_cost`` says."""
    base = np.array([o.base or (np.nan, np.nan) for o in problem.officials], float).reshape(-1, 2)
    place = np.array([c.xy or (np.nan, np.nan) for c in problem.cells], float).reshape(-1, 2)
    east, north = (place[cell] - base[official]).T
    far = np.maximum(1, np.round(10 * np.sqrt(east * east + north * north)))
    return np.where(np.isnan(far), 0, far).astype(np.int64)


def _duty_arrays(problem: Problem, who: dict[str, int]) -> tuple[Ints, Ints, Ints]:
    start = ordinal(problem.first_month)
    begins = _ints(ordinal(duty.months[0]) - start for duty in problem.duties)
    ends = _ints(ordinal(duty.months[-1]) - start + 1 for duty in problem.duties)
    return _ints(who[duty.official] for duty in problem.duties), begins, ends


def _blocked(problem: Problem, official: Ints, cell: Ints, first: Ints, cells: dict[str, int]) -> Ints:
    day, slot = _meetings(problem)
    own = _ints(cells[o.own_cell] if o.own_cell is not None else -1 for o in problem.officials)[official]
    blocked = np.zeros((len(official), problem.months), np.int8)
    for m, person in enumerate(problem.officials):
        if person.away:
            rows = slice(first[m], first[m + 1])
            blocked[rows][_away(person, day[cell[rows]])] = AWAY
        if len(person.area) < first[m + 1] - first[m]:
            blocked[first[m] + len(person.area) : first[m + 1]] = OUTSIDE
    elsewhere = ((own >= 0) & (own != cell))[:, None]
    blocked[elsewhere & (day[own] == day[cell]) & (slot[own] == slot[cell])] = OWN_MEETING
    closed = np.array([problem.level_of[o.level].own_cell is not OwnCell.ALLOWED for o in problem.officials])
    blocked[(own == cell) & closed[official]] = OWN_CELL
    blocked[day[cell] == 0] = NO_MEETING
    return blocked


def _open_own_cells(grid: Grid) -> None:
    """Where a level goes to its own cell as a last resort, open it in periods with no other meeting."""
    problem = grid.problem
    for m, official in enumerate(problem.officials):
        if problem.level_of[official.level].own_cell is OwnCell.LAST and official.own_cell in official.area:
            own = int(grid.first[m]) + official.area.index(official.own_cell)
            away = _away(official, _meetings(problem)[0][grid.cell[own]])
            for d in range(grid.duty_first[m], grid.duty_first[m + 1]):
                span = slice(grid.duty_from[d], grid.duty_to[d])
                rest = np.delete(np.arange(grid.first[m], grid.first[m + 1]), own - grid.first[m])
                if grid.blocked[rest, span].all():
                    mine = grid.blocked[own, span]
                    mine[mine == OWN_CELL] = np.where(away[span], AWAY, OPEN)[mine == OWN_CELL]


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


def located(grid: Grid, visits: Iterable[PlannedVisit]) -> tuple[Ints, Ints, Ints]:
    """Each visit's duty, edge and month number; the duty is -1 when the problem no longer asks for it."""
    problem, start = grid.problem, ordinal(grid.problem.first_month)
    who = {official.id: m for m, official in enumerate(problem.officials)}
    cells = {cell.id: c for c, cell in enumerate(problem.cells)}
    taken: set[int] = set()
    found = []
    for visit in visits:
        month, m = ordinal(visit.month) - start, who.get(visit.official, -1)
        edge = grid.edge_of(m, cells.get(visit.cell, -1)) if m >= 0 else -1
        duty = _duty_for(grid, m, edge, month, taken) if edge >= 0 and 0 <= month < problem.months else -1
        taken.add(duty)
        found.append((duty, edge, month))
    at = np.array(found, np.int64).reshape(-1, 3)
    return at[:, 0], at[:, 1], at[:, 2]


def _duty_for(grid: Grid, m: int, edge: int, month: int, taken: set[int]) -> int:
    """The duty a visit meets: the one that pins it, else one without a pin, else any left."""
    left = [d for d in grid.duties_at(m, month).tolist() if d not in taken]
    pinned = [d for d in left if (grid.pin_edge[d], grid.pin_month[d]) == (edge, month)]
    free = [d for d in left if grid.pin_edge[d] < 0]
    return next(iter((*pinned, *free, *left)), -1)
