"""Signing in: accounts, invitations, throttling, server-side sessions (design: security 39-55).

People sign in as `login@tenant-code`; operators of the platform as `login` alone.
"""

import hashlib
import secrets
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants import throttle
from tenants.access import PERMISSIONS, WHOLE_TENANT, Actor, Grant, Permission, Role, TenantState
from tenants.audit import record_account
from tenants.clock import now, today
from tenants.credentials import hash_password, new_token, token_hash, verify_password
from tenants.models import Account, Appointment, Invitation, Operator, Person, Tenant, Unit, WebSession
from tenants.scope import Scope, Session, across_tenants, tenant_scope, transaction
from tenants.tree import UnitPath

FREE_TRIES_OF_ADDRESS = 60
INVITATION_LIFE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Identity:
    """Whose password was right: an account of a tenant, or an operator (tenant_id None)."""

    tenant_id: UUID | None
    account_id: UUID
    totp_secret: str | None


@dataclass(frozen=True)
class Refusal:
    """Why nobody was signed in; `wait` says how long until the next try counts."""

    wait: timedelta | None = None
    locked: bool = False


def sign_in(login: str, password: str, address: str) -> Identity | Refusal:
    """Check a name and password. Tries are counted per account and, more generously, per address, which a
    whole office may share; a right password takes its try back. Nothing is locked for good.
    """
    of_login, of_address = throttle.key("login", login), throttle.key("address", address)
    keys = {of_login: throttle.FREE_TRIES, of_address: FREE_TRIES_OF_ADDRESS}
    if wait := throttle.count_try(keys):
        return Refusal(wait)
    found = _find(login)
    verdict = verify_password(found.password_hash if found else "", password)
    if not found:
        return Refusal()
    if not verdict.right:
        note(found.identity, "fail_password", by_owner=False)
        return Refusal()
    throttle.take_back(of_login, of_address)
    if found.locked:
        note(found.identity, "fail_locked")
        return Refusal(locked=True)
    _remember_sign_in(found, verdict.fresh_hash)
    return found.identity


def find_login(login: str) -> Identity | None:
    """The account or operator who signs in with that name, unless disabled."""
    found = _find(login)
    return found.identity if found else None


def note(identity: Identity, verb: str, *, by_owner: bool = True) -> None:
    """Record what came of a try to sign in, in a transaction of its own (design: security 88)."""
    with identity_scope(identity.tenant_id, "record a sign-in"), transaction() as session:
        record_account(session, identity, verb, by_owner=by_owner)


@dataclass(frozen=True)
class _Found:
    identity: Identity
    password_hash: str
    locked: bool


def _find(login: str) -> _Found | None:
    name, _, code = login.strip().lower().partition("@")
    if not code:
        return _find_operator(name)
    with across_tenants("sign in"), Session() as session:
        tenant = session.scalar(sa.select(Tenant).where(Tenant.code == code))
    if tenant is None:
        return None
    with tenant_scope(tenant.id), Session() as session:
        account = session.scalar(
            sa.select(Account).where(Account.login == name, Account.disabled_at.is_(None))
        )
    if account is None:
        return None
    identity = Identity(tenant.id, account.id, account.totp_secret)
    return _Found(identity, account.password_hash, tenant.state is TenantState.LOCKED)


def _find_operator(name: str) -> _Found | None:
    with across_tenants("sign in"), Session() as session:
        query = sa.select(Operator).where(Operator.login == name, Operator.disabled_at.is_(None))
        operator = session.scalar(query)
    if operator is None:
        return None
    return _Found(Identity(None, operator.id, operator.totp_secret), operator.password_hash, False)


def identity_scope(tenant_id: UUID | None, reason: str) -> AbstractContextManager[Scope]:
    """The scope an account or operator works in."""
    return tenant_scope(tenant_id) if tenant_id else across_tenants(reason)


def holder_of(session: orm.Session, identity: Identity) -> Account | Operator:
    """The row of an account or operator, in its own scope."""
    key = identity.account_id
    return session.get_one(Account, key) if identity.tenant_id else session.get_one(Operator, key)


def _remember_sign_in(found: _Found, fresh_hash: str | None) -> None:
    with identity_scope(found.identity.tenant_id, "sign in"), Session() as session, session.begin():
        account = holder_of(session, found.identity)
        account.signed_in_at = now()
        account.password_hash = fresh_hash or account.password_hash


def _session_key(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def start_session(session: orm.Session, identity: Identity) -> str:
    """Open a server-side session; returns the random id for the cookie. Only its hash is stored."""
    secret = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            id_hash=_session_key(secret),
            home_id=identity.tenant_id,
            account_id=identity.account_id,
            started_at=now(),
            seen_at=now(),
            confirmed_at=now(),
        )
    )
    return secret


