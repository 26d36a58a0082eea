"""An official's verbs: report, miss (S4-04 to S4-06, S4-10, S4-13)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Petition
from core.meetings.petitions import NewPetition
from core.queries.visits import Filters, VisitState, row_of, visit_rows, visits_in
from core.rotation.models import Visit, VisitReport
from core.rotation.visiting import Quality, Regularity, VisitError, VisitFacts, miss, report
from tenants.access import NotFound, Permission, reach
from tenants.clock import frozen, today
from tests.cast import Cast
from tests.rotation_ground import CONTENT, NOW, published, reported, visits_of


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def visit_id(database: object, cast: Cast) -> UUID:
    """The official's visit of March, some days ago."""
    published(cast)
    return visits_of(cast)[2]


def _facts(visit: Visit) -> VisitFacts:
    asked = (NewPetition("Đề nghị sửa cống", "Giao thông", True), NewPetition("Thủ tục", answer="Đã nói rõ"))
    return VisitFacts(visit.meets_on, Regularity.KEPT, Quality.FAIR, CONTENT, petitions=asked)


def _send(session: orm.Session, cast: Cast, visit_id: UUID, **changes: object) -> VisitReport:
    visit = session.get_one(Visit, visit_id)
    facts = replace(_facts(visit), **changes)  # type: ignore[arg-type]
    return report(session, cast.actor("huyen-a.official"), visit, facts)


def test_a_report_settles_the_visit_and_raises_its_petitions(visit_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        sent = _send(session, cast, visit_id)
        visit = session.get_one(Visit, visit_id)
        assert (visit.attended_on, sent.due_on) == (visit.meets_on, visit.meets_on + timedelta(days=1))
        asked = session.scalars(sa.select(Petition).order_by(Petition.id)).all()
    assert [(p.text, p.urgent, p.answer) for p in asked] == [
        ("Đề nghị sửa cống", True, None), ("Thủ tục", False, "Đã nói rõ"),
    ]  # fmt: skip


def test_the_same_report_twice_is_one_and_another_is_refused(visit_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        assert _send(session, cast, visit_id).id == _send(session, cast, visit_id).id
        with pytest.raises(VisitError, match="đã được gửi"):
            _send(session, cast, visit_id, content="Một nội dung khác hẳn")
        assert session.scalar(sa.select(sa.func.count(Petition.id))) == 2


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("attended_on", {"attended_on": date(2026, 3, 11)}),
        ("attended_on", {"attended_on": date(2026, 2, 6)}),
        ("content", {"content": "ngắn"}),
        ("petitions-0-text", {"petitions": (NewPetition(" ", urgent=True),)}),
    ],
)
def test_a_wrong_report_names_its_field_and_leaves_nothing(
    visit_id: UUID, cast: Cast, field: str, changes: dict[str, object]
) -> None:
    with cast.session("huyen-a") as session:
        with pytest.raises(VisitError) as refused:
            _send(session, cast, visit_id, **changes)
        assert list(refused.value.problems) == [field]
        assert session.get_one(Visit, visit_id).attended_on is None


def test_a_visit_missed_by_mistake_can_still_be_reported(visit_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        miss(session, cast.actor("huyen-a.official"), session.get_one(Visit, visit_id), "Đi công tác")
        _send(session, cast, visit_id)
        assert session.get_one(Visit, visit_id).missed_reason is None


def test_a_visit_reported_is_no_longer_missed(visit_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        _send(session, cast, visit_id)
        with pytest.raises(VisitError, match="đã ghi là có dự"):
            miss(session, cast.actor("huyen-a.official"), session.get_one(Visit, visit_id), "Ốm")


@pytest.mark.parametrize(("hour", "taken"), [(16, False), (17, True)])
def test_missing_is_said_from_local_midnight_of_the_day(
    visit_id: UUID, cast: Cast, hour: int, taken: bool
) -> None:
    with cast.session("huyen-a") as session:
        visit = session.get_one(Visit, visits_of(cast)[4])
        eve = visit.meets_on - timedelta(days=1)
        with frozen(datetime(eve.year, eve.month, eve.day, hour, 30, tzinfo=UTC)):
            try:
                miss(session, cast.actor("huyen-a.official"), visit, "Ốm")
            except VisitError:
                assert not taken
    assert (visit.missed_reason == "Ốm") is taken


def test_a_cancelled_visit_takes_no_report(visit_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        session.get_one(Visit, visit_id).cancelled_at = NOW
        session.flush()
        with pytest.raises(VisitError, match="đã được hủy"):
            _send(session, cast, visit_id)


def test_anothers_visit_is_not_there(visit_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        mine = set(visits_of(cast))
        other = session.scalars(sa.select(Visit).where(Visit.id.not_in(mine))).first()
        assert other is not None
        with pytest.raises(NotFound):
            report(session, cast.actor("huyen-a.official"), other, _facts(other))


def test_filtering_by_standing_agrees_with_each_rows_own(visit_id: UUID, cast: Cast) -> None:
    reported(cast, 0)
    with cast.session("huyen-a") as session:
        with frozen(NOW + timedelta(minutes=1)):
            _send(session, cast, visit_id)
        miss(session, cast.actor("huyen-a.official"), session.get_one(Visit, visits_of(cast)[1]), "Ốm")
        paths = reach(cast.actor("huyen-a.officer"), Permission.VISITS_READ)
        rows = [row_of(row) for row in session.execute(visit_rows())]
        for state in VisitState:
            found = {row.id for row in visits_in(session, paths, Filters(state=state), 1).items}
            assert found == {row.id for row in rows if row.state(today()) is state}
        assert {row.state(today()) for row in rows} == set(VisitState) - {VisitState.OWED}
