"""An official's visits and reports, and what coordinators see of them, as pages (S4-04 to S4-06, S4-13)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.meetings.models import Petition
from core.rotation.models import Visit, VisitReport
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.rotation_ground import CONTENT, NOW, published, reported, statements, visits_of

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 7
OWN_STATEMENTS = 6


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def visit_id(app: object, cast: Cast) -> UUID:
    """The official's visit of March, met some days ago, not yet reported."""
    published(cast)
    return visits_of(cast)[2]


def _typed(**changes: str) -> dict[str, str]:
    typed = {
        "attended_on": "2026-03-06", "regularity": "kept", "quality": "good", "content": CONTENT,
        "petitions-0-text": "Đề nghị nạo vét mương", "petitions-0-field": "Môi trường",
        "petitions-0-urgent": "y",
    }  # fmt: skip
    return typed | changes


def _reports(cast: Cast) -> list[VisitReport]:
    with cast.session("huyen-a") as session:
        return list(session.scalars(sa.select(VisitReport)))


def test_the_next_visit_comes_first_with_the_secretary_to_call(visit_id: UUID, sign_in: SignIn) -> None:
    page = sign_in("huyen-a.official").get("/visits/").text
    assert page.index("Báo cáo chưa gửi") < page.index("Lượt dự tới") < page.index("Tháng 1")


