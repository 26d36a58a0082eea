"""“Việc của tôi” and notices as pages (design: product X01)."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from core.meetings.petitions import NewPetition
from core.notices.models import Notice
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.rotation_ground import NOW, drafted, published, reported, statements

SignIn = Callable[[str], Browser]
TASKS_STATEMENTS = 15


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


def test_an_official_sees_late_reports_before_coming_visits(app: object, cast: Cast, sign_in: SignIn) -> None:
    published(cast)
    page = sign_in("huyen-a.official").get("/tasks/").text
    assert page.index("Quá hạn") < page.index("Báo cáo kết quả dự") < page.index("Dự sinh hoạt Chi bộ")


def test_a_report_owed_says_why_with_the_clause(app: object, cast: Cast, sign_in: SignIn) -> None:
    published(cast)
    assert (
        "01 ngày sau ngày dự sinh hoạt (05/3/2026), chậm nhất hết ngày 06/3/2026, theo mục II.2, III.2."
        in sign_in("huyen-a.official").get("/tasks/").text
    )


def test_nobody_with_nothing_to_do_is_left_with_an_empty_page(app: object, sign_in: SignIn) -> None:
    assert "không có việc nào đang chờ" in sign_in("huyen-a.secretary").get("/tasks/").text


def test_a_standing_body_is_asked_to_look_at_the_draft(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id = drafted(cast)
    client = sign_in("huyen-a.standing")
    assert f"/rotation/{rotation_id}/draft" in client.get("/tasks/").text
    assert "Xem và công bố" not in sign_in("huyen-a.base-officer").get("/tasks/").text


def test_an_urgent_petition_is_on_the_base_officers_list_and_not_on_the_neighbours(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    published(cast)
    reported(cast, 0, NewPetition("Cống thoát nước tắc", urgent=True))
    assert "Cống thoát nước tắc" in sign_in("huyen-a.base-officer").get("/tasks/").text
    assert "Cống thoát nước tắc" not in sign_in("huyen-b.base-officer").get("/tasks/").text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(app: object, cast: Cast, sign_in: SignIn, rows: int) -> None:
    published(cast)
    reported(cast, 0, *(NewPetition(f"Việc số {number}") for number in range(rows)))
    client = sign_in("huyen-a.admin")
    client.get("/tasks/")
    with statements(scope.Session.kw["bind"]) as asked:
        assert client.get("/tasks/").text.count("Việc số") == rows
    assert len(asked) == TASKS_STATEMENTS


def test_only_those_with_tasks_may_open_the_page(app: object, sign_in: SignIn, anonymous: Browser) -> None:
    assert sign_in("operator").get("/tasks/").status_code == 404
    assert anonymous.get("/tasks/").location == "/sign-in?next=/tasks/"
    assert sign_in("huyen-a.official").post("/tasks/").status_code in (400, 405)


def _first_notice(cast: Cast, who: str) -> Notice:
    with cast.session(who) as session:
        query = sa.select(Notice).where(Notice.person_id == cast.actor(who).person_id)
        return session.scalars(query).first()  # type: ignore[return-value]


def test_a_notice_is_read_once_and_leads_where_it_says(app: object, cast: Cast, sign_in: SignIn) -> None:
    published(cast)
    client, notice = sign_in("huyen-a.official"), _first_notice(cast, "huyen-a.official")
    assert "Có 1 thông báo chưa đọc" in client.get("/notices/").text
    assert client.submit(f"/notices/{notice.id}/read").location == "/visits/"
    assert "đã đọc hết" in client.get("/notices/").text


def test_nobody_reads_anothers_notice(app: object, cast: Cast, sign_in: SignIn) -> None:
    published(cast)
    notice = _first_notice(cast, "huyen-a.official")
    for who in ("huyen-a.secretary", "huyen-b.official"):
        assert sign_in(who).submit(f"/notices/{notice.id}/read").status_code == 404
    assert _first_notice(cast, "huyen-a.official").read_at is None


def test_all_notices_are_read_at_once(app: object, cast: Cast, sign_in: SignIn) -> None:
    published(cast)
    client = sign_in("huyen-a.secretary")
    client.submit("/notices/read-all")
    assert "Chưa đọc" not in client.get("/notices/").text
    with frozen(datetime(2026, 3, 11, tzinfo=UTC)):
        assert _first_notice(cast, "huyen-a.official").read_at is None
