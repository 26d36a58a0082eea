"""Owing work and words: rows written in the transaction of the facts they follow from.

The queue is rung after the commit by whoever listens (jobs); here nothing is known of it.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.notices.models import Job, JobKind, JobState, Notice
from tenants.access import Actor
from tenants.clock import now
from tenants.db import new_id
from tenants.scope import current_tenant

OWED = "owed_jobs"


def owe(
    session: orm.Session,
    actor: Actor,
    kind: JobKind,
    dedup_key: str,
    subject_id: UUID | None = None,
    **args: Any,
) -> UUID:
    """Write a job, once per `dedup_key` in the tenant; returns its id, the earlier one's on a repeat.

    `args` holds ids and settings, never personal data (design: reliability; security 78).
    """
    row = {
        "tenant_id": current_tenant(), "id": new_id(), "kind": kind, "subject_id": subject_id, "args": args,
        "dedup_key": dedup_key, "requested_by": actor.account_id,
    }  # fmt: skip
    made = session.scalar(insert(Job).values(row).on_conflict_do_nothing().returning(Job.id))
    job_id = made or session.scalars(sa.select(Job.id).where(Job.dedup_key == dedup_key)).one()
    session.info.setdefault(OWED, []).append(job_id)
    return job_id


def post(
    session: orm.Session, person_ids: set[UUID], kind: str, dedup_key: str, text: str, url: str = ""
) -> int:
    """Post a notice to each person, once per `dedup_key`; returns how many were new."""
    rows = [
        {"tenant_id": current_tenant(), "id": new_id(), "person_id": person_id, "kind": kind, "text": text,
         "url": url, "dedup_key": dedup_key, "posted_at": now()}
        for person_id in sorted(person_ids)
    ]  # fmt: skip
    if not rows:
        return 0
    made = insert(Notice).values(rows).on_conflict_do_nothing().returning(Notice.id)
    return len(session.scalars(made).all())


def owe_again(session: orm.Session, actor: Actor, kind: JobKind, subject_id: UUID, **args: Any) -> UUID:
    """Owe work that may be asked for again once it has ended; asked twice meanwhile, it is one job."""
    ended = sa.select(sa.func.count()).where(
        Job.subject_id == subject_id, Job.kind == kind, Job.state.in_((JobState.DONE, JobState.DEAD))
    )
    return owe(session, actor, kind, f"{kind}:{subject_id}:{session.scalar(ended)}", subject_id, **args)
