"""Who is told that a plan gave his unit tasks: only those whose tasks changed (decision 4)."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.work import post
from core.plans.issuing import Issued
from core.plans.models import Plan
from tenants.access import PERMISSIONS, Permission
from tenants.clock import today
from tenants.conditions import valid
from tenants.models import Appointment, Person, Unit

KIND = "plan"


def doers() -> list[str]:
    """Roles that do the tasks of the unit they are held at."""
    return [role for role, rights in PERMISSIONS.items() if Permission.TASKS_DO in rights]


def tell_units(session: orm.Session, plan: Plan, issued: Issued) -> int:
    """One notice to everyone who does the tasks of a unit whose tasks changed; how many were told."""
    told: dict[UUID, str] = {}
    for person_id, unit_id, name in _people(session, issued):
        count = issued.units[unit_id]
        told.setdefault(person_id, f"Kế hoạch “{plan.title}” giao {name} {count} việc mới hoặc đổi hạn.")
    return post(session, told, KIND, f"{KIND}:{plan.id}:{plan.revision}:{today()}", "/tasks/")


def _people(session: orm.Session, issued: Issued) -> list[tuple[UUID, UUID, str]]:
    query = (
        sa.select(Appointment.person_id, Unit.id, Unit.name)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.role.in_(doers()), valid(Appointment, today()), Person.left_on.is_(None))
        .order_by(Unit.path)
    )
    return [(who, unit_id, name) for who, unit_id, name in session.execute(query) if unit_id in issued.units]


def told_at_most(session: orm.Session, codes: Iterable[str]) -> int:
    """How many people do the tasks of these units, and so may be told of a plan."""
    query = (
        sa.select(sa.func.count(sa.distinct(Appointment.person_id)))
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.role.in_(doers()), valid(Appointment, today()), Person.left_on.is_(None))
        .where(Unit.code == sa.any_(sa.literal(list(codes), sa.ARRAY(sa.Text()))))
    )
    return session.scalar(query) or 0
