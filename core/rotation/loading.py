"""From the tenant's rows to the solver's facts."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from math import ceil, cos, radians
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.calendar import months_from
from core.meetings.models import Meeting, MeetingKind
from core.rotation.by_hand import Pin
from core.rotation.ended import ended_units
from core.rotation.models import Absence, Official, OfficialArea, Rotation, RotationLevel, Visit
from core.rotation.solving.facts import Cell, CellMeeting, Level, PastVisit, PlannedVisit, Slot
from core.rotation.solving.facts import Official as Visitor
from core.rotation.solving.problem import Problem
from core.rotation.weighing import weights_of
from tenants.db import hashed_joins
from tenants.models import CellSetting, Person, Unit
from tenants.tree import UnitKind

KM_A_DEGREE = 111.2
ALWAYS = (date.min, date.max)
Days = tuple[date, date]
HISTORY_YEARS = 1
SLOTS = {slot.value: slot for slot in Slot}


def load_problem(session: orm.Session, rotation: Rotation) -> Problem:
    """Everything the rotation's months are decided from, as it stands now."""
    with hashed_joins(session):
        cells = _cells(session, rotation)
        return Problem(
            rotation.first_month,
            rotation.months,
            tuple(_levels(session)),
            tuple(cells.values()),
            tuple(_visitors(session, rotation, cells)),
            tuple(_history(session, rotation)),
            weights_of(session),
            ended_units(session, rotation),
        )


def _levels(session: orm.Session) -> list[Level]:
    rows = session.scalars(sa.select(RotationLevel).order_by(RotationLevel.code))
    return [
        Level(row.code, row.period_months or 0, row.name, row.per_year or 0, row.own_cell) for row in rows
    ]


def _cells(session: orm.Session, rotation: Rotation) -> dict[str, Cell]:
    """Every cell by its path; its visits are shared out among those of the unit above."""
    meetings = _meetings(session, rotation)
    rows = session.execute(
        sa.select(Unit.id, Unit.path, Unit.parent_id, Unit.name, Unit.special, Unit.longitude, Unit.latitude)
        .add_columns(Unit.visitors_wanted, Unit.visits_least, Unit.visited_first)
        .add_columns(sa.func.coalesce(CellSetting.is_residential, False).label("receives"))
        .outerjoin(CellSetting, CellSetting.id == Unit.setting_id)
        .where(Unit.kind == UnitKind.CELL, Unit.valid_to.is_(None))
        .order_by(Unit.path)
    )
    return {
        row.path: Cell(
            str(row.id), str(row.parent_id), row.name, row.special, meetings.get(row.id, {}),
            _kilometres(row.longitude, row.latitude), row.receives, row.visitors_wanted,
            _within(row.visits_least, rotation.months), row.visited_first,
        )
        for row in rows
    }  # fmt: skip


def _within(a_year: int | None, months: int) -> int | None:
    """The part of a year's visits that falls to so many months, rounded up."""
    return None if a_year is None else ceil(a_year * months / 12)


def _kilometres(longitude: float | None, latitude: float | None) -> tuple[float, float] | None:
    if longitude is None or latitude is None:
        return None
    return longitude * KM_A_DEGREE * cos(radians(latitude)), latitude * KM_A_DEGREE


def _meetings(session: orm.Session, rotation: Rotation) -> Mapping[UUID, dict[date, CellMeeting]]:
    months = months_from(rotation.first_month, rotation.months)
    found: dict[UUID, dict[date, CellMeeting]] = defaultdict(dict)
    query = sa.select(Meeting.cell_id, Meeting.month, Meeting.meets_on, Meeting.slot)
    query = query.where(
        Meeting.kind == MeetingKind.REGULAR, Meeting.month >= months[0], Meeting.month <= months[-1]
    )
    for row in session.execute(query):
        found[row.cell_id][row.month] = CellMeeting(row.meets_on, SLOTS[row.slot])
    return found


