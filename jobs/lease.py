"""Every move of a job's state: one conditional UPDATE each, told by the database's clock alone
(design: reliability, claim and finish).

`claim`, `choose` and `take_back` look across tenants; the others keep to the scope they are called in.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.models import Job, JobKind, JobState
from jobs.contract import JobFacts, LeaseLost
from tenants.access import TenantState
from tenants.models import Tenant

PLACES = 4
"""How many jobs of one tenant run or are rung at a time; the others wait (design: security 21)."""

CLOCK = sa.func.clock_timestamp()
LONGEST_PAUSE = timedelta(minutes=5)
OPEN = sa.text("job.state IN ('queued', 'running')")  # literally as in the partial indexes
_EXPIRED = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < CLOCK)
_ACTIVE = Tenant.state == TenantState.ACTIVE
_DUE = sa.and_(OPEN, Job.state == JobState.QUEUED, Job.run_after <= CLOCK)


def _change(*conditions: sa.ColumnExpressionArgument[bool]) -> sa.Update:
    return sa.update(Job).where(*conditions).execution_options(synchronize_session=False)


def _mine(job: JobFacts) -> sa.Update:
    return _change(Job.id == job.id, Job.fence == job.fence, Job.state == JobState.RUNNING)


def _keep_hold(session: orm.Session, statement: sa.Update) -> None:
    if session.scalar(statement.returning(Job.id)) is None:
        raise LeaseLost


def claim(session: orm.Session, job_id: UUID, lease: timedelta) -> JobFacts | None:
    """Take a due job, or one whose lease ran out; None where there is nothing to take.

    A tenant that is not active has its jobs wait (design: product T02).
    """
    taken = (
        _change(Job.id == job_id, OPEN, sa.or_(_DUE, _EXPIRED), Job.attempts < Job.max_attempts)
        .where(Tenant.id == Job.tenant_id, _ACTIVE)
        .values(state=JobState.RUNNING, attempts=Job.attempts + 1, fence=Job.fence + 1)
        .values(lease_until=CLOCK + lease, stage="", percent=0, error="")
        .returning(Job.id, Job.tenant_id, Job.kind, Job.subject_id, Job.args, Job.requested_by, Job.fence)
    )
    row = session.execute(taken).first()
    return JobFacts(**row._mapping) if row else None


def renew(session: orm.Session, job: JobFacts, lease: timedelta) -> None:
    """Prolong the lease; raises LeaseLost where another claim holds the job."""
    _keep_hold(session, _mine(job).values(lease_until=CLOCK + lease))


def report(session: orm.Session, job: JobFacts, lease: timedelta, stage: str, percent: int) -> None:
    """Prolong the lease and say how far the work is; raises LeaseLost."""
    _keep_hold(session, _mine(job).values(lease_until=CLOCK + lease, stage=stage, percent=percent))


def finish(session: orm.Session, job: JobFacts) -> None:
    """Mark the job done, in the transaction of its effect; raises LeaseLost, and nothing is kept."""
    done = {"state": JobState.DONE, "done_at": CLOCK, "lease_until": None, "stage": "", "percent": 100}
    _keep_hold(session, _mine(job).values(done))


def fail(session: orm.Session, job: JobFacts, error: str, pause: timedelta) -> None:
    """Let it run again after a pause that doubles with each attempt, or wait, dead, for a person.

    `error` is the name of the exception's class: its words may hold personal data.
    """
    later = sa.func.least(LONGEST_PAUSE, pause * sa.func.power(2, sa.func.least(Job.attempts, 20)))
    back = {"state": _queued_or_dead(), "error": error, "run_after": CLOCK + later}
    _keep_hold(session, _mine(job).values(back | {"lease_until": None, "pushed_at": None}))


def give_back(session: orm.Session, job: JobFacts) -> None:
    """Let another worker run it at once: this one was told to stop. The attempt does not count."""
    back = {"state": JobState.QUEUED, "attempts": Job.attempts - 1, "lease_until": None, "pushed_at": None}
    _keep_hold(session, _mine(job).values(back))


def take_back(session: orm.Session) -> Sequence[tuple[UUID, JobState]]:
    """Queue again every job whose lease ran out, or mark it dead after its last attempt."""
    lost = sa.select(Job.id).where(OPEN, _EXPIRED).with_for_update(skip_locked=True).limit(500)
    back = {"state": _queued_or_dead(), "error": "LeaseExpired", "lease_until": None, "pushed_at": None}
    taken = _change(Job.id.in_(lost), _EXPIRED).values(back).returning(Job.id, Job.state)
    return [(row.id, row.state) for row in session.execute(taken)]


def _queued_or_dead() -> sa.Case[JobState]:
    spent = Job.attempts >= Job.max_attempts
    dead, queued = (sa.literal(state, Job.state.type) for state in (JobState.DEAD, JobState.QUEUED))
    return sa.case((spent, dead), else_=queued)


def next_due(session: orm.Session) -> UUID | None:
    """The job of the session's scope that has waited longest and may run now."""
    waiting = sa.select(Job.id).join(Tenant, Tenant.id == Job.tenant_id).where(_DUE, _ACTIVE)
    return session.scalar(waiting.order_by(Job.run_after, Job.id).limit(1))


def choose(
    session: orm.Session,
    tenant_id: UUID | None = None,
    *,
    patience: timedelta | None = None,
    waiting: frozenset[UUID] = frozenset(),
) -> list[UUID]:
    """Mark as rung, and return, the jobs of the tenant (None: of all) whose bell is to be rung now.

    Each tenant has PLACES: its running and rung jobs take them, its next due ones fill what is left. A bell
    rung longer than `patience` ago that is not `waiting` in the queue was lost, and is rung again.
    """
    unrung: sa.ColumnElement[bool] = Job.pushed_at.is_(None)
    if patience is not None:
        unrung = unrung | ((Job.pushed_at < CLOCK - patience) & Job.id.not_in(waiting))
    ranked = _ranked(tenant_id).subquery()
    next_ones = sa.select(ranked.c.id).where(ranked.c.place <= PLACES)
    free = sa.select(Job.id).where(Job.id.in_(next_ones), _DUE, unrung).with_for_update(skip_locked=True)
    rung = _change(Job.id.in_(free)).values(pushed_at=CLOCK).returning(Job.id, Job.run_after)
    return [row.id for row in sorted(session.execute(rung), key=lambda row: (row.run_after, row.id))]


def _ranked(tenant_id: UUID | None) -> sa.Select[UUID, int]:
    running = Job.state == JobState.RUNNING
    letters_last = Job.kind == JobKind.SEND_MAIL
    taken = running.desc(), Job.pushed_at.asc().nulls_last(), letters_last, Job.run_after, Job.id
    place = sa.func.row_number().over(partition_by=Job.tenant_id, order_by=taken)
    ranked = sa.select(Job.id, place.label("place")).join(Tenant, Tenant.id == Job.tenant_id)
    ranked = ranked.where(_ACTIVE, OPEN, sa.or_(running, Job.run_after <= CLOCK))
    return ranked.where(Job.tenant_id == tenant_id) if tenant_id else ranked