def test_a_visit_shows_the_secretarys_number(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.official")
    pages = [client.get(f"/visits/{each}").text for each in visits_of(cast)]
    assert any('href="tel:0905123456"' in page for page in pages)


def test_a_report_is_checked_before_it_is_sent(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("huyen-a.official").submit(f"/visits/{visit_id}/report", _typed(step="check")).text
    assert "Kiểm tra trước khi gửi" in page
    assert "Đảng ủy cơ sở" in page
    assert _reports(cast) == []


def test_sending_gives_a_receipt_and_sending_twice_the_same(
    visit_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    client, url = sign_in("huyen-a.official"), f"/visits/{visit_id}/report"
    first, second = client.submit(url, _typed(step="send")), client.submit(url, _typed(step="send"))
    assert first.location == second.location == f"/visits/{visit_id}/receipt"
    [report] = _reports(cast)
    page = client.get(first.location).text
    assert f"{report.sha256[:4]}-{report.sha256[4:8]}".upper() in page
    assert "Đảng ủy cơ sở" in page


def test_an_urgent_petition_of_the_report_is_recorded_once(
    visit_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in("huyen-a.official")
    for _ in range(2):
        client.submit(f"/visits/{visit_id}/report", _typed(step="send"))
    with cast.session("huyen-a") as session:
        [petition] = session.scalars(sa.select(Petition))
    assert (petition.text, petition.field, petition.urgent) == ("Đề nghị nạo vét mương", "Môi trường", True)


def test_a_wrong_day_loses_nothing_typed(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("huyen-a.official").submit(
        f"/visits/{visit_id}/report", _typed(step="send", attended_on="2026-02-06")
    )
    assert "thuộc tháng 03/2026" in answer.text
    assert CONTENT in answer.text
    assert "Đề nghị nạo vét mương" in answer.text
    assert _reports(cast) == []


def test_an_answer_without_its_petition_is_asked_for(visit_id: UUID, sign_in: SignIn) -> None:
    typed = _typed(step="check") | {"petitions-0-text": "", "petitions-0-answer": "Đã giải thích"}
    page = sign_in("huyen-a.official").submit(f"/visits/{visit_id}/report", typed).text
    assert "Xin ghi nội dung kiến nghị" in page
    assert "Đã giải thích" in page


def test_going_back_from_the_check_keeps_everything(visit_id: UUID, sign_in: SignIn) -> None:
    page = sign_in("huyen-a.official").submit(f"/visits/{visit_id}/report", _typed(step="edit")).text
    assert "Viết báo cáo" in page
    assert CONTENT in page


def test_a_missed_visit_needs_its_reason(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.official")
    assert "Chưa lưu được" in client.submit(f"/visits/{visit_id}/miss", {"reason": ""}).text
    client.submit(f"/visits/{visit_id}/miss", {"reason": "Đi công tác"})
    with cast.session("huyen-a") as session:
        assert session.get_one(Visit, visit_id).missed_reason == "Đi công tác"


def test_on_the_very_day_a_visit_can_be_missed_from_early_morning(
    visit_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    with cast.session("huyen-a") as session:
        day = session.get_one(Visit, visits_of(cast)[4]).meets_on
    with frozen(datetime(day.year, day.month, day.day - 1, 23, 30, tzinfo=UTC)):
        client = sign_in("huyen-a.official")
        answer = client.submit(f"/visits/{visits_of(cast)[4]}/miss", {"reason": "Ốm"})
    assert answer.status_code == 302


def test_a_visit_is_its_officials_alone(visit_id: UUID, sign_in: SignIn) -> None:
    for page in ("", "/report", "/receipt", "/miss"):
        assert sign_in("huyen-b.official").get(f"/visits/{visit_id}{page}").status_code == 404
        assert sign_in("huyen-a.officer").get(f"/visits/{visit_id}{page}").status_code == 403
        assert sign_in("huyen-a.official").get(f"/visits/nothing{page}").status_code == 404


def test_a_receipt_can_only_be_read(visit_id: UUID, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.official")
    assert client.get(f"/visits/{visit_id}/receipt").status_code == 404
    assert client.submit(f"/visits/{visit_id}/receipt").status_code == 405
    assert client.submit("/visits/").status_code == 405


def test_a_coordinator_filters_by_standing_month_and_name(
    visit_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    reported(cast, 0)
    client = sign_in("huyen-a.officer")
    assert "Có 18 lượt dự" in client.get("/visits/all").text
    assert "Có 1 lượt dự" in client.get("/visits/all?state=on_time").text
    assert "Có 3 lượt dự" in client.get("/visits/all?month=2026-05").text
    assert "Có 6 lượt dự" in client.get("/visits/all?q=ngo+quang").text
    assert "Không có lượt dự nào" in client.get("/visits/all?q=khong+co+ai").text


def test_a_secretary_sees_only_the_visits_to_the_own_cell(
    visit_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in("huyen-a.secretary")
    page = client.get("/visits/all").text
    assert "Chi bộ số 1" in page
    assert "Chi bộ số 2" not in page
    codes = {client.get(f"/visits/all/{each}").status_code for each in visits_of(cast)}
    assert codes == {200, 404}


def test_a_sent_report_is_read_by_those_in_reach_only(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    reported(cast, 2)
    assert CONTENT in sign_in("huyen-a.standing").get(f"/visits/all/{visit_id}").text
    assert sign_in("huyen-b.standing").get(f"/visits/all/{visit_id}").status_code == 404
    assert sign_in("huyen-a.official").get(f"/visits/all/{visit_id}").status_code == 403
    assert sign_in("huyen-a.standing").submit(f"/visits/all/{visit_id}").status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(visit_id: UUID, sign_in: SignIn, rows: int) -> None:
    client, month = sign_in("huyen-a.officer"), "2026-05"
    url = f"/visits/all?month={month}" + ("&q=quang+vinh" if rows == 1 else "")
    client.get(url)
    with statements(scope.Session.kw["bind"]) as asked:
        assert f"Có {rows} lượt dự" in client.get(url).text
    assert len(asked) == LIST_STATEMENTS


@pytest.mark.parametrize("months", [4, 6])
def test_the_own_list_costs_the_same_however_long(
    app: object, cast: Cast, sign_in: SignIn, months: int
) -> None:
    published(cast, months=months)
    client = sign_in("huyen-a.official")
    client.get("/visits/")
    with statements(scope.Session.kw["bind"]) as asked:
        client.get("/visits/")
    assert len(asked) == OWN_STATEMENTS