def _visitors(session: orm.Session, rotation: Rotation, cells: Mapping[str, Cell]) -> list[Visitor]:
    """Every official who serves; what he names of units that have ended is left out."""
    areas, away, pins = _areas(session, cells), _away(session), _pins(session, rotation)
    known = {cell.id for cell in cells.values()}
    rows = session.execute(
        sa.select(Official.id, Person.id.label("person_id"), Person.full_name, RotationLevel.code)
        .add_columns(Official.own_cell_id, Official.joined_on, Official.retired_on)
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .where(Official.lasts(rotation.first_month))
        .order_by(Person.code)
    )
    return [
        Visitor(
            str(row.id), row.full_name, row.code, tuple(areas[row.id]),
            str(row.own_cell_id) if str(row.own_cell_id) in known else None, away.get(row.person_id, ()),
            pins=tuple(pin for pin in pins.get(row.id, ()) if pin[0] in known),
            since=row.joined_on, until=row.retired_on - timedelta(1) if row.retired_on else None,
            valid={cell: days for cell, days in areas[row.id].items() if days is not ALWAYS},
        )
        for row in rows
    ]  # fmt: skip


def _areas(session: orm.Session, cells: Mapping[str, Cell]) -> Mapping[UUID, dict[str, Days]]:
    """Each official's cells, in the order of his areas, and the days from and to which each is his."""
    receiving = [(path, cell.id) for path, cell in cells.items() if cell.receives]
    under: dict[str, list[str]] = {}
    found: dict[UUID, dict[str, Days]] = defaultdict(dict)
    query = sa.select(OfficialArea.official_id, Unit.path, OfficialArea.valid_from, OfficialArea.valid_to)
    query = query.join(Unit, Unit.id == OfficialArea.unit_id).order_by(Unit.path)
    for official_id, path, first, last in session.execute(query):
        inside = under.setdefault(path, [cell for at, cell in receiving if at.startswith(path)])
        found[official_id] |= _widened(found[official_id], inside, (first or date.min, last or date.max))
    return found


def _widened(known: Mapping[str, Days], cells: list[str], days: Days) -> dict[str, Days]:
    """The cells with these days, or with those that they and the known ones make together."""
    if days == ALWAYS:
        return dict.fromkeys(cells, ALWAYS)
    first, last = days
    spans = ((cell, known.get(cell, days)) for cell in cells)
    return {cell: (min(span[0], first), max(span[1], last)) for cell, span in spans}


def _away(session: orm.Session) -> dict[UUID, tuple[tuple[date, date], ...]]:
    found: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    query = sa.select(Absence.person_id, Absence.starts_on, Absence.ends_on).order_by(Absence.starts_on)
    for person_id, start, end in session.execute(query):
        found[person_id].append((start, end))
    return {person_id: tuple(ranges) for person_id, ranges in found.items()}


def _pins(session: orm.Session, rotation: Rotation) -> dict[UUID, tuple[tuple[str, date], ...]]:
    """What officials ask for in plans they have sent, of the rotation's months (S4-08)."""
    months = months_from(rotation.first_month, rotation.months)
    query = sa.select(Pin.official_id, Pin.cell_id, Pin.month).where(
        Pin.sent_at.is_not(None), Pin.month >= months[0], Pin.month <= months[-1]
    )
    found: dict[UUID, list[tuple[str, date]]] = defaultdict(list)
    for official_id, cell_id, month in session.execute(query.order_by(Pin.month, Pin.id)):
        found[official_id].append((str(cell_id), month))
    return {official: tuple(pins) for official, pins in found.items()}


def _history(session: orm.Session, rotation: Rotation) -> list[PastVisit]:
    earliest = rotation.first_month.replace(year=rotation.first_month.year - HISTORY_YEARS)
    query = sa.select(Visit.official_id, Visit.cell_id, Visit.month).where(
        Visit.cancelled_at.is_(None), Visit.missed_reason.is_(None),
        Visit.month >= earliest, Visit.month < rotation.first_month,
    )  # fmt: skip
    rows = session.execute(query.order_by(Visit.month, Visit.id))
    return [PastVisit(str(row.official_id), str(row.cell_id), row.month) for row in rows]


def standing_visits(session: orm.Session, rotation: Rotation) -> tuple[PlannedVisit, ...]:
    """The rotation's visits as promised today, cancelled ones left out."""
    query = sa.select(Visit.official_id, Visit.cell_id, Visit.month, Visit.meets_on)
    query = query.where(Visit.rotation_id == rotation.id, Visit.cancelled_at.is_(None))
    rows = session.execute(query.order_by(Visit.meets_on, Visit.id))
    return tuple(PlannedVisit(str(r.official_id), str(r.cell_id), r.month, r.meets_on) for r in rows)
