"""Nothing lost, nothing twice (design: reliability, fault tests and mutants; security 80)."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis

from core.notices.models import JobKind, JobState
from core.notices.work import owe
from demo.stack import Stack
from jobs.queue import queue_of, send
from tenants.scope import tenant_scope, transaction
from tenants.settings import Settings
from tests.faults.conftest import Crew
from tests.jobs_ground import actor_of, effects, job_of, owed, states_of, tokens, undone, wait_until


@pytest.mark.parametrize("point", ["after_claim", "before_commit"])
@pytest.mark.parametrize("who", ["horse", "worker"])
def test_a_kill_loses_nothing_and_repeats_nothing(
    crew: Crew, tenant: UUID, tmp_path: Path, point: str, who: str
) -> None:
    jobs = owed(tenant, 6, folder=tokens(tmp_path, f"{point}-{who}", count=1 if who == "worker" else 3))
    assert wait_until(lambda: undone(jobs) == 0)
    assert effects(tenant, jobs) == [1] * 6
    assert not list(tmp_path.iterdir())


def test_a_queue_that_forgets_everything_loses_nothing(crew: Crew, tenant: UUID, redis: Redis) -> None:
    jobs: list[UUID] = []
    for _ in range(5):
        jobs += owed(tenant, 4)
        redis.flushall()
    assert wait_until(lambda: undone(jobs) == 0)
    assert effects(tenant, jobs) == [1] * 20


def test_work_is_accepted_while_redis_is_down(crew: Crew, tenant: UUID, stack: Stack) -> None:
    assert stack.embedded
    stack.embedded.valkey.kill()
    jobs = owed(tenant, 3)
    stack.embedded.valkey.start()
    assert wait_until(lambda: undone(jobs) == 0)
    assert effects(tenant, jobs) == [1] * 3


def test_work_waits_out_a_crash_of_the_database(crew: Crew, tenant: UUID, stack: Stack) -> None:
    assert stack.embedded
    jobs = owed(tenant, 6)
    stack.embedded.postgres.kill()
    stack.embedded.postgres.start()
    stack.embedded.postgres.wait_until(stack.embedded.postgres_ready)
    assert wait_until(lambda: undone(jobs) == 0)
    assert effects(tenant, jobs) == [1] * 6


def test_five_clicks_at_once_are_one_job_with_one_effect(crew: Crew, tenant: UUID) -> None:
    def click(_: int) -> UUID:
        with tenant_scope(tenant), transaction() as session:
            return owe(session, actor_of(tenant), JobKind.CHECK_ROSTER, "one submission")

    with ThreadPoolExecutor(5) as pool:
        jobs = list(pool.map(click, range(5)))
    assert len(set(jobs)) == 1
    assert wait_until(lambda: undone(jobs) == 0)
    assert effects(tenant, jobs) == [1]


def test_twelve_rings_are_one_effect(crew: Crew, tenant: UUID, settings: Settings) -> None:
    jobs = owed(tenant)
    send(queue_of(settings), jobs * 12)
    assert wait_until(lambda: undone(jobs) == 0 and not queue_of(settings).job_ids)
    assert effects(tenant, jobs) == [1]
    assert job_of(jobs[0]).attempts == 1


@pytest.mark.parametrize("point", ["after_claim", "before_finish"])
def test_a_worker_that_wakes_after_its_lease_changes_nothing(
    crew: Crew, tenant: UUID, tmp_path: Path, point: str
) -> None:
    jobs = owed(tenant, folder=tokens(tmp_path, f"{point}-stall"))
    stalled = tmp_path / "stalled"
    assert wait_until(lambda: undone(jobs) == 0)
    os.kill(int(stalled.read_text()), signal.SIGCONT)
    assert wait_until(lambda: '"lease_lost"' in crew.log_of(jobs[0]))
    assert effects(tenant, jobs) == [1]


def test_a_failure_is_tried_again_and_its_words_go_nowhere(
    crew: Crew, tenant: UUID, tmp_path: Path, redis: Redis
) -> None:
    jobs = owed(tenant, folder=tokens(tmp_path, "before_commit-raise", count=2), note="words of a person")
    seen = [redis.dump(key) or b"" for key in redis.scan_iter()]
    assert wait_until(lambda: undone(jobs) == 0)
    assert (effects(tenant, jobs), job_of(jobs[0]).attempts) == ([1], 3)
    seen += [redis.dump(key) or b"" for key in redis.scan_iter()]
    assert "ValueError" in crew.log_of(jobs[0])
    assert all(b"of a person" not in text for text in (*seen, crew.log.read_bytes()))


def test_a_flood_of_one_tenant_does_not_hold_up_another(crew: Crew, tenant: UUID, other_tenant: UUID) -> None:
    flood = owed(tenant, 40)
    assert undone(flood) > 20
    jobs = owed(other_tenant)
    assert wait_until(lambda: undone(jobs) == 0)
    assert undone(flood) > 10
    assert wait_until(lambda: undone(flood) == 0)


def test_a_worker_told_to_stop_ends_its_job_first(crew: Crew, tenant: UUID) -> None:
    jobs = owed(tenant, seconds=1)
    assert wait_until(lambda: states_of(jobs) == {JobState.RUNNING})
    for worker in crew.workers:
        worker.stop()
    assert (undone(jobs), job_of(jobs[0]).attempts) == (0, 1)
    assert effects(tenant, jobs) == [1]


def test_without_the_sweeper_a_kill_loses_work(crew: Crew, tenant: UUID, tmp_path: Path) -> None:
    """The mutant: were this to pass without a sweeper, the tests above would prove nothing."""
    crew.scheduler.stop()
    jobs = owed(tenant, folder=tokens(tmp_path, "after_claim-worker"))
    lost = not wait_until(lambda: undone(jobs) == 0, 4)
    crew.start()
    assert lost
    assert wait_until(lambda: undone(jobs) == 0)


def test_without_the_sweeper_an_emptied_queue_loses_work(crew: Crew, tenant: UUID, redis: Redis) -> None:
    crew.scheduler.stop()
    crew.send(signal.SIGSTOP)
    jobs = owed(tenant, 3)
    redis.flushall()
    crew.send(signal.SIGCONT)
    lost = not wait_until(lambda: undone(jobs) == 0, 3)
    crew.start()
    assert lost
    assert wait_until(lambda: undone(jobs) == 0)
