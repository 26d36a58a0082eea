"""Owing work and words: rows written in the transaction of the facts they follow from.

The queue is rung after the commit by whoever listens (jobs); here nothing is known of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.notices.models import WAITING, Job, JobKind, JobState, Notice
from tenants.access import Actor, NotFound, Permission, fetch, require
from tenants.audit import record
from tenants.clock import now
from tenants.models import PlatformEntry, Tenant
from tenants.scope import new_row

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
    row = new_row(
        kind=kind, subject_id=subject_id, args=args, dedup_key=dedup_key, requested_by=actor.account_id,
        max_attempts=kind.most_attempts,
    )  # fmt: skip
    made = session.scalar(insert(Job).values(row).on_conflict_do_nothing().returning(Job.id))
    job_id = made or session.scalars(sa.select(Job.id).where(Job.dedup_key == dedup_key)).one()
    session.info.setdefault(OWED, []).append(job_id)
    return job_id


def owe_for_each(session: orm.Session, actor: Actor, kind: JobKind, subject_ids: Iterable[UUID]) -> None:
    """Write one job for each subject, as `owe` does for one; subjects that have theirs are left alone."""
    rows = [
        new_row(
            kind=kind, subject_id=subject_id, args={}, dedup_key=f"{kind}:{subject_id}",
            requested_by=actor.account_id, max_attempts=kind.most_attempts,
        )
        for subject_id in subject_ids
    ]  # fmt: skip
    if rows:
        made = session.scalars(insert(Job).on_conflict_do_nothing().returning(Job.id), rows)
        session.info.setdefault(OWED, []).extend(made)


def post(session: orm.Session, told: Mapping[UUID, str], kind: str, dedup_key: str, url: str = "") -> int:
    """Post each person his text, once per `dedup_key`; returns how many notices were new."""
    return post_each(session, ((person, text, dedup_key) for person, text in told.items()), kind, url)


def post_each(session: orm.Session, told: Iterable[tuple[UUID, str, str]], kind: str, url: str = "") -> int:
    """Post each person his text, once per the key beside it; returns how many notices were new."""
    rows = [
        new_row(person_id=person_id, kind=kind, text=text, url=url, dedup_key=dedup_key, posted_at=now())
        for person_id, text, dedup_key in sorted(told)
    ]
    if not rows:
        return 0
    made = insert(Notice).on_conflict_do_nothing().returning(Notice.id)
    return len(session.scalars(made, rows).all())


def owe_again(session: orm.Session, actor: Actor, kind: JobKind, subject_id: UUID, **args: Any) -> UUID:
    """Owe work that may be asked for again once it has ended; asked twice meanwhile, it is one job."""
    ended = sa.select(sa.func.count()).where(
        Job.subject_id == subject_id, Job.kind == kind, Job.state.not_in(WAITING)
    )
    return owe(session, actor, kind, f"{kind}:{subject_id}:{session.scalar(ended)}", subject_id, **args)


def cancel(session: orm.Session, actor: Actor, job: Job) -> bool:
    """Take back work that has not ended: nothing of it is kept, it may be asked for again; whether it was so.

    A worker at it learns when it next says how far it is. Raises NotFound for kinds that others wait for,
    NotAllowed for who neither asked for it nor may let jobs run again.
    """
    if not job.kind.may_be_cancelled:
        raise NotFound
    if job.requested_by != actor.account_id:
        require(actor, Permission.JOBS_RETRY)
    over = {
        "state": JobState.CANCELLED,
        "lease_until": None,
        "stage": "",
        "done_at": sa.func.clock_timestamp(),
    }
    taken = sa.update(Job).where(Job.id == job.id, Job.state.in_(WAITING)).values(over).returning(Job.id)
    if session.scalar(taken.execution_options(synchronize_session=False)) is None:
        return False
    session.refresh(job)
    record(session, actor, "job:cancel", job, kind=job.kind.value)
    return True


def retry(session: orm.Session, actor: Actor, job_id: UUID) -> None:
    """Let a dead job run again from its first attempt; one that is not dead is left alone.

    Asked by the tenant or, in the platform's scope, by an operator. Raises NotAllowed or NotFound.
    """
    platform = actor.tenant_id is None
    require(actor, Permission.PLATFORM_JOBS_RETRY if platform else Permission.JOBS_RETRY)
    job = fetch(session, Job, job_id)
    again = {"state": JobState.QUEUED, "attempts": 0, "run_after": sa.func.clock_timestamp()}
    revived = (
        sa.update(Job).where(Job.id == job.id, Job.state == JobState.DEAD).values(again).returning(Job.id)
    )
    if session.scalar(revived.execution_options(synchronize_session=False)) is None:
        return
    session.refresh(job)
    session.info.setdefault(OWED, []).append(job.id)
    if platform:
        code = session.scalars(sa.select(Tenant.code).where(Tenant.id == job.tenant_id)).one()
        facts = {"kind": job.kind.value, "job": str(job.id)}
        session.add(
            PlatformEntry(operator_id=actor.account_id, tag="job:retry", tenant_code=code, facts=facts)
        )
    else:
        record(session, actor, "job:retry", job, kind=job.kind.value)
