"""Visits as pages show them: an official's own, and all in a coordinator's reach (S4-01, S4-10, S4-13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Petition
from core.plans.deadlines import Standing, days_after, standing
from core.queries.lines import AtMeeting, lines
from core.queries.reading import Rows, Slice, matches, sliced
from core.rotation.models import Official, RotationLevel, Visit, VisitReport
from tenants.access import Role
from tenants.clock import LOCAL, local, today
from tenants.conditions import valid, within
from tenants.db import hashed_joins
from tenants.models import Appointment, Person, Unit
from tenants.tree import UnitPath
from tenants.vietnamese import fold


class VisitState(StrEnum):
    """Where a visit stands on a day, seen by whoever follows it."""

    COMING = "coming"
    OWED = "owed"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    LATE = "late"
    MISSED = "missed"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return STATES[self][0]

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        return STATES[self][1]


STATES = {
    VisitState.COMING: ("Sắp dự", "info"),
    VisitState.OWED: ("Chờ báo cáo", "warn"),
    VisitState.OVERDUE: ("Quá hạn báo cáo", "late"),
    VisitState.ON_TIME: ("Đã báo cáo", "ok"),
    VisitState.LATE: ("Báo cáo muộn", "warn"),
    VisitState.MISSED: ("Không dự", "muted"),
}


@dataclass(frozen=True)
class VisitRow(AtMeeting):
    """A visit with the names a page shows; `due_on` is the last day for its report."""

    id: UUID
    rotation_id: UUID
    official_id: UUID
    official: str
    level_code: str
    level: str
    report_days: int
    cell_id: UUID
    cell: str
    above: str
    month: date
    meets_on: date
    slot: str
    fixed: bool
    attended_on: date | None
    missed_reason: str | None
    report_id: UUID | None
    submitted_at: datetime | None
    reported_due: date | None

    @property
    def due_on(self) -> date:
        """The last day on which a report is on time."""
        return self.reported_due or days_after(self.attended_on or self.meets_on, self.report_days)

    def standing(self, day: date) -> Standing:
        """Where the report stands on a day."""
        return standing(self.due_on, local(self.submitted_at).date() if self.submitted_at else None, day)

    def state(self, day: date) -> VisitState:
        """Where the visit stands on a day."""
        if self.submitted_at:
            on_time = self.standing(day) is Standing.DONE_ON_TIME
            return VisitState.ON_TIME if on_time else VisitState.LATE
        if self.missed_reason is not None:
            return VisitState.MISSED
        if self.attended_on is None and self.meets_on >= day:
            return VisitState.COMING
        return VisitState.OVERDUE if self.standing(day) is Standing.OVERDUE else VisitState.OWED


@dataclass(frozen=True)
class Filters:
    """What a coordinator asks the list for; empty means everything."""

    month: date | None = None
    state: VisitState | None = None
    unit: UnitPath | None = None
    name: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to call at a cell."""

    name: str
    phone: str


def visit_rows() -> Rows:
    """Every visit still promised, with its names: add conditions and an order."""
    return (
        lines(
            Visit, Visit.rotation_id, RotationLevel.code.label("level_code"), RotationLevel.report_days,
            Visit.attended_on, Visit.missed_reason, VisitReport.id.label("report_id"),
            VisitReport.submitted_at, VisitReport.due_on.label("reported_due"),
        )
        .outerjoin(VisitReport, VisitReport.visit_id == Visit.id)
        .where(Visit.cancelled_at.is_(None))
    )  # fmt: skip


def row_of(row: Any) -> VisitRow:
    """A statement's row as a value."""
    return VisitRow(**row._mapping)


def own_visits(session: orm.Session, person_id: UUID | None, year: int) -> tuple[VisitRow, ...]:
    """A person's visits of a year, by day."""
    query = visit_rows().where(
        Official.person_id == person_id, Visit.month >= date(year, 1, 1), Visit.month <= date(year, 12, 1)
    )
    return tuple(map(row_of, session.execute(query.order_by(Visit.meets_on, Visit.id))))


