"""What is overdue: how many where, which, whom to call, who would be told (design: D2, X08).

Set-based, a constant number of statements each.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.models import Notice
from core.plans.task_models import Milestone, Task
from core.plans.tasks import nudge_key
from core.plans.telling import doers_at
from core.queries.follow import OPEN, below, last_day
from core.queries.reading import Slice, folded, matches, sliced
from core.queries.unit_tasks import TaskRow, not_reports, task_row, task_rows
from tenants.access import PERMISSIONS, Permission, Role
from tenants.conditions import valid
from tenants.models import Appointment, Person, Unit
from tenants.tree import UnitPath
from tenants.vietnamese import fold


def overdue(day: date) -> sa.ColumnElement[bool]:
    """That a task is open and late; reads the partial index of open tasks by due day."""
    return sa.and_(OPEN, Task.due_on < day, sa.or_(Task.extended_to.is_(None), Task.extended_to < day))


def overdue_counts(session: orm.Session, paths: Iterable[UnitPath], day: date) -> dict[UUID, int]:
    """How many tasks are overdue at each committee or cell directly below these units and all it contains.

    One statement: the open late ones are counted by unit before the tree is asked.
    """
    late = sa.select(Task.unit_id, sa.func.count().label("late")).where(overdue(day)).group_by(Task.unit_id)
    counted, place = late.subquery(), orm.aliased(Unit)
    tops = [_directly_below(path, counted, place) for path in paths]
    if not tops:
        return {}
    return dict(session.execute(sa.union_all(*tops)).all())


def _directly_below(path: UnitPath, counted: sa.Subquery, place: Any) -> sa.Select[Any]:
    """Late ones below a path, by the part of their path that names the unit directly below it."""
    top = sa.func.split_part(Unit.path, "/", path.depth + 3)
    sums = (
        sa.select(top.label("code"), sa.func.sum(counted.c.late).label("late"))
        .join(counted, counted.c.unit_id == Unit.id)
        .where(Unit.path > path.text, Unit.path < path.end)
        .group_by(top)
        .subquery()
    )
    number = sa.cast(sums.c.late, sa.Integer)
    return sa.select(place.id, number).join(sums, place.code == sums.c.code)


def late_by_unit(
    session: orm.Session, paths: Iterable[UnitPath], day: date, most: int = 10
) -> tuple[tuple[str, int], ...]:
    """The units directly below with the most overdue tasks: name and number; two statements."""
    counts = overdue_counts(session, paths, day)
    worst = sorted(counts, key=lambda unit_id: (-counts[unit_id], unit_id))[:most]
    names = dict(session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(worst))).all())
    return tuple((names[unit_id], counts[unit_id]) for unit_id in worst)


def overdue_tasks(
    session: orm.Session, paths: Iterable[UnitPath], day: date, text: str, number: int
) -> Slice[TaskRow]:
    """A page of what is overdue below these units, the longest first."""
    query = task_rows().where(below(paths), overdue(day), not_reports())
    if fold(text):
        query = query.where(sa.or_(matches(Unit.search_key, text), matches(folded(Milestone.title), text)))
    return sliced(session, query.order_by(last_day, Unit.path, Task.id), number, task_row)


def overdue_total(session: orm.Session, paths: Iterable[UnitPath], day: date) -> int:
    """How many tasks are overdue below these units."""
    query = sa.select(sa.func.count(Task.id)).join(Unit, Unit.id == Task.unit_id)
    query = query.join(Milestone, Milestone.id == Task.milestone_id)
    return session.scalar(query.where(below(paths), overdue(day), not_reports())) or 0


def tasks_to_urge(
    session: orm.Session, paths: Iterable[UnitPath], task_ids: Collection[UUID]
) -> tuple[Task, ...]:
    """Those of the tasks that are open and lie below these units, with unit and milestone at hand."""
    query = (
        sa.select(Task).join(Unit, Unit.id == Task.unit_id).where(Task.id.in_(task_ids), below(paths), OPEN)
    )
    joined = (orm.joinedload(Task.unit), orm.joinedload(Task.milestone))
    return tuple(session.scalars(query.options(*joined).order_by(Unit.path, Task.due_on)))


@dataclass(frozen=True)
class Contact:
    """Whom to call about a unit's tasks."""

    name: str
    phone: str
    role: Role


FIRST_CALLED = (Role.SECRETARY, Role.DEPUTY_SECRETARY, Role.STANDING_BODY, Role.BASE_OFFICER)


def contacts(session: orm.Session, unit_ids: Collection[UUID], day: date) -> dict[UUID, Contact]:
    """By unit whom to call: its secretary, else who else does its tasks; one statement."""
    doers = [role for role, rights in PERMISSIONS.items() if Permission.TASKS_DO in rights]
    first = sa.case({role: place for place, role in enumerate(FIRST_CALLED)}, value=Appointment.role, else_=9)
    query = (
        sa.select(Appointment.unit_id, Person.full_name, Person.phone, Appointment.role)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.unit_id.in_(unit_ids), Appointment.role.in_(doers), valid(Appointment, day))
        .where(Person.left_on.is_(None))
        .order_by(first, Appointment.valid_from, Person.id)
    )
    found = dict[UUID, Contact]()
    for unit_id, name, phone, role in session.execute(query):
        found.setdefault(unit_id, Contact(name, phone, role))
    return found


@dataclass(frozen=True)
class Told:
    """Who would be told of a task, and whether he was already told today."""

    names: tuple[str, ...]
    today: bool


def told_of(session: orm.Session, tasks: Collection[Task]) -> dict[UUID, Told]:
    """By task who receives a nudge of it; three statements."""
    people = doers_at(session, {task.unit_id for task in tasks})
    everyone = {who for found in people.values() for who in found}
    query = sa.select(Person.id, Person.full_name).where(Person.id.in_(everyone)).order_by(Person.sort_key)
    names = dict(session.execute(query).all())
    keys = {nudge_key(task): task.id for task in tasks}
    sent = set(session.scalars(sa.select(Notice.dedup_key).where(Notice.dedup_key.in_(keys))))
    return {
        task.id: Told(
            tuple(name for who, name in names.items() if who in people.get(task.unit_id, ())),
            nudge_key(task) in sent,
        )
        for task in tasks
    }
