"""The doorbell: RQ carries the id of a job and nothing else (design: reliability; security 75-78).

Whoever owes a job inside a transaction rings after its commit. A ring that fails is logged and forgotten:
the sweeper rings again what was not heard.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job as Message
from rq.serializers import JSONSerializer
from sqlalchemy import event, orm
from sqlalchemy.exc import SQLAlchemyError

from core.notices.work import OWED
from jobs import lease
from tenants.db import new_id
from tenants.scope import TenantSession, across_tenants, transaction
from tenants.settings import Settings

RUN_JOB = "jobs.run.run_job"
PATIENCE_SECONDS = 1
JOB_SECONDS = 30 * 60
FAILURE_SECONDS = 3600
COMMITTED = "jobs_committed"
AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

log = structlog.get_logger("jobs")


class ForbiddenFunction(Exception):
    """A message asks for something else than `run_job`."""


class SafeJob(Message):
    """A message that can only call `run_job`: no other function, callback or webhook, whoever wrote it."""

    def restore(self, raw_data: Any) -> None:
        """Read the message; one that cannot be read counts as gone and never ends the worker."""
        try:
            super().restore(raw_data)
        except Exception as problem:
            raise NoSuchJobError("unreadable message") from problem
        for moment in ("success", "failure", "stopped"):
            setattr(self, f"_{moment}_callback_name", None)
            setattr(self, f"_{moment}_callback", None)
        self.webhooks = []

    @property
    def func(self) -> Any:
        """`run_job`; raises ForbiddenFunction for anything else."""
        if self.instance or self.func_name != RUN_JOB:
            raise ForbiddenFunction
        return super().func


def queue_of(settings: Settings) -> Queue:
    """The product's queue, with short patience: a request never waits for Redis."""
    connection = Redis.from_url(
        settings.redis_url,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return Queue(settings.queue_name, connection=connection, serializer=JSONSerializer, job_class=SafeJob)


def waiting_in(queue: Queue) -> frozenset[UUID]:
    """The jobs whose bell nobody has heard yet."""
    names = (name.partition("_")[0] for name in queue.job_ids)
    return frozenset(UUID(name) for name in names if AN_ID.fullmatch(name))


def send(queue: Queue, job_ids: Iterable[UUID]) -> None:
    """One message for each job: its id, twice rung is no harm. Raises RedisError."""
    for job_id in job_ids:
        queue.enqueue(
            RUN_JOB,
            str(job_id),
            job_id=f"{job_id}_{new_id().hex[-12:]}",
            description=f"job {job_id}",
            job_timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=FAILURE_SECONDS,
        )


_queue: Queue | None = None


def connect(settings: Settings) -> None:
    """Let this process ring. One that never connects owes its jobs all the same: the sweeper rings."""
    global _queue
    _queue = queue_of(settings)


def ring(tenant_id: UUID | None = None, *, patience: timedelta | None = None) -> int:
    """Ring for the next due jobs of the tenant (None: of all); how many were rung.

    With `patience`, also again where a bell was lost. Where Redis or PostgreSQL is away nothing is raised.
    """
    if _queue is None:
        return 0
    try:
        waiting = waiting_in(_queue) if patience else frozenset()
        with across_tenants("jobs"), transaction() as session:
            chosen = lease.choose(session, tenant_id, patience=patience, waiting=waiting)
        send(_queue, chosen)
    except (RedisError, SQLAlchemyError) as problem:
        log.warning("not_rung", reason=type(problem).__name__)
        return 0
    return len(chosen)


@event.listens_for(TenantSession, "after_commit")
def _note_the_commit(session: orm.Session) -> None:
    if not session.in_nested_transaction():
        session.info[COMMITTED] = True


@event.listens_for(TenantSession, "after_transaction_end")
def _ring_what_is_owed(session: orm.Session, ended: orm.SessionTransaction) -> None:
    """After the commit, when the connection is back in its pool; after a rollback nothing is owed."""
    if ended.parent is not None:
        return
    owed, committed = session.info.pop(OWED, None), session.info.pop(COMMITTED, False)
    if owed and committed:
        ring(session.info["scope"].tenant_id)
