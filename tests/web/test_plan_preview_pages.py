"""A draft compiled before it is published, as pages (design: D1, F03; S0-24, S0-43)."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from uuid import UUID

import openpyxl
import pytest
import sqlalchemy as sa

from core.plans import preview_pages
from core.plans.guests import GuestRule, Invited
from core.plans.models import Plan
from core.plans.service import redraft
from tenants import scope
from tenants.models import Unit
from tenants.tree import UnitKind
from tenants.vietnamese import fold
from tests.cast import Cast
from tests.conftest import Browser
from tests.plans_ground import FORUM, drafted
from tests.reporting_ground import published_plan
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
STATEMENTS = {"": 11, "/groups": 11, "/problems": 12, "/guests": 12, "/changes": 12}


@pytest.fixture
def plan_id(cast: Cast, database: dict[str, str]) -> UUID:
    return drafted(cast, "huyen-a")


@pytest.fixture
def client(sign_in: SignIn) -> Browser:
    return sign_in("huyen-a.officer")


def test_each_unit_s_tasks_say_when_and_why(plan_id: UUID, client: Browser) -> None:
    page = client.get(f"/plans/{plan_id}/preview").text
    assert "<b>5</b> đơn vị, <b>27</b> việc" in page
    assert "Trước ngày 30/3/2026 (không tính ngày này), chậm nhất hết ngày 29/3/2026, theo mục III.2." in page
    assert "Ban Thường vụ Huyện ủy (qua Ban Tuyên giáo Huyện ủy)" in page


@pytest.mark.parametrize(
    ("query", "units", "tasks"),
    [("q=chi+bo+so+2", 1, 6), ("group=huyen", 1, 3), ("milestone=dang_ky", 4, 4), ("q=khong+co", 0, 0)],
)
def test_the_preview_is_filtered_without_diacritics(
    plan_id: UUID, client: Browser, query: str, units: int, tasks: int
) -> None:
    page = client.get(f"/plans/{plan_id}/preview?{query}").text
    words = f"<b>{units}</b> đơn vị, <b>{tasks}</b> việc" if units else "Không có đơn vị nào khớp"
    assert words in page


def test_the_table_is_taken_along_as_a_file(plan_id: UUID, client: Browser) -> None:
    sent = client.get(f"/plans/{plan_id}/preview/file/csv?milestone=dang_ky").data.decode("utf-8-sig")
    assert len(sent.splitlines()) == 5
    assert "CB-1,Chi bộ số 1," in sent
    book = openpyxl.load_workbook(BytesIO(client.get(f"/plans/{plan_id}/preview/file/xlsx").data))
    sheet = book["Việc theo đơn vị"]
    assert (sheet.max_row, sheet["A2"].value) == (28, "HUYEN-A")
    assert client.get(f"/plans/{plan_id}/preview/file/exe").status_code == 404


def test_a_sheet_too_long_is_refused_instead_of_cut(
    plan_id: UUID, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.pages.plan_preview.MOST_ROWS", 10)
    answer = client.get(f"/plans/{plan_id}/preview/file/xlsx?q=chi+bo", follow_redirects=True)
    assert "Bảng dài hơn 10 dòng" in answer.text
    assert client.get(f"/plans/{plan_id}/preview/file/xlsx?milestone=dang_ky").status_code == 200


def test_problems_lead_to_what_mends_them(cast: Cast, client: Browser) -> None:
    wrong = replace(FORUM, signer="", routes=(), rules=replace(FORUM.rules, joint_clause="II.6.1"))
    with cast.session("huyen-a") as session:
        for unit in session.scalars(sa.select(Unit).where(Unit.code.in_(["CB-1", "CB-2"]))):
            unit.members = 4
    plan_id = drafted(cast, "huyen-a", wrong)
    page = client.get(f"/plans/{plan_id}/preview/problems").text
    assert f'href="/plans/{plan_id}/edit/signature"' in page
    assert "chưa có nơi nhận báo cáo" in page
    assert "Đề xuất sinh hoạt ghép (mục II.6.1)" in page


def test_a_big_tree_is_checked_in_pieces(
    plan_id: UUID, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_pages, "SLICE", 2)
    page = client.get(f"/plans/{plan_id}/preview/problems?page=2").text
    assert "đây là phần 2 trên 3" in page
    assert client.get(f"/plans/{plan_id}/preview/problems?page=9").status_code == 200


def test_groups_say_how_many_they_catch(plan_id: UUID, client: Browser) -> None:
    assert ">4 chi bộ</a>" in client.get(f"/plans/{plan_id}/preview/groups").text


def test_guests_are_named_from_the_roster(cast: Cast, client: Browser) -> None:
    invited = (Invited("Thường trực Huyện ủy", "standing_body"), Invited("Phòng Giáo dục", if_any=True))
    said = replace(FORUM, guests=(GuestRule("moi", "chi_bo", invited, clause="II.6"),))
    page = client.get(f"/plans/{drafted(cast, 'huyen-a', said)}/preview/guests?q=so+1").text
    assert "Khách mời của Chi bộ số 1" in page
    assert "Khách mời của Chi bộ số 2" not in page
    assert "Phạm Văn Ước" in page
    assert "Phòng Giáo dục (nếu có)" in page


def test_changes_tell_texts_and_tasks_of_each_unit(cast: Cast, client: Browser) -> None:
    plan_id = published_plan(cast, "huyen-a", FORUM)
    assert "Không đơn vị nào có việc thay đổi" in client.get(f"/plans/{plan_id}/preview/changes").text
    first, *others = FORUM.milestones
    place = next(n for n, one in enumerate(FORUM.milestones) if one.code == "dang_ky")
    kept = tuple(one for n, one in enumerate(FORUM.milestones) if n != place)
    with cast.session("huyen-a") as session:
        plan = session.get_one(Plan, plan_id)
        changed = replace(FORUM, signer="Người khác", milestones=kept)
        redraft(session, cast.actor("huyen-a.standing"), plan, changed)
    page = client.get(f"/plans/{plan_id}/preview/changes").text
    assert "Người khác" in page
    assert f"{FORUM.milestones[place].title}</span>" in page
    assert '<b>4</b><span class="text">Việc rút' in page
    assert first not in others


def test_a_plan_never_published_has_nothing_to_compare(plan_id: UUID, client: Browser) -> None:
    assert "chưa ban hành lần nào" in client.get(f"/plans/{plan_id}/preview/changes").text


@pytest.mark.parametrize("view", list(STATEMENTS))
def test_previews_ask_the_database_the_same_for_more_units(
    cast: Cast, plan_id: UUID, client: Browser, view: str
) -> None:
    for more in ((), (5, 6, 7)):
        _add_cells(cast, more)
        with statements(scope.Session.kw["bind"]) as seen:
            assert client.get(f"/plans/{plan_id}/preview{view}").status_code == 200
        assert len(seen) == STATEMENTS[view], seen


def _add_cells(cast: Cast, numbers: tuple[int, ...]) -> None:
    with cast.session("huyen-a") as session:
        home = session.get_one(Unit, cast.unit("huyen-a/XA-1"))
        for number in numbers:
            name, code = f"Chi bộ số {number}", f"CB-{number}"
            session.add(
                Unit(
                    code=code, name=name, search_key=fold(name), kind=UnitKind.CELL, parent_id=home.id,
                    path=home.tree_path.child(code).text, valid_from=home.valid_from,
                )
            )  # fmt: skip


@pytest.mark.parametrize("view", ["", "/groups", "/problems", "/guests", "/changes", "/file/csv"])
def test_others_see_no_draft(cast: Cast, plan_id: UUID, sign_in: SignIn, view: str) -> None:
    url = f"/plans/{plan_id}/preview{view}"
    assert sign_in("huyen-a.secretary").get(url).status_code == 403
    assert sign_in("huyen-b.officer").get(url).status_code == 404
    assert sign_in("huyen-a.officer").submit(url).status_code == 405
