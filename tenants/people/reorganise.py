"""Merging, splitting, renaming, moving, ranking and ending units on a day, undoably (design: product F02)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor, NotFound, Permission, require
from tenants.audit import record
from tenants.clock import now, today
from tenants.models import Unit
from tenants.people.following import Follow, Touch, carry, touch
from tenants.people.ledger import ChangedSince, Ledger
from tenants.people.past import units_now
from tenants.people.posts_following import PostStep, carry_posts, post_steps
from tenants.people.problems import PeopleError, refuse, words
from tenants.people.tree_changes import change_units, mend_paths
from tenants.scope import lock_in_tenant
from tenants.succession import Effects, effects
from tenants.tree import UnitPath
from tenants.unit_events import Successor, UnitChange
from tenants.unit_models import EventState, UnitEvent, UnitPast, UnitSuccessor

UNDO_DAYS: Final = 30


@dataclass(frozen=True)
class Preview:
    """What an event would do: the tree before and after, the appointments, the open items."""

    effects: Effects
    posts: tuple[PostStep, ...] = ()
    touches: tuple[Touch, ...] = ()


def preview_event(
    session: orm.Session, actor: Actor, event: UnitChange, follows: Iterable[Follow]
) -> Preview:
    """What the event would do; nothing is written. Raises NotAllowed, NotFound for a unit that is none of
    the tenant's, PeopleError by field."""
    result = _allowed(session, actor, _tidy(event))
    touches = (touch(session, follow, result.successors, event.day) for follow in follows)
    return Preview(result, post_steps(session, _endings(result), event.day), tuple(touches))


def plan_event(session: orm.Session, actor: Actor, event: UnitChange, follows: Sequence[Follow]) -> UnitEvent:
    """Enter an event; it is applied at once where its day has come. Raises as `preview_event` does."""
    lock_in_tenant(session, "tree")
    event = _tidy(event)
    result = _allowed(session, actor, event)
    row = UnitEvent(
        kind=event.kind, effective_on=event.day, facts=event.to_facts(), planned_by=actor.person_id
    )
    session.add(row)
    session.flush()
    record(session, actor, "unit_event:plan", row, kind=event.kind, on=event.day, units=len(event.unit_ids))
    if event.day <= today():
        _take_place(session, actor, row, result, follows)
    return row


def apply_event(session: orm.Session, actor: Actor, row: UnitEvent, follows: Iterable[Follow]) -> None:
    """Let an event take place. Raises NotAllowed, or PeopleError where it was applied or undone already, or
    the tree is no longer what it was planned on."""
    lock_in_tenant(session, "tree")
    session.refresh(row)
    refuse({"event": None if row.state is EventState.PLANNED else f"Việc này {row.state.label.lower()}."})
    _take_place(session, actor, row, _allowed(session, actor, UnitChange.from_facts(row.facts)), follows)


def _take_place(
    session: orm.Session, actor: Actor, row: UnitEvent, result: Effects, follows: Iterable[Follow]
) -> None:
    day, ledger = row.effective_on, Ledger(session)
    posts = post_steps(session, _endings(result), day)
    change_units(ledger, row, result)
    for follow in follows:
        carry(ledger, follow, result.successors, day)
    carry_posts(ledger, posts, day)
    row.state, row.ledger, row.problem, row.applied_at = EventState.APPLIED, ledger.entries, "", now()
    row.undo_until = today() + timedelta(UNDO_DAYS)
    record(session, actor, "unit_event:apply", row, changes=len(ledger.entries))
    _forget_seen(session)


def undo_event(session: orm.Session, actor: Actor, row: UnitEvent) -> None:
    """Take an event back: one that waits is dropped, one applied is undone within UNDO_DAYS, whole, unless
    something later depends on it. Raises NotAllowed, or PeopleError."""
    lock_in_tenant(session, "tree")
    session.refresh(row)
    for path in _paths_of(session, row):
        require(actor, Permission.UNITS_EDIT, path)
        require(actor, Permission.APPOINTMENTS_EDIT, path)
    refuse({"event": _undo_problem(session, row)})
    if row.state is EventState.APPLIED:
        _take_back(session, row)
    row.state, row.undone_at = EventState.UNDONE, now()
    record(session, actor, "unit_event:undo", row)
    _forget_seen(session)


