"""Following up on plans: where their tasks stand, in four numbers and on a map of units (design: D2).

Set-based, a constant number of statements each. "Below" leaves out the actor's own unit.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.plans.models import Plan
from core.plans.standing import SOON, Standing
from core.plans.task_models import Milestone, Task
from core.queries.reading import Slice, folded, matches, sliced
from core.queries.unit_tasks import TaskRow, task_row, task_rows
from tenants.conditions import within
from tenants.models import Unit
from tenants.tree import UnitPath
from tenants.vietnamese import fold

ASKED = Task.withdrawn_on.is_(None)
OPEN = sa.and_(Task.done_on.is_(None), ASKED)
last_day = sa.func.coalesce(Task.extended_to, Task.due_on)


def below(paths: Iterable[UnitPath]) -> sa.ColumnElement[bool]:
    """That a unit lies below one of these, itself left out."""
    known = tuple(paths)
    return sa.and_(within(known), Unit.path.not_in([path.text for path in known]))


def states(day: date) -> dict[Standing, sa.ColumnElement[bool]]:
    """`standing` as conditions on a task's row, of which exactly one holds."""
    done, late = Task.done_on.is_not(None), sa.and_(Task.due_on.is_not(None), Task.done_on > Task.due_on)
    longer = sa.and_(Task.extended_to.is_not(None), Task.done_on <= Task.extended_to)
    still, dated = Task.done_on.is_(None), Task.due_on.is_not(None)
    past, due = last_day < day, Task.due_on < day
    return {
        Standing.DONE_ON_TIME: sa.and_(done, sa.not_(late)),
        Standing.DONE_EXTENDED: sa.and_(done, late, longer),
        Standing.DONE_LATE: sa.and_(done, late, sa.not_(longer)),
        Standing.WAITING: sa.and_(still, sa.not_(dated)),
        Standing.OVERDUE: sa.and_(still, dated, past),
        Standing.EXTENDED: sa.and_(still, dated, sa.not_(past), due),
        Standing.DUE_SOON: sa.and_(still, dated, sa.not_(due), last_day <= day + SOON),
        Standing.OPEN: sa.and_(still, dated, sa.not_(due), last_day > day + SOON),
    }


def _counts(day: date) -> list[sa.Label[int]]:
    return [sa.func.count().filter(holds).label(at.value) for at, holds in states(day).items()]


@dataclass(frozen=True)
class Progress:
    """How many tasks stand where, each in exactly one of the four numbers (F05)."""

    counts: Mapping[Standing, int] = field(default_factory=dict)

    def _sum(self, *standings: Standing) -> int:
        return sum(self.counts.get(at, 0) for at in standings)

    @property
    def on_time(self) -> int:
        """Done by the due day."""
        return self._sum(Standing.DONE_ON_TIME)

    @property
    def extended(self) -> int:
        """Within an approved extension, done or still open."""
        return self._sum(Standing.DONE_EXTENDED, Standing.EXTENDED)

    @property
    def late(self) -> int:
        """Late, done since or not."""
        return self._sum(Standing.DONE_LATE, Standing.OVERDUE)

    @property
    def overdue(self) -> int:
        """Late and still not done."""
        return self._sum(Standing.OVERDUE)

    @property
    def unsent(self) -> int:
        """Not done and not late."""
        return self._sum(Standing.OPEN, Standing.DUE_SOON, Standing.WAITING)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class PlanProgress:
    """A plan with where its tasks stand."""

    id: UUID
    title: str
    year: int
    progress: Progress


def _progress(row: Any) -> Progress:
    return Progress({at: row._mapping[at.value] for at in Standing})


def plans_followed(
    session: orm.Session, paths: Iterable[UnitPath], day: date, text: str, number: int
) -> Slice[PlanProgress]:
    """A page of the plans that gave tasks to units below these, newest year first; two statements."""
    query = (
        sa.select(Plan.id, Plan.title, Plan.year, *_counts(day))
        .join(Task, Task.plan_id == Plan.id)
        .join(Unit, Unit.id == Task.unit_id)
        .where(below(paths), ASKED)
        .group_by(Plan.tenant_id, Plan.id)
        .order_by(Plan.year.desc(), Plan.title, Plan.id)
    )
    if fold(text):
        query = query.where(matches(folded(Plan.title), text))
    return sliced(session, query, number, _followed)


