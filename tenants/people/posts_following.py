"""Appointments at units that end: closed the day before, those of members carried to the successor (F02)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Role
from tenants.accounts import end_sessions_of
from tenants.db import Base
from tenants.models import Appointment, Unit
from tenants.people.ledger import Change, Ledger
from tenants.tree import UnitKind

CARRIED: Final = frozenset({Role.MEMBER, Role.OFFICIAL, Role.COMMITTEE_MEMBER})
"""Roles that give no right over others; whoever led or served a unit that ends is appointed anew."""
TABLE: Final = Base.metadata.tables[Appointment.__tablename__]


@dataclass(frozen=True)
class PostStep:
    """An appointment that ends, and the role carried to the successor, if any."""

    appointment: Appointment
    to: UUID | None = None
    role: Role | None = None


def post_steps(
    session: orm.Session, ended: Mapping[UUID, tuple[UUID, ...]], day: date
) -> tuple[PostStep, ...]:
    """What becomes of the appointments of units that end before `day`; `ended` names their successors.

    A cell's leaders stay members of the cell that follows.
    """
    lasting = sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= day)
    units = {*ended, *(to for following in ended.values() for to in following)}
    query = sa.select(Appointment, Unit.kind).join(Unit, Unit.id == Appointment.unit_id)
    query = query.where(Appointment.unit_id.in_(units), lasting).order_by(Appointment.id)
    rows = session.execute(query).all()
    held = {(row.person_id, row.unit_id, row.role) for row, _kind in rows}
    steps = []
    for row, kind in sorted(rows, key=lambda pair: pair[0].role not in CARRIED):
        if row.unit_id not in ended:
            continue
        to = next(iter(ended[row.unit_id]), None)
        role = row.role if row.role in CARRIED else Role.MEMBER if kind is UnitKind.CELL else None
        wanted = (row.person_id, to, role)
        carried = to is not None and role is not None and wanted not in held
        held.add(wanted)  # type: ignore[arg-type]
        steps.append(PostStep(row, to, role) if carried else PostStep(row))
    return tuple(steps)


def carry_posts(ledger: Ledger, steps: Sequence[PostStep], day: date) -> None:
    """End and carry the appointments; whoever loses a post is signed out."""
    ledger.change(TABLE, [_ended(step.appointment, day) for step in steps])
    ledger.add(TABLE, [_carried(step, day) for step in steps if step.to and step.role])
    end_sessions_of(ledger.session, {step.appointment.person_id for step in steps})


def _ended(row: Appointment, day: date) -> Change:
    return Change(row.id, {"valid_to": row.valid_to}, {"valid_to": max(day - timedelta(1), row.valid_from)})


def _carried(step: PostStep, day: date) -> dict[str, Any]:
    row = step.appointment
    values = {"person_id": row.person_id, "unit_id": step.to, "role": step.role}
    return values | {"valid_from": max(day, row.valid_from), "valid_to": row.valid_to}
