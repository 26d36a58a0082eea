"""Setting the days on which cells meet."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.meetings.calendar import usual_meetings
from core.meetings.models import Meeting, MeetingKind
from tenants.access import Actor, Permission, require
from tenants.audit import record
from tenants.models import Unit
from tenants.scope import new_row
from tenants.tree import UnitKind


def set_usual_meetings(session: orm.Session, actor: Actor, first_month: date, months: int) -> int:
    """Give every cell its regular meeting on its usual day where the month has none; returns how many."""
    require(actor, Permission.ROTATION_GENERATE)
    cells = session.execute(
        sa.select(Unit.id, Unit.meeting_day, Unit.meeting_slot)
        .where(Unit.kind == UnitKind.CELL, Unit.meeting_day.is_not(None), Unit.valid_to.is_(None))
        .order_by(Unit.path)
    ).all()
    rows = [
        new_row(
            cell_id=cell.id,
            kind=MeetingKind.REGULAR,
            month=month,
            meets_on=day,
            slot=cell.meeting_slot or "evening",
        )
        for cell in cells
        for month, day in usual_meetings(first_month, months, cell.meeting_day)
    ]
    if made := _add(session, rows):
        record(session, actor, "meeting:set", months=months, first_month=first_month, made=made)
    return made


def _add(session: orm.Session, rows: list[dict[str, Any]]) -> int:
    """Write the meetings that are not there yet; returns how many."""
    statement = insert(Meeting).on_conflict_do_nothing().returning(Meeting.id)
    return len(session.scalars(statement, rows).all()) if rows else 0


def begin_meetings(
    session: orm.Session, actor: Actor, cell: Unit, first_month: date, months: int, day: int, slot: str
) -> int:
    """Give one cell its regular meetings of some months, on a day (1 to 28) of each; returns how many."""
    require(actor, Permission.ROTATION_GENERATE, cell.tree_path)
    rows = [
        new_row(cell_id=cell.id, kind=MeetingKind.REGULAR, month=month, meets_on=meets_on, slot=slot)
        for month, meets_on in usual_meetings(first_month, months, day)
    ]
    made = _add(session, rows)
    record(session, actor, "meeting:begin", cell, first_month=first_month, day=day, slot=slot, made=made)
    return made
