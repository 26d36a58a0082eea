"""Plans as pages: listed, read, checked, published, compared (S4-03, S4-08, S0-03; design: D1)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.documents.models import OfficialDocument
from core.exchange.models import DispatchKind
from core.plans.agenda import Banner
from core.plans.models import Plan, PlanVersion
from core.plans.service import redraft
from tenants import scope
from tests.cast import Cast
from tests.conftest import Browser
from tests.plans_ground import FORUM, drafted
from tests.reporting_ground import CONTENT, dispatches, plan_of, published_plan, quarterly_report, run_jobs
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 5


def test_a_draft_is_checked_and_published_to_those_named(cast: Cast, sign_in: SignIn) -> None:
    plan_id, client = drafted(cast, "tinh", CONTENT), sign_in("tinh.officer")
    where = f"/plans/{plan_id}"
    assert "Dự thảo, chưa ban hành" in client.get(where).text
    check = client.get(f"{where}/publish").text
    assert "đủ điều kiện ban hành" in check
    assert all(name in check for name in ("Huyện Bình Minh", "Huyện Tân Hòa"))
    progress = client.submit(f"{where}/publish", {"revision": "1"}).location
    assert "Ban hành kế hoạch" in client.get(progress).text
    assert "Đang ban hành" in client.get("/plans/").text
    assert "Đang ban hành" in client.get(where).text
    assert "Ban hành kế hoạch</button>" not in client.get(f"{where}/publish").text
    assert client.submit(f"{where}/publish", {"revision": "1"}).location == progress
    run_jobs(cast, "tinh")
    assert f'href="{where}"' in client.get(progress).text
    assert "Đã ban hành bản 1" in client.get("/notices/").text
    page = client.get(where).text
    assert "Bản 1, ban hành" in page
    assert "01-KH/TU" in page
    assert len(dispatches(cast, "huyen-b", DispatchKind.PLAN)) == 1


def test_before_publishing_one_sees_how_many_tasks_go_to_how_many(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in("huyen-a.officer").get(f"/plans/{drafted(cast, 'huyen-a')}/publish").text
    assert "Ban hành: giao 27 việc cho 5 đơn vị, báo nhiều nhất" in page
    assert "điều nên xem lại, không ngăn việc ban hành" in page


def test_every_problem_is_told_at_once_before_publishing(cast: Cast, sign_in: SignIn) -> None:
    plan_id = drafted(cast, "tinh", replace(CONTENT, cadences=(), milestones=(), signer=""))
    client = sign_in("tinh.officer")
    page = client.get(f"/plans/{plan_id}/publish").text
    assert "chưa giao việc nào" in page
    assert f'/plans/{plan_id}/edit/signature">Kế hoạch chưa ghi người ký.' in page
    assert "Ban hành kế hoạch</button>" not in page
    assert "cần xem lại 2 chỗ" in client.submit(f"/plans/{plan_id}/publish", {"revision": "1"}).text


def test_a_draft_changed_meanwhile_is_checked_again(cast: Cast, sign_in: SignIn) -> None:
    plan_id, client = drafted(cast, "tinh", CONTENT), sign_in("tinh.officer")
    with cast.session("tinh") as session:
        changed = replace(CONTENT, signer="Khác")
        redraft(session, cast.actor("tinh.standing"), session.get_one(Plan, plan_id), changed)
    assert "Dự thảo vừa được sửa" in client.submit(f"/plans/{plan_id}/publish", {"revision": "1"}).text


def test_a_draft_edited_after_it_was_ordered_is_not_published_and_says_so(
    cast: Cast, sign_in: SignIn
) -> None:
    plan_id, client = drafted(cast, "tinh", CONTENT), sign_in("tinh.standing")
    where = f"/plans/{plan_id}"
    progress = client.submit(f"{where}/publish", {"revision": "1"}).location
    with cast.session("tinh") as session:
        plan, changed = session.get_one(Plan, plan_id), replace(CONTENT, signer="Khác")
        redraft(session, cast.actor("tinh.standing"), plan, changed)
    run_jobs(cast, "tinh")
    assert f'href="{where}/publish"' in client.get(progress).text
    for page in (f"{where}/publish", "/notices/"):
        assert "Dự thảo đã được sửa sau khi bấm ban hành" in client.get(page).text
    assert "Dự thảo, chưa ban hành" in client.get(where).text
    client.submit(f"{where}/publish", {"revision": "2"})
    run_jobs(cast, "tinh")
    assert "Bản 1, ban hành" in client.get(where).text
    assert "gần nhất chưa được" not in client.get(f"{where}/publish").text


def test_what_the_units_make_wrong_keeps_the_plan_from_being_published(cast: Cast, sign_in: SignIn) -> None:
    lost = replace(CONTENT, milestones=(replace(quarterly_report(5), route=True),))
    where, client = f"/plans/{drafted(cast, 'tinh', lost)}", sign_in("tinh.officer")
    progress = client.submit(f"{where}/publish", {"revision": "1"}).location
    run_jobs(cast, "tinh")
    ended = client.get(progress).text
    assert "Chưa ban hành được" in ended
    assert f'href="{where}/publish"' in ended
    assert "1 đơn vị chưa có nơi nhận báo cáo" in client.get("/notices/").text
    with cast.session("tinh") as session:
        assert session.scalar(sa.select(sa.func.count(PlanVersion.id))) == 0
        assert session.scalar(sa.select(sa.func.count(OfficialDocument.id))) == 0


def test_a_plan_is_read_with_the_lessons_of_earlier_rounds(cast: Cast, sign_in: SignIn) -> None:
    plan_id = published_plan(cast, "huyen-a", FORUM)
    page = sign_in("huyen-a.secretary").get(f"/plans/{plan_id}").text
    assert "Kinh nghiệm các đợt trước" in page
    assert "Chuẩn bị kịch bản chặt chẽ" in page
    for words in ("Trước ngày 30/3/2026", "Đại diện Ban Tuyên giáo Huyện ủy", "Kết luận Diễn đàn"):
        assert words.lower() in page.lower()


def test_the_banner_is_a_page_of_its_own_where_the_plan_has_one(cast: Cast, sign_in: SignIn) -> None:
    plan_id = published_plan(cast, "huyen-a", replace(CONTENT, banner=Banner(("DIỄN ĐÀN", "{unit}"))))
    client = sign_in("huyen-a.secretary")
    assert "<p>DIỄN ĐÀN</p>" in client.get(f"/plans/{plan_id}/banner").text
    without = drafted(cast, "huyen-a", replace(CONTENT, subject="Không ma két"))
    assert sign_in("huyen-a.officer").get(f"/plans/{without}/banner").status_code == 404


def test_an_own_plan_shows_where_it_departs_from_the_one_above(cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast)
    page = sign_in("huyen-a.officer").get(f"/plans/{plan_of(cast, 'huyen-a')}").text
    assert "So với kế hoạch của Tỉnh An Lạc" in page
    assert "Người ký" in page


def test_versions_stay_readable(cast: Cast, sign_in: SignIn) -> None:
    plan_id, client = published_plan(cast), sign_in("tinh.officer")
    with cast.session("tinh") as session:
        plan = session.get_one(Plan, plan_id)
        changed = replace(CONTENT, milestones=(quarterly_report(9),))
        redraft(session, cast.actor("tinh.standing"), plan, changed)
        revision = str(plan.revision)
    assert "Có dự thảo khác bản đang hiệu lực" in client.get(f"/plans/{plan_id}").text
    check = client.get(f"/plans/{plan_id}/publish").text
    assert "Bản 2, thay bản 1" in check
    client.submit(f"/plans/{plan_id}/publish", {"revision": revision})
    run_jobs(cast, "tinh")
    assert "09 ngày sau khi hết kỳ" in client.get(f"/plans/{plan_id}").text
    assert "05 ngày sau khi hết kỳ" in client.get(f"/plans/{plan_id}?version=1").text
    assert client.get(f"/plans/{plan_id}?version=7").status_code == 404


def test_whoever_does_not_draft_sees_published_plans_alone(cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast, "huyen-a")
    hidden = drafted(cast, "huyen-a", replace(CONTENT, subject="Chưa công khai"))
    client = sign_in("huyen-a.secretary")
    assert CONTENT.subject in client.get("/plans/").text
    assert "Chưa công khai" not in client.get("/plans/").text
    for page in ("", "/file", "/banner"):
        assert client.get(f"/plans/{hidden}{page}").status_code == 404


def test_the_list_is_searched_without_diacritics_in_few_statements(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("tinh.officer")
    for year in (2026, 2027, 2028):
        drafted(cast, "tinh", replace(CONTENT, year=year))
        with statements(scope.Session.kw["bind"]) as seen:
            assert f"Năm {year}" in client.get("/plans/?q=du+SINH+hoat").text
        assert len(seen) == LIST_STATEMENTS
    assert "Không có kế hoạch nào khớp" in client.get("/plans/?q=khong+co").text


@pytest.mark.parametrize("page", ["", "/publish", "/file"])
def test_a_sibling_tenant_s_plan_is_not_there(cast: Cast, sign_in: SignIn, page: str) -> None:
    plan_id = published_plan(cast, "huyen-b")
    assert sign_in("huyen-b.officer").get(f"/plans/{plan_id}{page}").status_code == 200
    assert sign_in("huyen-a.officer").get(f"/plans/{plan_id}{page}").status_code == 404


def test_rights_and_methods(cast: Cast, sign_in: SignIn) -> None:
    plan_id = published_plan(cast, "huyen-a")
    secretary, official = sign_in("huyen-a.secretary"), sign_in("huyen-a.official")
    assert secretary.get(f"/plans/{plan_id}").status_code == 200
    assert secretary.get(f"/plans/{plan_id}/publish").status_code == 403
    assert secretary.submit(f"/plans/{plan_id}/publish").status_code == 403
    assert official.get("/plans/").status_code == 403
    assert secretary.submit("/plans/").status_code == 405
    assert secretary.submit(f"/plans/{plan_id}").status_code == 405
