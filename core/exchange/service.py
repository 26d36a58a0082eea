"""Sending down and up: the only place where one tenant's work reaches another's scope.

A dispatch is written in the sender's scope together with the job that delivers it; the job writes the
same row, hash checked, in the receiver's scope, then marks the sender's. Each step may be repeated.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.exchange.envelope import GENESIS, Envelope, check_seal
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.notices.models import JobKind
from core.notices.work import owe, post
from tenants.access import Actor, NotFound, Permission, require
from tenants.accounts import holders
from tenants.audit import record
from tenants.clock import now
from tenants.db import new_id
from tenants.models import Tenant
from tenants.scope import Session, current_tenant, lock_in_tenant, tenant_scope


def tenants_below(session: orm.Session) -> list[Tenant]:
    """The tenants directly below this one, by name."""
    query = sa.select(Tenant).where(Tenant.parent_id == current_tenant()).order_by(Tenant.name)
    return list(session.scalars(query))


def own_tenant(session: orm.Session) -> Tenant:
    """The tenant of the scope."""
    return session.get_one(Tenant, current_tenant())


def send(
    session: orm.Session, actor: Actor, to: Tenant, kind: DispatchKind, subject: str, body: dict[str, Any],
    answers_id: UUID | None = None,
) -> Dispatch:  # fmt: skip
    """Freeze a copy for a tenant directly above or below, and owe its delivery.

    The verb that calls has asked its own permission. Raises NotFound for any other tenant.
    """
    own = own_tenant(session)
    if own.id not in (to.parent_id, to.id) and to.id != own.parent_id:
        raise NotFound
    lock_in_tenant(session, "dispatch")
    last = session.execute(
        sa.select(Dispatch.number, Dispatch.sha256)
        .where(Dispatch.direction == Direction.OUT, Dispatch.counterpart_id == to.id)
        .order_by(Dispatch.number.desc())
        .limit(1)
    ).first()
    envelope = Envelope(
        new_id(), kind, own.id, own.name, to.id, subject, body, (last.number if last else 0) + 1, now(),
        last.sha256 if last else GENESIS, answers_id,
    )  # fmt: skip
    dispatch = Dispatch(**_row(envelope, Direction.OUT, to.id, to.name))
    session.add(dispatch)
    session.flush()
    owe(session, actor, JobKind.DELIVER_DISPATCH, f"deliver:{dispatch.id}", dispatch.id)
    record(session, actor, "dispatch:send", dispatch, kind=kind, to=to.code)
    return dispatch


def _row(envelope: Envelope, direction: Direction, other_id: UUID, other_name: str) -> dict[str, Any]:
    return {
        "id": envelope.id, "direction": direction, "kind": DispatchKind(envelope.kind),
        "counterpart_id": other_id, "counterpart_name": other_name, "subject": envelope.subject,
        "body": envelope.body, "number": envelope.number, "sha256": envelope.sha256,
        "previous_sha256": envelope.previous_sha256, "answers_id": envelope.answers_id,
        "sent_at": envelope.sent_at,
    }  # fmt: skip


def envelope_of(dispatch: Dispatch, own: Tenant) -> Envelope:
    """The envelope a stored dispatch came from, whichever side stored it."""
    out = dispatch.direction is Direction.OUT
    return Envelope(
        dispatch.id, dispatch.kind, own.id if out else dispatch.counterpart_id,
        own.name if out else dispatch.counterpart_name, dispatch.counterpart_id if out else own.id,
        dispatch.subject, dispatch.body, dispatch.number, dispatch.sent_at, dispatch.previous_sha256,
        dispatch.answers_id,
    )  # fmt: skip


def verify(session: orm.Session, dispatch: Dispatch) -> None:
    """Raise BrokenSealError unless the stored dispatch still is what was sealed."""
    check_seal(envelope_of(dispatch, own_tenant(session)), dispatch.sha256)


def deliver(dispatch_id: UUID, arrived: Callable[[orm.Session, Envelope], None] | None = None) -> None:
    """Write the sender's dispatch, seal checked, into the receiver's scope; a repeat changes nothing.

    `arrived` is told there, once, in the same transaction. Runs in the sender's scope. Raises
    BrokenSealError where the stored content was altered.
    """
    with Session() as session:
        dispatch = session.get_one(Dispatch, dispatch_id)
        verify(session, dispatch)
        envelope = envelope_of(dispatch, own_tenant(session))
    with tenant_scope(envelope.receiver_id), Session() as session, session.begin():
        row = _row(envelope, Direction.IN, envelope.sender_id, envelope.sender_name)
        statement = insert(Dispatch).values(tenant_id=envelope.receiver_id, **row)
        if session.scalar(statement.on_conflict_do_nothing().returning(Dispatch.id)):
            _tell_readers(session, envelope)
            if arrived is not None:
                arrived(session, envelope)


def _tell_readers(session: orm.Session, envelope: Envelope) -> None:
    text = f"{envelope.sender_name} gửi: {envelope.subject}"
    told = dict.fromkeys(holders(session, Permission.DISPATCHES_READ), text)
    post(session, told, "dispatch", f"dispatch:{envelope.id}", f"/dispatches/{envelope.id}")


def mark_delivered(session: orm.Session, dispatch_id: UUID) -> None:
    """Note in the sender's scope that the copy arrived."""
    session.execute(
        sa.update(Dispatch)
        .where(Dispatch.id == dispatch_id, Dispatch.delivered_at.is_(None))
        .values(delivered_at=now())
    )


def receive(session: orm.Session, actor: Actor, dispatch: Dispatch) -> None:
    """Acknowledge an arrived dispatch, once. Raises BrokenSealError where its content was altered since."""
    require(actor, Permission.DISPATCHES_RECEIVE)
    verify(session, dispatch)
    if dispatch.direction is Direction.IN and dispatch.received_at is None:
        dispatch.received_at, dispatch.received_by = now(), actor.account_id
        record(session, actor, "dispatch:receive", dispatch)
