"""What officials and coordinators settle by hand, as pages (S4-08, S4-12, S4-15; product C2, C3, R06)."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.meetings.models import Meeting
from core.rotation.away import own_official
from core.rotation.by_hand import Pin, Swap, SwapState
from core.rotation.models import Absence, Visit
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.rotation_ground import NOW, OTHERS, colleague, published, statements, visits_of

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 7


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def visit_id(app: object, cast: Cast) -> UUID:
    """The official's visit of May."""
    published(cast)
    colleague(cast)
    return visits_of(cast)[4]


def test_an_absence_takes_two_taps_from_the_visit(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.official")
    url = re.search(r'href="(/visits/away\?[^"]+)"', client.get(f"/visits/{visit_id}").text)
    assert url is not None
    page = client.get(url[1].replace("&amp;", "&")).text
    assert "Lượt dự trong những ngày này (1)" in page
    days = dict(re.findall(r'name="(starts_on|ends_on)"[^>]* value="([^"]+)"', page))
    answer = client.submit("/visits/away", days | {"step": "send"}, follow_redirects=True)
    assert "Đã báo bận; 1 lượt dự cần đổi" in answer.text
    with cast.session("huyen-a") as session:
        absence = session.scalars(sa.select(Absence)).one()
    assert "Xin đổi lượt này" in answer.text
    assert "Đồng chí đã báo bận ngày này" in client.get(f"/visits/{visit_id}").text
    client.submit(f"/visits/away/{absence.id}/withdraw")
    assert "Đã báo bận</h2>" not in client.get("/visits/away").text


def test_wrong_days_stay_in_the_form(visit_id: UUID, sign_in: SignIn) -> None:
    typed = {"starts_on": "2026-05-09", "ends_on": "2026-05-01", "reason": "Đi học", "step": "send"}
    page = sign_in("huyen-a.official").submit("/visits/away", typed).text
    assert "Ngày cuối phải từ ngày đầu" in page
    assert "Đi học" in page


def test_an_exchange_from_question_to_both_calendars(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    mine, partner, base = (sign_in(f"huyen-a.{who}") for who in ("official", "partner", "base-officer"))
    page = mine.get(f"/visits/{visit_id}/swap").text
    other = re.search(rf'value="([0-9a-f-]+)"[^>]*><span>Đồng chí {OTHERS[0]}', page)
    assert other is not None
    asked = mine.submit(f"/visits/{visit_id}/swap", {"other": other[1], "reason": "Bận họp"}).location
    swap_id = asked.rpartition("/")[2]
    assert "Trả lời đề nghị đổi lượt dự" in partner.get("/tasks/").text
    partner.submit(f"/visits/swaps/{swap_id}/answer", {"accepted": "yes"})
    assert "Duyệt 1 đề nghị đổi lượt dự" in base.get("/tasks/").text
    assert "Bận họp" in base.get(f"/swaps/{swap_id}").text
    base.submit(f"/swaps/{swap_id}/decide", {"approved": "yes"})
    gone = mine.get(f"/visits/{visit_id}")
    assert "không còn: đã đổi hoặc hủy" in mine.get(gone.location).text
    assert partner.get(f"/visits/{visit_id}").status_code == 404
    assert "Hoàn tác" in base.get(f"/swaps/{swap_id}").text
    base.submit(f"/swaps/{swap_id}/undo")
    assert mine.get(f"/visits/{visit_id}").status_code == 200
    with cast.session("huyen-a") as session:
        assert session.get_one(Swap, UUID(swap_id)).state is SwapState.UNDONE


def test_an_exchange_needs_a_reason_and_an_offered_visit(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.official")
    page = client.submit(f"/visits/{visit_id}/swap", {"other": str(visit_id), "reason": ""}).text
    assert "Chưa lưu được: cần sửa 2 chỗ" in page
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(Swap.id))) == 0


def test_a_secretary_registers_the_day_and_the_visit_follows(
    visit_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    with cast.session("huyen-a") as session:
        query = sa.select(Meeting).where(Meeting.cell_id == cast.unit("huyen-a/CB-1"))
        meeting = session.scalars(query.order_by(Meeting.month).offset(4)).first()
    assert meeting is not None
    client = sign_in("huyen-a.secretary")
    page = client.get("/meetings/?month=2026-05").text
    assert f"/meetings/{meeting.id}/day" in page
    assert "Dự kiến" in page
    answer = client.submit(f"/meetings/{meeting.id}/day", {"meets_on": "2026-05-21", "slot": "morning"})
    assert "Đã đăng ký" in client.get(answer.location).text
    with cast.session("huyen-a") as session:
        moved = session.scalars(
            sa.select(Visit.meets_on).where(Visit.cell_id == meeting.cell_id, Visit.month == meeting.month)
        ).all()
    assert {f"{day:%d/%m}" for day in moved} == {"21/05"}
    late = client.submit(f"/meetings/{meeting.id}/day", {"meets_on": "2026-06-01", "slot": "morning"}).text
    assert "Chỉ chọn được ngày trong tháng 05/2026" in late


def test_an_official_fixes_the_day_he_agreed_on(visit_id: UUID, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.official")
    assert "Ngày dự kiến" in client.get(f"/visits/{visit_id}").text
    client.submit(f"/visits/{visit_id}/day", {"meets_on": "2026-05-22", "slot": "evening"})
    page = client.get(f"/visits/{visit_id}").text
    assert "22/05/2026" in page
    assert "Ngày dự kiến" not in page


def test_the_list_of_days_asks_the_same_for_one_cell_and_four(visit_id: UUID, sign_in: SignIn) -> None:
    for who in ("secretary", "officer"):
        client = sign_in(f"huyen-a.{who}")
        client.get("/meetings/")
        with statements(scope.Session.kw["bind"]) as asked:
            client.get("/meetings/?month=2026-05")
        assert len(asked) <= LIST_STATEMENTS


def test_an_own_plan_is_written_sent_and_shows_who_else_asks(
    visit_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    client, wish = (
        sign_in("huyen-a.official"),
        {"month": "2026-07-01", "cell": str(cast.unit("huyen-a/CB-2"))},
    )
    url = client.get("/rotation/own-plans/mine").location
    page = client.get(url).text
    assert "Tháng 5/2026 (đã có lịch: Chi bộ" in page
    assert "Tháng 7/2026</option>" in page
    client.submit(url, wish)
    assert "Chưa gửi" in client.get(url).text
    assert "định kỳ hằng tháng, mỗi kỳ một lượt" in client.submit(url, wish).text
    assert "Đã gửi kế hoạch năm 2026" in client.submit(f"{url}/send?year=2026", follow_redirects=True).text
    other = sign_in("huyen-a.partner")
    theirs = other.get("/rotation/own-plans/mine").location
    other.submit(theirs, wish)
    assert "Cùng buổi này: đồng chí Ngô Quang Vinh" in other.get(theirs).text
    assert sign_in("huyen-a.officer").get(url).status_code == 200
    with cast.session("huyen-a") as session:
        pin = session.scalars(sa.select(Pin).where(Pin.sent_at.is_not(None))).one()
    client.submit(f"/rotation/own-plans/pins/{pin.id}/remove")
    assert "Chưa ghi buổi nào" in client.get(url).text


def test_what_is_settled_by_hand_is_its_peoples(visit_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    with cast.session("huyen-a") as session:
        official_id = own_official(session, cast.actor("huyen-a.official")).id
    plan = f"/rotation/own-plans/{official_id}"
    for who, url, status in (
        ("huyen-b.official", f"/visits/{visit_id}/swap", 404),
        ("huyen-b.official", f"/visits/{visit_id}/day", 404),
        ("huyen-a.partner", f"/visits/{visit_id}/swap", 404),
        ("huyen-a.officer", "/visits/away", 403),
        ("huyen-a.official", "/swaps/", 403),
        ("huyen-a.official", "/meetings/", 403),
        ("huyen-a.secretary", plan, 404),
        ("huyen-b.officer", plan, 404),
    ):
        assert sign_in(who).get(url).status_code == status, (who, url)
    assert sign_in("huyen-a.official").get("/visits/away/x/withdraw").status_code == 405
