"""Checking a code of the second factor, throttled per account (design: security 41, 50)."""

import hashlib
from datetime import timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from tenants.accounts import Refusal, wait_after
from tenants.clock import now
from tenants.credentials import totp_right
from tenants.models import SignInFailure
from tenants.scope import across_tenants, transaction


def check_code(account_id: UUID, secret: str, code: str) -> Refusal | None:
    """None when the code is right; else why not, counting the failure. Tries side by side wait
    for one another."""
    key = hashlib.sha256(f"code:{account_id}".encode()).digest()
    with across_tenants("check a second factor"), transaction() as session:
        first = insert(SignInFailure).values(key_hash=key, failures=0, last_at=now())
        session.execute(first.on_conflict_do_nothing())
        row = session.get_one(SignInFailure, key, with_for_update=True)
        if (wait := row.last_at + wait_after(row.failures) - now()) > timedelta():
            return Refusal(wait)
        right = totp_right(secret, code)
        row.failures, row.last_at = 0 if right else row.failures + 1, now()
    return None if right else Refusal()
