"""The secret address under which a person's calendar asks for his visits (product R08)."""

from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import orm

from core.rotation.models import CalendarLink
from tenants.access import Actor, NotFound, Permission, TenantState, may, require
from tenants.accounts import load_actor
from tenants.audit import record
from tenants.clock import now
from tenants.credentials import new_token, token_hash
from tenants.models import Account, Tenant


def link_of(session: orm.Session, actor: Actor) -> CalendarLink | None:
    """The actor's link, if he made one."""
    return session.scalar(sa.select(CalendarLink).where(CalendarLink.person_id == actor.person_id))


def renew_link(session: orm.Session, actor: Actor) -> str:
    """Make the actor's link, or a new one in place of the old, which ends; the secret, shown this once."""
    require(actor, Permission.VISITS_REPORT)
    if actor.person_id is None:
        raise NotFound
    token, kept = new_token()
    link = link_of(session, actor) or CalendarLink(person_id=actor.person_id)
    link.token_hash, link.made_at = kept, now()
    session.add(link)
    session.flush()
    record(session, actor, "calendar_link:renew", link)
    return token


def revoke_link(session: orm.Session, actor: Actor) -> None:
    """End the actor's link; calendars find nothing there any more."""
    require(actor, Permission.VISITS_REPORT)
    if (link := link_of(session, actor)) is not None:
        record(session, actor, "calendar_link:revoke", link)
        session.delete(link)
        session.flush()


def reader_of(session: orm.Session, tenant: Tenant, secret: str) -> Actor:
    """Whose visits the secret shows. Raises NotFound for a wrong secret and for whoever no longer attends or
    signs in; NotAllowed while the tenant is locked."""
    query = (
        sa.select(Account.id)
        .join(CalendarLink, CalendarLink.person_id == Account.person_id)
        .where(CalendarLink.token_hash == token_hash(secret), Account.disabled_at.is_(None))
    )
    account_id = session.scalar(query)
    actor = load_actor(session, tenant, account_id) if account_id else None
    if actor is None or not may(replace(actor, state=TenantState.ACTIVE), Permission.VISITS_OWN):
        raise NotFound
    require(actor, Permission.VISITS_OWN)
    return actor
