"""Exchanges of visits and days of meetings as pages show them (S4-12, S4-15; product R06)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Meeting, MeetingKind
from core.queries.lines import ABOVE, above
from core.queries.reading import Slice, matches, sliced
from core.rotation.by_hand import OPEN_SWAPS, Swap, SwapState
from core.rotation.models import Official, Visit
from core.rotation.solving.facts import Slot
from tenants.conditions import within
from tenants.db import hashed_joins
from tenants.models import Person, Unit
from tenants.tree import UnitPath
from tenants.vietnamese import fold


@dataclass(frozen=True)
class MeetingDay:
    """A cell's regular meeting of a month and who is to attend it."""

    id: UUID
    cell: str
    above: str
    meets_on: date
    slot: str
    registered_at: datetime | None
    officials: str

    @property
    def slot_label(self) -> str:
        """The part of the day, in Vietnamese."""
        return Slot(self.slot).label


def meeting_days(
    session: orm.Session, paths: Iterable[UnitPath], month: date, name: str, number: int
) -> Slice[MeetingDay]:
    """One page of a month's regular meetings of cells in reach, in the order of the tree."""
    going = (
        sa.select(sa.func.string_agg(Person.full_name, sa.literal(", ")))
        .join(Official, Official.person_id == Person.id)
        .join(Visit, Visit.official_id == Official.id)
        .where(Visit.cell_id == Meeting.cell_id, Visit.month == Meeting.month, Visit.cancelled_at.is_(None))
        .correlate(Meeting)
        .scalar_subquery()
    )
    query = (
        sa.select(
            Meeting.id, Unit.name.label("cell"), ABOVE, Meeting.meets_on, Meeting.slot, Meeting.registered_at,
            sa.func.coalesce(going, "").label("officials"),
        )
        .join(Unit, Unit.id == Meeting.cell_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .where(Meeting.kind == MeetingKind.REGULAR, Meeting.month == month, within(paths))
        .order_by(Unit.path)
    )  # fmt: skip
    if fold(name):
        query = query.where(sa.or_(matches(Unit.search_key, name), matches(above.search_key, name)))
    with hashed_joins(session):
        return sliced(session, query, number, lambda row: MeetingDay(**row._mapping))


def _swaps() -> sa.Select[Swap]:
    visits = [
        orm.joinedload(visit).options(
            orm.joinedload(Visit.cell).joinedload(Unit.parent),
            orm.joinedload(Visit.official).joinedload(Official.person),
        )
        for visit in (Swap.visit, Swap.other)
    ]
    return sa.select(Swap).options(*visits).order_by(Swap.asked_at.desc(), Swap.id)


def swaps_of(session: orm.Session, person_id: UUID | None) -> tuple[Swap, ...]:
    """Exchanges the person asked for or was asked for, the newest first."""
    mine = sa.select(Visit.id).join(Official, Official.id == Visit.official_id)
    mine = mine.where(Official.person_id == person_id)
    query = _swaps().where(sa.or_(Swap.visit_id.in_(mine), Swap.other_visit_id.in_(mine)))
    return tuple(session.scalars(query.limit(100)))


def swaps_over(session: orm.Session, paths: Iterable[UnitPath], state: str, number: int) -> Slice[Swap]:
    """One page of the exchanges whose two cells are both in reach; of a state, or all."""
    paths = tuple(paths)
    inside = sa.select(Visit.id).join(Unit, Unit.id == Visit.cell_id).where(within(paths))
    query: Any = _swaps().where(Swap.visit_id.in_(inside), Swap.other_visit_id.in_(inside))
    if state in set(SwapState):
        query = query.where(Swap.state == SwapState(state))
    return sliced(session, query, number, lambda row: row[0])


def waiting_for(session: orm.Session, person_id: UUID | None) -> tuple[Swap, ...]:
    """What others ask of the person and he has not answered."""
    mine = sa.select(Visit.id).join(Official, Official.id == Visit.official_id)
    mine = mine.where(Official.person_id == person_id)
    return tuple(
        session.scalars(_swaps().where(Swap.state == SwapState.ASKED, Swap.other_visit_id.in_(mine)))
    )


def undecided(session: orm.Session, paths: Iterable[UnitPath]) -> int:
    """How many exchanges in reach wait to be approved."""
    inside = sa.select(Visit.id).join(Unit, Unit.id == Visit.cell_id).where(within(paths))
    query = sa.select(sa.func.count(Swap.id)).where(
        Swap.state == SwapState.ACCEPTED, Swap.visit_id.in_(inside), Swap.other_visit_id.in_(inside)
    )
    return session.scalar(query) or 0


def open_swap_of(session: orm.Session, visit_id: UUID) -> Swap | None:
    """The exchange that waits about a visit."""
    about = sa.or_(Swap.visit_id == visit_id, Swap.other_visit_id == visit_id)
    return session.scalar(sa.select(Swap).where(about, Swap.state.in_(OPEN_SWAPS)).limit(1))
