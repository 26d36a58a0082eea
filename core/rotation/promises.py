"""Visits as promised: made, taken back, moved to another day; a calendar sees each change (product R08)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import Insert

from core.bulk import insert_columns, rows_of
from core.rotation.models import Visit
from core.rotation.solving.facts import PlannedVisit as Assignment
from tenants.clock import now


def touched() -> dict[str, Any]:
    """What every change of a visit sets: one more in the calendar's count, and when."""
    return {"sequence": Visit.sequence + 1, "changed_at": now()}


def promise(session: orm.Session, rotation_id: UUID, visits: Iterable[Assignment]) -> None:
    """Promise the visits; one that was taken back before stands again under its old id."""
    columns = assigned(visits)
    count, at = len(columns["month"]), now()
    same = {"rotation_id": rotation_id, "cancelled_reason": "", "assigned_at": at, "changed_at": at}
    insert_columns(session, Visit, columns | {name: [value] * count for name, value in same.items()}, _again)


def _again(statement: Insert) -> Insert:
    again = {"meets_on": statement.excluded.meets_on, "cancelled_at": None, "cancelled_reason": ""}
    return statement.on_conflict_do_update(
        index_elements=["tenant_id", "rotation_id", "official_id", "cell_id", "month"], set_=again | touched()
    )


def take_back(session: orm.Session, rotation_id: UUID, visits: Iterable[Assignment], reason: str) -> int:
    """Cancel the visits that still stand and are not settled; the rows stay, so that calendars learn of it.

    Returns how many were cancelled.
    """
    gone = rows_of(Visit, assigned(visits))
    taken = session.execute(
        sa.update(Visit)
        .where(Visit.rotation_id == rotation_id, Visit.official_id == gone.c.official_id)
        .where(Visit.cell_id == gone.c.cell_id, Visit.month == gone.c.month, Visit.settled_at.is_(None))
        .where(Visit.cancelled_at.is_(None))
        .values(cancelled_at=now(), cancelled_reason=reason, **touched())
        .returning(Visit.id)
        .execution_options(synchronize_session=False)
    )
    return len(taken.all())


def move(session: orm.Session, cell_id: UUID, month: date, day: date) -> tuple[UUID, ...]:
    """Let the cell's open visits of a month follow its meeting; ids of their officials."""
    query = sa.update(Visit).where(Visit.cell_id == cell_id, Visit.month == month)
    query = query.where(Visit.settled_at.is_(None), Visit.cancelled_at.is_(None))
    moved = query.values(meets_on=day, **touched()).returning(Visit.official_id)
    return tuple(session.scalars(moved.execution_options(synchronize_session="fetch")))


def assigned(visits: Iterable[Assignment]) -> dict[str, list[Any]]:
    """Assignments as columns."""
    every = tuple(visits)
    return {
        "official_id": [UUID(visit.official) for visit in every],
        "cell_id": [UUID(visit.cell) for visit in every],
        "month": [visit.month for visit in every],
        "meets_on": [visit.day for visit in every],
    }
