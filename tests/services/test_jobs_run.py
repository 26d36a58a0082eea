"""One job from claim to end, on a real database, without a worker (design: reliability 2-4)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.models import Job, JobKind, JobState, TenantHealth
from core.notices.work import cancel, owe, retry
from demo.stack import Stack
from jobs import lease
from jobs.contract import Effect, JobFacts, Progress
from jobs.run import Outcome, Runner, run_pending
from tenants.access import NotAllowed, NotFound, Permission, TenantState
from tenants.audit import record
from tenants.models import AuditEntry, Person, PlatformEntry, Tenant
from tenants.provisioning import set_state
from tenants.scope import across_tenants, tenant_scope, transaction
from tenants.settings import Settings, from_environment
from tests.jobs_ground import (
    OPERATOR,
    actor_of,
    connected,
    effects,
    environment_of,
    job_of,
    migrated,
    opened,
    owed,
    states_of,
)


@pytest.fixture(scope="module")
def settings(stack: Stack) -> Settings:
    migrated(stack, "jobs_run")
    return from_environment(environment_of(stack, "jobs_run"))


@pytest.fixture(scope="module")
def ground(settings: Settings) -> Iterator[None]:
    with connected(settings):
        yield


@pytest.fixture
def tenant(ground: None) -> UUID:
    with across_tenants("tests"), transaction() as session:
        number = session.scalars(sa.select(sa.func.count(sa.distinct(Job.tenant_id)))).one()
    tenant_id = opened(f"run-{number}")
    owed(tenant_id, kind=JobKind.COUNT_TENANT)
    run_in(tenant_id, mark)
    return tenant_id


def mark(job: JobFacts, _progress: Progress) -> Effect:
    def effect(session: orm.Session) -> None:
        record(session, actor_of(job.tenant_id), "job:effect", None, job=str(job.id))

    return effect


def run_in(tenant_id: UUID, work: Callable[[JobFacts, Progress], Effect]) -> list[Outcome]:
    runner = Runner({JobKind.CHECK_ROSTER: work, JobKind.COUNT_TENANT: mark}, timedelta(seconds=2))
    with tenant_scope(tenant_id):
        return run_pending(runner=runner)


def change(job_id: UUID, **values: object) -> None:
    with across_tenants("tests"), transaction() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(values))


def fail(job: JobFacts, _progress: Progress) -> Effect:
    raise ValueError("words of a person")


def test_a_job_runs_once_however_often_it_is_called(tenant: UUID) -> None:
    jobs = owed(tenant)
    runner = Runner({JobKind.CHECK_ROSTER: mark})
    assert [runner.run(jobs[0]) for _ in range(3)] == [Outcome.DONE, Outcome.NOTHING_DUE, Outcome.NOTHING_DUE]
    assert effects(tenant, jobs) == [1]


def test_an_effect_that_fails_leaves_nothing_and_the_job_waits(tenant: UUID) -> None:
    def half(job: JobFacts, progress: Progress) -> Effect:
        def effect(session: orm.Session) -> None:
            mark(job, progress)(session)
            raise ValueError("words of a person")

        return effect

    jobs = owed(tenant)
    assert run_in(tenant, half) == [Outcome.FAILED]
    job = job_of(jobs[0])
    assert (job.state, job.error, effects(tenant, jobs)) == (JobState.QUEUED, "ValueError", [0])
    assert job.run_after > job.created_at


def test_pauses_double(tenant: UUID) -> None:
    jobs, pauses, runner = owed(tenant), list[float](), Runner({JobKind.CHECK_ROSTER: fail})
    for _ in range(3):
        runner.run(jobs[0])
        with across_tenants("tests"), transaction() as session:
            due = sa.select(sa.extract("epoch", Job.run_after - sa.func.now())).where(Job.id == jobs[0])
            pauses.append(float(session.scalars(due).one()))
        change(jobs[0], run_after=sa.func.now())
    assert pauses == pytest.approx([4, 8, 16], abs=1)


def test_after_its_last_attempt_a_job_is_dead_until_somebody_retries_it(tenant: UUID) -> None:
    jobs = owed(tenant)
    change(jobs[0], max_attempts=1)
    assert run_in(tenant, fail) == [Outcome.FAILED]
    assert (states_of(jobs), run_in(tenant, mark)) == ({JobState.DEAD}, [])
    with tenant_scope(tenant), transaction() as session:
        retry(session, actor_of(tenant), jobs[0])
        retry(session, actor_of(tenant), jobs[0])
    assert run_in(tenant, mark) == [Outcome.DONE]
    with tenant_scope(tenant), transaction() as session:
        tags = session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_id == jobs[0])).all()
    assert tags == ["job:retry"]


def test_an_operator_retries_without_seeing_the_tenant(tenant: UUID) -> None:
    jobs = owed(tenant)
    change(jobs[0], state=JobState.DEAD)
    with across_tenants("retry"), transaction() as session:
        retry(session, OPERATOR, jobs[0])
    assert run_in(tenant, mark) == [Outcome.DONE]
    with across_tenants("tests"), transaction() as session:
        facts = session.scalars(sa.select(PlatformEntry.facts).where(PlatformEntry.tag == "job:retry")).all()
    assert {"kind": "check_roster", "job": str(jobs[0])} in facts


def test_retrying_needs_the_right_and_the_tenant(tenant: UUID) -> None:
    jobs, stranger = owed(tenant), opened(f"stranger-{str(tenant)[-8:]}")
    with tenant_scope(tenant), transaction() as session, pytest.raises(NotAllowed) as refusal:
        retry(session, replace(actor_of(tenant), grants=()), jobs[0])
    assert refusal.value.permission is Permission.JOBS_RETRY
    with tenant_scope(stranger), transaction() as session, pytest.raises(NotFound):
        retry(session, actor_of(stranger), jobs[0])


def test_work_taken_back_keeps_nothing_and_may_be_asked_for_again(tenant: UUID) -> None:
    def taken_back(job: JobFacts, progress: Progress) -> Effect:
        with transaction() as session:
            assert cancel(session, actor_of(tenant), session.get_one(Job, job.id))
        return mark(job, progress)

    jobs = owed(tenant, kind=JobKind.GENERATE_ROTATION)
    assert Runner({JobKind.GENERATE_ROTATION: taken_back}).run(jobs[0]) is Outcome.LEASE_LOST
    assert (states_of(jobs), effects(tenant, jobs)) == ({JobState.CANCELLED}, [0])
    assert run_in(tenant, mark) == []
    with tenant_scope(tenant), transaction() as session:
        assert not cancel(session, actor_of(tenant), session.get_one(Job, jobs[0]))
        tags = session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_id == jobs[0])).all()
    assert tags == ["job:cancel"]


def test_taking_back_is_for_who_asked_and_for_work_nobody_else_waits_for(tenant: UUID) -> None:
    [drawing], [checking] = owed(tenant, kind=JobKind.GENERATE_ROTATION), owed(tenant)
    other = replace(actor_of(tenant), account_id=uuid4(), grants=())
    with tenant_scope(tenant), transaction() as session:
        with pytest.raises(NotAllowed):
            cancel(session, other, session.get_one(Job, drawing))
        with pytest.raises(NotFound):
            cancel(session, actor_of(tenant), session.get_one(Job, checking))
    assert states_of([drawing, checking]) == {JobState.QUEUED}


def test_who_has_lost_the_lease_writes_nothing(tenant: UUID) -> None:
    def overtaken(job: JobFacts, progress: Progress) -> Effect:
        with across_tenants("tests"):
            change(job.id, lease_until=sa.func.now() - timedelta(hours=1))
            assert Runner({JobKind.CHECK_ROSTER: mark}).run(job.id) is Outcome.DONE
        return mark(job, progress)

    jobs = owed(tenant)
    assert run_in(tenant, overtaken) == [Outcome.LEASE_LOST]
    assert (effects(tenant, jobs), job_of(jobs[0]).fence) == ([1], 2)


def test_who_has_lost_the_lease_learns_it_while_working(tenant: UUID) -> None:
    def overtaken(job: JobFacts, progress: Progress) -> Effect:
        change(job.id, fence=job.fence + 1)
        progress("Đang kiểm tra", 10)
        raise AssertionError("worked on without the lease")

    owed(tenant)
    with across_tenants("tests"):
        assert run_in(tenant, overtaken) == [Outcome.LEASE_LOST]


def test_progress_is_seen_while_the_job_runs(tenant: UUID) -> None:
    seen = []

    def tell(job: JobFacts, progress: Progress) -> Effect:
        progress("Đang xếp tháng 3", 40)
        with transaction() as session:
            row = session.get_one(Job, job.id)
            seen.append((row.state, row.stage, row.percent))
        return mark(job, progress)

    jobs = owed(tenant)
    assert run_in(tenant, tell) == [Outcome.DONE]
    assert seen == [(JobState.RUNNING, "Đang xếp tháng 3", 40)]
    assert job_of(jobs[0]).percent == 100


def test_a_suspended_tenants_work_waits_until_it_is_active_again(tenant: UUID) -> None:
    jobs = owed(tenant)
    code = code_of(tenant)
    suspend(code, TenantState.READ_ONLY)
    assert (run_in(tenant, mark), Runner({}).run(jobs[0])) == ([], Outcome.NOTHING_DUE)
    suspend(code, TenantState.ACTIVE)
    assert run_in(tenant, mark) == [Outcome.DONE]


def code_of(tenant_id: UUID) -> str:
    with across_tenants("tests"), transaction() as session:
        return session.get_one(Tenant, tenant_id).code


def suspend(code: str, state: TenantState) -> None:
    with across_tenants("tests"), transaction() as session:
        set_state(session, OPERATOR, code, state, "Bảo trì")


def test_work_of_a_kind_nobody_knows_fails_by_name(tenant: UUID) -> None:
    jobs = owed(tenant, kind=JobKind.REMIND)
    with tenant_scope(tenant):
        assert run_pending(runner=Runner({})) == [Outcome.FAILED]
    assert job_of(jobs[0]).error == "NoHandler"


def test_a_worker_told_to_stop_gives_its_job_back(tenant: UUID) -> None:
    def stop(job: JobFacts, progress: Progress) -> Effect:
        raise SystemExit(143)

    jobs = owed(tenant)
    with pytest.raises(SystemExit):
        run_in(tenant, stop)
    assert (job_of(jobs[0]).attempts, run_in(tenant, mark)) == (0, [Outcome.DONE])


def test_what_an_effect_owes_is_done_too(tenant: UUID) -> None:
    def owing(job: JobFacts, progress: Progress) -> Effect:
        def effect(session: orm.Session) -> None:
            owe(session, actor_of(job.tenant_id), JobKind.COUNT_TENANT, f"after {job.id}")

        return effect

    owed(tenant)
    assert run_in(tenant, owing) == [Outcome.DONE, Outcome.DONE]


def test_an_expired_lease_is_taken_back_and_after_the_last_attempt_the_job_is_dead(tenant: UUID) -> None:
    jobs = owed(tenant, 3)
    past = sa.func.now() - timedelta(seconds=1)
    change(jobs[0], state=JobState.RUNNING, attempts=1, lease_until=past)
    change(jobs[1], state=JobState.RUNNING, attempts=8, lease_until=past)
    change(jobs[2], state=JobState.RUNNING, attempts=1, lease_until=sa.func.now() + timedelta(hours=1))
    with across_tenants("tests"), transaction() as session:
        taken = lease.take_back(session)
    assert set(taken) == {(jobs[0], JobState.QUEUED), (jobs[1], JobState.DEAD)}


def test_counting_a_tenant_overwrites_its_figures(tenant: UUID) -> None:
    for expected in (1, 2):
        owed(tenant, kind=JobKind.COUNT_TENANT)
        with tenant_scope(tenant):
            assert run_pending() == [Outcome.DONE]
            with transaction() as session:
                health = session.scalars(sa.select(TenantHealth)).one()
                session.add(
                    Person(code=f"CB-{expected}", full_name="Lê Mới", sort_key="moi", search_key="le moi")
                )
        assert (health.units, health.people, health.accounts, health.open_jobs) == (1, expected, 1, 0)
