"""The doorbell: rung after the commit, for each tenant in its turn, with an id and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from rq import Queue

from core.notices.models import JobKind
from core.notices.work import owe
from demo.stack import Stack
from jobs import queue
from jobs.lease import PLACES
from jobs.queue import queue_of, ring, waiting_in
from jobs.run import Outcome, Runner
from jobs.sweeper import sweep
from tenants.scope import tenant_scope, transaction
from tenants.settings import Settings, from_environment
from tests.jobs_ground import actor_of, connected, environment_of, job_of, migrated, opened, owed

NOW = timedelta(microseconds=1)


@pytest.fixture(scope="module")
def settings(stack: Stack) -> Settings:
    migrated(stack, "jobs_queue")
    return from_environment(environment_of(stack, "jobs_queue"))


@pytest.fixture(scope="module")
def tenants(settings: Settings) -> Iterator[tuple[UUID, UUID]]:
    with connected(settings):
        yield opened("queue-a"), opened("queue-b")


@pytest.fixture
def bell(settings: Settings, tenants: tuple[UUID, UUID]) -> Iterator[Queue]:
    """The queue, empty, and nothing due."""
    found = queue_of(settings)
    found.delete(delete_jobs=True)
    yield found
    runner = Runner({JobKind.CHECK_ROSTER: lambda _job, _progress: lambda _session: None})
    while waiting := waiting_in(found):
        found.delete(delete_jobs=True)
        assert {runner.run(job_id) for job_id in waiting} <= {Outcome.DONE, Outcome.NOTHING_DUE}
        ring()


def test_a_job_is_rung_for_after_the_commit(bell: Queue, tenants: tuple[UUID, UUID]) -> None:
    with tenant_scope(tenants[0]), transaction() as session:
        job_id = owe(session, actor_of(tenants[0]), JobKind.CHECK_ROSTER, "after the commit")
        with session.begin_nested():
            pass
        assert waiting_in(bell) == set()
    assert waiting_in(bell) == {job_id}


def test_what_is_rolled_back_is_not_rung_for(bell: Queue, tenants: tuple[UUID, UUID]) -> None:
    with tenant_scope(tenants[0]), transaction() as session:
        owe(session, actor_of(tenants[0]), JobKind.CHECK_ROSTER, "rolled back")
        session.rollback()
    with tenant_scope(tenants[0]), transaction() as session:
        session.connection()
    assert waiting_in(bell) == set()


def test_a_message_holds_the_id_alone(bell: Queue, tenants: tuple[UUID, UUID]) -> None:
    job_id = owed(tenants[0], note="words of a person")[0]
    message = bell.jobs[0]
    assert (message.func_name, message.args, message.kwargs) == (queue.RUN_JOB, [str(job_id)], {})
    assert (message.description, message.result_ttl, message.meta) == (f"job {job_id}", 0, {})


def test_a_flood_leaves_a_place_for_everybody(bell: Queue, tenants: tuple[UUID, UUID]) -> None:
    flood = owed(tenants[0], 50)
    other = owed(tenants[1], 1)
    assert waiting_in(bell) == {*flood[:PLACES], *other}


def test_each_job_done_rings_for_the_tenants_next(bell: Queue, tenants: tuple[UUID, UUID]) -> None:
    flood = owed(tenants[0], PLACES + 2)
    runner = Runner({JobKind.CHECK_ROSTER: lambda _job, _progress: lambda _session: None})
    assert runner.run(flood[0]) is Outcome.DONE
    assert waiting_in(bell) == set(flood[: PLACES + 1])


def test_a_lost_bell_is_rung_again_and_one_still_waiting_is_not(
    bell: Queue, tenants: tuple[UUID, UUID]
) -> None:
    owed(tenants[0], 2)
    assert sweep(NOW) == 0
    bell.delete(delete_jobs=True)
    assert (sweep(timedelta(hours=1)), sweep(NOW), sweep(NOW)) == (0, 2, 0)


def test_what_was_owed_without_a_queue_is_rung_by_the_sweeper(
    bell: Queue, tenants: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(queue, "_queue", None)
        job_id = owed(tenants[0])[0]
    assert waiting_in(bell) == set()
    assert sweep(NOW) == 1
    assert waiting_in(bell) == {job_id}


def test_where_redis_is_away_the_work_is_accepted_all_the_same(
    bell: Queue, settings: Settings, tenants: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = queue_of(replace(settings, redis_url="unix:///nonexistent"))
    with monkeypatch.context() as patch:
        patch.setattr(queue, "_queue", nowhere)
        job_id = owed(tenants[0])[0]
        assert sweep(NOW) == 0
    assert job_of(job_id).attempts == 0
    assert sweep(NOW) == 1
