"""What happens after a rotation is published, and the problem as it is from then on.

Source: S4-12, S4-15; design: rotation.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce

from core.rotation.solving.facts import Cell, CellMeeting, Official
from core.rotation.solving.problem import Problem, ProblemError

DAWN, DUSK = date.min, date.max
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Absent:
    """An official is ill or on leave on these days, both included."""

    official: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Transferred:
    """From ``since`` on an official has another area, or with none leaves the rotation.

    ``level``, where given, is his level in all periods that are not over.
    """

    official: str
    since: date
    area: tuple[str, ...] = ()
    own_cell: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """A new official; he owes the periods that end after ``since``."""

    official: Official
    since: date


@dataclass(frozen=True, slots=True)
class MeetingMoved:
    """A cell's meeting of a month is on another day, or with none is not held."""

    cell: str
    month: date
    meeting: CellMeeting | None


@dataclass(frozen=True, slots=True)
class CellAdded:
    """A new cell, added to the areas of these officials."""

    cell: Cell
    officials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitsMerged:
    """From ``since`` on units are one: each official of any of them may visit the cells of all."""

    units: tuple[str, ...]
    into: str
    since: date


Event = Absent | Transferred | Joined | MeetingMoved | CellAdded | UnitsMerged


def happened(problem: Problem, events: Iterable[Event]) -> Problem:
    """The problem once the events have happened, in their order.

    Raises ``ProblemError`` for an event about someone or something unknown.
    """
    return reduce(_after, events, problem)


def _after(problem: Problem, event: Event) -> Problem:
    match event:
        case Absent(official, since, until):
            return _with(problem, official, lambda one: replace(one, away=(*one.away, (since, until))))
        case Transferred(official, since, area, own_cell, level):
            moved = _with(problem, official, lambda one: _transferred(one, since, area, own_cell))
            return _with(moved, official, lambda one: replace(one, level=level or one.level))
        case Joined(official, since):
            return replace(problem, officials=(*problem.officials, replace(official, since=since)))
        case MeetingMoved(cell, month, meeting):
            return _moved(problem, cell, month, meeting)
        case CellAdded(cell, officials):
            return _added(problem, cell, officials)
        case UnitsMerged(units, into, since):
            return _merged(problem, units, into, since)


def _with(problem: Problem, official: str, change: Callable[[Official], Official]) -> Problem:
    if official not in problem.official_of:
        raise ProblemError((f"Sự kiện nói đến đồng chí “{official}” không có trong danh sách.",))
    people = (change(one) if one.id == official else one for one in problem.officials)
    return replace(problem, officials=tuple(people))


def _transferred(one: Official, since: date, area: tuple[str, ...], own_cell: str | None) -> Official:
    """His old area up to the day before, the new one from ``since`` on; cells in both stay open."""
    eve = since - timedelta(1)
    if not area:
        return replace(one, until=min(one.until or DUSK, eve))
    old: dict[str, Days] = {cell: one.valid.get(cell, (DAWN, DUSK)) for cell in one.area}
    valid = {cell: (first, min(last, eve)) for cell, (first, last) in old.items() if cell not in area}
    valid |= {cell: (since, DUSK) for cell in area if cell not in old}
    kept = {cell: (min(old[cell][0], since), DUSK) for cell in area if cell in one.valid}
    joined = tuple(dict.fromkeys((*one.area, *area)))
    return replace(one, area=joined, valid=valid | kept, own_cell=own_cell or one.own_cell)


def _moved(problem: Problem, cell: str, month: date, meeting: CellMeeting | None) -> Problem:
    if cell not in problem.cell_of:
        raise ProblemError((f"Sự kiện nói đến chi bộ “{cell}” không có trong danh sách.",))
    meetings: Mapping[date, CellMeeting] = {
        at: held for at, held in problem.cell_of[cell].meetings.items() if at != month
    }
    meetings = {**meetings, month: meeting} if meeting else meetings
    cells = (replace(one, meetings=meetings) if one.id == cell else one for one in problem.cells)
    return replace(problem, cells=tuple(cells))


def _added(problem: Problem, cell: Cell, officials: tuple[str, ...]) -> Problem:
    if unknown := [one for one in officials if one not in problem.official_of]:
        raise ProblemError((f"Sự kiện nói đến đồng chí “{unknown[0]}” không có trong danh sách.",))
    people = (
        replace(one, area=(*one.area, cell.id)) if one.id in officials else one for one in problem.officials
    )
    return replace(problem, cells=(*problem.cells, cell), officials=tuple(people))


def _merged(problem: Problem, units: tuple[str, ...], into: str, since: date) -> Problem:
    inside = [cell.id for cell in problem.cells if cell.unit in units and cell.receives]
    if not inside:
        raise ProblemError((f"Không có chi bộ nào thuộc các đơn vị được gộp: {', '.join(units)}.",))
    known = set(inside)
    cells = (replace(cell, unit=into) if cell.unit in units else cell for cell in problem.cells)
    people = tuple(_widened(one, inside, since) if known & {*one.area} else one for one in problem.officials)
    return replace(problem, cells=tuple(cells), officials=people)


def _widened(one: Official, inside: list[str], since: date) -> Official:
    more = tuple(cell for cell in inside if cell not in one.area)
    return replace(one, area=(*one.area, *more), valid={**one.valid, **dict.fromkeys(more, (since, DUSK))})
