"""The problem as arrays: the arcs that hard rules leave open.

An *edge* is an (official, cell of his area) pair; an *arc* is an edge in a month. Design: rotation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from core.rotation.solving.facts import Duty, Official, OwnCell, PlannedVisit, Reason, Slot, ordinal
from core.rotation.solving.problem import Problem
from core.rotation.solving.targets import LOOK_BACK, Target, allowances, targets

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

OPEN = 0
CLOSING = (Reason.AWAY, Reason.OWN_MEETING, Reason.OWN_CELL, Reason.NO_MEETING, Reason.PAST, Reason.OUTSIDE)
REASONS = (None, *CLOSING)
AWAY, OWN_MEETING, OWN_CELL, NO_MEETING, PAST, OUTSIDE = range(1, 7)
SLOTS = tuple(Slot)


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
    official, cell, first = _edges(problem)
    duty_official, duty_from, duty_to = _duty_arrays(problem)
    day, slot = _meetings(problem)
    permitted = allowances(problem)
    goal, weights = targets(problem), problem.weights
    at = [goal.get(c.id, Target(0.0, 0, ())) for c in problem.cells]
    grid = Grid(
        problem=problem,
        official=official,
        cell=cell,
        first=first,
        day=day,
        blocked=_blocked(problem, (official, cell, first), day, slot),
        travel=_travel(problem, official, cell),
        past=np.zeros(len(official), np.int64),
        allowed=_ints(permitted[o.id] for o in problem.officials),
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
        seen=_seen(problem),
    )
    _look_back(grid)
    _pin(grid)
    _close_own_cells(grid)
    _free_duties_of_lost_pins(grid)
    if today is not None:
        grid.blocked[((day > 0) & (day < today.toordinal()))[cell]] = PAST
    return grid


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _edges(problem: Problem) -> tuple[Ints, Ints, Ints]:
    """Each official's area, and the cells his pins ask for outside it (closed)."""
    official, cell = problem.areas
    outside = [
        (m, problem.cell_at[c])
        for m, o in enumerate(problem.officials)
        for c in dict.fromkeys(c for c, _ in o.pins if c not in o.area)
    ]
    if outside:
        who, where = np.array(outside, np.int64).T
        official, cell = np.concatenate([official, who]), np.concatenate([cell, where])
        order = np.argsort(official, kind="stable")
        official, cell = official[order], cell[order]
    return official, cell, np.searchsorted(official, np.arange(len(problem.officials) + 1))


def _look_back(grid: Grid) -> None:
    """Count the visits made before the horizon on each edge."""
    who, cells = grid.problem.official_at, grid.problem.cell_at
    met = _ints(who.get(visit.official, -1) for visit in grid.problem.history)
    went = grid.edges_at(met, _ints(cells.get(visit.cell, -1) for visit in grid.problem.history))
    np.add.at(grid.past, went[went >= 0], 1)


def _pin(grid: Grid) -> None:
    """Fix the edge and month of each duty a pin decides."""
    problem, start = grid.problem, ordinal(grid.problem.first_month)
    pinned = _ints(d for d, _, _ in problem.pinned)
    cells = _ints(problem.cell_at[cell] for _, cell, _ in problem.pinned)
    grid.pin_edge[pinned] = grid.edges_at(grid.duty_official[pinned], cells)
    grid.pin_month[pinned] = _ints(ordinal(month) - start for _, _, month in problem.pinned)


def _travel(problem: Problem, official: Ints, cell: Ints) -> Ints:
    """Hundreds of metres of each edge, as ``travel_cost`` says."""
    base = np.array([o.base or (np.nan, np.nan) for o in problem.officials], float).reshape(-1, 2)
    place = np.array([c.xy or (np.nan, np.nan) for c in problem.cells], float).reshape(-1, 2)
    east, north = (place[cell] - base[official]).T
    far = np.maximum(1, np.round(10 * np.sqrt(east * east + north * north)))
    return np.where(np.isnan(far), 0, far).astype(np.int64)


def _duty_arrays(problem: Problem) -> tuple[Ints, Ints, Ints]:
    count = [len(owed) for owed in problem.owed]
    spans = _ints(chain.from_iterable(chain.from_iterable(problem.owed))).reshape(-1, 2)
    return np.repeat(np.arange(len(count)), _ints(count)), spans[:, 0].copy(), spans[:, 1].copy()


