"""Plans as pages: written, checked, published, compared (S4-03, S4-08; design: D1)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from admin.pages.plan_forms import form_data, lines, read_basis, write_basis
from core.exchange.models import DispatchKind
from core.plans.content import PlanContent
from core.plans.models import Plan
from core.plans.service import content_of, draft, published, redraft
from core.queries.plans import levels_known
from tenants import scope
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import CONTENT, dispatches, plan_of, published_plan, run_jobs
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 7


def typed(cast: Cast, **changes: str) -> dict[str, Any]:
    """The form as a browser sends it."""
    with cast.session("tinh") as session:
        data = form_data(CONTENT, levels_known(session))
    parts = data.pop("cadences")
    for number, part in enumerate(parts):
        data |= {f"cadences-{number}-{name}": str(value) for name, value in part.items()}
    return {name: str(value) for name, value in data.items()} | {"revision": "1"} | changes


def drafted(cast: Cast, code: str = "tinh", content: PlanContent = CONTENT) -> UUID:
    with cast.session(code) as session:
        return draft(session, cast.actor(f"{code}.standing"), content).id


def test_a_plan_is_written_checked_and_published_to_those_named(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("tinh.officer")
    where = client.submit("/plans/new", typed(cast)).location
    assert "Dự thảo, chưa ban hành" in client.get(where).text
    check = client.get(f"{where}/publish").text
    assert "đủ điều kiện ban hành" in check
    assert all(name in check for name in ("Huyện Bình Minh", "Huyện Tân Hòa"))
    assert client.submit(f"{where}/publish", {"revision": "1"}).location == where
    run_jobs(cast, "tinh")
    page = client.get(where).text
    assert "Bản 1, ban hành" in page
    assert "01-KH/TU" in page
    assert len(dispatches(cast, "huyen-b", DispatchKind.PLAN)) == 1


REPHRASED = ("starts_on", "ends_on", "milestones", "duties", "selectors")


def test_what_is_typed_is_what_is_kept(cast: Cast, sign_in: SignIn) -> None:
    where = sign_in("tinh.officer").submit("/plans/new", typed(cast)).location
    with cast.session("tinh") as session:
        plan = session.get_one(Plan, UUID(where.rpartition("/")[2]))
        assert plan.body["subject"] == CONTENT.subject
        plan_id = plan.id
    sign_in("tinh.officer").submit(f"{where}/publish", {"revision": "1"})
    with cast.session("tinh") as session:
        version = published(session, plan_id)
        assert version is not None
        said = content_of(version)
        assert replace(CONTENT, **{name: getattr(said, name) for name in REPHRASED}) == said


def test_every_problem_is_told_at_once_before_publishing(cast: Cast, sign_in: SignIn) -> None:
    plan_id = drafted(cast, content=replace(CONTENT, cadences=(), milestones=(), signer=""))
    client = sign_in("tinh.officer")
    page = client.get(f"/plans/{plan_id}/publish").text
    assert "chưa giao việc nào" in page
    assert "Kế hoạch chưa ghi người ký." in page
    assert ">Ban hành kế hoạch<" not in page
    assert "cần xem lại 2 chỗ" in client.submit(f"/plans/{plan_id}/publish", {"revision": "1"}).text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subject", "", "Trích yếu nội dung"),
        ("year", "26", "Năm thực hiện"),
        ("bases", "26-NQ/TW; Trung ương", "Dòng 1 chưa đúng dạng"),
        ("bases", "26-NQ/TW; Trung ương; 31/02/2018; về việc", "Dòng 1 chưa đúng dạng"),
        ("cadences-0-report_days", "", "Đã chọn định kỳ dự thì cần ghi thêm"),
        ("report_due_days", "99", "Hạn gửi báo cáo tổng hợp"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_typed_is_lost(
    cast: Cast, sign_in: SignIn, field: str, value: str, sentence: str
) -> None:
    answer = sign_in("tinh.officer").submit("/plans/new", typed(cast, **{field: value}))
    assert answer.status_code == 200
    assert "Chưa lưu được" in answer.text
    assert sentence in answer.text
    assert CONTENT.purposes[0] in answer.text


def test_a_title_already_used_is_told_beside_its_field(cast: Cast, sign_in: SignIn) -> None:
    drafted(cast)
    page = sign_in("tinh.officer").submit("/plans/new", typed(cast)).text
    assert "đã có kế hoạch cùng trích yếu" in page


def test_a_draft_changed_meanwhile_is_not_overwritten_unknowingly(cast: Cast, sign_in: SignIn) -> None:
    plan_id, client = drafted(cast), sign_in("tinh.officer")
    with cast.session("tinh") as session:
        redraft(
            session,
            cast.actor("tinh.standing"),
            session.get_one(Plan, plan_id),
            replace(CONTENT, signer="Khác"),
        )
    mine = typed(cast, report_due_days="9")
    page = client.submit(f"/plans/{plan_id}/edit", mine).text
    assert "vừa được người khác sửa" in page
    assert 'name="revision" type="hidden" value="2"' in page
    assert client.submit(f"/plans/{plan_id}/edit", mine | {"revision": "2"}).status_code == 302
    assert client.submit(f"/plans/{plan_id}/publish", {"revision": "2"}).status_code == 200


def test_an_own_plan_shows_where_it_departs_from_the_one_above(cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast)
    page = sign_in("huyen-a.officer").get(f"/plans/{plan_of(cast, 'huyen-a')}").text
    assert "So với kế hoạch của Tỉnh An Lạc" in page
    assert "Người ký" in page


def test_versions_stay_readable(cast: Cast, sign_in: SignIn) -> None:
    plan_id, client = published_plan(cast), sign_in("tinh.officer")
    client.submit(f"/plans/{plan_id}/edit", typed(cast, report_due_days="9"))
    assert "Có dự thảo khác bản đang hiệu lực" in client.get(f"/plans/{plan_id}").text
    check = client.get(f"/plans/{plan_id}/publish").text
    assert "Bản 2, thay bản 1" in check
    assert "9 ngày" in check
    client.submit(f"/plans/{plan_id}/publish", {"revision": "2"})
    assert "Trong 9 ngày" in client.get(f"/plans/{plan_id}").text
    assert "Trong 5 ngày" in client.get(f"/plans/{plan_id}?version=1").text
    assert client.get(f"/plans/{plan_id}?version=7").status_code == 404


def test_whoever_does_not_draft_sees_published_plans_alone(cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast, "huyen-a")
    hidden = drafted(cast, "huyen-a", replace(CONTENT, subject="Chưa công khai"))
    client = sign_in("huyen-a.secretary")
    assert CONTENT.subject in client.get("/plans/").text
    assert "Chưa công khai" not in client.get("/plans/").text
    assert client.get(f"/plans/{hidden}").status_code == 404


def test_the_list_is_searched_without_diacritics_in_few_statements(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("tinh.officer")
    for year in (2026, 2027, 2028):
        drafted(cast, content=replace(CONTENT, year=year))
        with statements(scope.Session.kw["bind"]) as seen:
            assert f"Năm {year}" in client.get("/plans/?q=du+SINH+hoat").text
        assert len(seen) == LIST_STATEMENTS
    assert "Không có kế hoạch nào khớp" in client.get("/plans/?q=khong+co").text


@pytest.mark.parametrize("page", ["", "/edit", "/publish"])
def test_a_sibling_tenant_s_plan_is_not_there(cast: Cast, sign_in: SignIn, page: str) -> None:
    plan_id = published_plan(cast, "huyen-b")
    assert sign_in("huyen-b.officer").get(f"/plans/{plan_id}{page}").status_code == 200
    assert sign_in("huyen-a.officer").get(f"/plans/{plan_id}{page}").status_code == 404


def test_rights_and_methods(cast: Cast, sign_in: SignIn) -> None:
    plan_id = published_plan(cast, "huyen-a")
    secretary, official = sign_in("huyen-a.secretary"), sign_in("huyen-a.official")
    assert secretary.get(f"/plans/{plan_id}").status_code == 200
    for page in ("/plans/new", f"/plans/{plan_id}/edit", f"/plans/{plan_id}/publish"):
        assert secretary.get(page).status_code == 403
        assert secretary.submit(page).status_code == 403
    assert official.get("/plans/").status_code == 403
    assert secretary.submit("/plans/").status_code == 405
    assert secretary.submit(f"/plans/{plan_id}").status_code == 405


def test_lines_and_bases_are_read_as_people_write_them() -> None:
    assert lines("- một\n\n  + hai \r\n– ba") == ("một", "hai", "ba")
    assert read_basis(write_basis(CONTENT.bases[0])) == CONTENT.bases[0]
    with pytest.raises(ValueError, match="month"):
        read_basis("26; a; 1/13/2020; b")
