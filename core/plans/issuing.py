"""Compiled tasks kept as rows: new ones added, moved ones moved with their history, others withdrawn."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.bulk import insert_columns, update_columns
from core.data import to_data
from core.plans.compiler import TaskDraft
from core.plans.content import PlanContent
from core.plans.loading import unit_ids
from core.plans.models import Plan
from core.plans.task_models import DueChange, Milestone, Task
from tenants.access import Actor
from tenants.clock import now, today
from tenants.models import Unit
from tenants.scope import lock_in_tenant
from tenants.tree import UnitPath

Key = tuple[UUID, UUID, str]


@dataclass(frozen=True)
class Issued:
    """What issuing changed: how many tasks were added, moved and withdrawn; by unit how many it was given or
    moved and how many it lost; which due days moved."""

    added: int
    moved: int
    withdrawn: int
    units: Counter[UUID]
    relieved: Counter[UUID]
    moves: tuple["Move", ...] = ()


@dataclass(frozen=True)
class Move:
    """A task's due day that moved; None waits for its base."""

    task_id: UUID
    due_from: date | None
    due_to: date | None


@dataclass(frozen=True)
class Change:
    """What compiling would change in the rows."""

    added: tuple[tuple[Key, TaskDraft], ...]
    moved: tuple[tuple["Kept", TaskDraft], ...]
    gone: tuple["Kept", ...]


@dataclass(frozen=True)
class Kept:
    """A task's row as it stands."""

    id: UUID
    key: Key
    opens_on: date | None
    due_on: date | None
    base_on: date | None
    route: str
    done_on: date | None
    extended_to: date | None
    withdrawn: bool

    def differs(self, draft: TaskDraft) -> bool:
        """Whether the draft says something else, or asks again for what was withdrawn."""
        mine = (self.opens_on, self.due_on, self.base_on, self.route)
        newly_done = draft.done_on is not None and self.done_on is None
        return (
            self.withdrawn or newly_done or mine != (draft.opens_on, draft.due_on, draft.base_on, draft.route)
        )


def issue(
    session: orm.Session,
    actor: Actor,
    plan: Plan,
    content: PlanContent,
    drafts: tuple[TaskDraft, ...],
    why: str,
    within: UnitPath | None = None,
    withdraws: bool = True,
) -> Issued:
    """Make the rows say what the plan compiles to, its `drafts`. `why` goes into the history of every due day
    that moves; without `withdraws` nothing is taken back; with `within` only tasks of that unit and below are
    touched. What is done stays done. The caller holds `lock_plan` since before he read what is compiled
    against."""
    milestones = keep_milestones(session, plan, content)
    change = changes(session, plan, milestones, drafts, within)
    if not withdraws:
        change = replace(change, gone=())
    _add(session, plan, change)
    _move(session, actor, change, why)
    _withdraw(session, change, why)
    units = Counter(key[1] for key, _ in change.added)
    units.update(kept.key[1] for kept, _ in change.moved)
    relieved = Counter(row.key[1] for row in change.gone)
    return Issued(
        len(change.added), len(change.moved), len(change.gone), units, relieved, tuple(_moves(change))
    )


def lock_plan(session: orm.Session, plan_id: UUID) -> None:
    """Let one at a time change a plan's tasks: whoever does so asks first, before he reads any of them."""
    lock_in_tenant(session, f"tasks of {plan_id}")


def _moves(change: Change) -> Iterator[Move]:
    for row, draft in change.moved:
        if row.due_on != draft.due_on:
            yield Move(row.id, row.due_on, draft.due_on)


def keep_milestones(session: orm.Session, plan: Plan, content: PlanContent) -> dict[str, UUID]:
    """The plan's milestones as it words them now, by code."""
    known = {
        row.code: row for row in session.scalars(sa.select(Milestone).where(Milestone.plan_id == plan.id))
    }
    for place, one in enumerate(content.milestones):
        row = known.setdefault(one.code, Milestone(plan_id=plan.id, code=one.code))
        row.place, row.title, row.action = place, one.title, one.action
        row.meeting, row.clause, row.body = one.meeting, one.clause, to_data(one)
        session.add(row)
    session.flush()
    return {code: row.id for code, row in known.items()}


