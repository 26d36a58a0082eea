"""Whom and what an event may be about, and which visits lie in units that are reorganised (S4-12, S4-15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.calendar import months_from
from core.meetings.models import Meeting, MeetingKind
from core.queries.reading import Rows, Slice, matches, sliced
from core.rotation.models import Official, OfficialArea, Rotation, RotationLevel, Visit
from tenants.clock import today
from tenants.conditions import within
from tenants.models import CellSetting, Person, Unit
from tenants.tree import UnitKind, UnitPath

MOST_CHOICES = 30


@dataclass(frozen=True)
class Choice:
    """Somebody or something to choose: its name, its code, and where it belongs."""

    id: UUID
    name: str
    code: str
    above: str
    members: int | None = None


@dataclass(frozen=True)
class Touched:
    """A coming visit in a unit that is to be reorganised."""

    meets_on: date
    cell: str
    official: str


def official_choices(session: orm.Session, paths: Iterable[UnitPath], typed: str) -> tuple[Choice, ...]:
    """Officials who attend in reach, found without diacritics, in Vietnamese order of names."""
    mine = sa.select(OfficialArea.official_id).join(Unit, Unit.id == OfficialArea.unit_id)
    query = (
        sa.select(Official.id, Person.full_name, Person.code, RotationLevel.name)
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .where(Official.lasts(today()), Official.id.in_(mine.where(within(paths))))
        .where(matches(Person.search_key, typed) | _code(Person.code, typed))
        .order_by(Person.sort_key, Official.id)
    )
    return _chosen(session, query)


def cell_choices(
    session: orm.Session, paths: Iterable[UnitPath], typed: str, months: Iterable[date], *, with_days: bool
) -> tuple[Choice, ...]:
    """Cells in reach that meet in one of these months; without days, residential ones that meet in none."""
    above = orm.aliased(Unit)
    meets = sa.exists().where(
        Meeting.cell_id == Unit.id, Meeting.kind == MeetingKind.REGULAR,
        Meeting.month.in_(tuple(months)), Meeting.meets_on >= today(),
    )  # fmt: skip
    query = (
        sa.select(Unit.id, Unit.name, Unit.code, sa.func.coalesce(above.name, ""))
        .outerjoin(above, above.id == Unit.parent_id)
        .outerjoin(CellSetting, CellSetting.id == Unit.setting_id)
        .where(Unit.kind == UnitKind.CELL, Unit.valid_to.is_(None), within(paths))
        .where(meets if with_days else sa.and_(~meets, CellSetting.is_residential))
        .where(matches(Unit.search_key, typed) | _code(Unit.code, typed))
        .order_by(Unit.path)
    )
    return _chosen(session, query)


def _code(code: orm.InstrumentedAttribute[str], typed: str) -> sa.ColumnElement[bool]:
    return code.contains(typed.strip().upper(), autoescape=True)


def _chosen(session: orm.Session, query: Rows) -> tuple[Choice, ...]:
    return tuple(Choice(*row) for row in session.execute(query.limit(MOST_CHOICES)))


def coming_months(rotation: Rotation) -> tuple[date, ...]:
    """The rotation's months from this one on."""
    months = months_from(rotation.first_month, rotation.months)
    return tuple(month for month in months if month >= today().replace(day=1))


def coming_meetings(session: orm.Session, rotation: Rotation, cell_id: UUID) -> tuple[Meeting, ...]:
    """The cell's regular meetings to come in the rotation's months."""
    query = sa.select(Meeting).where(
        Meeting.cell_id == cell_id, Meeting.kind == MeetingKind.REGULAR,
        Meeting.month.in_(coming_months(rotation)), Meeting.meets_on >= today(),
    )  # fmt: skip
    return tuple(session.scalars(query.order_by(Meeting.month)))


def touched_in(
    session: orm.Session, rotation: Rotation, paths: Iterable[UnitPath], number: int
) -> Slice[Touched]:
    """One page of the rotation's coming visits to cells of these units, by day."""
    query = (
        sa.select(Visit.meets_on, Unit.name, Person.full_name)
        .join(Unit, Unit.id == Visit.cell_id)
        .join(Official, Official.id == Visit.official_id)
        .join(Person, Person.id == Official.person_id)
        .where(Visit.rotation_id == rotation.id, Visit.cancelled_at.is_(None), Visit.settled_at.is_(None))
        .where(Visit.meets_on >= today(), within(paths))
        .order_by(Visit.meets_on, Unit.path, Visit.id)
    )
    return sliced(session, query, number, lambda row: Touched(*row))
