"""The trail: what was done, by whom, chained by hashes; rows are only added (design: security 87)."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor
from tenants.clock import now
from tenants.models import Account, AuditEntry, PlatformEntry
from tenants.scope import TenantOwned, lock_in_tenant

GENESIS = "0" * 64


class Holder(Protocol):
    """Whose way in it is: an account of a tenant, or an operator (tenant_id None)."""

    @property
    def tenant_id(self) -> UUID | None:
        """His tenant."""

    @property
    def account_id(self) -> UUID | None:
        """His account, or himself as an operator."""


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the entry's canonical content and the hash of the one before."""
    content = [
        entry.number,
        entry.at.isoformat(),
        str(entry.actor_id or ""),
        entry.tag,
        entry.subject_kind,
        str(entry.subject_id or ""),
        entry.facts,
        entry.previous_hash,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def record(
    session: orm.Session, actor: Actor, tag: str, subject: TenantOwned | None = None, **facts: Any
) -> None:
    """Add an entry `noun:verb` about a row; facts are ids, counts and states, never personal data."""
    lock_in_tenant(session, "audit")
    last = session.execute(
        sa.select(AuditEntry.number, AuditEntry.hash).order_by(AuditEntry.number.desc()).limit(1)
    ).first()
    entry = AuditEntry(
        number=(last.number if last else 0) + 1,
        at=now(),
        actor_id=actor.account_id,
        tag=tag,
        subject_kind=type(subject).__tablename__ if subject is not None else "",
        subject_id=subject.id if subject is not None else None,
        facts=json.loads(json.dumps(facts, default=str)),
        previous_hash=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()


def record_account(session: orm.Session, whose: Holder, verb: str, *, by_owner: bool = True) -> None:
    """Add an entry about somebody's way in: in his tenant's trail, an operator's in the platform's.

    `by_owner` is False where nobody has proved to be him.
    """
    if whose.tenant_id is None:
        session.add(PlatformEntry(operator_id=whose.account_id, tag=f"operator:{verb}", facts={}))
        return
    actor = Actor(whose.tenant_id, whose.account_id if by_owner else None, None, "", ())
    record(session, actor, f"account:{verb}", session.get_one(Account, whose.account_id))


def first_broken(entries: Iterable[AuditEntry]) -> int | None:
    """The number of the first entry that does not follow from the one before; None when all do."""
    previous = GENESIS
    for place, entry in enumerate(entries, 1):
        if entry.number != place or entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return place
        previous = entry.hash
    return None
