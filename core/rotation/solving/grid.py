"""The problem as arrays: the arcs that hard rules leave open.

An *edge* is an (official, cell of his area) pair; an *arc* is an edge in a month. Design: rotation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.rotation.solving.facts import Duty, Official, OwnCell, PlannedVisit, Reason, ordinal
from core.rotation.solving.problem import Problem
from core.rotation.solving.targets import LOOK_BACK, Target, allowances, targets

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

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
    blocked: Codes
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
    def _keys(self) -> tuple[Ints, Ints]:
        keys = self.official * (len(self.problem.cells) + 1) + self.cell
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    @cached_property
    def duty_at(self) -> Ints:
        """[M, T] the official's first duty of the period that holds the month; -1 where nothing is owed."""
        table = np.full((len(self.first) - 1, self.problem.months), -1, np.int64)
        last_first = np.arange(len(self.duties))[::-1]
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
    cells = {cell.id: at for at, cell in enumerate(problem.cells)}
    official, cell, first = _edges(problem, cells)
    who = {o.id: m for m, o in enumerate(problem.officials)}
    duty_official, duty_from, duty_to = _duty_arrays(problem, who)
    permitted = allowances(problem)
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
        early=np.array([c.special > 0 or c.first for c in problem.cells], bool),
        wanted=_ints(c.wanted for c in problem.cells),
        pull=_ints(target.pull(weights.cover) for target in at),
        floor_cost=_ints(target.cover_cost(0, weights.cover) for target in at),
        windows=_windows(problem, at),
        seen=_seen(problem, cells),
    )
    met = _ints(who.get(visit.official, -1) for visit in problem.history)
    went = grid.edges_at(met, _ints(cells.get(visit.cell, -1) for visit in problem.history))
    np.add.at(grid.past, went[went >= 0], 1)
    pinned = _ints(d for d, _, _ in problem.pinned)
    grid.pin_edge[pinned] = grid.edges_at(
        duty_official[pinned], _ints(cells[cell_id] for _, cell_id, _ in problem.pinned)
    )
    start = ordinal(problem.first_month)
    grid.pin_month[pinned] = _ints(ordinal(month) - start for _, _, month in problem.pinned)
    _open_own_cells(grid)
    _free_duties_of_lost_pins(grid)
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
    number = {month: t for t, month in enumerate(problem.calendar)}
    begins = _ints(number[duty.months[0]] for duty in problem.duties)
    ends = _ints(number[duty.months[-1]] + 1 for duty in problem.duties)
    return _ints(who[duty.official] for duty in problem.duties), begins, ends


def _blocked(problem: Problem, official: Ints, cell: Ints, first: Ints, cells: dict[str, int]) -> Codes:
    day, slot = _meetings(problem)
    own = _ints(cells[o.own_cell] if o.own_cell is not None else -1 for o in problem.officials)[official]
    blocked = np.zeros((len(official), problem.months), np.int8)
    for m, person in enumerate(problem.officials):
        if person.away:
            rows = slice(first[m], first[m + 1])
            blocked[rows][_away(person, day[cell[rows]])] = AWAY
        if person.since or person.until or person.valid:
            rows = slice(first[m], first[m] + len(person.area))
            blocked[rows][~_valid(person, day[cell[rows]])] = OUTSIDE
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
            at = official.area.index(official.own_cell)
            own, day = int(grid.first[m]) + at, _meetings(problem)[0][grid.cell[grid.first[m] + at]]
            away, valid = _away(official, day), _valid(official, day)[at]
            under = np.where(valid, np.where(away, AWAY, OPEN), OUTSIDE)
            for d in range(grid.duty_first[m], grid.duty_first[m + 1]):
                span = slice(grid.duty_from[d], grid.duty_to[d])
                rest = np.delete(np.arange(grid.first[m], grid.first[m + 1]), own - grid.first[m])
                if grid.blocked[rest, span].all():
                    mine = grid.blocked[own, span]
                    mine[mine == OWN_CELL] = under[span][mine == OWN_CELL]


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


def _valid(official: Official, day: Ints) -> Bools:
    """Whether he serves that day and the cell is in his area then."""
    spans = [official.valid.get(cell, (date.min, date.max)) for cell in official.area]
    begin, end = official.since or date.min, official.until or date.max
    first = np.array([max(begin, span[0]).toordinal() for span in spans], np.int64)[:, None]
    last = np.array([min(end, span[1]).toordinal() for span in spans], np.int64)[:, None]
    inside: Bools = (first <= day) & (day <= last)
    return inside


def _free_duties_of_lost_pins(grid: Grid) -> None:
    """Who owes several visits a period pays another one instead of a pin that is impossible."""
    pinned = np.flatnonzero(grid.pin_edge >= 0)
    lost = grid.blocked[grid.pin_edge[pinned], grid.pin_month[pinned]] != OPEN
    freed = pinned[lost & grid.several[grid.duty_official[pinned]]]
    grid.pin_edge[freed] = grid.pin_month[freed] = -1


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


def open_arcs(grid: Grid, duties: Ints, t: int) -> tuple[Ints, Ints]:
    """Open arcs of the duties in month ``t``: index into ``duties`` and edge."""
    start, stop = grid.first[grid.duty_official[duties]], grid.first[grid.duty_official[duties] + 1]
    size = stop - start
    row = np.repeat(np.arange(len(duties)), size)
    edges = np.arange(size.sum()) + np.repeat(start - (np.cumsum(size) - size), size)
    possible = grid.blocked[edges, t] == 0
    return row[possible], edges[possible]


def located(grid: Grid, visits: Iterable[PlannedVisit]) -> tuple[Ints, Ints, Ints]:
    """Each visit's duty, edge and month number; the duty is -1 when the problem no longer asks for it."""
    problem, start, every = grid.problem, ordinal(grid.problem.first_month), tuple(visits)
    who = {official.id: m for m, official in enumerate(problem.officials)}
    cells = {cell.id: c for c, cell in enumerate(problem.cells)}
    m = _ints(who.get(visit.official, -1) for visit in every)
    edge = grid.edges_at(m, _ints(cells.get(visit.cell, -1) for visit in every))
    month = _ints(ordinal(visit.month) - start for visit in every)
    inside = (edge >= 0) & (month >= 0) & (month < problem.months)
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
