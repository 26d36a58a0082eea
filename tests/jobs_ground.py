"""A migrated database with two tenants, the real queue, and what the tests of jobs ask of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import command

from core.notices.models import Job, JobKind, JobState
from core.notices.work import owe
from demo.stack import Stack
from jobs import queue
from migrations import configuration
from tenants import db, scope
from tenants.access import Actor, Grant, Role
from tenants.accounts import system_actor
from tenants.models import AuditEntry
from tenants.provisioning import NewTenant, open_tenant
from tenants.scope import Session, across_tenants, tenant_scope, transaction
from tenants.settings import Settings
from tenants.tree import UnitPath

ROOT = UnitPath.root("TREN")
OPERATOR = Actor(None, None, None, "Vận hành", (Grant(Role.OPERATOR, ROOT),))
SECRET = "for tests only, thirty-two bytes or more"


def environment_of(stack: Stack, database: str) -> dict[str, str]:
    """What a process of the product reads: short leases, so that faults are healed within a test."""
    return stack.environment(database) | {
        "SECRET_KEY": SECRET,
        "LEASE_SECONDS": "2",
        "SWEEP_SECONDS": "1",
        "QUEUE_NAME": database,
    }


@contextmanager
def connected(settings: Settings) -> Iterator[sa.Engine]:
    """This process on that database and queue; what it was on before comes back afterwards."""
    before, bell = Session.kw.get("bind"), queue._queue
    engine = db.engine(settings.database_url)
    scope.connect(engine)
    queue.connect(settings)
    yield engine
    queue._queue = bell
    Session.configure(bind=before)
    engine.dispose()


def migrated(stack: Stack, name: str) -> None:
    """A fresh database of that name."""
    stack.create_database(name)
    command.upgrade(configuration(stack.environment(name)["MIGRATION_DATABASE_URL"]), "head")


def opened(code: str) -> UUID:
    """A new tenant."""
    new = NewTenant(
        code, f"Đảng bộ {code}", "Đảng ủy", "Nơi nọ", "XA", "", "Quản trị", "quan.tri", date(2026, 1, 1)
    )
    with across_tenants("tests"), Session() as session:
        return open_tenant(session, OPERATOR, new).tenant_id


def actor_of(tenant_id: UUID) -> Actor:
    return system_actor(tenant_id, ROOT)


def owed(tenant_id: UUID, count: int = 1, kind: JobKind = JobKind.CHECK_ROSTER, **args: Any) -> list[UUID]:
    """Jobs, each owed in a transaction of its own, and rung after it."""
    return [_owed(tenant_id, kind, args) for _ in range(count)]


def _owed(tenant_id: UUID, kind: JobKind, args: dict[str, Any]) -> UUID:
    with tenant_scope(tenant_id), transaction() as session:
        return owe(session, actor_of(tenant_id), kind, str(db.new_id()), **args)


def job_of(job_id: UUID) -> Job:
    with across_tenants("tests"), transaction() as session:
        return session.scalars(sa.select(Job).where(Job.id == job_id)).one()


def states_of(job_ids: Sequence[UUID]) -> set[JobState]:
    with across_tenants("tests"), transaction() as session:
        return set(session.scalars(sa.select(Job.state).where(Job.id.in_(job_ids))))


def undone(job_ids: Sequence[UUID]) -> int:
    """How many of the jobs are not done."""
    with across_tenants("tests"), transaction() as session:
        done = sa.select(sa.func.count()).where(Job.id.in_(job_ids), Job.state == JobState.DONE)
        return len(set(job_ids)) - (session.scalar(done) or 0)


def effects(tenant_id: UUID, job_ids: Sequence[UUID]) -> list[int]:
    """How often each job took effect: exactly once is a list of ones."""
    with tenant_scope(tenant_id), transaction() as session:
        facts = session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.tag == "job:effect")).all()
    named = [fact["job"] for fact in facts]
    return [named.count(str(job_id)) for job_id in dict.fromkeys(job_ids)]


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def tokens(folder: Path, fault: str, count: int = 1) -> str:
    """Let the first `count` jobs that come to the fault's point suffer it."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"{fault}.{number}").touch()
    return str(folder)
