"""Rotations by year, by month, by official and by cell, and what a draft changes (S4-02, S4-11)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.calendar import months_from
from core.plans.models import Plan
from core.queries.lines import ABOVE, AtMeeting, above, lines
from core.queries.reading import Rows, Slice, matches, newest_of, sliced
from core.rotation.models import Official, PlannedVisit, Rotation, RotationLevel, RotationVersion
from tenants.conditions import within
from tenants.db import hashed_joins
from tenants.models import Person, Unit
from tenants.tree import UnitPath
from tenants.vietnamese import fold

DAYS_SIZE = 60


@dataclass(frozen=True)
class RotationRow:
    """A rotation in the list: its months and its newest versions."""

    id: UUID
    plan: str
    first_month: date
    months: int
    in_force: UUID | None
    number: int | None
    published_at: datetime | None
    draft: UUID | None


@dataclass(frozen=True)
class Assignment(AtMeeting):
    """One line of a version, with its names."""

    id: UUID
    official_id: UUID
    official: str
    level: str
    cell_id: UUID
    cell: str
    above: str
    special: int
    month: date
    meets_on: date
    slot: str
    fixed: bool


@dataclass(frozen=True)
class OfficialLine:
    """An official in a version and what is assigned to him, by month."""

    id: UUID
    name: str
    level: str
    visits: tuple[Assignment, ...] = ()


@dataclass(frozen=True)
class CellLine:
    """A cell in a version and who comes, by month."""

    id: UUID
    name: str
    above: str
    special: int
    visits: tuple[Assignment, ...] = ()


def rotations(session: orm.Session) -> tuple[RotationRow, ...]:
    """Every rotation with its version in force and its draft, newest first."""
    newest = newest_of(RotationVersion.rotation_id, RotationVersion.published_at.is_not(None))
    draft = orm.aliased(RotationVersion)
    query = (
        sa.select(
            Rotation.id, Plan.title.label("plan"), Rotation.first_month, Rotation.months,
            newest.c.id.label("in_force"), newest.c.number, newest.c.published_at, draft.id.label("draft"),
        )
        .join(Plan, Plan.id == Rotation.plan_id)
        .outerjoin(newest, newest.c.rotation_id == Rotation.id)
        .outerjoin(draft, sa.and_(draft.rotation_id == Rotation.id, draft.published_at.is_(None)))
        .order_by(Rotation.first_month.desc(), Rotation.id)
    )  # fmt: skip
    return tuple(RotationRow(**row._mapping) for row in session.execute(query))


def months_taken(session: orm.Session) -> frozenset[date]:
    """The months that have a published rotation."""
    published = [row for row in rotations(session) if row.in_force]
    return frozenset(month for row in published for month in months_from(row.first_month, row.months))


def published_plans(session: orm.Session) -> tuple[Plan, ...]:
    """The plans a rotation can be drawn up for, newest first."""
    return tuple(
        session.scalars(sa.select(Plan).where(Plan.versions.any()).order_by(Plan.year.desc(), Plan.id))
    )


def _assignments(version_id: UUID, paths: Iterable[UnitPath]) -> Rows:
    return (
        lines(PlannedVisit, Unit.special)
        .where(PlannedVisit.version_id == version_id, within(paths))
        .order_by(PlannedVisit.meets_on, Unit.path, Person.sort_key, PlannedVisit.id)
    )


def _made(row: Any) -> Assignment:
    return Assignment(**row._mapping)


def days_of(
    session: orm.Session,
    version_id: UUID,
    paths: Iterable[UnitPath],
    month: date,
    number: int,
    day: date | None = None,
) -> Slice[Assignment]:
    """One page of the lines in reach of a month, or of one of its days, by day."""
    query = _assignments(version_id, paths).where(PlannedVisit.month == month)
    if day is not None:
        query = query.where(PlannedVisit.meets_on == day)
    with hashed_joins(session):
        return sliced(session, query, number, _made, DAYS_SIZE)


def counts_by_day(
    session: orm.Session, version_id: UUID, paths: Iterable[UnitPath], month: date
) -> Mapping[date, int]:
    """How many lines in reach each day of the month has; days without any are left out."""
    query = (
        sa.select(PlannedVisit.meets_on, sa.func.count())
        .join(Unit, Unit.id == PlannedVisit.cell_id)
        .where(PlannedVisit.version_id == version_id, PlannedVisit.month == month, within(paths))
        .group_by(PlannedVisit.meets_on)
    )
    return dict(session.execute(query).all())


def lines_of(session: orm.Session, version_id: UUID, paths: Iterable[UnitPath]) -> tuple[Assignment, ...]:
    """Every line of a version in reach, by day: for the spreadsheet."""
    with hashed_joins(session):
        return tuple(map(_made, session.execute(_assignments(version_id, paths))))


def official_line(
    session: orm.Session, version_id: UUID, paths: Iterable[UnitPath], official_id: UUID
) -> OfficialLine | None:
    """One official's lines in reach; None where there are none."""
    query = _assignments(version_id, paths).where(PlannedVisit.official_id == official_id)
    found = tuple(map(_made, session.execute(query)))
    return OfficialLine(official_id, found[0].official, found[0].level, found) if found else None


