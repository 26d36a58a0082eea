"""The arcs hard rules close, and why.

An *edge* is an (official, cell of his area) pair; an *arc* is an edge in a month. Design: rotation.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.rotation.solving.arrays import Bools, Codes, Ints, ints
from core.rotation.solving.facts import Official, OwnCell, Reason, Slot
from core.rotation.solving.problem import Problem

OPEN = 0
CLOSING = (Reason.AWAY, Reason.OWN_MEETING, Reason.OWN_CELL, Reason.NO_MEETING, Reason.PAST, Reason.OUTSIDE)
REASONS = (None, *CLOSING)
AWAY, OWN_MEETING, OWN_CELL, NO_MEETING, PAST, OUTSIDE = range(1, 7)
SLOTS = tuple(Slot)


@dataclass(frozen=True)
class Edges:
    """Official and cell of each edge [E]; ``first`` [M+1] bounds each official's edges."""

    official: Ints
    cell: Ints
    first: Ints


@dataclass(frozen=True)
class Meetings:
    """[C, T] ordinal of each meeting's day, 0 where none is held, and number of its part of the day."""

    day: Ints
    slot: Ints


def edges(problem: Problem) -> Edges:
    """Each official's area, and the cells his pins ask for outside it, which stay closed."""
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
    return Edges(official, cell, np.searchsorted(official, np.arange(len(problem.officials) + 1)))


def meetings(problem: Problem) -> Meetings:
    """Every cell's meeting of every month."""
    held = [cell.meetings.get(month) for cell in problem.cells for month in problem.calendar]
    size = len(problem.cells), problem.months
    day = ints(meeting.day.toordinal() if meeting else 0 for meeting in held)
    slot = ints(SLOTS.index(meeting.slot) if meeting else 0 for meeting in held)
    return Meetings(day.reshape(size), slot.reshape(size))


def closed(problem: Problem, among: Edges, held: Meetings) -> Codes:
    """[E, T] 0 for an open arc, else why it is closed, as an index into ``REASONS``.

    Of several reasons the last of these counts: away, outside, own meeting, no meeting, own cell.
    """
    blocked: Codes = _away(problem, among, held.day) * np.int8(AWAY)
    _outside(problem, among, held.day, blocked)
    own = _own_cells(problem)[among.official]
    other = np.flatnonzero((own >= 0) & (own != among.cell))
    hour = (held.day * len(SLOTS) + held.slot).astype(np.int32)
    e, t = np.nonzero(hour[own[other]] == hour[among.cell[other]])
    blocked[other[e], t] = OWN_MEETING
    blocked[(held.day == 0)[among.cell]] = NO_MEETING
    _close_own_cells(problem, among, own == among.cell, blocked)
    return blocked


def close_past(blocked: Codes, among: Edges, held: Meetings, today: date) -> None:
    """Close the meetings before ``today``."""
    past = (held.day > 0) & (held.day < today.toordinal())
    blocked[past[among.cell]] = PAST


def _own_cells(problem: Problem) -> Ints:
    """[M] number of each official's own cell, -1 where it is not known."""
    own = (official.own_cell for official in problem.officials)
    return ints(-1 if cell is None else problem.cell_at[cell] for cell in own)


def _close_own_cells(problem: Problem, among: Edges, own: Bools, blocked: Codes) -> None:
    """Close own cells; a level that goes there as a last resort may, in periods with no other meeting."""
    rule = [problem.level_of[official.level].own_cell for official in problem.officials]
    shut = np.array([one is not OwnCell.ALLOWED for one in rule], bool)
    mine = np.flatnonzero(own & shut[among.official])
    under = blocked[mine]
    blocked[mine] = np.where(under == NO_MEETING, under, np.int8(OWN_CELL))
    for e, m, codes in zip(mine.tolist(), among.official[mine].tolist(), under, strict=True):
        for start, stop in dict.fromkeys(problem.owed[m]) if rule[m] is OwnCell.LAST else ():
            if blocked[among.first[m] : among.first[m + 1], start:stop].all():
                blocked[e, start:stop] = codes[start:stop]


def _away(problem: Problem, among: Edges, day: Ints) -> Bools:
    """[E, T] whether each meeting falls on a day on which the official is away."""
    start, last = problem.first_month.toordinal() - 1, int(day.max(initial=0))
    width = max(2, last - start + 2)
    who = np.repeat(np.arange(len(problem.officials)), ints(len(o.away) for o in problem.officials))
    since = ints(begin.toordinal() - start for o in problem.officials for begin, _ in o.away)
    until = ints(end.toordinal() - start + 1 for o in problem.officials for _, end in o.away)
    steps = np.zeros((len(problem.officials), width), np.int16)
    np.add.at(steps, (who, since.clip(1, width - 1)), 1)
    np.add.at(steps, (who, until.clip(1, width - 1)), -1)
    away = steps.cumsum(1, dtype=np.int16) > 0
    at = np.maximum(0, day - start).astype(np.int32)[among.cell]
    at += (among.official * width).astype(np.int32)[:, None]
    return away.ravel()[at]


def _outside(problem: Problem, among: Edges, day: Ints, blocked: Codes) -> None:
    """Close what lies outside an official's time or area, and pins outside his area."""
    for m, official in enumerate(problem.officials):
        if official.since or official.until or official.valid:
            rows = slice(among.first[m], among.first[m] + len(official.area))
            blocked[rows][~_valid(official, day[among.cell[rows]])] = OUTSIDE
    size = ints(len(official.area) for official in problem.officials)
    nth = np.arange(len(among.cell)) - among.first[among.official]
    blocked[nth >= size[among.official]] = OUTSIDE


def _valid(official: Official, day: Ints) -> Bools:
    """Whether he serves that day and the cell is in his area then."""
    spans = [official.valid.get(cell, (date.min, date.max)) for cell in official.area]
    begin, end = official.since or date.min, official.until or date.max
    first = np.array([max(begin, span[0]).toordinal() for span in spans], np.int64)[:, None]
    last = np.array([min(end, span[1]).toordinal() for span in spans], np.int64)[:, None]
    inside: Bools = (first <= day) & (day <= last)
    return inside
