"""Plans: drafted, published, passed down, taken over; the next version of each (S4-03, S4-08; design: D1)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.data import from_data
from core.documents.register import document_about
from core.exchange.models import DispatchKind
from core.plans.content import PlanContent
from core.plans.models import Plan
from core.plans.service import PlanError, content_of, derive, draft, publish, published, redraft
from core.queries.tasks import TaskKind, tasks_of
from core.rotation.models import RotationLevel
from tenants.access import NotAllowed, NotFound
from tenants.clock import today
from tests.cast import Cast
from tests.reporting_ground import (
    CONTENT,
    dispatches,
    plan_of,
    published_plan,
    quarterly_report,
    received,
    run_jobs,
)

pytestmark = pytest.mark.usefixtures("database")


def test_publishing_freezes_numbers_sets_cadences_and_sends_to_every_tenant_below(cast: Cast) -> None:
    plan_id = published_plan(cast)
    with cast.session("tinh") as session:
        version = published(session, plan_id)
        assert version is not None
        assert content_of(version) == CONTENT
        document = document_about(session, version.id)
        assert document is not None
        assert (version.number, document.number) == (1, 1)
        levels = session.scalars(sa.select(RotationLevel).order_by(RotationLevel.code))
        assert [(level.code, level.period_months, level.report_days) for level in levels] == [
            ("commune", 1, 1),
            ("district", 3, 3),
        ]
    assert len(dispatches(cast, "huyen-a", DispatchKind.PLAN)) == 1
    assert len(dispatches(cast, "huyen-b", DispatchKind.PLAN)) == 1
    assert dispatches(cast, "xa-c") == []


def test_publishing_turns_a_level_to_so_many_a_year_and_back(cast: Cast) -> None:
    yearly = replace(CONTENT.cadences[0], period_months=None, per_year=4)
    for cadence, kept in ((yearly, (None, 4)), (CONTENT.cadences[0], (1, None))):
        published_plan(cast, said=replace(CONTENT, subject=str(kept), cadences=(cadence,)))
        with cast.session("tinh") as session:
            level = session.scalars(sa.select(RotationLevel).where(RotationLevel.code == "commune")).one()
            assert (level.period_months, level.per_year) == kept


def test_a_plan_with_problems_is_not_published_and_tells_all_of_them(cast: Cast) -> None:
    actor = cast.actor("tinh.standing")
    with cast.session("tinh") as session:
        plan = draft(session, actor, replace(CONTENT, cadences=(), milestones=(), signer=""))
        with pytest.raises(PlanError) as refused:
            publish(session, actor, plan)
        assert len(refused.value.problems) == 2
        assert published(session, plan.id) is None


def test_a_plan_that_did_not_change_is_not_published_again(cast: Cast) -> None:
    plan_id, actor = published_plan(cast), cast.actor("tinh.standing")
    with cast.session("tinh") as session, pytest.raises(PlanError, match="không khác bản 1"):
        publish(session, actor, session.get_one(Plan, plan_id))


def test_a_title_is_used_once_a_year(cast: Cast) -> None:
    actor = cast.actor("tinh.standing")
    with cast.session("tinh") as session:
        first = draft(session, actor, CONTENT)
        with pytest.raises(PlanError, match="đã có kế hoạch cùng trích yếu"):
            draft(session, actor, CONTENT)
        other = draft(session, actor, replace(CONTENT, year=2027))
        with pytest.raises(PlanError):
            redraft(session, actor, other, CONTENT)
        redraft(session, actor, first, replace(CONTENT, milestones=(quarterly_report(7),)))


def test_editing_leaves_what_was_published_and_makes_the_next_version(cast: Cast) -> None:
    plan_id, actor = published_plan(cast), cast.actor("tinh.standing")
    with cast.session("tinh") as session:
        plan = session.get_one(Plan, plan_id)
        redraft(session, actor, plan, replace(CONTENT, milestones=(quarterly_report(7),)))
        first = published(session, plan_id)
        assert first is not None
        assert content_of(first).report_due_days == 5
        assert publish(session, actor, plan).number == 2


def test_deriving_keeps_the_rules_and_asks_for_an_own_signature(cast: Cast) -> None:
    published_plan(cast)
    with cast.session("huyen-a") as session:
        version = published(session, plan_of(cast, "huyen-a"))
        assert version is not None
        content = content_of(version)
    assert content.cadences == CONTENT.cadences
    assert content.signer != CONTENT.signer
    assert content.recipients[0] == "Tỉnh An Lạc (b/c)"
    assert content.recipients[-1] == "Lưu Văn phòng Huyện ủy Bình Minh"
    assert len(dispatches(cast, "xa-c", DispatchKind.PLAN)) == 1


def test_deriving_twice_is_one_plan(cast: Cast) -> None:
    published_plan(cast)
    actor = cast.actor("huyen-a.standing")
    with cast.session("huyen-a") as session:
        dispatch = received(session, DispatchKind.PLAN)
        assert derive(session, actor, dispatch, "Một") is derive(session, actor, dispatch, "Hai")


def test_a_later_version_from_above_becomes_the_draft_of_the_same_plan(cast: Cast) -> None:
    above, actor = published_plan(cast), cast.actor("huyen-a.standing")
    own = plan_of(cast, "huyen-a")
    with cast.session("tinh") as session:
        plan, standing = session.get_one(Plan, above), cast.actor("tinh.standing")
        redraft(session, standing, plan, replace(CONTENT, milestones=(quarterly_report(9),)))
        publish(session, standing, plan)
    run_jobs(cast)
    with cast.session("huyen-a") as session:
        waiting = [task for task in tasks_of(session, actor, today()) if task.kind is TaskKind.DERIVE_PLAN]
        assert [task.subject_id for task in waiting] == [received(session, DispatchKind.PLAN).id]
        again = derive(session, actor, received(session, DispatchKind.PLAN), "Một")
        assert (again.id, from_data(PlanContent, again.body).report_due_days) == (own, 9)
        kept = published(session, own)
        assert kept is not None
        assert content_of(kept).report_due_days == 5


def test_an_older_version_never_replaces_a_later_one(cast: Cast) -> None:
    above, actor = published_plan(cast), cast.actor("tinh.standing")
    with cast.session("tinh") as session:
        plan = session.get_one(Plan, above)
        redraft(session, actor, plan, replace(CONTENT, milestones=(quarterly_report(9),)))
        publish(session, actor, plan)
    run_jobs(cast)
    first, second = dispatches(cast, "huyen-a", DispatchKind.PLAN)
    with cast.session("huyen-a") as session:
        standing = cast.actor("huyen-a.standing")
        taken = derive(session, standing, session.merge(second), "Một")
        assert derive(session, standing, session.merge(first), "Hai") is taken
        assert from_data(PlanContent, taken.body).report_due_days == 9


def test_what_the_tenant_sent_itself_cannot_be_derived(cast: Cast) -> None:
    published_plan(cast)
    with cast.session("tinh") as session, pytest.raises(NotFound):
        derive(session, cast.actor("tinh.standing"), session.merge(dispatches(cast, "tinh")[0]), "Một")


@pytest.mark.parametrize("who", ["huyen-a.secretary", "huyen-a.official", "huyen-a.base-officer"])
def test_only_the_committee_drafts(cast: Cast, who: str) -> None:
    with cast.session("huyen-a") as session, pytest.raises(NotAllowed):
        draft(session, cast.actor(who), CONTENT)
