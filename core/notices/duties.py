"""What is owed in a tenant and by whom: each source is one function (design: product F09).

A source yields each duty near or past its day with the people who are reminded of it, who may be none.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Petition
from core.notices.reminders import Duty, DutyKind, Place
from core.plans.deadlines import days_after
from core.plans.task_models import Milestone, Task
from core.rotation.models import Official, RotationLevel, Visit, VisitReport
from tenants.access import PERMISSIONS, Permission
from tenants.conditions import valid
from tenants.models import Appointment, Person, Unit
from tenants.tree import UnitKind, UnitPath

Owed: TypeAlias = tuple[Duty, frozenset[UUID]]
Source: TypeAlias = Callable[[orm.Session, date, date], Iterator[Owed]]
"""From session, today and the last due day that is spoken of."""

LOOKED_BACK: Final = timedelta(days=92)


def visits(session: orm.Session, day: date, last: date) -> Iterator[Owed]:
    """Visits to come, and the reports of those whose day has come."""
    query = (
        sa.select(Person.id, Unit, Visit.meets_on, Visit.attended_on, RotationLevel.report_days)
        .join(Official, Official.id == Visit.official_id)
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .join(Unit, Unit.id == Visit.cell_id)
        .outerjoin(VisitReport, VisitReport.visit_id == Visit.id)
        .where(VisitReport.id.is_(None), Visit.cancelled_at.is_(None), Visit.missed_reason.is_(None))
        .where(Visit.meets_on.between(day - LOOKED_BACK, last), Person.left_on.is_(None))
    )
    for person_id, cell, meets_on, attended_on, report_days in session.execute(query):
        who, held_on = frozenset({person_id}), attended_on or meets_on
        yield Duty(DutyKind.VISIT, _place(cell), meets_on), who
        if held_on <= day:
            yield Duty(DutyKind.VISIT_REPORT, _place(cell), days_after(held_on, report_days)), who


def plan_tasks(session: orm.Session, day: date, last: date) -> Iterator[Owed]:
    """Open tasks of published plans, for those who do the tasks of the unit; an extension counts."""
    due_on = sa.func.coalesce(Task.extended_to, Task.due_on)
    query = (
        sa.select(Unit, Milestone.title, due_on)
        .join(Unit, Unit.id == Task.unit_id)
        .join(Milestone, Milestone.id == Task.milestone_id)
        .where(Task.done_on.is_(None), Task.withdrawn_on.is_(None), Task.due_on <= last)
        .where(due_on.between(day - LOOKED_BACK, last))
    )
    doers = holders_by_path(session, Permission.TASKS_DO, day)
    for unit, title, due in session.execute(query):
        yield Duty(DutyKind.TASK, _place(unit), due, title), doers.get(unit.path, frozenset())


def urgent_petitions(session: orm.Session, day: date, _last: date) -> Iterator[Owed]:
    """Urgent petitions without an answer, for everyone whose right to answer reaches the cell."""
    query = (
        sa.select(Unit, Petition.raised_on)
        .join(Unit, Unit.id == Petition.cell_id)
        .where(Petition.urgent, Petition.answered_at.is_(None), Petition.raised_on >= day - LOOKED_BACK)
    )
    open_ones = session.execute(query).all()
    over = holders_by_path(session, Permission.PETITIONS_ANSWER, day) if open_ones else {}
    for cell, raised_on in open_ones:
        reached = (people for path, people in over.items() if cell.path.startswith(path))
        yield Duty(DutyKind.URGENT_PETITION, _place(cell), raised_on), frozenset().union(*reached)


SOURCES: tuple[Source, ...] = (visits, plan_tasks, urgent_petitions)


def holders_by_path(session: orm.Session, permission: Permission, day: date) -> dict[str, frozenset[UUID]]:
    """People on the roster whose role that day carries the right, by the path of the role's unit."""
    roles = [role for role, rights in PERMISSIONS.items() if permission in rights]
    people: Any = sa.func.array_agg(Appointment.person_id.distinct())
    query = (
        sa.select(Unit.path, people)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.role.in_(roles), valid(Appointment, day), Person.left_on.is_(None))
        .group_by(Unit.path)
    )
    return {path: frozenset(found) for path, found in session.execute(query)}


def level_above(path: str, over: dict[str, frozenset[UUID]]) -> frozenset[UUID]:
    """The people of the nearest unit above that has any."""
    above = (over.get(unit.text, frozenset()) for unit in reversed(UnitPath(path).ancestors))
    return next(filter(None, above), frozenset())


def _place(unit: Unit) -> Place:
    return Place(unit.name, unit.path, unit.kind is UnitKind.CELL)