def _blocked(problem: Problem, edges: tuple[Ints, Ints, Ints], day: Ints, slot: Ints) -> Codes:
    """[E, T] why each arc is closed, own cells apart."""
    official, cell, first = edges
    blocked: Codes = np.where(_away(problem, day, official, cell), np.int8(AWAY), np.int8(OPEN))
    for m, person in enumerate(problem.officials):
        if person.since or person.until or person.valid:
            rows = slice(first[m], first[m] + len(person.area))
            blocked[rows][~_valid(person, day[cell[rows]])] = OUTSIDE
    size = _ints(len(o.area) for o in problem.officials)
    blocked[np.arange(len(cell)) - first[official] >= size[official]] = OUTSIDE
    own = _own_cells(problem)[official]
    other = np.flatnonzero((own >= 0) & (own != cell))
    here, there = cell[other], own[other]
    meets = (day[there] == day[here]) & (slot[there] == slot[here])
    blocked[other] = np.where(meets, np.int8(OWN_MEETING), blocked[other])
    blocked[(day == 0)[cell]] = NO_MEETING
    return blocked


def _own_cells(problem: Problem) -> Ints:
    """[M] number of each official's own cell, -1 where it is not known."""
    own = (official.own_cell for official in problem.officials)
    return _ints(-1 if cell is None else problem.cell_at[cell] for cell in own)


def _close_own_cells(grid: Grid) -> None:
    """Close own cells; a level that goes there as a last resort may, in periods with no other meeting."""
    problem, levels = grid.problem, grid.problem.level_of
    rule = [levels[official.level].own_cell for official in problem.officials]
    closed = np.array([one is not OwnCell.ALLOWED for one in rule], bool)
    own = np.flatnonzero((_own_cells(problem)[grid.official] == grid.cell) & closed[grid.official])
    under = grid.blocked[own]
    grid.blocked[own] = np.where(under == NO_MEETING, under, np.int8(OWN_CELL))
    for e, m, codes in zip(own.tolist(), grid.official[own].tolist(), under, strict=True):
        for d in range(grid.duty_first[m], grid.duty_first[m + 1]) if rule[m] is OwnCell.LAST else ():
            span = slice(grid.duty_from[d], grid.duty_to[d])
            if grid.blocked[grid.first[m] : grid.first[m + 1], span].all():
                grid.blocked[e, span] = codes[span]


def _meetings(problem: Problem) -> tuple[Ints, Ints]:
    held = [cell.meetings.get(month) for cell in problem.cells for month in problem.calendar]
    size = len(problem.cells), problem.months
    day = _ints(meeting.day.toordinal() if meeting else 0 for meeting in held)
    slot = _ints(SLOTS.index(meeting.slot) if meeting else 0 for meeting in held)
    return day.reshape(size), slot.reshape(size)


def _away(problem: Problem, day: Ints, official: Ints, cell: Ints) -> Bools:
    """[E, T] whether each meeting falls on a day on which the official is away."""
    start, last = problem.calendar[0].toordinal() - 1, int(day.max(initial=0))
    width = max(2, last - start + 2)
    who = np.repeat(np.arange(len(problem.officials)), _ints(len(o.away) for o in problem.officials))
    since = _ints(begin.toordinal() - start for o in problem.officials for begin, _ in o.away)
    until = _ints(end.toordinal() - start + 1 for o in problem.officials for _, end in o.away)
    steps = np.zeros((len(problem.officials), width), np.int16)
    np.add.at(steps, (who, since.clip(1, width - 1)), 1)
    np.add.at(steps, (who, until.clip(1, width - 1)), -1)
    away = steps.cumsum(1, dtype=np.int16) > 0
    return away.ravel()[(official * width)[:, None] + np.maximum(0, day - start)[cell]]


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
    number = {windows: k for k, windows in enumerate(dict.fromkeys(target.windows for target in goal))}
    mask = np.zeros((len(number), most, LOOK_BACK + problem.months), bool)
    for windows, k in number.items():
        for w, (start, stop) in enumerate(windows):
            mask[k, w, LOOK_BACK + start : LOOK_BACK + stop] = True
    return mask[_ints(number[target.windows] for target in goal)]


def _seen(problem: Problem) -> Bools:
    seen = np.zeros((len(problem.cells), LOOK_BACK), bool)
    start = ordinal(problem.first_month) - LOOK_BACK
    back = _ints(ordinal(past.month) - start for past in problem.history)
    cells = _ints(problem.cell_at.get(past.cell, -1) for past in problem.history)
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
    who, cells = problem.official_at, problem.cell_at
    number = {month: t for t, month in enumerate(problem.calendar)}
    m = _ints(who.get(visit.official, -1) for visit in every)
    edge = grid.edges_at(m, _ints(cells.get(visit.cell, -1) for visit in every))
    month = _ints(number.get(visit.month, -1) for visit in every)
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
