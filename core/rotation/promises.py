"""Visits as promised: made, taken back, moved to another day; a calendar sees each change (product R08)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.rotation.models import Visit
from core.rotation.solving.facts import PlannedVisit as Assignment
from tenants.clock import now
from tenants.scope import new_row

CHUNK = 2_000


def touched() -> dict[str, Any]:
    """What every change of a visit sets: one more in the calendar's count, and when."""
    return {"sequence": Visit.sequence + 1, "changed_at": now()}


def promise(session: orm.Session, rotation_id: UUID, visits: Iterable[Assignment]) -> None:
    """Promise the visits; one that was taken back before stands again under its old id."""
    at = now()
    same = {"rotation_id": rotation_id, "cancelled_reason": "", "assigned_at": at, "changed_at": at}
    rows = [new_row(**same, **assigned(visit)) for visit in visits]
    for start in range(0, len(rows), CHUNK):
        statement = insert(Visit).values(rows[start : start + CHUNK])
        again = {"meets_on": statement.excluded.meets_on, "cancelled_at": None, "cancelled_reason": ""}
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "rotation_id", "official_id", "cell_id", "month"],
                set_=again | touched(),
            )
        )


def take_back(session: orm.Session, rotation_id: UUID, visits: Iterable[Assignment], reason: str) -> int:
    """Cancel the visits that still stand and are not settled; the rows stay, so that calendars learn of it.

    Returns how many were cancelled.
    """
    taken = 0
    for visit in visits:
        gone = session.execute(
            sa.update(Visit)
            .where(Visit.rotation_id == rotation_id, Visit.official_id == UUID(visit.official))
            .where(Visit.cell_id == UUID(visit.cell), Visit.month == visit.month, Visit.settled_at.is_(None))
            .where(Visit.cancelled_at.is_(None))
            .values(cancelled_at=now(), cancelled_reason=reason, **touched())
            .returning(Visit.id)
        )
        taken += len(gone.all())
    return taken


def move(session: orm.Session, cell_id: UUID, month: date, day: date) -> tuple[UUID, ...]:
    """Let the cell's open visits of a month follow its meeting; ids of their officials."""
    query = sa.update(Visit).where(Visit.cell_id == cell_id, Visit.month == month)
    query = query.where(Visit.settled_at.is_(None), Visit.cancelled_at.is_(None))
    moved = query.values(meets_on=day, **touched()).returning(Visit.official_id)
    return tuple(session.scalars(moved.execution_options(synchronize_session="fetch")))


def assigned(visit: Assignment) -> dict[str, Any]:
    """An assignment as columns."""
    return {
        "official_id": UUID(visit.official), "cell_id": UUID(visit.cell), "month": visit.month,
        "meets_on": visit.day,
    }  # fmt: skip
