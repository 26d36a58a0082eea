"""Tries are counted and made to wait; nothing is locked for good (design: security 41)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from tenants.clock import now
from tenants.models import SignInFailure
from tenants.scope import across_tenants, transaction

FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)


def wait_after(failures: int, free: int = FREE_TRIES) -> timedelta:
    """How long a key rests after its failures: nothing at first, then doubling up to a quarter of an hour."""
    over = failures - free
    return timedelta() if over < 0 else min(LONGEST_WAIT, timedelta(seconds=2 ** min(over + 2, 12)))


def key(kind: str, value: str) -> bytes:
    """What is kept of a name or an address."""
    return hashlib.sha256(f"{kind}:{value.strip().lower()}".encode()).digest()


def count_try(keys: Mapping[bytes, int]) -> timedelta:
    """Count a try under each key, which has so many free ones; or how long to wait, counting nothing.

    Called before the secret is looked at, so that tries side by side all count.
    """
    with across_tenants("count a try"), transaction() as session:
        if (wait := _remaining(session, keys, now())) > timedelta():
            return wait
        for one in sorted(keys):
            _count(session, one, now())
    return timedelta()


def _remaining(session: orm.Session, keys: Mapping[bytes, int], moment: datetime) -> timedelta:
    query = sa.select(SignInFailure).where(SignInFailure.key_hash.in_(keys))
    rows = session.scalars(query.order_by(SignInFailure.key_hash).with_for_update())
    waits = (row.last_at + wait_after(row.failures, keys[row.key_hash]) - moment for row in rows)
    return max(waits, default=timedelta())


def _count(session: orm.Session, one: bytes, moment: datetime) -> None:
    row = insert(SignInFailure).values(key_hash=one, failures=1, last_at=moment)
    stale = SignInFailure.last_at < moment - 2 * LONGEST_WAIT
    counted = sa.case((stale, 1), else_=SignInFailure.failures + 1)
    session.execute(
        row.on_conflict_do_update(index_elements=["key_hash"], set_={"failures": counted, "last_at": moment})
    )


def take_back(forgotten: bytes, shared: bytes | None = None) -> None:
    """After a right secret: forget one key's tries, and take this one off a key that others share."""
    with across_tenants("take a try back"), transaction() as session:
        session.execute(sa.delete(SignInFailure).where(SignInFailure.key_hash == forgotten))
        if shared:
            row = sa.update(SignInFailure).where(SignInFailure.key_hash == shared)
            session.execute(row.values(failures=SignInFailure.failures - 1))
