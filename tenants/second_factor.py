"""The second factor: codes of an app, and one-time codes for a lost phone (design: security 50).

A code of the app is accepted once: the time step it belongs to is kept, and no earlier or equal one is
accepted again. A recovery code is random, kept as a hash, and gone once it was used.
"""

from dataclasses import replace
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from tenants import throttle
from tenants.accounts import Identity, Refusal, end_all_sessions, holder_of, identity_scope
from tenants.audit import record_account
from tenants.clock import now
from tenants.credentials import new_recovery_codes, recovery_hash, totp_step
from tenants.models import Account, Operator
from tenants.scope import transaction


class Factor(StrEnum):
    """What a right code was; the verb under which the sign-in is recorded."""

    APP = "sign_in"
    RECOVERY = "recover"


def accept_code(identity: Identity, code: str, *factors: Factor) -> Factor | Refusal:
    """Which code of these factors (of all, where none is named) it was, used up from here on; else why not.

    Tries are throttled per account.
    """
    key = throttle.key("code", str(identity.account_id))
    if wait := throttle.count_try({key: throttle.FREE_TRIES}):
        return Refusal(wait)
    with identity_scope(identity.tenant_id, "second factor"), transaction() as session:
        factor = next((one for one in factors or Factor if USES[one](session, identity, code)), None)
    if factor is None:
        return Refusal()
    throttle.take_back(key)
    return factor


def _kind(identity: Identity) -> type[Account] | type[Operator]:
    return Account if identity.tenant_id else Operator


def _use_step(session: orm.Session, identity: Identity, code: str) -> bool:
    kind, step = _kind(identity), totp_step(identity.totp_secret or "", code, now())
    if step is None:
        return False
    unused = sa.or_(kind.totp_step.is_(None), kind.totp_step < step)
    used = sa.update(kind).where(kind.id == identity.account_id, unused).values(totp_step=step)
    return session.scalar(used.returning(kind.id)) is not None


def _use_recovery(session: orm.Session, identity: Identity, code: str) -> bool:
    kind, kept = _kind(identity), recovery_hash(code)
    has = sa.and_(kind.id == identity.account_id, sa.literal(kept) == sa.any_(kind.recovery_hashes))
    used = sa.update(kind).where(has).values(recovery_hashes=sa.func.array_remove(kind.recovery_hashes, kept))
    return session.scalar(used.returning(kind.id)) is not None


USES = {Factor.APP: _use_step, Factor.RECOVERY: _use_recovery}


def enrol(holder: Account | Operator, identity: Identity, secret: str, code: str) -> list[str] | Refusal:
    """Turn the second factor on once a code proves the secret; the recovery codes, to be shown this once."""
    answer = accept_code(replace(identity, totp_secret=secret), code, Factor.APP)
    if isinstance(answer, Refusal):
        return answer
    holder.totp_secret = secret
    return renew_recovery(holder)


def renew_recovery(holder: Account | Operator) -> list[str]:
    """New recovery codes, to be shown this once; earlier ones are worthless."""
    codes = new_recovery_codes()
    holder.recovery_hashes = [recovery_hash(code) for code in codes]
    return codes


def turn_off(holder: Account | Operator) -> None:
    """The password alone signs in from here on."""
    holder.totp_secret, holder.recovery_hashes = None, []


def reset(session: orm.Session, identity: Identity) -> None:
    """For a lost phone without recovery codes: off, and signed out everywhere, on the record."""
    turn_off(holder_of(session, identity))
    session.flush()
    end_all_sessions(session, identity.account_id)
    record_account(session, identity, "second_factor_reset", by_owner=False)