def find_session(session: orm.Session, secret: str, idle: timedelta, longest: timedelta) -> WebSession | None:
    """The live session of a cookie, or None; its last-seen time moves at most once a minute."""
    row = session.get(WebSession, _session_key(secret))
    if row is None or now() - row.seen_at > idle or now() - row.started_at > longest:
        return None
    if now() - row.seen_at > SEEN_EVERY:
        row.seen_at = now()
    return row


def confirm_session(session: orm.Session, secret: str) -> None:
    """Note that the password was asked for again just now (design: security 51)."""
    row = sa.update(WebSession).where(WebSession.id_hash == _session_key(secret))
    session.execute(row.values(confirmed_at=now()))


def end_session(session: orm.Session, secret: str) -> None:
    """Sign out: the cookie is worthless from here on."""
    session.execute(sa.delete(WebSession).where(WebSession.id_hash == _session_key(secret)))


def end_all_sessions(session: orm.Session, account_id: UUID) -> None:
    """Sign an account out everywhere: after disabling it or changing its password (design: security 46)."""
    session.execute(sa.delete(WebSession).where(WebSession.account_id == account_id))


def end_sessions_of(session: orm.Session, person_ids: Iterable[UUID]) -> None:
    """Sign people out everywhere, those who have an account."""
    theirs = sa.select(Account.id).where(Account.person_id.in_(set(person_ids)))
    session.execute(sa.delete(WebSession).where(WebSession.account_id.in_(theirs)))


def load_actor(session: orm.Session, tenant: Tenant, account_id: UUID) -> Actor | None:
    """The account's person with the roles valid today; None where it is disabled."""
    account = session.get(Account, account_id)
    if account is None or account.disabled_at is not None:
        return None
    return Actor(
        tenant.id,
        account.id,
        account.person_id,
        account.person.full_name,
        grants_of(session, account.person_id),
        tenant.state,
    )


def grants_of(session: orm.Session, person_id: UUID) -> tuple[Grant, ...]:
    """The person's roles valid today, each over a path."""
    rows = session.execute(
        sa.select(Appointment.role, Unit.path)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.person_id == person_id, Appointment.valid_from <= today())
        .where(sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today()))
    )
    return tuple(Grant(role, UnitPath(path)) for role, path in rows)


def load_operator(session: orm.Session, operator_id: UUID) -> Actor | None:
    """An operator as an actor of no tenant; None where disabled."""
    operator = session.get(Operator, operator_id)
    if operator is None or operator.disabled_at is not None:
        return None
    return Actor(None, operator.id, None, operator.name, (Grant(Role.OPERATOR, PLATFORM_PATH),))


PLATFORM_PATH = UnitPath.root("PLATFORM")


def system_actor(tenant_id: UUID, root: UnitPath) -> Actor:
    """Who acts when a job does: the tenant's own machinery, with an admin's rights."""
    return Actor(tenant_id, None, None, "Hệ thống", (Grant(Role.TENANT_ADMIN, root),))


def holders(
    session: orm.Session, permission: Permission, leave_out: Role | None = None, at: UnitPath | None = None
) -> set[UUID]:
    """Ids of people whose role today carries the permission, over the unit `at` if one is given."""
    roles = [role for role, rights in PERMISSIONS.items() if permission in rights and role is not leave_out]
    query = sa.select(Appointment.person_id).where(
        Appointment.role.in_(roles), Appointment.valid_from <= today()
    )
    query = query.join(Unit, Unit.id == Appointment.unit_id)
    if permission in WHOLE_TENANT:
        query = query.where(Unit.parent_id.is_(None))
    if at is not None:
        query = query.where(sa.func.starts_with(at.text, Unit.path))
    still = sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today())
    return set(session.scalars(query.where(still)))


def invite(session: orm.Session, account: Account) -> str:
    """A one-time link's token by which the person chooses a password within a day."""
    token, kept = new_token()
    session.add(Invitation(account_id=account.id, token_hash=kept, expires_at=now() + INVITATION_LIFE))
    return token


def open_invitation(session: orm.Session, token: str) -> Invitation | None:
    """The unused, unexpired invitation of a token."""
    query = sa.select(Invitation).where(
        Invitation.token_hash == token_hash(token), Invitation.used_at.is_(None)
    )
    return session.scalar(query.where(Invitation.expires_at > now()))


def choose_password(session: orm.Session, account: Account, password: str) -> None:
    """Set a new password and sign the account out everywhere."""
    account.password_hash = hash_password(password)
    end_all_sessions(session, account.id)


def person_of(session: orm.Session, actor: Actor) -> Person | None:
    """The person behind an actor; None for the system and operators."""
    return session.get(Person, actor.person_id) if actor.person_id else None
