"""Who is told that a plan gave his unit tasks: only those whose tasks changed (decision 4)."""

from collections import defaultdict
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
from tenants.tree import UnitPath

KIND = "plan"
MOST_NAMED = 3


def doers() -> list[str]:
    """Roles that do the tasks of the unit they are held at."""
    return [role for role, rights in PERMISSIONS.items() if Permission.TASKS_DO in rights]


def doers_at(session: orm.Session, unit_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """By unit who does its tasks: people whose role, held at that very unit, carries the right."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for unit_id, person_id in _holders(session, Permission.TASKS_DO, Unit.id.in_(set(unit_ids))):
        found[unit_id].add(person_id)
    return dict(found)


def deciders(session: orm.Session, path: UnitPath) -> set[UUID]:
    """Who decides on extensions of a unit: at the nearest unit above where somebody holds the right."""
    for above in reversed(path.ancestors or (path,)):
        if found := {who for _, who in _holders(session, Permission.TASKS_DECIDE, Unit.path == above.text)}:
            return found
    return set()


def _holders(
    session: orm.Session, permission: Permission, where: sa.ColumnElement[bool]
) -> list[tuple[UUID, UUID]]:
    roles = [role for role, rights in PERMISSIONS.items() if permission in rights]
    query = (
        sa.select(Appointment.unit_id, Appointment.person_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(where, Appointment.role.in_(roles), valid(Appointment, today()), Person.left_on.is_(None))
    )
    return [(unit_id, person_id) for unit_id, person_id in session.execute(query)]


def tell_units(session: orm.Session, plan: Plan, issued: Issued) -> int:
    """One notice to everyone who does the tasks of a unit whose tasks changed; how many were told."""
    said: dict[UUID, dict[str, str]] = defaultdict(dict)
    for person_id, unit_id, name in _people(session, issued):
        if words := _words(name, issued.units[unit_id], issued.relieved[unit_id]):
            said[person_id].setdefault(name, words)
    told = {who: f"Kế hoạch “{plan.title}” {_joined(units.values())}." for who, units in said.items()}
    return post(session, told, KIND, f"{KIND}:{plan.id}:{plan.revision}:{today()}", "/tasks/")


def _words(name: str, given: int, lost: int) -> str:
    parts = [f"giao {name} {given} việc mới hoặc đổi hạn" if given else ""]
    parts.append(f"rút {lost} việc của {name}" if lost else "")
    return ", ".join(filter(None, parts))


def _joined(units: Iterable[str]) -> str:
    words = list(units)
    more = len(words) - MOST_NAMED
    return "; ".join(words[:MOST_NAMED]) + (f"; và {more} đơn vị khác" if more > 0 else "")


def _people(session: orm.Session, issued: Issued) -> list[tuple[UUID, UUID, str]]:
    query = (
        sa.select(Appointment.person_id, Unit.id, Unit.name)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.role.in_(doers()), valid(Appointment, today()), Person.left_on.is_(None))
        .order_by(Unit.path)
    )
    concerned = issued.units.keys() | issued.relieved.keys()
    return [(who, unit_id, name) for who, unit_id, name in session.execute(query) if unit_id in concerned]


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
