"""Run one job: claim, work, and then effect and end in one transaction (design: reliability 2-3)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from structlog.contextvars import bound_contextvars

from core.notices.models import JobKind
from jobs import lease
from jobs.contract import Effect, Handler, JobFacts, LeaseLost
from jobs.handlers import HANDLERS
from jobs.hold import Hold
from jobs.queue import ring
from tenants.scope import across_tenants, tenant_scope, transaction

PAUSES_PER_LEASE = 30

log = structlog.get_logger("jobs")


class Outcome(StrEnum):
    """What became of a ring."""

    NOTHING_DUE = "nothing_due"
    DONE = "done"
    FAILED = "failed"
    LEASE_LOST = "lease_lost"


class NoHandler(Exception):
    """This version of the program does not know the kind of work; a later one may."""


@dataclass(frozen=True)
class Runner:
    """Who does which kind of work, and how long a claim holds without renewal.

    The pause before a second attempt is a fifteenth of the lease and doubles from there.
    """

    handlers: Mapping[JobKind, Handler] = field(default_factory=lambda: HANDLERS)
    lease: timedelta = timedelta(seconds=60)

    def run(self, job_id: UUID) -> Outcome:
        """Claim the job and see it through, then ring for the tenant's next; any number of calls is safe."""
        with across_tenants("jobs"), transaction() as session:
            job = lease.claim(session, job_id, self.lease)
        if job is None:
            return Outcome.NOTHING_DUE
        with bound_contextvars(job=str(job.id), tenant=str(job.tenant_id), kind=job.kind.value):
            try:
                with tenant_scope(job.tenant_id):
                    outcome = self._see_through(job)
            finally:
                ring(job.tenant_id)
            log.info("job", outcome=outcome.value, fence=job.fence)
        return outcome

    def _see_through(self, job: JobFacts) -> Outcome:
        try:
            effect = self._work(job)
            with transaction() as session:
                lease.finish(session, job)
                effect(session)
        except LeaseLost:
            return Outcome.LEASE_LOST
        except Exception as problem:
            log.exception("job_failed")
            return self._fail(job, type(problem).__name__)
        except BaseException:
            with suppress(LeaseLost), transaction() as session:
                lease.give_back(session, job)
            raise
        return Outcome.DONE

    def _work(self, job: JobFacts) -> Effect:
        if job.kind not in self.handlers:
            raise NoHandler
        with Hold(job, self.lease) as progress:
            return self.handlers[job.kind](job, progress)

    def _fail(self, job: JobFacts, error: str) -> Outcome:
        try:
            with transaction() as session:
                lease.fail(session, job, error, self.lease / PAUSES_PER_LEASE)
        except LeaseLost:
            return Outcome.LEASE_LOST
        return Outcome.FAILED


def run_pending(limit: int = 100, runner: Runner | None = None) -> list[Outcome]:
    """Run the due jobs of the scope here and now, the oldest first, at most `limit`: for tests and the demo.

    The same claim and finish as in a worker, those that its effects owe included. Call it in the tenant's
    scope (or the platform's, for all), outside any transaction.
    """
    runner, outcomes = runner or Runner(), list[Outcome]()
    while len(outcomes) < limit and (job_id := _next_due()):
        outcomes.append(runner.run(job_id))
    return outcomes


def _next_due() -> UUID | None:
    with transaction() as session:
        return lease.next_due(session)


_runner = Runner()


def use(runner: Runner) -> None:
    """Set who runs the jobs of this process."""
    global _runner
    _runner = runner


def run_job(job_id: str) -> None:
    """What a message calls, and the only thing it can; an error is logged by its class and place alone."""
    try:
        _runner.run(UUID(job_id))
    except Exception:
        log.exception("job_not_run")