def changes(
    session: orm.Session,
    plan: Plan,
    milestones: dict[str, UUID],
    drafts: tuple[TaskDraft, ...],
    within: UnitPath | None = None,
) -> Change:
    """What the drafts change in the rows."""
    units = unit_ids(session, {draft.unit_code for draft in drafts})
    wanted = {
        (milestones[d.milestone], units[d.unit_code], d.period): d for d in drafts if d.unit_code in units
    }
    kept = {row.key: row for row in _rows(session, plan, within)}
    if within is not None:
        inside = _inside(session, within)
        wanted = {key: draft for key, draft in wanted.items() if key[1] in inside}
    added = tuple((key, draft) for key, draft in wanted.items() if key not in kept)
    moved = tuple(
        (kept[key], draft) for key, draft in wanted.items() if key in kept and kept[key].differs(draft)
    )
    gone = tuple(
        row for key, row in kept.items() if key not in wanted and not row.withdrawn and row.done_on is None
    )
    return Change(added, moved, gone)


def _rows(session: orm.Session, plan: Plan, within: UnitPath | None) -> list[Kept]:
    query = sa.select(
        Task.id, Task.milestone_id, Task.unit_id, Task.period, Task.opens_on, Task.due_on, Task.base_on,
        Task.route, Task.done_on, Task.extended_to, Task.withdrawn_on,
    ).where(Task.plan_id == plan.id)  # fmt: skip
    if within is not None:
        query = query.join(Unit, Unit.id == Task.unit_id).where(
            Unit.path >= within.text, Unit.path < within.end
        )
    return [
        Kept(r.id, (r.milestone_id, r.unit_id, r.period), *r[4:10], r.withdrawn_on is not None)
        for r in session.execute(query)
    ]


def _inside(session: orm.Session, within: UnitPath) -> set[UUID]:
    return set(session.scalars(sa.select(Unit.id).where(Unit.path >= within.text, Unit.path < within.end)))


def _add(session: orm.Session, plan: Plan, change: Change) -> None:
    if not change.added:
        return
    keys, drafts = zip(*change.added, strict=True)
    count = len(keys)
    columns: dict[str, list[object]] = {
        "plan_id": [plan.id] * count,
        "milestone_id": [key[0] for key in keys],
        "unit_id": [key[1] for key in keys],
        "period": [key[2] for key in keys],
        **_dates(drafts),
        "done_on": [draft.done_on for draft in drafts],
        "note": [""] * count,
        "withdrawn_because": [""] * count,
    }
    insert_columns(session, Task, columns)


def _dates(drafts: tuple[TaskDraft, ...]) -> dict[str, list[object]]:
    return {
        name: [getattr(draft, name) for draft in drafts]
        for name in ("opens_on", "due_on", "base_on", "route")
    }


def _move(session: orm.Session, actor: Actor, change: Change, why: str) -> None:
    if not change.moved:
        return
    kept, drafts = zip(*change.moved, strict=True)
    columns: dict[str, list[object]] = _dates(drafts)
    columns["extended_to"] = [_still_longer(row.extended_to, draft.due_on) for row, draft in change.moved]
    columns["done_on"] = [row.done_on or draft.done_on for row, draft in change.moved]
    columns["withdrawn_on"] = [None] * len(kept)
    columns["withdrawn_because"] = [""] * len(kept)
    update_columns(session, Task, [row.id for row in kept], columns)
    told = list(_moves(change))
    history: dict[str, list[object]] = {
        "task_id": [move.task_id for move in told],
        "due_from": [move.due_from for move in told],
        "due_to": [move.due_to for move in told],
        "why": [why] * len(told),
        "at": [now()] * len(told),
        "by": [actor.account_id] * len(told),
    }
    insert_columns(session, DueChange, history)


def _still_longer(extended_to: date | None, due_on: date | None) -> date | None:
    """The extension, unless the new due day leaves it nothing to extend."""
    return extended_to if extended_to and due_on and extended_to >= due_on else None


def _withdraw(session: orm.Session, change: Change, why: str) -> None:
    ids = [row.id for row in change.gone]
    columns: dict[str, list[object]] = {
        "withdrawn_on": [today()] * len(ids),
        "withdrawn_because": [why] * len(ids),
    }
    update_columns(session, Task, ids, columns)
