"""The chain of reports: counted, sent up, sent back, corrected, accepted, added (S4-01, S4-14, S4-17)."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.data import from_data, to_data
from core.exchange.models import DispatchKind
from core.meetings.models import Petition
from core.plans.deadlines import Standing, standing
from core.plans.models import Plan
from core.plans.periods import Period
from core.reports.counting import count_quarter
from core.reports.figures import Figures
from core.reports.models import ReportVersion
from core.reports.service import (
    Expected,
    ReportError,
    accept,
    answer_to,
    consolidate,
    expected,
    open_report,
    send_back,
    submit,
)
from core.reports.tally import Tally, total
from core.rotation.models import Visit
from core.rotation.visiting import report_due
from tenants.access import NotAllowed, NotFound
from tenants.clock import frozen, local, today
from tenants.models import Tenant, Unit
from tests.cast import Cast
from tests.reporting_ground import (
    AFTER,
    NAMES,
    QUARTER,
    consolidated,
    dispatches,
    only_report,
    plan_of,
    published_plan,
    received,
    run_jobs,
    submitted,
    with_visits,
)

pytestmark = pytest.mark.usefixtures("database")
REASON = "Đề nghị rà soát số lượt dự tháng 3."
Plans = dict[str, UUID]


@pytest.fixture(autouse=True)
def after_the_quarter() -> Iterator[None]:
    with frozen(AFTER):
        yield


@pytest.fixture
def plans(cast: Cast) -> Plans:
    """The plan of the province and of its two tenants below, with visits in each."""
    made = {"tinh": published_plan(cast)} | {code: plan_of(cast, code) for code in ("huyen-a", "huyen-b")}
    for seed, (code, plan_id) in enumerate(made.items()):
        with_visits(cast, code, plan_id, seed)
    return made


def figures_of(cast: Cast, code: str, version_id: UUID) -> Figures:
    with cast.session(code) as session:
        return from_data(Figures, session.get_one(ReportVersion, version_id).figures)


def version(cast: Cast, code: str, version_id: UUID) -> ReportVersion:
    with cast.session(code) as session:
        return session.get_one(ReportVersion, version_id)


def seen(cast: Cast, code: str = "tinh") -> dict[str, Expected]:
    with cast.session(code) as session:
        return {item.tenant.code: item for item in expected(session, only_report(session))}


def decide(cast: Cast, reason: str = "") -> None:
    """The province answers the newest report it received."""
    with cast.session("tinh") as session:
        dispatch, actor = received(session, DispatchKind.REPORT), cast.actor("tinh.standing")
        send_back(session, actor, dispatch, reason) if reason else accept(session, actor, dispatch)
    run_jobs(cast, "tinh")


def sent_up(cast: Cast, code: str, plans: Plans) -> UUID:
    """The newest figures consolidated and submitted."""
    version_id = consolidated(cast, code, plans[code])
    submitted(cast, code, version_id)
    return version_id


def another_visit(cast: Cast, code: str) -> None:
    """The records change: one visit more is told to be attended."""
    with cast.session(code) as session:
        query = sa.select(Visit).where(Visit.attended_on.is_(None), Visit.missed_reason.is_(None))
        in_time = query.where(Visit.meets_on <= QUARTER.last_day, Visit.cancelled_at.is_(None))
        visit = session.scalars(in_time.limit(1)).one()
        visit.attended_on = visit.meets_on


def test_the_whole_chain_from_the_plan_to_the_province_s_report(cast: Cast, plans: Plans) -> None:
    alone = figures_of(cast, "tinh", consolidated(cast, "tinh", plans["tinh"]))
    first = sent_up(cast, "huyen-a", plans)
    decide(cast, REASON)
    second = sent_up(cast, "huyen-a", plans)
    decide(cast)
    below = figures_of(cast, "huyen-a", second)
    made = version(cast, "tinh", consolidated(cast, "tinh", plans["tinh"]))
    whole = from_data(Figures, made.figures)
    assert version(cast, "huyen-a", second).number == version(cast, "huyen-a", first).number + 1 == 2
    assert whole.whole == alone.whole + below.whole
    assert (whole.units[-1].name, whole.units[-1].tally) == ("Huyện Bình Minh", below.whole)
    assert (made.number, made.missing) == (2, ["Huyện Tân Hòa"])
    assert [source["tenant"] for source in made.sources] == ["Huyện Bình Minh"]


def test_the_answer_from_above_reaches_the_version_it_is_about(cast: Cast, plans: Plans) -> None:
    version_id = sent_up(cast, "huyen-a", plans)
    decide(cast, REASON)
    with cast.session("huyen-a") as session:
        answer = answer_to(session, session.get_one(ReportVersion, version_id))
        assert answer is not None
        assert (answer.kind, answer.body) == (DispatchKind.RETURN, {"reason": REASON, "version": 1})


def test_nobody_s_name_goes_up(cast: Cast, plans: Plans) -> None:
    version_id = sent_up(cast, "huyen-a", plans)
    (copy,) = dispatches(cast, "tinh", DispatchKind.REPORT)
    assert any(name in str(figures_of(cast, "huyen-a", version_id)) for name in NAMES)
    assert not any(name in str(copy.body) for name in NAMES)


def test_expected_received_and_missing_are_told_apart(cast: Cast, plans: Plans) -> None:
    consolidated(cast, "tinh", plans["tinh"])
    sent_up(cast, "huyen-a", plans)
    rows = seen(cast)
    assert (rows["huyen-a"].standing, rows["huyen-a"].counted) == (Standing.DONE_ON_TIME, None)
    assert rows["huyen-a"].dispatch is not None
    assert (rows["huyen-b"].dispatch, rows["huyen-b"].standing) == (None, Standing.DUE_SOON)
    with frozen(AFTER + timedelta(days=30)):
        assert seen(cast)["huyen-b"].standing is Standing.OVERDUE
        assert seen(cast)["huyen-a"].standing is Standing.DONE_ON_TIME


def test_unchanged_figures_make_no_new_version(cast: Cast, plans: Plans) -> None:
    assert consolidated(cast, "huyen-a", plans["huyen-a"]) == consolidated(cast, "huyen-a", plans["huyen-a"])


def test_changed_records_make_a_new_version_and_leave_the_old(cast: Cast, plans: Plans) -> None:
    first = consolidated(cast, "huyen-a", plans["huyen-a"])
    before = version(cast, "huyen-a", first)
    another_visit(cast, "huyen-a")
    second = version(cast, "huyen-a", consolidated(cast, "huyen-a", plans["huyen-a"]))
    assert second.number == 2
    after = from_data(Figures, second.figures).whole.attended
    assert after == from_data(Figures, before.figures).whole.attended + 1
    assert version(cast, "huyen-a", first).sha256 == before.sha256


def test_a_report_accepted_late_makes_a_new_version(cast: Cast, plans: Plans) -> None:
    sent_up(cast, "huyen-a", plans)
    decide(cast)
    first = version(cast, "tinh", consolidated(cast, "tinh", plans["tinh"]))
    sent_up(cast, "huyen-b", plans)
    decide(cast)
    second = version(cast, "tinh", consolidated(cast, "tinh", plans["tinh"]))
    assert (first.number, first.missing) == (1, ["Huyện Tân Hòa"])
    assert (second.number, second.missing, len(second.sources)) == (2, [], 2)


def test_accepted_figures_stay_counted_while_a_later_version_waits(cast: Cast, plans: Plans) -> None:
    sent_up(cast, "huyen-a", plans)
    decide(cast)
    first = consolidated(cast, "tinh", plans["tinh"])
    another_visit(cast, "huyen-a")
    sent_up(cast, "huyen-a", plans)
    assert consolidated(cast, "tinh", plans["tinh"]) == first
    decide(cast)
    assert consolidated(cast, "tinh", plans["tinh"]) != first


def test_a_version_is_sent_once_and_only_the_newest(cast: Cast, plans: Plans) -> None:
    first = sent_up(cast, "huyen-a", plans)
    with pytest.raises(ReportError, match="Bản 1 đã được gửi"):
        submitted(cast, "huyen-a", first)
    another_visit(cast, "huyen-a")
    second = consolidated(cast, "huyen-a", plans["huyen-a"])
    another_visit(cast, "huyen-a")
    consolidated(cast, "huyen-a", plans["huyen-a"])
    with pytest.raises(ReportError, match="Đã có bản mới hơn"):
        submitted(cast, "huyen-a", second)


def test_a_report_is_decided_once_and_sent_back_with_a_reason(cast: Cast, plans: Plans) -> None:
    sent_up(cast, "huyen-a", plans)
    with pytest.raises(ReportError, match="lý do"):
        decide(cast, "  ")
    decide(cast)
    with pytest.raises(ReportError, match="đã được tiếp nhận hoặc trả lại"):
        decide(cast, REASON)


def test_nobody_stands_above_the_province(cast: Cast, plans: Plans) -> None:
    with pytest.raises(ReportError, match="Không có cấp trên"):
        submitted(cast, "tinh", consolidated(cast, "tinh", plans["tinh"]))


def test_a_quarter_to_come_is_not_added_up(cast: Cast, plans: Plans) -> None:
    officer = cast.actor("tinh.officer")
    with cast.session("tinh") as session:
        report = open_report(session, officer, session.get_one(Plan, plans["tinh"]), Period.quarter(2026, 3))
        with pytest.raises(ReportError, match="chưa bắt đầu"):
            consolidate(session, officer, report)


def test_a_report_is_due_the_plan_s_days_after_the_quarter(cast: Cast, plans: Plans) -> None:
    consolidated(cast, "tinh", plans["tinh"])
    with cast.session("tinh") as session:
        assert only_report(session).due_on == QUARTER.last_day + timedelta(days=5)


def test_rights_are_asked_at_each_step(cast: Cast, plans: Plans) -> None:
    version_id = sent_up(cast, "huyen-a", plans)
    officer, standing_body = cast.actor("tinh.officer"), cast.actor("tinh.standing")
    with cast.session("tinh") as session:
        dispatch = received(session, DispatchKind.REPORT)
        with pytest.raises(NotAllowed):
            accept(session, officer, dispatch)
        with pytest.raises(NotFound):
            accept(session, standing_body, session.merge(dispatches(cast, "tinh", DispatchKind.PLAN)[0]))
    with cast.session("huyen-a") as session, pytest.raises(NotAllowed):
        submit(session, cast.actor("huyen-a.officer"), session.get_one(ReportVersion, version_id))


@pytest.mark.parametrize("seed", range(6))
def test_the_database_counts_what_plain_rules_count(cast: Cast, seed: int) -> None:
    with_visits(cast, "huyen-a", published_plan(cast, "huyen-a"), seed, count=40)
    with cast.session("huyen-a") as session:
        tenant = session.get_one(Tenant, cast.tenants["huyen-a"])
        figures = count_quarter(session, tenant, QUARTER, today())
        assert figures.whole == recount(session)
        assert total(level.tally for level in figures.levels).assigned == figures.whole.assigned
        assert to_data(figures) == to_data(from_data(Figures, to_data(figures)))


def recount(session: orm.Session) -> Tally:
    """The quarter counted one visit at a time by the rule that every page uses for a due date."""
    visits = [
        v for v in session.scalars(sa.select(Visit)) if v.cancelled_at is None and in_quarter(v.meets_on)
    ]
    stands = [stands_at(visit) for visit in visits if visit.missed_reason is None]
    by_official: dict[UUID, list[Visit]] = {}
    for visit in visits:
        by_official.setdefault(visit.official_id, []).append(visit)
    asked = [p for p in session.scalars(sa.select(Petition)) if in_quarter(p.raised_on)]
    met = {visit.cell_id: visit.cell.special for visit in visits if visit.attended_on}
    cells = {"cells": 3, "special_cells": specials(session)}
    return Tally(
        officials=len(by_official),
        officials_complete=sum(all(v.attended_on for v in own) for own in by_official.values()),
        assigned=len(visits),
        attended=sum(v.attended_on is not None for v in visits),
        missed=sum(v.missed_reason is not None for v in visits),
        unsettled=sum(v.attended_on is None and v.missed_reason is None for v in visits),
        reports_on_time=stands.count(Standing.DONE_ON_TIME),
        reports_late=stands.count(Standing.DONE_LATE),
        reports_owed=stands.count(Standing.OVERDUE),
        cells_visited=len(met),
        special_cells_visited=sum(special > 0 for special in met.values()),
        petitions=len(asked),
        petitions_answered=sum(p.answered_at is not None for p in asked),
        petitions_referred=sum(p.answered_at is None and p.referred_at is not None for p in asked),
        petitions_urgent=sum(p.urgent for p in asked),
        **cells,
    )


def in_quarter(day: date) -> bool:
    return QUARTER.first_day <= day <= QUARTER.last_day


def stands_at(visit: Visit) -> Standing:
    sent_on = local(visit.report.submitted_at).date() if visit.report else None
    return standing(report_due(visit), sent_on, today())


def specials(session: orm.Session) -> int:
    return session.scalar(sa.select(sa.func.count()).where(Unit.special > 0)) or 0
