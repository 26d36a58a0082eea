"""Doors into the product for the demonstration: the same services and jobs that people use."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.models import Job, JobKind, JobState
from core.plans.periods import Period
from demo.processes import Child
from demo.rosters import TenantFacts
from tenants.access import Actor, Grant, Role
from tenants.accounts import PLATFORM_PATH, load_actor
from tenants.clock import LOCAL
from tenants.models import Account, Appointment, Tenant
from tenants.scope import Session, across_tenants, tenant_scope, transaction

PASSWORD = "hoa phuong no thang nam"  # noqa: S105 - shown on the screen of a demonstration
OPERATOR = Actor(None, None, None, "Quản trị nền tảng", (Grant(Role.OPERATOR, PLATFORM_PATH),))
PATIENCE = timedelta(minutes=2)
PERIODIC = (JobKind.COUNT_TENANT, JobKind.REMIND)


@dataclass
class Chronicle:
    """The run so far: the tenants opened, by code, and the quarter that is lived through up to a day."""

    facts: tuple[TenantFacts, ...]
    quarter: Period
    until: date
    folder: Path
    tenants: dict[str, UUID] = field(default_factory=dict)

    @property
    def opened_on(self) -> date:
        """When everything was set up, hour by hour: the first day, so that no quarter before is owed."""
        return self.quarter.first_day

    @property
    def below(self) -> tuple[TenantFacts, ...]:
        """The tenants below the province."""
        return tuple(facts for facts in self.facts if facts.parent_code)

    def day(self, after_quarter: int) -> date:
        """So many days after the quarter's end, but never after the day the run ends."""
        return min(self.until, self.quarter.last_day + timedelta(days=after_quarter))


workers: list[Child] = []
"""The processes that do the jobs while the main job runs."""


class StuckError(Exception):
    """Jobs did not end in time, or died."""


def at(day: date, hour: int = 9) -> datetime:
    """A moment of the rehearsed past."""
    return datetime.combine(day, day_time(hour), LOCAL)


@contextmanager
def acting(tenant_id: UUID, role: Role) -> Iterator[tuple[orm.Session, Actor]]:
    """A transaction of the tenant as its first person with that role."""
    with tenant_scope(tenant_id), transaction() as session:
        yield session, first_with(session, tenant_id, role)


def first_with(session: orm.Session, tenant_id: UUID, role: Role) -> Actor:
    """The tenant's first account whose person holds the role."""
    query = (
        sa.select(Account.id)
        .join(Appointment, Appointment.person_id == Account.person_id)
        .where(Appointment.role == role)
        .order_by(Account.id)
    )
    actor = load_actor(
        session, session.get_one(Tenant, tenant_id), session.scalars(query).first() or UUID(int=0)
    )
    if actor is None:
        raise LookupError(f"nobody holds {role}")
    return actor


def wait_for_jobs() -> None:
    """Return when no tenant has work under way; raises StuckError after PATIENCE, or where a job died."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while open_jobs():
        for child in workers:
            if not child.alive():
                raise StuckError(f"{child.name} ended by itself:\n{child.last_lines()}")
        if time.monotonic() > deadline:
            raise StuckError(f"{open_jobs()} jobs did not end; see worker.log")
        time.sleep(0.1)


def open_jobs() -> int:
    """How many jobs that people asked for wait or run; raises StuckError where one is dead."""
    counted = sa.select(Job.state, sa.func.count()).where(Job.kind.not_in(PERIODIC)).group_by(Job.state)
    with across_tenants("demonstration"), Session() as session:
        found = dict(session.execute(counted).all())
    if found.get(JobState.DEAD):
        raise StuckError(f"{found[JobState.DEAD]} jobs died; see worker.log")
    return found.get(JobState.QUEUED, 0) + found.get(JobState.RUNNING, 0)
