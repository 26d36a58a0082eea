"""What the board of a draft shows beside its lines: pins, and lines by whom, where and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.rotation.by_hand import BoardEdit, Pin
from core.rotation.models import Official, PlannedVisit
from tenants.models import Person, Unit


def pinned_of(session: orm.Session, version_id: UUID) -> frozenset[UUID]:
    """Ids of the version's lines that pins hold."""
    same = sa.and_(
        Pin.official_id == PlannedVisit.official_id,
        Pin.cell_id == PlannedVisit.cell_id,
        Pin.month == PlannedVisit.month,
    )
    query = sa.select(PlannedVisit.id).join(Pin, same)
    return frozenset(
        session.scalars(query.where(PlannedVisit.version_id == version_id, Pin.sent_at.is_not(None)))
    )


def lines_at(
    session: orm.Session, version_id: UUID, officials: Iterable[UUID]
) -> Mapping[tuple[UUID, UUID, date], UUID]:
    """The ids of these officials' lines, by official, cell and month."""
    query = sa.select(PlannedVisit.official_id, PlannedVisit.cell_id, PlannedVisit.month, PlannedVisit.id)
    rows = session.execute(
        query.where(PlannedVisit.version_id == version_id, PlannedVisit.official_id.in_(set(officials)))
    )
    return {(official, cell, month): line for official, cell, month, line in rows}


@dataclass(frozen=True)
class EditLine:
    """A change by hand in words: visits out and in, what it cost the whole, why it is kept against a rule."""

    gone: tuple[str, ...]
    come: tuple[str, ...]
    price: int
    reason: str


def edits_told(session: orm.Session, edits: Iterable[BoardEdit]) -> tuple[EditLine, ...]:
    """The changes in the words of a page."""
    every = tuple(edits)
    visits = [visit for edit in every for visit in (*edit.gone, *edit.come)]
    people = sa.select(Official.id, Person.full_name).join(Person, Person.id == Official.person_id)
    people = people.where(Official.id.in_({UUID(visit[0]) for visit in visits}))
    cells = sa.select(Unit.id, Unit.name).where(Unit.id.in_({UUID(visit[1]) for visit in visits}))
    asked = (people, cells) if visits else ()
    name = {str(key): name for query in asked for key, name in session.execute(query)}

    def words(visits: Iterable[Any]) -> tuple[str, ...]:
        days = ((official, cell, date.fromisoformat(day)) for official, cell, _month, day in visits)
        return tuple(f"{name[official]} dự {name[cell]}, {day:%d/%m/%Y}" for official, cell, day in days)

    return tuple(EditLine(words(edit.gone), words(edit.come), edit.price, edit.reason) for edit in every)
