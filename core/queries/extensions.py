"""Extensions as pages show them: those that wait for an answer, and those answered (design: F05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.plans.models import Plan
from core.plans.periods import Period
from core.plans.task_models import Extension, Milestone, Task
from core.queries.reading import Rows, Slice, folded, matches, sliced
from tenants.access import Actor, Permission, reach
from tenants.conditions import within
from tenants.models import Account, Person, Unit
from tenants.tree import UnitPath
from tenants.vietnamese import fold


@dataclass(frozen=True)
class ExtensionRow:
    """A question for more time with its answer; `granted` is None while it waits."""

    id: UUID
    task_id: UUID
    unit: str
    title: str
    period: str
    plan: str
    due_on: date | None
    until: date
    reason: str
    asked_at: datetime
    asked_by: str | None
    granted: bool | None
    answer: str
    decided_at: datetime | None

    @property
    def label(self) -> str:
        """The task's title with its period."""
        return f"{self.title}, {Period.parse(self.period).label}" if self.period else self.title

    @property
    def status(self) -> dict[str, str]:
        """Its chip: waiting, granted or refused."""
        if self.granted is None:
            return {"tone": "warn", "label": "Chờ trả lời"}
        return (
            {"tone": "ok", "label": "Đồng ý"} if self.granted else {"tone": "late", "label": "Không đồng ý"}
        )


def extension_rows() -> Rows:
    """Every extension with its names: add conditions and an order."""
    return (
        sa.select(
            Extension.id, Extension.task_id, Unit.name.label("unit"), Milestone.title, Task.period,
            Plan.title.label("plan"), Task.due_on, Extension.until, Extension.reason, Extension.asked_at,
            Person.full_name.label("asked_by"), Extension.granted, Extension.answer, Extension.decided_at,
        )
        .join(Task, Task.id == Extension.task_id)
        .join(Milestone, Milestone.id == Task.milestone_id)
        .join(Plan, Plan.id == Task.plan_id)
        .join(Unit, Unit.id == Task.unit_id)
        .outerjoin(Account, Account.id == Extension.asked_by)
        .outerjoin(Person, Person.id == Account.person_id)
    )  # fmt: skip


def extension_row(row: Any) -> ExtensionRow:
    """A statement's row as a value."""
    return ExtensionRow(**row._mapping)


def decidable(paths: Iterable[UnitPath]) -> sa.ColumnElement[bool]:
    """That a unit lies below one of these, or is the tenant's own and one of them."""
    known = tuple(paths)
    own = sa.and_(Unit.parent_id.is_(None), Unit.path.in_([path.text for path in known]))
    return sa.or_(sa.and_(within(known), Unit.path.not_in([path.text for path in known])), own)


def extensions_in(
    session: orm.Session, paths: Iterable[UnitPath], waiting: bool, text: str, number: int
) -> Slice[ExtensionRow]:
    """A page of those the actor decides on: the waiting by when they were asked, else the newest answers."""
    state = Extension.granted.is_(None) if waiting else Extension.granted.is_not(None)
    query = extension_rows().where(decidable(paths), state)
    if fold(text):
        query = query.where(sa.or_(matches(Unit.search_key, text), matches(folded(Milestone.title), text)))
    order = (Extension.asked_at,) if waiting else (Extension.decided_at.desc(),)
    return sliced(session, query.order_by(*order, Extension.id), number, extension_row)


def asked_below(session: orm.Session, actor: Actor) -> int:
    """How many wait for an answer of units directly below those at which the actor decides."""
    if not (paths := reach(actor, Permission.TASKS_DECIDE)):
        return 0
    above = orm.aliased(Unit)
    query = (
        sa.select(sa.func.count(Extension.id))
        .join(Task, Task.id == Extension.task_id)
        .join(Unit, Unit.id == Task.unit_id)
        .join(above, above.id == sa.func.coalesce(Unit.parent_id, Unit.id))
        .where(Extension.granted.is_(None), above.path.in_([path.text for path in paths]))
    )
    return session.scalar(query) or 0


def extensions_of(session: orm.Session, task_id: UUID) -> tuple[ExtensionRow, ...]:
    """Those of one task, the newest first."""
    query = extension_rows().where(Extension.task_id == task_id).order_by(Extension.asked_at.desc())
    return tuple(map(extension_row, session.execute(query)))


def asked_in(session: orm.Session, paths: Iterable[UnitPath]) -> int:
    """How many wait for an answer of all that the actor may decide on."""
    query = sa.select(sa.func.count(Extension.id)).join(Task, Task.id == Extension.task_id)
    query = query.join(Unit, Unit.id == Task.unit_id).where(decidable(paths), Extension.granted.is_(None))
    return session.scalar(query) or 0


def one_extension(session: orm.Session, paths: Iterable[UnitPath], extension_id: UUID) -> ExtensionRow | None:
    """One that the actor may decide on; None out of his reach."""
    query = extension_rows().where(decidable(paths), Extension.id == extension_id)
    row = session.execute(query).one_or_none()
    return extension_row(row) if row else None
