"""Petitions in reach, and the life of one (S4-04, S4-17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Petition
from core.queries.lines import ABOVE, above
from core.queries.reading import Rows, Slice, folded, matches, sliced
from core.rotation.models import Official, Visit
from tenants.conditions import within
from tenants.models import Account, AuditEntry, Person, Unit
from tenants.tree import UnitPath
from tenants.vietnamese import fold


class PetitionState(StrEnum):
    """Where a petition stands."""

    OPEN = "open"
    REFERRED = "referred"
    ANSWERED = "answered"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {"open": "Chờ trả lời", "referred": "Đã chuyển", "answered": "Đã trả lời"}[self.value]

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        return {"open": "warn", "referred": "info", "answered": "ok"}[self.value]


@dataclass(frozen=True)
class PetitionRow:
    """A petition with the names a page shows."""

    id: UUID
    text: str
    field: str
    urgent: bool
    raised_on: date
    referred_to: str | None
    answered_at: datetime | None
    cell: str
    above: str
    official: str

    @property
    def state(self) -> PetitionState:
        """Where it stands."""
        if self.answered_at:
            return PetitionState.ANSWERED
        return PetitionState.REFERRED if self.referred_to else PetitionState.OPEN


@dataclass(frozen=True)
class PetitionFilters:
    """What the list is asked for; empty means everything."""

    state: PetitionState | None = None
    urgent: bool = False
    text: str = ""


@dataclass(frozen=True)
class Step:
    """One thing done to a petition: the audit tag, when and by whom."""

    tag: str
    at: datetime
    by: str


STATES = {
    PetitionState.OPEN: sa.and_(Petition.answered_at.is_(None), Petition.referred_at.is_(None)),
    PetitionState.REFERRED: sa.and_(Petition.answered_at.is_(None), Petition.referred_at.is_not(None)),
    PetitionState.ANSWERED: Petition.answered_at.is_not(None),
}


def petition_rows() -> Rows:
    """Every petition with its names: add conditions and an order."""
    return (
        sa.select(
            Petition.id, Petition.text, Petition.field, Petition.urgent, Petition.raised_on,
            Petition.referred_to, Petition.answered_at, Unit.name.label("cell"),
            ABOVE, Person.full_name.label("official"),
        )
        .join(Unit, Unit.id == Petition.cell_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .join(Visit, Visit.id == Petition.visit_id)
        .join(Official, Official.id == Visit.official_id)
        .join(Person, Person.id == Official.person_id)
    )  # fmt: skip


def row_of(row: Any) -> PetitionRow:
    """A statement's row as a value."""
    return PetitionRow(**row._mapping)


def petitions_in(
    session: orm.Session, paths: Iterable[UnitPath], filters: PetitionFilters, number: int
) -> Slice[PetitionRow]:
    """One page of the petitions of cells in reach: unanswered urgent ones first, then the newest."""
    query = petition_rows().where(within(paths))
    if filters.state:
        query = query.where(STATES[filters.state])
    if filters.urgent:
        query = query.where(Petition.urgent)
    if fold(filters.text):
        keys = (folded(Petition.text), Unit.search_key)
        query = query.where(sa.or_(*(matches(key, filters.text) for key in keys)))
    pressing = sa.and_(Petition.urgent, Petition.answered_at.is_(None))
    order = (pressing.desc(), Petition.raised_on.desc(), Petition.id.desc())
    return sliced(session, query.order_by(*order), number, row_of)


def counts_by_state(session: orm.Session, paths: Iterable[UnitPath]) -> dict[PetitionState, int]:
    """How many petitions in reach stand where, in one statement."""
    counts = [sa.func.count().filter(condition).label(state.value) for state, condition in STATES.items()]
    query = sa.select(*counts).select_from(Petition).join(Unit, Unit.id == Petition.cell_id)
    row = session.execute(query.where(within(paths))).one()
    return {state: row._mapping[state.value] for state in PetitionState}


def one_petition(
    session: orm.Session, paths: Iterable[UnitPath], petition_id: UUID
) -> tuple[Petition, PetitionRow] | None:
    """A petition of a cell in reach, as stored and with its names; None where there is none."""
    row = session.execute(petition_rows().where(Petition.id == petition_id, within(paths))).one_or_none()
    return (session.get_one(Petition, petition_id), row_of(row)) if row else None


def steps_of(session: orm.Session, petition_id: UUID) -> tuple[Step, ...]:
    """What was done to a petition, by whom, in order."""
    query = (
        sa.select(AuditEntry.tag, AuditEntry.at, sa.func.coalesce(Person.full_name, "").label("by"))
        .outerjoin(Account, Account.id == AuditEntry.actor_id)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(AuditEntry.subject_id == petition_id, AuditEntry.subject_kind == "petition")
        .order_by(AuditEntry.number)
    )
    return tuple(Step(row.tag, row.at, row.by) for row in session.execute(query))
