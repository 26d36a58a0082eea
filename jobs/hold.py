"""The hold on a claimed job: renewed in the background for as long as its process lives."""

import threading
from datetime import timedelta
from types import TracebackType
from typing import Self

import structlog
from sqlalchemy.exc import SQLAlchemyError

from jobs import lease
from jobs.contract import JobFacts, LeaseLost
from tenants.scope import tenant_scope, transaction

RENEWALS_PER_LEASE = 3

log = structlog.get_logger("jobs")


class Hold:
    """`with Hold(job, lease) as progress`: the lease does not run out inside the block.

    A process that stands still (stopped, or its machine asleep) does lose it: the next claim's fence then
    keeps whatever it finishes from being written.
    """

    def __init__(self, job: JobFacts, term: timedelta) -> None:
        self.job, self.term = job, term
        self.released = threading.Event()
        self.thread = threading.Thread(target=self._renew_until_released, name="hold", daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self.thread.join()

    def __call__(self, stage: str, percent: int) -> None:
        """Say how far the work is; raises LeaseLost."""
        with transaction() as session:
            lease.report(session, self.job, self.term, stage, percent)

    def _renew_until_released(self) -> None:
        pause = self.term.total_seconds() / RENEWALS_PER_LEASE
        with tenant_scope(self.job.tenant_id):
            while not self.released.wait(pause) and self._renewed():
                pass

    def _renewed(self) -> bool:
        try:
            with transaction() as session:
                lease.renew(session, self.job, self.term)
        except LeaseLost:
            return False
        except SQLAlchemyError as problem:
            log.warning("not_renewed", job=str(self.job.id), reason=type(problem).__name__)
        return True
