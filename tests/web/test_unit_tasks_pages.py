"""Tasks of units as pages: the list, one task, and its verbs (design: X01, B1, F05, M10)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from core.meetings.kinds import MeetingKind
from core.meetings.models import Meeting
from core.plans.agenda import AgendaStep, Banner, ContentPart
from core.plans.content import LegalBasis
from core.plans.task_models import Extension, PlanPilot
from tenants import scope
from tenants.clock import frozen, today
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import published_plan
from tests.rotation_ground import statements
from tests.task_ground import (
    FORUM_PLAN,
    HOLD,
    NOW,
    PREPARE,
    REGISTER,
    appoint,
    due_of,
    name_department,
    published_again,
    task_id,
    task_of,
    under_way,
    with_gate,
    with_pilots,
    with_review,
)

SignIn = Callable[[str], Browser]
SECRETARY = "huyen-a.secretary"
LIST_STATEMENTS = 8
DAY = {"meets_on": "2026-04-20", "slot": "evening", "place": "Nhà văn hóa"}


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


def test_a_secretary_sees_what_plans_ask_of_her_cell_alone(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    page = sign_in(SECRETARY).get("/tasks/").text
    assert page.count("Đăng ký thời gian, địa điểm Diễn đàn") == 1
    assert "Chi bộ số 2" not in page
    assert page.index("Chưa làm") < page.index("Chờ xác định hạn")
    assert "Trước ngày 30/3/2026 (không tính ngày này), chậm nhất hết ngày 29/3/2026, theo mục III.2." in page
    assert "Tổng hợp kết quả Diễn đàn" not in page


def test_the_department_is_the_tenants_own_of_that_function(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    name_department(cast, "propaganda", "Ban Tuyên giáo và Dân vận")
    page = sign_in(SECRETARY).get("/tasks/").text
    assert "Gửi Thường trực Huyện ủy, qua Ban Tuyên giáo và Dân vận." in page


def test_what_was_done_goes_to_the_end_of_the_list(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    client, key = sign_in(SECRETARY), task_id(cast, "dang_ky")
    assert client.submit(f"/tasks/{key}/done", {"done_on": "2026-03-01"}).location == f"/tasks/{key}"
    page = client.get("/tasks/").text
    assert page.index("Xong gần đây") < page.index("Đăng ký thời gian")


def test_a_quarters_report_is_not_on_the_list_twice(app: object, cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast, "huyen-a")
    page = sign_in("huyen-a.officer").get("/tasks/").text
    assert page.lower().count("quý i năm 2026") == 1


def test_many_tasks_are_shown_some_at_a_time(app: object, cast: Cast, sign_in: SignIn) -> None:
    many = tuple(replace(HOLD, code=f"viec_{n}", title=f"Việc số {n:02d}", meeting=None) for n in range(30))
    under_way(cast, replace(FORUM_PLAN, milestones=many))
    client = sign_in(SECRETARY)
    first, second = client.get("/tasks/").text, client.get("/tasks/?page=2").text
    assert first.count("Việc số") == 25
    assert second.count("Việc số") == 5
    assert "(30)" in first


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(app: object, cast: Cast, sign_in: SignIn, count: int) -> None:
    many = tuple(replace(HOLD, code=f"viec_{n}", title=f"Việc số {n}", meeting=None) for n in range(count))
    under_way(cast, replace(FORUM_PLAN, milestones=many))
    client = sign_in(SECRETARY)
    client.get("/tasks/")
    with statements(scope.Session.kw["bind"]) as asked:
        assert client.get("/tasks/").text.count("Việc số") == count
    assert len(asked) == LIST_STATEMENTS


def test_a_monthly_task_names_its_month(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast, with_review())
    page = sign_in(SECRETARY).get("/tasks/").text
    assert "Rà soát việc khắc phục, tháng 3/2026" in page
    assert "tháng 6/2026" not in page


def test_a_tasks_page_tells_all_that_the_plan_says(app: object, cast: Cast, sign_in: SignIn) -> None:
    part = ContentPart(
        "nd1", "Học tập và làm theo", steps=(AgendaStep("Khai mạc", "Bí thư", 5),), documents_first=True
    )
    said = replace(
        FORUM_PLAN,
        contents=(part,),
        milestones=(REGISTER, replace(PREPARE, contents=("nd1",), emphasis="nd1"), HOLD),
        bases=(LegalBasis("12-KH/HU", "Huyện ủy", lessons="Chuẩn bị sớm hơn."),),
        banner=Banner(("ĐẢNG BỘ XÃ", "{unit}, ngày {day}"), "II.3"),
    )
    under_way(cast, said)
    page = sign_in(SECRETARY).get(f"/tasks/{task_id(cast, 'gui_tai_lieu')}").text
    for words in (
        "Kịch bản", "Gửi trước cho từng đảng viên", "Học tập và làm theo", "Khai mạc", "Chuẩn bị sớm hơn",
        "Văn phòng Đảng ủy xã", "<b>Đỗ Minh Ánh</b>", "Đại diện Ủy ban nhân dân xã", "Chi bộ số 1, ngày …",
        "03 ngày trước", "Chưa xác định được hạn",
    ):  # fmt: skip
        assert words in page, words


def test_registering_shows_which_days_move_before_it_is_kept(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    under_way(cast)
    client, url = sign_in(SECRETARY), f"/tasks/{task_id(cast, 'dang_ky')}/meeting"
    checked = client.submit(url, DAY).text
    assert "Báo cáo kết quả Diễn đàn" in checked
    assert "<b>25/04/2026</b>" in checked
    assert due_of(cast, "bao_cao") is None
    assert client.submit(url, DAY | {"step": "edit"}).text.count('value="2026-04-20"') == 1
    assert client.submit(url, DAY | {"step": "send"}).status_code == 302
    assert due_of(cast, "bao_cao") == date(2026, 4, 25)
    again = client.get(url).text
    assert 'value="2026-04-20"' in again
    assert 'value="Nhà văn hóa"' in again
    assert "Hạn chưa xác định → 25/04/2026" in client.get(f"/tasks/{task_id(cast, 'bao_cao')}").text


def test_a_wrong_day_is_told_beside_it_and_nothing_is_lost(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    client, url = sign_in(SECRETARY), f"/tasks/{task_id(cast, 'dang_ky')}/meeting"
    for step in ("", "send"):
        page = client.submit(url, DAY | {"meets_on": "1926-04-20", "step": step}).text
        assert "Ngày sinh hoạt không hợp lý" in page
        assert 'value="Nhà văn hóa"' in page
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(Meeting)).all() == []


def test_a_held_meeting_asks_whether_it_concluded(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    client, key = sign_in(SECRETARY), task_id(cast, "to_chuc")
    page = client.submit(f"/tasks/{key}/done", {"done_on": "2026-03-02", "note": "Đủ"}).text
    assert "Xin cho biết buổi sinh hoạt đã kết luận xong chưa." in page
    assert "Đủ</textarea>" in page
    client.submit(f"/tasks/{key}/done", {"done_on": "2026-03-02", "concluded": "yes"})
    assert "Đồng chí Hoàng Thị Đào ghi" in client.get(f"/tasks/{key}").text
    client.submit(f"/tasks/{key}/reopen")
    with cast.session("huyen-a") as session:
        assert task_of(session, "to_chuc").done_on is None


def test_a_warning_asks_for_a_reason(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast, with_gate(blocks=False))
    client, key = sign_in(SECRETARY), task_id(cast, "to_chuc")
    assert "Cần xong trước" in client.get(f"/tasks/{key}").text
    said = {"done_on": "2026-03-02", "concluded": "yes"}
    assert "Nếu vẫn thực hiện, xin ghi lý do." in client.submit(f"/tasks/{key}/done", said).text
    assert client.submit(f"/tasks/{key}/done", said | {"despite": "Đã phát"}).status_code == 302


def test_more_time_is_asked_and_granted(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    client, key = sign_in(SECRETARY), task_id(cast, "dang_ky")
    assert (
        "phải sau hạn hiện tại"
        in client.submit(f"/tasks/{key}/extension", {"until": "2026-03-20", "reason": "Bão"}).text
    )
    client.submit(f"/tasks/{key}/extension", {"until": "2026-04-10", "reason": "Mưa bão"})
    assert "đang chờ cấp trên trả lời" in client.get(f"/tasks/{key}").text
    base = sign_in("huyen-a.base-officer")
    assert "Trả lời 1 đề nghị gia hạn" in base.get("/tasks/").text
    with cast.session("huyen-a") as session:
        asked = session.scalars(sa.select(Extension.id)).one()
    assert "Mưa bão" in base.get(f"/follow/extensions/{asked}").text
    assert "xin ghi lý do" in base.submit(f"/follow/extensions/{asked}", {"verdict": "refuse"}).text
    assert base.submit(f"/follow/extensions/{asked}", {"verdict": "grant"}).location == "/follow/extensions"
    assert "được gia hạn đến 10/04/2026" in client.get(f"/tasks/{key}").text
    assert "Đồng ý" in base.get("/follow/extensions?state=answered").text
    assert "đã được trả lời" in base.submit(f"/follow/extensions/{asked}", {"verdict": "grant"}).text


def test_a_commune_chooses_its_pilots_within_the_quota(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast, with_pilots(least=1, most=2, clause="II.4"))
    client, key = sign_in("huyen-a.base-officer"), task_id(cast, "chon_diem", "XA-1")
    url = f"/tasks/{key}/pilots"
    assert "Chọn ít nhất 01, nhiều nhất 02 chi bộ, theo mục II.4." in client.get(url).text
    refused = client.submit(url, {"cells": ["CB-1", "CB-2", "CB-3"]}).text
    assert "đã chọn 3 chi bộ làm điểm, nhiều nhất 2" in refused
    assert refused.count(" checked") == 3
    assert "mới chọn 0 chi bộ làm điểm" in client.submit(url).text
    assert client.submit(url, {"cells": "CB-2"}).status_code == 302
    with cast.session("huyen-a") as session:
        assert task_of(session, "lam_diem", "CB-2").due_on == date(2026, 6, 30)
        assert task_of(session, "to_chuc", "CB-2").withdrawn_on == today()
        assert task_of(session, "chon_diem", "XA-1").done_on == today()
    page = sign_in(SECRETARY).get(f"/tasks/{task_id(cast, 'to_chuc')}").text
    assert "Cần xong trước “Tổ chức Diễn đàn làm điểm”, theo mục II.4." in page
    client.submit(url, {"cells": "CB-1"})
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(PlanPilot.unit_id)).all() == [cast.unit("huyen-a/CB-1")]
        assert task_of(session, "to_chuc", "CB-2").withdrawn_on is None


def test_each_kind_of_meeting_gets_its_pilot(app: object, cast: Cast, sign_in: SignIn) -> None:
    kinds = (MeetingKind.REGULAR, MeetingKind.THEMATIC)
    under_way(cast, with_pilots(least=2, most=2, meetings=kinds))
    client = sign_in("huyen-a.base-officer")
    url = f"/tasks/{task_id(cast, 'chon_diem', 'XA-1')}/pilots"
    said = {"cells": ["CB-1", "CB-2"], "kind-CB-1": "regular", "kind-CB-2": "regular"}
    assert "mỗi chi bộ làm điểm phải được ghi một loại sinh hoạt" in client.submit(url, said).text
    assert client.submit(url, said | {"kind-CB-2": "thematic"}).status_code == 302


def test_a_foreign_cell_is_no_pilot(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast, with_pilots(least=1))
    client = sign_in("huyen-a.base-officer")
    url = f"/tasks/{task_id(cast, 'chon_diem', 'XA-1')}/pilots"
    assert "không thuộc diện được chọn" in client.submit(url, {"cells": ["CB-1", "CB-9"]}).text


VERBS = ("done", "meeting", "extension")


def test_out_of_reach_is_not_there_and_without_the_right_it_is_refused(
    app: object, cast: Cast, sign_in: SignIn, anonymous: Browser
) -> None:
    under_way(cast)
    other = task_id(cast, "dang_ky", "CB-2")
    pages = [f"/tasks/{other}", *(f"/tasks/{other}/{verb}" for verb in VERBS)]
    for url in pages:
        assert sign_in(SECRETARY).get(url).status_code == 404
        assert sign_in("huyen-b.admin").get(url).status_code == 404
        assert sign_in("huyen-a.official").get(url).status_code == 403
        assert sign_in("huyen-a.admin").get(url).status_code == 200
        assert anonymous.get(url).status_code == 302
    assert sign_in(SECRETARY).submit(f"/tasks/{other}/reopen").status_code == 404
    assert sign_in(SECRETARY).get(f"/tasks/{other}/reopen").status_code == 405
    assert sign_in(SECRETARY).get(f"/tasks/{task_id(cast, 'dang_ky')}/pilots").status_code == 404


def test_what_was_withdrawn_is_gone(app: object, cast: Cast, sign_in: SignIn) -> None:
    plan_id = under_way(cast)
    key = task_id(cast, "gui_tai_lieu")
    published_again(cast, plan_id, replace(FORUM_PLAN, milestones=(REGISTER, HOLD)))
    assert sign_in(SECRETARY).get(f"/tasks/{key}").status_code == 404


def test_two_posts_show_the_tasks_of_both_units(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    appoint(cast, SECRETARY, "secretary", "huyen-a/CB-3")
    assert sign_in(SECRETARY).get("/tasks/").text.count("Đăng ký thời gian, địa điểm") == 2


def test_a_late_task_says_so(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    with frozen(datetime(2026, 4, 2, 3, 0, tzinfo=UTC)):
        assert "Quá hạn" in sign_in(SECRETARY).get("/tasks/").text
