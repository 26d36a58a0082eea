"""What the board of a draft shows beside its lines: pins, and lines by whom, where and when."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.rotation.by_hand import Pin
from core.rotation.models import PlannedVisit


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