def apply_due(
    session: orm.Session, actor: Actor, follows: Sequence[Follow], day: date
) -> tuple[UnitEvent, ...]:
    """Apply the events whose day has come, in their order; those that cannot be are returned, and say why."""
    waiting = sa.select(UnitEvent).where(UnitEvent.state == EventState.PLANNED, UnitEvent.effective_on <= day)
    failed = []
    for row in session.scalars(waiting.order_by(UnitEvent.effective_on, UnitEvent.planned_at)).all():
        try:
            with session.begin_nested():
                apply_event(session, actor, row, follows)
        except PeopleError as error:
            row.problem = " ".join(error.problems.values())
            failed.append(row)
    session.flush()
    return tuple(failed)


def _tidy(event: UnitChange) -> UnitChange:
    new = tuple(Successor(s.id, words(s.code).upper(), words(s.name)) for s in event.successors)
    return replace(event, name=words(event.name), successors=new)


def _effects(session: orm.Session, event: UnitChange) -> Effects:
    try:
        return effects(event, {state.id: state for state in units_now(session)})
    except KeyError as error:
        raise NotFound from error


def _allowed(session: orm.Session, actor: Actor, event: UnitChange) -> Effects:
    """What the event does, where the actor may do it and nothing speaks against it."""
    result = _effects(session, event)
    _require(actor, result)
    refuse(result.problems)
    return result


def _require(actor: Actor, result: Effects) -> None:
    """The right over everything that changes, as it is and as it will be."""
    touched = (*result.changed, *(result.after[row.id] for row in result.changed), *result.founded)
    for path in sorted({UnitPath(state.path) for state in touched}):
        require(actor, Permission.UNITS_EDIT, path)
        require(actor, Permission.APPOINTMENTS_EDIT, path)


def _endings(result: Effects) -> dict[UUID, tuple[UUID, ...]]:
    return {state.id: result.successors.get(state.id, ()) for state in result.ended}


def _forget_seen(session: orm.Session) -> None:
    """Rows were changed past the session: what it has seen is old."""
    session.flush()
    session.expire_all()


def _paths_of(session: orm.Session, row: UnitEvent) -> tuple[UnitPath, ...]:
    event = UnitChange.from_facts(row.facts)
    named = {*event.unit_ids, *(new.id for new in event.successors)}
    return tuple(map(UnitPath, session.scalars(sa.select(Unit.path).where(Unit.id.in_(named)))))


def _undo_problem(session: orm.Session, row: UnitEvent) -> str | None:
    if row.state is EventState.UNDONE:
        return "Việc này đã hoàn tác."
    if row.state is EventState.PLANNED:
        return None
    if row.undo_until is None or row.undo_until < today():
        return f"Đã quá {UNDO_DAYS} ngày kể từ khi áp dụng, không hoàn tác được nữa."
    touched = {UUID(row_id) for table, row_id, _before, _after in row.ledger if table == Unit.__tablename__}
    own = sa.select(UnitPast.unit_id).where(UnitPast.event_id == row.id)
    later = sa.select(Unit.name).join(UnitPast, UnitPast.unit_id == Unit.id).where(
        sa.or_(UnitPast.unit_id.in_(own), UnitPast.unit_id.in_(touched)),
        UnitPast.event_id.is_distinct_from(row.id),
        UnitPast.valid_to >= row.effective_on,
    )  # fmt: skip
    name = session.scalar(later.limit(1))
    return f"{name} đã thay đổi sau đó; xin hoàn tác thay đổi ấy trước." if name else None


def _take_back(session: orm.Session, row: UnitEvent) -> None:
    for kind in (UnitSuccessor, UnitPast):
        session.execute(sa.delete(kind).where(kind.event_id == row.id))
    try:
        Ledger(session, row.ledger).take_back()
    except ChangedSince as error:
        text = "Đã có việc phát sinh sau khi sắp xếp; không hoàn tác được nữa."
        raise PeopleError({"event": text}) from error
    mend_paths(session)
