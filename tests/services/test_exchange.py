"""Between tenants pass sealed copies only, once, to neighbours alone (design: decision 1, security 12)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.exchange.envelope import GENESIS, BrokenSealError
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.exchange.service import deliver, receive, send
from core.notices.models import Job, JobKind, JobState, Notice
from jobs.handlers import HANDLERS
from jobs.run import Outcome, Runner, run_pending
from tenants.access import NotAllowed, NotFound, TenantState
from tenants.models import Tenant
from tests.cast import Cast
from tests.reporting_ground import behind_the_back, dispatches, published_plan, received, run_jobs


def sent(cast: Cast, sender: str, receiver: str, subject: str = "Nội dung") -> Dispatch:
    with cast.session(sender) as session:
        to = session.get_one(Tenant, cast.tenants[receiver])
        return send(
            session, cast.actor(f"{sender}.standing"), to, DispatchKind.REPORT, subject, {"period": "x"}
        )


def altered(urls: dict[str, str], dispatch: Dispatch, words: str) -> None:
    statement = "UPDATE dispatch SET subject = %s WHERE id = %s"
    behind_the_back(urls, dispatch.tenant_id, statement, words, dispatch.id)


def test_a_delivery_repeated_is_one_row_and_one_notice(cast: Cast, database: dict[str, str]) -> None:
    dispatch = sent(cast, "huyen-a", "tinh")
    run_jobs(cast, "huyen-a")
    with cast.scope("huyen-a"):
        deliver(dispatch.id)
    (copy,) = dispatches(cast, "tinh")
    assert (copy.id, copy.sha256, copy.direction) == (dispatch.id, dispatch.sha256, Direction.IN)
    with cast.session("tinh") as session:
        people = session.scalars(sa.select(Notice.person_id).where(Notice.kind == "dispatch")).all()
    assert len(people) == len(set(people)) == 3
    assert dispatches(cast, "huyen-a")[0].delivered_at is not None


def test_each_dispatch_carries_the_seal_of_the_one_before(cast: Cast, database: dict[str, str]) -> None:
    first, second, third = (sent(cast, "huyen-a", "tinh", f"Văn bản {n}") for n in range(3))
    other = sent(cast, "huyen-a", "xa-c")
    assert [d.number for d in (first, second, third, other)] == [1, 2, 3, 1]
    assert (first.previous_sha256, other.previous_sha256) == (GENESIS, GENESIS)
    assert (second.previous_sha256, third.previous_sha256) == (first.sha256, second.sha256)


def test_content_altered_before_delivery_never_arrives(cast: Cast, database: dict[str, str]) -> None:
    altered(database, sent(cast, "huyen-a", "tinh"), "Nội dung đã bị sửa")
    with cast.scope("huyen-a"):
        assert run_pending(runner=Runner(handlers=HANDLERS)) == [Outcome.FAILED]
    assert dispatches(cast, "tinh") == []


def test_content_altered_after_arrival_is_not_received(cast: Cast, database: dict[str, str]) -> None:
    sent(cast, "huyen-a", "tinh")
    run_jobs(cast, "huyen-a")
    altered(database, dispatches(cast, "tinh")[0], "Nội dung đã bị sửa")
    with cast.session("tinh") as session, pytest.raises(BrokenSealError):
        receive(session, cast.actor("tinh.standing"), received(session, DispatchKind.REPORT))


def test_the_app_itself_cannot_change_what_was_sealed(cast: Cast, database: dict[str, str]) -> None:
    dispatch = sent(cast, "huyen-a", "tinh")
    with (
        pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
        cast.session("huyen-a") as session,
    ):
        session.execute(sa.update(Dispatch).where(Dispatch.id == dispatch.id).values(subject="Khác"))


@pytest.mark.parametrize(("sender", "receiver"), [("huyen-a", "huyen-b"), ("tinh", "xa-c"), ("xa-c", "tinh")])
def test_nothing_goes_past_the_next_level(
    cast: Cast, database: dict[str, str], sender: str, receiver: str
) -> None:
    with pytest.raises(NotFound):
        sent(cast, sender, receiver)


def test_receiving_is_noted_once(cast: Cast, database: dict[str, str]) -> None:
    sent(cast, "huyen-a", "tinh")
    run_jobs(cast, "huyen-a")
    with cast.session("tinh") as session:
        dispatch = received(session, DispatchKind.REPORT)
        receive(session, cast.actor("tinh.officer"), dispatch)
        first = dispatch.received_at
        receive(session, cast.actor("tinh.standing"), dispatch)
        assert dispatch.received_at == first is not None


def test_a_read_only_tenant_receives_nothing_by_hand(cast: Cast, database: dict[str, str]) -> None:
    sent(cast, "huyen-a", "tinh")
    run_jobs(cast, "huyen-a")
    resting = replace(cast.actor("tinh.standing"), state=TenantState.READ_ONLY)
    with cast.session("tinh") as session, pytest.raises(NotAllowed):
        receive(session, resting, received(session, DispatchKind.REPORT))


def test_above_sees_of_below_what_was_sent_and_nothing_more(cast: Cast, database: dict[str, str]) -> None:
    published_plan(cast, "huyen-a")
    assert len(dispatches(cast, "huyen-a")) == 1
    assert dispatches(cast, "tinh") == []
    with cast.session("tinh") as session:
        mine = session.scalars(sa.select(Job.tenant_id).distinct()).all()
        assert set(mine) <= {cast.tenants["tinh"]}


def test_the_delivery_s_job_is_done_once(cast: Cast, database: dict[str, str]) -> None:
    sent(cast, "huyen-a", "tinh")
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        job = session.scalars(sa.select(Job).where(Job.kind == JobKind.DELIVER_DISPATCH)).one()
        assert (job.state, job.attempts) == (JobState.DONE, 1)
