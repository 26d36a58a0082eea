"""Tasks of units as pages show them: whose, till when, why then, to whom, what holds them back (X01)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.plans.content import Action, PlanContent
from core.plans.deadlines import DueDate
from core.plans.gating import Gated, UnmetGate, gates_before
from core.plans.models import Plan
from core.plans.periods import Period
from core.plans.recomputing import contents_in_force
from core.plans.routing import addressee
from core.plans.sentences import sentence
from core.plans.standing import Standing, standing
from core.plans.task_models import Extension, Milestone, Task
from core.queries.reading import Rows
from tenants.access import PERMISSIONS, Actor, NotAllowed, Permission
from tenants.models import Department, Unit
from tenants.tree import UnitPath

AHEAD = timedelta(days=62)
RECENT = timedelta(days=14)


@dataclass(frozen=True)
class TaskRow:
    """A unit's task with its names; `asked` tells of an extension that waits for an answer."""

    id: UUID
    plan_id: UUID
    plan: str
    unit_id: UUID
    unit: str
    path: str
    milestone: str
    title: str
    action: Action
    period: str
    opens_on: date | None
    due_on: date | None
    base_on: date | None
    extended_to: date | None
    done_on: date | None
    route: str
    asked: bool

    @property
    def label(self) -> str:
        """The task's title with its period."""
        return f"{self.title}, {Period.parse(self.period).label}" if self.period else self.title

    @property
    def last_day(self) -> date | None:
        """The last day on which it is not late."""
        return self.extended_to or self.due_on

    def standing(self, day: date) -> Standing:
        """Where it stands on a day."""
        return standing(self.due_on, self.done_on, day, self.extended_to)

    def days_late(self, day: date) -> int:
        """By how many days it is overdue; 0 while it is not."""
        return max(0, (day - self.last_day).days) if self.last_day and not self.done_on else 0


@dataclass(frozen=True)
class Explained:
    """Why a task is due when it is, to whom its work goes, and what holds it back."""

    sentence: str = ""
    addressee: str = ""
    gates: tuple[UnmetGate, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The same as lines of a card."""
        held = [f"{'Phải chờ' if gate.blocks else 'Lưu ý'}: {gate.words}" for gate in self.gates]
        to = [f"Gửi {self.addressee}."] if self.addressee else []
        return [*filter(None, [self.sentence]), *to, *held]


def task_rows() -> Rows:
    """Every task still asked, with its names: add conditions and an order."""
    asked = sa.exists().where(Extension.task_id == Task.id, Extension.granted.is_(None))
    return (
        sa.select(
            Task.id, Task.plan_id, Plan.title.label("plan"), Task.unit_id, Unit.name.label("unit"), Unit.path,
            Milestone.code.label("milestone"), Milestone.title, Milestone.action, Task.period, Task.opens_on,
            Task.due_on, Task.base_on, Task.extended_to, Task.done_on, Task.route, asked.label("asked"),
        )
        .join(Milestone, Milestone.id == Task.milestone_id)
        .join(Unit, Unit.id == Task.unit_id)
        .join(Plan, Plan.id == Task.plan_id)
        .where(Task.withdrawn_on.is_(None))
    )  # fmt: skip


def task_row(row: Any) -> TaskRow:
    """A statement's row as a value."""
    return TaskRow(**row._mapping)


def own_paths(actor: Actor) -> tuple[UnitPath, ...]:
    """The very units whose tasks the actor does by his role there."""
    paths = {grant.path for grant in actor.grants if Permission.TASKS_DO in PERMISSIONS[grant.role]}
    return tuple(sorted(paths))


def not_reports() -> sa.ColumnElement[bool]:
    """That a task is not the tenant's own quarterly report: that one has pages of its own (S4-14)."""
    quarterly = sa.func.substr(Task.period, 5, 2) == "-Q"
    return sa.not_(sa.and_(Milestone.action == Action.CONSOLIDATE, Unit.parent_id.is_(None), quarterly))


def own_tasks(session: orm.Session, actor: Actor, day: date) -> tuple[TaskRow, ...]:
    """What the actor's own units have to do now or soon, and what was done of late, by due day."""
    paths = [path.text for path in own_paths(actor)]
    if not paths:
        return ()
    begun = sa.or_(Task.opens_on.is_(None), Task.opens_on <= day + AHEAD)
    shown = sa.or_(sa.and_(Task.done_on.is_(None), begun), Task.done_on >= day - RECENT)
    query = task_rows().where(Unit.path.in_(paths), not_reports(), shown)
    query = query.order_by(Task.due_on.nulls_last(), Unit.path, Milestone.place, Task.period)
    return tuple(map(task_row, session.execute(query)))


def explained(session: orm.Session, task_ids: Iterable[UUID]) -> dict[UUID, Explained]:
    """What cards tell of these tasks; at most four statements."""
    wanted = set(task_ids)
    if not wanted:
        return {}
    rows = rows_by_id(session, wanted).values()
    contents = contents_in_force(session, {row.plan_id for row in rows})
    asked = [Gated(r.id, r.plan_id, r.milestone, UnitPath(r.path)) for r in rows if r.done_on is None]
    gates, names = gates_before(session, asked, contents), departments(session)
    return {r.id: _explained(r, contents.get(r.plan_id), names, gates.get(r.id, ())) for r in rows}


def departments(session: orm.Session) -> dict[str, str]:
    """The tenant's own departments by what they are for."""
    query = sa.select(Department.function, Department.name).order_by(Department.name.desc())
    return {str(function): name for function, name in session.execute(query)}


def _explained(
    row: TaskRow, content: PlanContent | None, names: Mapping[str, str], gates: tuple[UnmetGate, ...]
) -> Explained:
    said = next((one for one in content.milestones if one.code == row.milestone), None) if content else None
    if content is None or said is None:
        return Explained()
    route = next((one for one in content.routes if one.code == row.route), None)
    why = sentence(
        said.due, DueDate(row.due_on, row.opens_on, row.base_on), said.clause, said.meeting,
        {one.code: one.title for one in content.milestones}, row.period, content.rules.working_days,
    )  # fmt: skip
    return Explained(why, addressee(route, names), gates)


def rows_by_id(session: orm.Session, task_ids: Iterable[UUID]) -> dict[UUID, TaskRow]:
    """These tasks with their names, those still asked; one statement."""
    rows = map(task_row, session.execute(task_rows().where(Task.id.in_(set(task_ids)))))
    return {row.id: row for row in rows}


def read_paths(actor: Actor) -> tuple[UnitPath, ...]:
    """The units whose tasks, and those below, the actor may read: he does them or follows them.

    Raises NotAllowed for who never does either.
    """
    rights = {Permission.TASKS_DO, Permission.TASKS_FOLLOW}
    over = tuple(grant.path for grant in actor.grants if rights & PERMISSIONS[grant.role])
    if not over:
        raise NotAllowed(Permission.TASKS_FOLLOW)
    return over
