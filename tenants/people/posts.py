"""Who holds which role where, and from when to when (design: security 45)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import PERMISSIONS, Actor, NotAllowed, Permission, Role, fetch, may, require
from tenants.accounts import end_all_sessions
from tenants.audit import record
from tenants.clock import today
from tenants.conditions import root_path, valid
from tenants.models import Account, Appointment, Department, Person, Unit
from tenants.people.problems import PeopleError, order_problem, refuse
from tenants.scope import lock_in_tenant
from tenants.tree import UnitKind, UnitPath

CELL_ROLES = (Role.SECRETARY, Role.DEPUTY_SECRETARY, Role.CELL_COMMITTEE_MEMBER, Role.OFFICIAL, Role.MEMBER)
ROLES_GIVEN = tuple(role for role in Role if role is not Role.OPERATOR)
ORGANISATION_ROLES = tuple(role for role in ROLES_GIVEN if role is not Role.CELL_COMMITTEE_MEMBER)
ADMIN_ROLES = tuple(role for role, rights in PERMISSIONS.items() if Permission.APPOINTMENTS_EDIT in rights)
LAST_ADMIN = "Đây là quản trị cuối cùng còn đăng nhập được; xin giao quyền quản trị cho đồng chí khác trước."


@dataclass(frozen=True)
class NewAppointment:
    """A role at a unit for a time; `department_id` names the body of a department officer."""

    person_id: UUID
    unit_id: UUID
    role: Role
    valid_from: date
    valid_to: date | None = None
    department_id: UUID | None = None


def grantable(actor: Actor, unit: Unit) -> tuple[Role, ...]:
    """The roles the actor may give at a unit; nobody gives the platform's."""
    if not may(actor, Permission.APPOINTMENTS_EDIT, unit.tree_path):
        return ()
    return CELL_ROLES if unit.kind is UnitKind.CELL else ORGANISATION_ROLES


def appoint(session: orm.Session, actor: Actor, new: NewAppointment) -> Appointment:
    """Give a person a role. Raises NotAllowed, NotFound, or PeopleError by field."""
    unit, person = fetch(session, Unit, new.unit_id), fetch(session, Person, new.person_id)
    require(actor, Permission.APPOINTMENTS_EDIT, unit.tree_path)
    department = fetch(session, Department, new.department_id) if new.department_id else None
    refuse(_appointment_problems(session, actor, new, unit, person))
    appointment = Appointment(
        person_id=person.id,
        unit_id=unit.id,
        role=new.role,
        department_id=department.id if department else None,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
    )
    session.add(appointment)
    session.flush()
    record(session, actor, "appointment:grant", appointment, role=new.role, unit=unit.id, person=person.id)
    return appointment


def _appointment_problems(
    session: orm.Session, actor: Actor, new: NewAppointment, unit: Unit, person: Person
) -> dict[str, str | None]:
    fits = new.role in grantable(actor, unit)
    until = new.valid_to or date.max
    lives = unit.valid_from <= new.valid_from and until <= (unit.valid_to or date.max)
    unfit = f"Không giao được chức vụ này tại {unit.name}; xin chọn chức vụ khác."
    return {
        "appointed_role": _held_problem(session, new, unit, person, until) if fits else unfit,
        "unit": None if lives else f"{unit.name} không hoạt động suốt thời gian đó; xin xem lại ngày.",
        "person": f"Đồng chí {person.full_name} đã chuyển đi." if person.left_on else None,
        "valid_to": order_problem(new.valid_from, new.valid_to),
    }


def _held_problem(
    session: orm.Session, new: NewAppointment, unit: Unit, person: Person, until: date
) -> str | None:
    overlap = sa.select(Appointment.id).where(
        Appointment.person_id == person.id,
        Appointment.unit_id == unit.id,
        Appointment.role == new.role,
        Appointment.valid_from <= until,
        sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= new.valid_from),
    )
    if session.scalar(overlap.limit(1)) is None:
        return None
    return f"Đồng chí {person} đã giữ chức vụ này tại {unit.name} trong thời gian đó."


def end_appointment(session: orm.Session, actor: Actor, appointment: Appointment, last_day: date) -> None:
    """Let a role end after a day and sign its person out; somebody must stay able to appoint.

    Raises NotAllowed, or PeopleError.
    """
    require(actor, Permission.APPOINTMENTS_EDIT, appointment.unit.tree_path)
    refuse({"valid_to": order_problem(appointment.valid_from, last_day)})
    if appointment.role in ADMIN_ROLES:
        require_other_admin(session, appointment.person_id, last_day)
    _end(session, appointment, last_day)
    record(session, actor, "appointment:end", appointment, role=appointment.role, until=last_day)


def _end(session: orm.Session, appointment: Appointment, last_day: date) -> None:
    appointment.valid_to = max(last_day, appointment.valid_from)
    session.flush()
    if account := account_of(session, appointment.person_id):
        end_all_sessions(session, account.id)


def end_all(session: orm.Session, which: sa.ColumnElement[bool], last_day: date) -> None:
    """End every appointment of a kind that would last longer."""
    longer = sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to > last_day)
    for appointment in session.scalars(sa.select(Appointment).where(which, longer)).all():
        _end(session, appointment, last_day)


def require_other_admin(session: orm.Session, person_id: UUID, day: date) -> None:
    """Raise PeopleError where the person is the last whose account can appoint over the whole tenant."""
    lock_in_tenant(session, "admins")
    lasting = sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to > max(day, today()))
    admins = (
        sa.select(Appointment.person_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Account, Account.person_id == Appointment.person_id)
        .where(Unit.parent_id.is_(None), Appointment.role.in_(ADMIN_ROLES), Appointment.valid_from <= today())
        .where(lasting, Account.disabled_at.is_(None), Account.password_hash != "")
    )
    if set(session.scalars(admins)) == {person_id}:
        raise PeopleError({"valid_to": LAST_ADMIN})


def _posts(session: orm.Session, person: Person | None) -> tuple[UnitPath, ...]:
    """Where the person holds posts today; the tenant's root for whoever holds none."""
    paths: Iterable[str] = ()
    if person:
        held = sa.select(Unit.path).join(Appointment, Appointment.unit_id == Unit.id)
        today_held = held.where(Appointment.person_id == person.id, valid(Appointment, today()))
        paths = session.scalars(today_held).all()
    return tuple(map(UnitPath, paths)) or (root_path(session),)


def require_over(session: orm.Session, actor: Actor, permission: Permission, person: Person | None) -> None:
    """Raise NotAllowed unless the actor has the right at some unit where the person holds a post."""
    if not any(may(actor, permission, path) for path in _posts(session, person)):
        raise NotAllowed(permission)


def require_over_all_posts(session: orm.Session, actor: Actor, person: Person) -> None:
    """Whoever may open or close an account may become its person: he must stand above each of his posts,
    those of later days too."""
    for path in (*_posts(session, person), *_later_posts(session, person)):
        require(actor, Permission.PEOPLE_EDIT, path)


def _later_posts(session: orm.Session, person: Person) -> tuple[UnitPath, ...]:
    held = sa.select(Unit.path).join(Appointment, Appointment.unit_id == Unit.id)
    later = held.where(Appointment.person_id == person.id, Appointment.valid_from > today())
    return tuple(map(UnitPath, session.scalars(later)))


def account_of(session: orm.Session, person_id: UUID) -> Account | None:
    """The account of a person, if he has one."""
    return session.scalar(sa.select(Account).where(Account.person_id == person_id))
