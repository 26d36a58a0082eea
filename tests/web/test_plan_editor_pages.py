"""The editor of a draft as pages: add, change, move, remove, undo; two people at once (design: D1, X03)."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.plans.content import PlanContent
from core.plans.due import BeforeDate
from core.plans.parts import moved, part_at
from tenants import scope
from tenants.models import AuditEntry
from tests.cast import Cast
from tests.conftest import Browser
from tests.plans_ground import FORUM, drafted, known, said, typed
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
EDITOR_STATEMENTS, PART_STATEMENTS = 7, 7


@pytest.fixture
def plan_id(cast: Cast, database: dict[str, str]) -> UUID:
    return drafted(cast, "huyen-a")


@pytest.fixture
def client(sign_in: SignIn) -> Browser:
    return sign_in("huyen-a.officer")


def test_every_part_of_the_draft_is_listed_and_opens(plan_id: UUID, client: Browser) -> None:
    page = client.get(f"/plans/{plan_id}/edit?open=moc").text
    titles = [one.title for one in FORUM.selectors] + [one.title for one in FORUM.milestones]
    assert all(title in page for title in titles)
    assert "Hiện có 4 chi bộ" in page
    for where in ("document", "rules", "milestones/0", "milestones/new", "contents/1", "contents/0/steps/4"):
        assert client.get(f"/plans/{plan_id}/edit/{where}").status_code == 200, where


@pytest.mark.parametrize(
    "where",
    [
        "milestones/99",
        "nothing",
        "subject/0",
        "milestones/x",
        "milestones/0/due/1",
        "contents/0/steps/99",
        "0/1",
    ],
)
def test_a_part_that_is_not_there_is_not_found(plan_id: UUID, client: Browser, where: str) -> None:
    assert client.get(f"/plans/{plan_id}/edit/{where}").status_code == 404


def test_a_change_is_kept_at_once_and_told_in_the_trail(cast: Cast, plan_id: UUID, client: Browser) -> None:
    url = f"/plans/{plan_id}/edit/milestones/4"
    page = client.get(url).text
    answer = client.submit(
        url, typed(page, title="Đăng ký lịch", due__rule="before_date", due__before_date__date="2026-04-15")
    )
    assert answer.location.startswith(f"/plans/{plan_id}/edit?open=moc")
    changed = said(cast, "huyen-a", plan_id).milestones[4]
    assert (changed.title, changed.due) == ("Đăng ký lịch", BeforeDate(changed.due.date))  # type: ignore[union-attr]
    assert changed.clause == FORUM.milestones[4].clause
    with cast.session("huyen-a") as session:
        facts = session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.tag == "plan:draft"))
        assert {"part": "milestones/4"} in list(facts)


def test_an_item_is_added_with_a_code_of_its_own(cast: Cast, plan_id: UUID, client: Browser) -> None:
    url = f"/plans/{plan_id}/edit/milestones/new"
    sent = typed(
        client.get(url).text,
        title="Sơ kết",
        action="report",
        who=FORUM.selectors[0].code,
        due__rule="by_date",
        due__by_date__date="2026-12-01",
        again="1",
    )
    assert client.submit(url, sent).location.startswith(f"{url}?saved=")
    added = said(cast, "huyen-a", plan_id).milestones[-1]
    assert (added.code, added.title) == ("so_ket", "Sơ kết")


def test_a_new_content_leads_to_its_steps(cast: Cast, plan_id: UUID, client: Browser) -> None:
    url = f"/plans/{plan_id}/edit/contents/new"
    where = client.submit(url, typed(client.get(url).text, title="Nội dung ba")).location.split("?")[0]
    assert where == f"/plans/{plan_id}/edit/contents/{len(FORUM.contents)}"
    step = f"{where}/steps/new"
    answer = client.submit(step, typed(client.get(step).text, title="Khai mạc"))
    assert answer.location.split("?")[0] == where
    assert said(cast, "huyen-a", plan_id).contents[-1].steps[0].title == "Khai mạc"


def test_who_names_a_code_follows_its_new_name(cast: Cast, plan_id: UUID, client: Browser) -> None:
    url = f"/plans/{plan_id}/edit/selectors/3"
    old = FORUM.selectors[3].code
    client.submit(url, typed(client.get(url).text, code="tat_ca"))
    after = said(cast, "huyen-a", plan_id)
    assert [one.who == "tat_ca" for one in after.milestones] == [one.who == old for one in FORUM.milestones]


def test_a_fault_is_told_beside_its_field_and_nothing_typed_is_lost(
    cast: Cast, plan_id: UUID, client: Browser
) -> None:
    url = f"/plans/{plan_id}/edit/milestones/4"
    page = client.submit(url, typed(client.get(url).text, title="Tên mới", topics="99", code="Sai Mã")).text
    assert "Chưa lưu được: cần sửa 2 chỗ" in page
    assert "lớn quá; nhiều nhất 20." in page
    assert 'value="Tên mới"' in page
    assert said(cast, "huyen-a", plan_id) == FORUM


def test_two_people_who_edit_different_parts_both_keep_theirs(
    cast: Cast, plan_id: UUID, client: Browser, sign_in: SignIn
) -> None:
    other, url = sign_in("huyen-a.standing"), f"/plans/{plan_id}/edit/milestones/4"
    shown = client.get(url).text
    first = f"/plans/{plan_id}/edit/milestones/0"
    listed = other.get(f"/plans/{plan_id}/edit").text
    other.submit(f"/plans/{plan_id}/remove/milestones/0", {"known": known(listed, "milestones/0")})
    assert other.get(first).status_code == 200
    assert client.submit(url, typed(shown, title="Của tôi")).status_code == 302
    after = said(cast, "huyen-a", plan_id).milestones
    assert (len(after), after[3].title) == (len(FORUM.milestones) - 1, "Của tôi")


def test_two_people_who_edit_one_part_are_told_and_neither_loses(
    cast: Cast, plan_id: UUID, client: Browser, sign_in: SignIn
) -> None:
    url = f"/plans/{plan_id}/edit/milestones/4"
    mine = typed(client.get(url).text, title="Của tôi")
    other = sign_in("huyen-a.standing")
    other.submit(url, typed(other.get(url).text, title="Của người khác"))
    page = client.submit(url, mine).text
    assert "vừa được người khác sửa" in page
    assert 'value="Của tôi"' in page
    assert said(cast, "huyen-a", plan_id).milestones[4].title == "Của người khác"
    assert client.submit(url, typed(page)).status_code == 302
    assert said(cast, "huyen-a", plan_id).milestones[4].title == "Của tôi"


def test_what_somebody_removed_meanwhile_is_kept_as_a_new_item(
    cast: Cast, plan_id: UUID, client: Browser, sign_in: SignIn
) -> None:
    last = len(FORUM.bases) - 1
    url, other = f"/plans/{plan_id}/edit/bases/{last}", sign_in("huyen-a.standing")
    mine = typed(client.get(url).text, number="99-KH/HU")
    listed = other.get(f"/plans/{plan_id}/edit").text
    other.submit(f"/plans/{plan_id}/remove/bases/{last}", {"known": known(listed, f"bases/{last}")})
    page = client.submit(url, mine).text
    assert "vừa được người khác sửa" in page
    assert client.submit(url, typed(page)).status_code == 302
    assert said(cast, "huyen-a", plan_id).bases[-1].number == "99-KH/HU"


def test_items_move_up_and_down(cast: Cast, plan_id: UUID, client: Browser) -> None:
    page = client.get(f"/plans/{plan_id}/edit").text
    mark = {"known": known(page, "milestones/4")}
    assert client.submit(f"/plans/{plan_id}/move/milestones/4?way=down", mark).status_code == 302
    assert said(cast, "huyen-a", plan_id) == moved(FORUM, ("milestones", 4), 1)
    client.submit(f"/plans/{plan_id}/move/milestones/4?way=up", mark)
    assert said(cast, "huyen-a", plan_id) == FORUM
    assert client.submit(f"/plans/{plan_id}/move/milestones/4?way=out", mark).status_code == 404


@pytest.mark.parametrize("where", ["milestones/4", "contents/0/steps/2"])
def test_what_was_removed_is_put_back_by_one_button(
    cast: Cast, plan_id: UUID, client: Browser, where: str
) -> None:
    home = "" if where.count("/") == 1 else "/contents/0"
    mark = {"known": known(client.get(f"/plans/{plan_id}/edit{home}").text, where)}
    page = client.submit(f"/plans/{plan_id}/remove/{where}", mark).text
    assert "Đã xóa" in page
    assert said(cast, "huyen-a", plan_id) != FORUM
    item = page.partition('name="item" value="')[2].partition('"')[0].replace("&#34;", '"')
    client.submit(f"/plans/{plan_id}/restore/{where}", {"item": item})
    assert said(cast, "huyen-a", plan_id) == FORUM
    again = client.submit(f"/plans/{plan_id}/restore/{where}", {"item": "{}"})
    assert again.status_code == 404


def test_an_item_changed_meanwhile_is_neither_removed_nor_moved(
    cast: Cast, plan_id: UUID, client: Browser
) -> None:
    for verb in ("remove", "move"):
        url = f"/plans/{plan_id}/{verb}/milestones/4?way=up"
        answer = client.submit(url, {"known": "0" * 64}, follow_redirects=True)
        assert "chưa có gì thay đổi" in answer.text
    assert said(cast, "huyen-a", plan_id) == FORUM


def test_a_title_already_used_is_told_beside_its_field(cast: Cast, plan_id: UUID, client: Browser) -> None:
    other = client.submit("/plans/new/blank", {"subject": "Kế hoạch khác", "year": "2026", "kind": "plan"})
    url = other.location + "/document"
    page = client.submit(url, typed(client.get(url).text, subject=FORUM.subject)).text
    assert "đã có kế hoạch cùng trích yếu" in page


def test_pages_ask_the_database_the_same_whatever_the_draft_holds(
    cast: Cast, plan_id: UUID, client: Browser
) -> None:
    small = drafted(cast, "huyen-a", PlanContent("Khác", 2026))
    for one in (plan_id, small):
        for page, most in (("edit", EDITOR_STATEMENTS), ("edit/milestones/new", PART_STATEMENTS)):
            with statements(scope.Session.kw["bind"]) as seen:
                client.get(f"/plans/{one}/{page}")
            assert len(seen) == most, (page, seen)


@pytest.mark.parametrize("page", ["edit", "edit/milestones/0"])
def test_others_do_not_edit(cast: Cast, plan_id: UUID, sign_in: SignIn, page: str) -> None:
    assert sign_in("huyen-a.secretary").get(f"/plans/{plan_id}/{page}").status_code == 403
    assert sign_in("huyen-b.officer").get(f"/plans/{plan_id}/{page}").status_code == 404
    for verb in ("move", "remove", "restore"):
        url = f"/plans/{plan_id}/{verb}/milestones/0"
        assert sign_in("huyen-a.secretary").submit(url).status_code == 403
        assert sign_in("huyen-b.officer").submit(url).status_code == 404
        assert sign_in("huyen-a.officer").get(url).status_code == 405
    assert part_at(said(cast, "huyen-a", plan_id), ("milestones", 0)) == FORUM.milestones[0]
