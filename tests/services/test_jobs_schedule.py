"""Periodic work: due by the clock of Viet Nam, once a period however many schedulers run."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.notices.models import Job, JobKind, JobState
from demo.stack import Stack
from jobs.heartbeat import SCHEDULER
from jobs.schedule import DAY, SCHEDULE, Periodic, forget_what_is_old, owe_what_is_due, tick
from tenants.access import TenantState
from tenants.clock import LOCAL
from tenants.db import new_id
from tenants.models import Heartbeat
from tenants.provisioning import set_state
from tenants.scope import across_tenants, transaction
from tenants.settings import from_environment
from tests.jobs_ground import OPERATOR, connected, environment_of, migrated, opened, owed

REMIND = Periodic(JobKind.REMIND, every=DAY, within=timedelta(minutes=10), at=time(7))
COUNT = Periodic(JobKind.COUNT_TENANT, every=timedelta(hours=1), within=timedelta(minutes=50))
SEVEN = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def tenants(stack: Stack) -> Iterator[list[UUID]]:
    migrated(stack, "jobs_schedule")
    with connected(from_environment(environment_of(stack, "jobs_schedule"))):
        opened_now = [opened(f"plan-{number}") for number in range(3)]
        with across_tenants("tests"), transaction() as session:
            set_state(session, OPERATOR, "plan-2", TenantState.LOCKED, "Bảo trì")
        yield opened_now


def owe_at(moment: datetime) -> int:
    with across_tenants("tests"), transaction() as session:
        return owe_what_is_due(session, moment)


@pytest.mark.parametrize(
    ("periodic", "moment", "due"),
    [
        (REMIND, datetime(2026, 3, 2, 7, 0, tzinfo=LOCAL), datetime(2026, 3, 2, 7, 0, tzinfo=LOCAL)),
        (REMIND, datetime(2026, 3, 2, 6, 59, tzinfo=LOCAL), datetime(2026, 3, 1, 7, 0, tzinfo=LOCAL)),
        (REMIND, datetime(2026, 3, 1, 23, 59, tzinfo=UTC), datetime(2026, 3, 1, 7, 0, tzinfo=LOCAL)),
        (COUNT, datetime(2026, 3, 2, 6, 59, tzinfo=LOCAL), datetime(2026, 3, 2, 6, 0, tzinfo=LOCAL)),
    ],
)
def test_a_period_begins_by_the_clock_of_viet_nam(
    periodic: Periodic, moment: datetime, due: datetime
) -> None:
    assert periodic.last_due(moment) == due


def test_turns_lie_within_their_window_and_apart() -> None:
    turns = {COUNT.turn_of(new_id(), SEVEN) - SEVEN for _ in range(200)}
    assert min(turns) >= timedelta(0)
    assert max(turns) < COUNT.within
    assert len(turns) > 100


def test_schedulers_at_once_owe_each_active_tenant_one_job_a_period(tenants: list[UUID]) -> None:
    with ThreadPoolExecutor(4) as pool:
        written = sum(pool.map(owe_at, [SEVEN] * 4))
    assert written == len(SCHEDULE) * 2
    with across_tenants("tests"), transaction() as session:
        found = session.execute(sa.select(Job.tenant_id, Job.kind)).all()
    assert sorted(found) == sorted((t, periodic.kind) for t in tenants[:2] for periodic in SCHEDULE)


def test_the_next_period_is_owed_again(tenants: list[UUID]) -> None:
    later = SEVEN + timedelta(days=1)
    again = (owe_at(later), owe_at(later), owe_at(later + timedelta(hours=1)))
    assert again == (2 * len(SCHEDULE), 0, 4)


def test_a_round_leaves_a_sign_of_life(tenants: list[UUID]) -> None:
    tick(timedelta(hours=1))
    with across_tenants("tests"), transaction() as session:
        recent = Heartbeat.beat_at > sa.func.now() - timedelta(seconds=5)
        assert session.scalars(sa.select(Heartbeat.name).where(recent)).all() == [SCHEDULER]


def test_only_periodic_work_done_long_ago_is_forgotten(tenants: list[UUID]) -> None:
    long_ago = sa.func.now() - timedelta(days=8)
    asked, *periodic = (
        owed(tenants[0], kind=kind)[0] for kind in (JobKind.CONSOLIDATE, JobKind.REMIND, JobKind.COUNT_TENANT)
    )
    with across_tenants("tests"), transaction() as session:
        ended = {"state": JobState.DONE, "done_at": long_ago}
        session.execute(sa.update(Job).where(Job.id.in_([asked, periodic[0]])).values(ended))
        assert forget_what_is_old(session) == 1
        kept = session.scalars(sa.select(Job.id).where(Job.id.in_([asked, *periodic]))).all()
    assert set(kept) == {asked, periodic[1]}


def test_the_database_keeps_work_that_is_not_done(tenants: list[UUID]) -> None:
    job_id = owed(tenants[0])[0]
    with across_tenants("tests"), transaction() as session:
        assert not session.scalars(sa.delete(Job).where(Job.id == job_id).returning(Job.id)).all()
