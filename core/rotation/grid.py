"""The problem as arrays: the arcs that hard rules leave open.

An *edge* is an (official, cell of his area) pair; an *arc* is an edge in a month. Design: rotation.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.rotation.facts import Duty, Official, PlannedVisit, Reason, ordinal
from core.rotation.problem import Problem
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
    a pin; ``first`` and ``duty_first`` [M+1] bound each official's edges and duties. Months of ``seen``
    and ``windows`` start a year before the horizon.
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
        arcs: Bools = self.blocked == OPEN
        return arcs

    def edges_of(self, m: int) -> Ints:
        """The edges of one official."""
        return np.arange(self.first[m], self.first[m + 1])


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


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


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


def located(grid: Grid, visits: Iterable[PlannedVisit]) -> tuple[Ints, Ints, Ints]:
    """Each visit's duty, edge and month number; the duty is -1 when the problem no longer asks for it."""
    problem, start = grid.problem, ordinal(grid.problem.first_month)
    duty_at = {(d.official, problem.period(d.official, d.months[0])): i for i, d in enumerate(grid.duties)}
    edge_at = {
        (problem.officials[m].id, problem.cells[c].id): e
        for e, (m, c) in enumerate(zip(grid.official.tolist(), grid.cell.tolist(), strict=True))
    }
    found = []
    for visit in visits:
        month, edge = ordinal(visit.month) - start, edge_at.get((visit.official, visit.cell), -1)
        known = visit.official in problem.official_of and edge >= 0 and 0 <= month < problem.months
        period = problem.period(visit.official, visit.month) if known else -1
        found.append((duty_at.get((visit.official, period), -1), edge, month))
    at = np.array(found, np.int64).reshape(-1, 3)
    return at[:, 0], at[:, 1], at[:, 2]
