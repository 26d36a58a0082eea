"""Reading one's own notices."""

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.models import Notice
from tenants.access import Actor, NotFound
from tenants.clock import now


def unread(session: orm.Session, actor: Actor) -> int:
    """How many notices the actor has not read."""
    query = sa.select(sa.func.count(Notice.id)).where(Notice.person_id == actor.person_id)
    return session.scalar(query.where(Notice.read_at.is_(None))) or 0


def read(actor: Actor, notice: Notice) -> None:
    """Mark one's own notice as read, once; NotFound for anybody else's."""
    if actor.person_id is None or notice.person_id != actor.person_id:
        raise NotFound
    notice.read_at = notice.read_at or now()


def read_all(session: orm.Session, actor: Actor) -> None:
    """Mark every notice of the actor as read."""
    session.execute(
        sa.update(Notice)
        .where(Notice.person_id == actor.person_id, Notice.read_at.is_(None))
        .values(read_at=now())
    )
