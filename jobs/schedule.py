"""Work that comes round: declared in one table, claimed in the database (design: reliability).

Any number of schedulers may run: a period's job is unique in its tenant. `python -m jobs.schedule`, or
`flask scheduler`.
"""

import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from core.notices.models import Job, JobKind, JobState
from jobs.ground import open_ground
from jobs.heartbeat import SCHEDULER, beat
from jobs.sweeper import sweep
from tenants.access import TenantState
from tenants.clock import LOCAL
from tenants.db import new_id
from tenants.models import Tenant
from tenants.scope import across_tenants, transaction
from tenants.settings import Settings, from_environment

DAY = timedelta(days=1)
ROWS = 1000
KEPT = timedelta(days=7)

log = structlog.get_logger("jobs")


@dataclass(frozen=True)
class Periodic:
    """Work for every active tenant, each `every` (a divisor or multiple of a day) from `at`, local time.

    The tenants' turns are spread over `within`, so that no rush holds up what people wait for.
    """

    kind: JobKind
    every: timedelta
    within: timedelta
    at: time = time(0)

    def last_due(self, moment: datetime) -> datetime:
        """The latest start of a period that is not after `moment`."""
        start = datetime.combine(moment.astimezone(LOCAL).date(), self.at, LOCAL)
        return start + (moment - start) // self.every * self.every

    def turn_of(self, tenant_id: UUID, due: datetime) -> datetime:
        """When the tenant's job of that period may run."""
        return due + timedelta(seconds=tenant_id.int % max(1, int(self.within.total_seconds())))


SCHEDULE = (
    Periodic(JobKind.COUNT_TENANT, every=timedelta(hours=1), within=timedelta(minutes=50)),
    Periodic(JobKind.APPLY_UNIT_EVENTS, every=DAY, within=timedelta(minutes=10), at=time(0, 5)),
    Periodic(JobKind.CONTINUE_PLANS, every=DAY, within=timedelta(hours=2), at=time(2)),
    Periodic(JobKind.REMIND, every=timedelta(hours=1), within=timedelta(minutes=10)),
)


def owe_what_is_due(session: orm.Session, moment: datetime, schedule: Sequence[Periodic] = SCHEDULE) -> int:
    """Write the jobs of the periods begun by `moment` that active tenants lack, some at a time; how many."""
    return sum(_owe(session, periodic, periodic.last_due(moment)) for periodic in schedule)


def _owe(session: orm.Session, periodic: Periodic, due: datetime) -> int:
    key = f"{periodic.kind.value}:{due.isoformat()}"
    theirs = sa.exists().where(Job.tenant_id == Tenant.id, Job.dedup_key == key)
    without = sa.select(Tenant.id).where(Tenant.state == TenantState.ACTIVE, ~theirs).limit(ROWS)
    rows = [
        {"tenant_id": tenant_id, "id": new_id(), "kind": periodic.kind, "args": {}, "dedup_key": key,
         "run_after": periodic.turn_of(tenant_id, due)}
        for tenant_id in session.scalars(without)
    ]  # fmt: skip
    if not rows:
        return 0
    made = insert(Job).values(rows).on_conflict_do_nothing().returning(Job.id)
    return len(session.scalars(made).all())


def forget_what_is_old(session: orm.Session, schedule: Sequence[Periodic] = SCHEDULE) -> int:
    """Drop periodic jobs done a week ago, some at a time; how many. The database keeps every other job."""
    old = sa.select(Job.id).where(
        Job.kind.in_([periodic.kind for periodic in schedule]),
        Job.state == JobState.DONE,
        Job.requested_by.is_(None),
        Job.done_at < sa.func.clock_timestamp() - KEPT,
    )
    dropped = sa.delete(Job).where(Job.id.in_(old.limit(10 * ROWS))).returning(Job.id)
    return len(session.scalars(dropped.execution_options(synchronize_session=False)).all())


def tick(patience: timedelta) -> None:
    """One round: owe what is due, forget what is old, find what was lost, and leave a sign of life."""
    try:
        with across_tenants("jobs"), transaction() as session:
            owed = owe_what_is_due(session, session.scalars(sa.select(sa.func.clock_timestamp())).one())
            if owed:
                forget_what_is_old(session)
        log.debug("tick", owed=owed, rung=sweep(patience))
        beat(SCHEDULER)
    except SQLAlchemyError as problem:
        log.warning("no_tick", reason=type(problem).__name__)


def run_scheduler(settings: Settings) -> None:
    """A round each `sweep_seconds` until SIGTERM or SIGINT; where PostgreSQL is away, wait for it."""
    open_ground(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    pause = timedelta(seconds=settings.sweep_seconds)
    while not stop.is_set():
        tick(patience=pause)
        stop.wait(pause.total_seconds())


if __name__ == "__main__":
    run_scheduler(from_environment(os.environ))