def one_visit(session: orm.Session, visit_id: UUID) -> VisitRow | None:
    """One visit with its names; None where it was cancelled."""
    row = session.execute(visit_rows().where(Visit.id == visit_id)).one_or_none()
    return row_of(row) if row else None


def visits_in(
    session: orm.Session, paths: Iterable[UnitPath], filters: Filters, number: int
) -> Slice[VisitRow]:
    """One page of the visits to cells in reach, by day."""
    query = visit_rows().where(within(paths))
    if filters.month:
        query = query.where(Visit.month == filters.month)
    if filters.state:
        query = query.where(_is(filters.state, today()))
    if filters.unit:
        query = query.where(within((filters.unit,)))
    if fold(filters.name):
        name = filters.name
        query = query.where(sa.or_(matches(Person.search_key, name), matches(Unit.search_key, name)))
    with hashed_joins(session):
        return sliced(session, query.order_by(Visit.meets_on, Unit.path, Visit.id), number, row_of)


def _is(state: VisitState, day: date) -> sa.ColumnElement[bool]:
    """`VisitRow.state` as a condition."""
    sent_on = sa.cast(sa.func.timezone(str(LOCAL), VisitReport.submitted_at), sa.Date)
    base = sa.func.coalesce(Visit.attended_on, Visit.meets_on)
    due = base.op("+", return_type=sa.Date())(RotationLevel.report_days)
    sent = VisitReport.id.is_not(None)
    made = sa.and_(~sent, Visit.missed_reason.is_(None))
    coming = sa.and_(Visit.attended_on.is_(None), Visit.meets_on >= day)
    conditions = {
        VisitState.COMING: sa.and_(made, coming),
        VisitState.OWED: sa.and_(made, ~coming, due >= day),
        VisitState.OVERDUE: sa.and_(made, ~coming, due < day),
        VisitState.ON_TIME: sa.and_(sent, sent_on <= VisitReport.due_on),
        VisitState.LATE: sa.and_(sent, sent_on > VisitReport.due_on),
        VisitState.MISSED: sa.and_(~sent, Visit.missed_reason.is_not(None)),
    }
    return conditions[state]


def months_of_visits(session: orm.Session, paths: Iterable[UnitPath]) -> tuple[date, ...]:
    """The months in which cells in reach have visits, newest first."""
    query = sa.select(Visit.month).join(Unit, Unit.id == Visit.cell_id).where(within(paths))
    return tuple(session.scalars(query.distinct().order_by(Visit.month.desc())))


def organisations_in(session: orm.Session, paths: Iterable[UnitPath]) -> tuple[Unit, ...]:
    """The organisations in reach that have cells directly below, in the order of the tree."""
    below = orm.aliased(Unit)
    query = sa.select(Unit).where(within(paths), sa.exists().where(below.parent_id == Unit.id))
    return tuple(session.scalars(query.where(Unit.valid_to.is_(None)).order_by(Unit.path)))


def secretaries(session: orm.Session, cell_ids: Iterable[UUID], day: date) -> Mapping[UUID, Contact]:
    """Each cell's secretary on a day, with the number to call."""
    query = (
        sa.select(Appointment.unit_id, Person.full_name, Person.phone)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.unit_id.in_(set(cell_ids)), Appointment.role == Role.SECRETARY)
        .where(valid(Appointment, day))
        .order_by(Appointment.valid_from)
    )
    return {row.unit_id: Contact(row.full_name, row.phone) for row in session.execute(query)}


def open_petitions(session: orm.Session, cell_id: UUID) -> tuple[Petition, ...]:
    """What was asked at a cell and is not yet answered, oldest first."""
    query = sa.select(Petition).where(Petition.cell_id == cell_id, Petition.answered_at.is_(None))
    return tuple(session.scalars(query.order_by(Petition.raised_on, Petition.id)))


def petitions_of(session: orm.Session, visit_id: UUID) -> tuple[Petition, ...]:
    """What was asked at a visit, in the order it was written down."""
    query = sa.select(Petition).where(Petition.visit_id == visit_id)
    return tuple(session.scalars(query.order_by(Petition.id)))
