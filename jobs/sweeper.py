"""The safety net: whatever was lost, stuck or never rung is found again (design: reliability 4)."""

from datetime import timedelta

import structlog

from core.notices.models import JobState
from jobs import lease
from jobs.queue import ring
from tenants.scope import across_tenants, transaction

log = structlog.get_logger("jobs")


def sweep(patience: timedelta) -> int:
    """Take back the jobs whose lease ran out, and ring for all that are due; how many were rung.

    A bell rung longer than `patience` ago that the queue no longer holds is rung again. Any number of
    sweepers may run at once.
    """
    with across_tenants("jobs"), transaction() as session:
        taken = lease.take_back(session)
    for job_id, state in taken:
        log.warning("lease_expired", job=str(job_id), dead=state is JobState.DEAD)
    return ring(patience=patience)
