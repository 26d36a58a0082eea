"""An official's visits as entries of his calendar, cancelled ones too (product R08)."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.queries.lines import lines
from core.rotation.feed import Entry
from core.rotation.models import Official, Visit
from core.rotation.solving.facts import Slot
from tenants.models import Unit


def entries_of(
    session: orm.Session, person_id: UUID | None, since: date, address: Callable[[UUID], str]
) -> tuple[Entry, ...]:
    """The person's visits of a day and later, by day; `address` is the page of a visit."""
    query = lines(
        Visit,
        Visit.assigned_at,
        Visit.changed_at,
        Visit.sequence,
        Visit.cancelled_at,
        Unit.latitude,
        Unit.longitude,
    ).where(Official.person_id == person_id, Visit.meets_on >= since)
    rows = session.execute(query.order_by(Visit.meets_on, Visit.id))
    return tuple(_entry(row, address) for row in rows)


def _entry(row: sa.Row[Any], address: Callable[[UUID], str]) -> Entry:
    when = f" ({Slot(row.slot).label})" if row.slot else ""
    place = ", ".join(filter(None, (row.cell, row.above)))
    known = row.latitude is not None and row.longitude is not None
    return Entry(
        str(row.id), row.meets_on, f"Dự sinh hoạt {row.cell}{when}", place,
        address(row.id), row.assigned_at, row.changed_at, row.sequence,
        row.cancelled_at is not None, row.fixed,
        (row.latitude, row.longitude) if known else None,
    )  # fmt: skip