def cell_line(
    session: orm.Session, version_id: UUID, paths: Iterable[UnitPath], cell_id: UUID
) -> CellLine | None:
    """One cell's lines; None where it is out of reach or nobody comes."""
    query = _assignments(version_id, paths).where(PlannedVisit.cell_id == cell_id)
    found = tuple(map(_made, session.execute(query)))
    return CellLine(cell_id, found[0].cell, found[0].above, found[0].special, found) if found else None


def assignment(session: orm.Session, paths: Iterable[UnitPath], planned_id: UUID) -> Assignment | None:
    """One line in reach, of whatever version."""
    version_id = session.scalar(sa.select(PlannedVisit.version_id).where(PlannedVisit.id == planned_id))
    if version_id is None:
        return None
    row = session.execute(_assignments(version_id, paths).where(PlannedVisit.id == planned_id)).one_or_none()
    return _made(row) if row else None


def officials_of(
    session: orm.Session, version_id: UUID, paths: tuple[UnitPath, ...], name: str, number: int
) -> Slice[OfficialLine]:
    """One page of the officials with lines in reach, in Vietnamese order of names, each with his lines."""
    inside = (
        sa.select(PlannedVisit.official_id)
        .join(Unit, Unit.id == PlannedVisit.cell_id)
        .where(PlannedVisit.version_id == version_id, within(paths))
    )
    query = (
        sa.select(Official.id, Person.full_name, RotationLevel.name.label("level"))
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .where(Official.id.in_(inside))
        .order_by(Person.sort_key, Official.id)
    )
    if fold(name):
        query = query.where(matches(Person.search_key, name))
    with hashed_joins(session):
        found = sliced(session, query, number, lambda row: OfficialLine(row.id, row.full_name, row.level))
        ids = [line.id for line in found.items]
        made = _by(session, version_id, paths, PlannedVisit.official_id, ids)
    items = tuple(OfficialLine(o.id, o.name, o.level, made.get(o.id, ())) for o in found.items)
    return Slice(items, found.number, found.size, found.total)


def cells_of(
    session: orm.Session, version_id: UUID, paths: tuple[UnitPath, ...], name: str, number: int
) -> Slice[CellLine]:
    """One page of the cells in reach that officials visit, in the order of the tree, each with its lines."""
    visited = sa.select(PlannedVisit.cell_id).where(PlannedVisit.version_id == version_id)
    query = (
        sa.select(Unit.id, Unit.name, ABOVE, Unit.special)
        .outerjoin(above, above.id == Unit.parent_id)
        .where(Unit.id.in_(visited), within(paths))
        .order_by(Unit.path)
    )
    if fold(name):
        query = query.where(sa.or_(matches(Unit.search_key, name), matches(above.search_key, name)))
    with hashed_joins(session):
        found = sliced(session, query, number, lambda row: CellLine(row.id, row.name, row.above, row.special))
        made = _by(session, version_id, paths, PlannedVisit.cell_id, [line.id for line in found.items])
    items = tuple(CellLine(c.id, c.name, c.above, c.special, made.get(c.id, ())) for c in found.items)
    return Slice(items, found.number, found.size, found.total)


def _by(
    session: orm.Session, version_id: UUID, paths: Iterable[UnitPath], key: Any, ids: list[UUID]
) -> Mapping[UUID, tuple[Assignment, ...]]:
    found: dict[UUID, list[Assignment]] = defaultdict(list)
    for row in session.execute(_assignments(version_id, paths).where(key.in_(ids))):
        found[row._mapping[key.key]].append(_made(row))
    return {subject: tuple(made) for subject, made in found.items()}