def _followed(row: Any) -> PlanProgress:
    return PlanProgress(row.id, row.title, row.year, _progress(row))


def progress_of(session: orm.Session, plan_id: UUID, paths: Iterable[UnitPath], day: date) -> Progress:
    """Where the plan's tasks below these units stand."""
    query = sa.select(*_counts(day)).select_from(Task).join(Unit, Unit.id == Task.unit_id)
    return _progress(session.execute(query.where(Task.plan_id == plan_id, below(paths), ASKED)).one())


WORST_FIRST = (
    Standing.OVERDUE,
    Standing.EXTENDED,
    Standing.DUE_SOON,
    Standing.OPEN,
    Standing.WAITING,
    Standing.DONE_LATE,
    Standing.DONE_EXTENDED,
    Standing.DONE_ON_TIME,
)


class HeatCell(NamedTuple):
    """What one unit owes under one milestone: the standing that asks most for attention, and how many tasks
    there are and are done; `task_id` where it is one task alone."""

    unit_id: UUID
    milestone_id: UUID
    worst: Standing
    total: int
    done: int
    task_id: UUID | None

    @property
    def text(self) -> str:
        """In words; of several tasks how many are done."""
        return self.worst.label if self.total == 1 else f"{self.worst.label}: xong {self.done}/{self.total}"


def heat_map(
    session: orm.Session, plan_id: UUID, path: UnitPath, day: date, unit_ids: Collection[UUID] | None = None
) -> tuple[HeatCell, ...]:
    """What stands at each unit below the path, milestone by milestone; at some only if `unit_ids` is given.

    One statement, one row a unit and milestone.
    """
    holds = states(day)
    place = sa.case(*((holds[at], number) for number, at in enumerate(WORST_FIRST)))
    total, done = sa.func.count(), sa.func.count(Task.done_on)
    query = (
        sa.select(
            Task.unit_id, Task.milestone_id, sa.func.min(place), total, done, sa.func.any_value(Task.id)
        )
        .join(Unit, Unit.id == Task.unit_id)
        .where(Task.plan_id == plan_id, ASKED, Unit.path > path.text, Unit.path < path.end)
        .group_by(Task.unit_id, Task.milestone_id)
    )
    if unit_ids is not None:
        query = query.where(Task.unit_id.in_(unit_ids))
    return tuple(
        HeatCell(unit_id, milestone_id, WORST_FIRST[worst], total, done, any_id if total == 1 else None)
        for unit_id, milestone_id, worst, total, done, any_id in session.execute(query)
    )


@dataclass(frozen=True)
class FollowedUnit:
    """A unit that a plan gives tasks, with the one above it."""

    id: UUID
    name: str
    above: str


def units_followed(
    session: orm.Session, plan_id: UUID, paths: Iterable[UnitPath], text: str, number: int
) -> Slice[FollowedUnit]:
    """A page of the units below these that have tasks under the plan, in the order of the tree."""
    above = orm.aliased(Unit)
    has = sa.exists().where(Task.unit_id == Unit.id, Task.plan_id == plan_id, ASKED)
    query = (
        sa.select(Unit.id, Unit.name, sa.func.coalesce(above.name, "").label("above"))
        .outerjoin(above, above.id == Unit.parent_id)
        .where(below(paths), has)
        .order_by(Unit.path)
    )
    if fold(text):
        query = query.where(matches(Unit.search_key, text))
    return sliced(session, query, number, lambda row: FollowedUnit(*row))


def milestones_followed(session: orm.Session, plan_id: UUID) -> tuple[Milestone, ...]:
    """The plan's milestones that units are still asked for, in its order."""
    asked = sa.exists().where(Task.milestone_id == Milestone.id, ASKED)
    query = sa.select(Milestone).where(Milestone.plan_id == plan_id, asked).order_by(Milestone.place)
    return tuple(session.scalars(query))


def tasks_followed(
    session: orm.Session, plan_id: UUID, paths: Iterable[UnitPath], unit_ids: Collection[UUID] | None = None
) -> tuple[TaskRow, ...]:
    """The plan's tasks below these units, unit by unit."""
    query = task_rows().where(Task.plan_id == plan_id, below(paths))
    if unit_ids is not None:
        query = query.where(Task.unit_id.in_(unit_ids))
    query = query.order_by(Unit.path, Milestone.place, Task.period)
    return tuple(map(task_row, session.execute(query)))
