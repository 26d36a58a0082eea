"""What people do and see in the back office (design: product X05; security 12, 46, 54)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from admin.backoffice import VIEWS
from admin.views import TenantModelView
from core.rotation.models import Absence, RotationLevel
from core.rotation.solving.facts import OwnCell
from tenants.clock import today
from tenants.models import Account, Appointment, AuditEntry, CellSetting, Department, Person, Unit
from tenants.people import UnitFacts, save_unit
from tests.backoffice_ground import one_of_each
from tests.cast import OPENED, Cast
from tests.conftest import Browser

SignIn = Callable[[str], Browser]
ADMIN, BASE = "huyen-a.admin", "huyen-a.base-officer"
READABLE = {
    "admin": {view.slug for view in VIEWS},
    "officer": {view.slug for view in VIEWS} - {"accounts", "audit", "reminder-settings"},
    "standing": {view.slug for view in VIEWS} - {"accounts", "absences", "jobs", "reminder-settings"},
    "base-officer": {view.slug for view in VIEWS}
    - {"accounts", "absences", "audit", "jobs", "reminder-settings"},
    "secretary": {
        "units", "cell-settings", "departments", "rotation-levels", "calendar-days", "meetings",
        "rotation-versions", "plans",
    },
    "official": set(),
}  # fmt: skip


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that reach the database inside the block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def write(cast: Cast, first: int, last: int) -> dict[str, object]:
    made: dict[str, object] = {}
    with cast.session(ADMIN) as session:
        for number in range(first, last + 1):
            made = dict(one_of_each(session, cast.actor(ADMIN), "Canary", number))
    return made


def account(cast: Cast, login: str) -> Account:
    with cast.session(ADMIN) as session:
        row = session.scalars(sa.select(Account).where(Account.login == login)).one()
        _ = row.person
        return row


@pytest.mark.parametrize("who", READABLE)
def test_who_reads_which_list(sign_in: SignIn, who: str) -> None:
    browser = sign_in(f"huyen-a.{who}")
    answers = {view.slug: browser.get(f"/admin/{view.slug}/").status_code for view in VIEWS}
    assert answers == {view.slug: 200 if view.slug in READABLE[who] else 403 for view in VIEWS}


def test_the_menu_names_only_lists_that_open(sign_in: SignIn) -> None:
    named = set(re.findall(r'href="/admin/([a-z-]+)/"', sign_in("huyen-a.secretary").get("/admin/").text))
    assert named == READABLE["secretary"]


def test_an_operator_of_the_platform_finds_no_back_office(sign_in: SignIn) -> None:
    browser = sign_in("operator")
    assert {browser.get(f"/admin/{view.slug}/").status_code for view in VIEWS} == {404}


def test_whoever_only_reads_writes_nothing(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = write(cast, 1, 1), sign_in(BASE)
    for view in VIEWS:
        for path in ("new/", f"edit/?id={ids[view.slug]}", "delete/"):
            assert browser.submit(f"/admin/{view.slug}/{path}").status_code in {403, 404}, (view, path)


QUERIES = {view.slug: 7 for view in VIEWS} | {"officials": 8, "plans": 8, "audit": 8}


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.slug)
def test_a_list_of_three_asks_as_much_as_a_list_of_one(
    sign_in: SignIn, cast: Cast, view: type[TenantModelView]
) -> None:
    browser, counts = sign_in(ADMIN), []
    for first, last in ((1, 1), (2, 3)):
        write(cast, first, last)
        with counted() as statements:
            browser.get(f"/admin/{view.slug}/")
        counts.append(len(statements))
    assert counts == [QUERIES[view.slug]] * 2


def test_people_are_found_without_diacritics_and_sorted_by_given_name(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    text = browser.get("/admin/people/?search=hoang+dao").text
    assert "Hoàng Thị Đào" in text
    assert "Lê Thị Hoa" not in text
    page = browser.get("/admin/people/").text
    names = re.findall(r'role="rowheader"[^>]*>([^<]+)</th>', page)
    assert [name.split()[-1] for name in names] == ["Ánh", "Bền", "Đào", "Hoa", "Ước", "Vinh"]


def test_a_base_officer_sees_his_commune_alone(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(BASE)
    assert "Chi bộ số 1" in browser.get("/admin/units/").text
    assert browser.get(f"/admin/units/details/?id={cast.unit('huyen-a/')}").status_code == 404
    people = browser.get("/admin/people/").text
    assert "Hoàng Thị Đào" in people
    assert "Phạm Văn Ước" not in people


def test_a_secretary_opens_no_neighbouring_cell(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("huyen-a.secretary")
    answers = [
        browser.get(f"/admin/units/details/?id={cast.unit(f'huyen-a/CB-{n}')}").status_code for n in (1, 2)
    ]
    assert answers == [200, 404]


def test_a_refused_unit_keeps_what_was_typed(sign_in: SignIn, cast: Cast) -> None:
    typed = {
        "name": "Chi bộ Cồn Nổi",
        "code": "CB-1",
        "kind": "cell",
        "valid_from": "2026-01-01",
        "special": "0",
    }
    answer = sign_in(ADMIN).submit("/admin/units/new/", typed | {"parent": str(cast.unit("huyen-a/XA-1"))})
    assert "Mã “CB-1” đã dùng cho Chi bộ số 1" in answer.text
    assert "Chi bộ Cồn Nổi" in answer.text


def test_a_block_is_written_in_words_and_read_back_as_words(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    typed = {
        "kind": "cell", "code": "CB-9", "name": "Chi bộ Chín", "block": "Khối cơ quan", "members": "4",
        "valid_from": "2026-01-01", "special": "0", "parent": str(cast.unit("huyen-a/XA-1")), "rank": "",
    }  # fmt: skip
    assert browser.submit("/admin/units/new/", typed).status_code == 302
    with cast.session(ADMIN) as session:
        row = session.scalars(sa.select(Unit).where(Unit.code == "CB-9")).one()
        assert (row.block, row.members, row.rounds_held) == ("agency", 4, 0)
    assert 'value="Cơ quan"' in browser.get(f"/admin/units/edit/?id={row.id}").text
    assert "Cơ quan" in browser.get(f"/admin/units/details/?id={row.id}").text


def test_a_level_is_once_a_period_or_so_often_a_year(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    typed = {"code": "TINH", "name": "Cấp tỉnh", "cadence": "year-4", "own_cell": "last", "report_days": "3"}
    assert "Not a valid" not in (
        refused := browser.submit("/admin/rotation-levels/new/", typed | {"cadence": "7"}).text
    )
    assert 'value="Cấp tỉnh"' in refused
    assert browser.submit("/admin/rotation-levels/new/", typed).status_code == 302
    assert "Ít nhất 04 lần một năm" in browser.get("/admin/rotation-levels/").text
    with cast.session(ADMIN) as session:
        level = session.scalars(sa.select(RotationLevel).where(RotationLevel.code == "TINH")).one()
        assert (level.period_months, level.per_year, level.own_cell) == (None, 4, OwnCell.LAST)
    url = f"/admin/rotation-levels/edit/?id={level.id}"
    assert re.search(r'<option selected value="year-4">', browser.get(url).text)
    assert browser.submit(url, typed | {"cadence": "months-3"}).status_code == 302
    with cast.session(ADMIN) as session:
        level = session.get_one(RotationLevel, level.id)
        assert (level.period_months, level.per_year) == (3, None)
    assert sign_in("huyen-b.admin").get(url).status_code == 404
    assert sign_in("huyen-a.officer").submit(url, typed).status_code == 403


def test_what_a_cell_asks_of_the_rotation_is_kept_and_an_organisation_asks_nothing(
    sign_in: SignIn, cast: Cast
) -> None:
    browser, above = sign_in(ADMIN), {"parent": str(cast.unit("huyen-a/XA-1")), "rank": ""}
    asked = {"visitors_wanted": "2", "visits_least": "6", "visited_first": "y"}
    typed = {
        "kind": "cell",
        "code": "CB-9",
        "name": "Chi bộ Chín",
        "valid_from": "2026-01-01",
        "special": "0",
    }
    assert (
        "từ 1 đến 9"
        in browser.submit("/admin/units/new/", typed | above | asked | {"visitors_wanted": "0"}).text
    )
    assert (
        "Chỉ chi bộ mới có"
        in browser.submit("/admin/units/new/", typed | above | asked | {"kind": "organisation"}).text
    )
    assert browser.submit("/admin/units/new/", typed | above | asked).status_code == 302
    with cast.session(ADMIN) as session:
        row = session.scalars(sa.select(Unit).where(Unit.code == "CB-9")).one()
        assert (row.visitors_wanted, row.visits_least, row.visited_first) == (2, 6, True)
    assert (
        'name="visits_least" type="number" value="6"' in browser.get(f"/admin/units/edit/?id={row.id}").text
    )


def test_a_kind_of_cell_gets_a_code_which_no_other_may_take(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    first = browser.submit("/admin/cell-settings/new/", {"name": "Chi bộ ấp", "code": "Nông thôn"})
    assert first.status_code == 302
    again = browser.submit("/admin/cell-settings/new/", {"name": "Chi bộ bản", "code": "rural"})
    assert "đã dùng cho loại “Chi bộ ấp”" in again.text
    with cast.session(ADMIN) as session:
        codes = dict(session.execute(sa.select(CellSetting.name, CellSetting.code)).all())
    assert codes["Chi bộ ấp"] == "rural"
    assert "Chi bộ bản" not in codes


def test_a_role_is_given_and_ended_by_the_services(sign_in: SignIn, cast: Cast) -> None:
    browser, person = sign_in(ADMIN), account(cast, "official").person_id
    typed = {"person": str(person), "unit": str(cast.unit("huyen-a/CB-2")), "appointed_role": "secretary"}
    assert browser.submit("/admin/appointments/new/", typed | {"valid_from": "2026-02-01"}).status_code == 302
    with cast.session(ADMIN) as session:
        query = sa.select(Appointment).where(Appointment.unit_id == cast.unit("huyen-a/CB-2"))
        given = session.scalars(query).one()
    browser.submit("/admin/appointments/delete/", {"id": str(given.id)})
    with cast.session(ADMIN) as session:
        assert session.get_one(Appointment, given.id).valid_to == today()


@pytest.mark.parametrize("role", ["operator", "tenant_admin", "nobody"])
def test_a_role_that_is_not_to_be_given_is_refused(sign_in: SignIn, cast: Cast, role: str) -> None:
    person = account(cast, "official").person_id
    typed = {"person": str(person), "unit": str(cast.unit("huyen-a/CB-2")), "appointed_role": role}
    answer = sign_in(ADMIN).submit("/admin/appointments/new/", typed | {"valid_from": "2026-02-01"})
    assert answer.status_code == 200
    assert "Chưa lưu được" in answer.text


def test_the_link_of_a_new_account_is_shown_once_and_works(
    sign_in: SignIn, anonymous: Browser, cast: Cast
) -> None:
    browser = sign_in(ADMIN)
    browser.submit("/admin/people/new/", {"full_name": "Nguyễn Thị Hằng", "code": "DV-9"})
    with cast.session(ADMIN) as session:
        person = session.scalars(sa.select(Person).where(Person.code == "DV-9")).one()
    page = f"/admin/accounts/person/?id={person.id}"
    assert 'value="hang.nt"' in browser.get(page).text
    shown = browser.submit(page, {"verb": "open", "login": "hang.nt"}).text
    (link,) = re.findall(r'value="https://localhost(/invitation/[^"]+)"', shown)
    assert anonymous.get(link).status_code == 200
    assert "/invitation/" not in browser.get(page).text


def test_a_shut_account_is_signed_out_and_opened_again(sign_in: SignIn, cast: Cast) -> None:
    browser, other = sign_in(ADMIN), sign_in("huyen-a.secretary")
    page = f"/admin/accounts/person/?id={account(cast, 'secretary').person_id}"
    assert browser.submit(page, {"verb": "disable"}).status_code == 302
    assert other.get("/admin/").status_code == 302
    browser.submit(page, {"verb": "enable"})
    assert account(cast, "secretary").disabled_at is None


def test_ticked_accounts_are_shut_together_or_not_at_all(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    both = [str(account(cast, login).id) for login in ("secretary", "admin")]
    browser.submit("/admin/accounts/action/", {"action": "disable", "rowid": both})
    assert account(cast, "secretary").disabled_at is None
    browser.submit("/admin/accounts/action/", {"action": "disable", "rowid": both[:1]})
    assert account(cast, "secretary").disabled_at is not None


def test_the_trail_names_its_actor_and_says_that_it_is_whole(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    browser.submit("/admin/people/new/", {"full_name": "Nguyễn Thị Hằng", "code": "DV-9"})
    text = browser.get("/admin/audit/").text
    assert "Trần Văn Bền" in text
    assert "Đồng chí: thêm vào danh sách" in text
    assert "nguyên vẹn" in browser.get("/admin/audit/verify/").text


def test_a_broken_trail_is_said_to_be_broken(sign_in: SignIn, cast: Cast, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{cast.tenants['huyen-a']}'")
        connection.exec_driver_sql("UPDATE audit_entry SET facts = '{\"x\": 1}' WHERE number = 1")
    assert "bị đứt ở mục số 1" in sign_in(ADMIN).get("/admin/audit/verify/").text


def test_a_meeting_moves_within_its_month_only(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = write(cast, 1, 1), sign_in(ADMIN)
    url = f"/admin/meetings/edit/?id={ids['meetings']}"
    moved = browser.submit(url, {"meets_on": today().replace(day=9).isoformat(), "slot": "morning"})
    refused = browser.submit(url, {"meets_on": "2020-01-09", "slot": "morning"})
    assert (moved.status_code, refused.status_code) == (302, 200)


def test_an_officials_areas_are_kept_added_and_dropped(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = write(cast, 1, 1), sign_in(ADMIN)
    areas = ",".join(str(cast.unit(f"huyen-a/{code}")) for code in ("CB-1", "CB-2"))
    level = {"level": str(ids["rotation-levels"]), "area_units": areas}
    answer = browser.submit(f"/admin/officials/edit/?id={ids['officials']}", level)
    assert answer.status_code == 302
    text = browser.get(f"/admin/officials/details/?id={ids['officials']}").text
    assert "Chi bộ số 1; Chi bộ số 2" in text or "Chi bộ số 2; Chi bộ số 1" in text
    assert "Đảng bộ xã Yên Phú" not in text


def test_an_official_leaves_after_he_has_joined(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = write(cast, 1, 1), sign_in(ADMIN)
    url = f"/admin/officials/edit/?id={ids['officials']}"
    typed = {"level": str(ids["rotation-levels"]), "area_units": str(cast.unit("huyen-a/CB-1"))}
    typed |= {"joined_on": "2026-05-01", "retired_on": "2026-04-01"}
    assert "Ngày thôi dự không thể trước ngày bắt đầu dự" in browser.submit(url, typed).text
    assert browser.submit(url, typed | {"retired_on": ""}).status_code == 302
    assert "01/05/2026" in browser.get(f"/admin/officials/details/?id={ids['officials']}").text


def test_the_tree_nests_units_and_is_searched_without_diacritics(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    assert "4 chi bộ đang hoạt động" in browser.get("/units").text
    text = browser.get("/units?q=chi+bo+so+3").text
    assert "Chi bộ số 3" in text
    assert "Chi bộ số 2" not in text


def test_the_tree_of_a_past_day_is_the_tree_of_that_day(sign_in: SignIn, cast: Cast) -> None:
    with cast.session(ADMIN) as session:
        row = session.get_one(Unit, cast.unit("huyen-a/CB-1"))
        kept = {name: getattr(row, name) for name in UnitFacts.__dataclass_fields__}
        save_unit(session, cast.actor(ADMIN), UnitFacts(**kept | {"name": "Chi bộ Mới"}), row)
    browser = sign_in(ADMIN)
    assert "Chi bộ Mới" in browser.get("/units").text
    page = browser.get(f"/units?on={OPENED}").text
    assert "theo cơ cấu ngày 01/01/2026" in page
    assert "Chi bộ số 1" in page
    assert "/admin/units/edit/" not in page
    assert browser.get("/units?on=x").status_code == 200


def test_the_tree_offers_editing_only_to_whoever_may(sign_in: SignIn, cast: Cast) -> None:
    assert f"/admin/units/edit/?id={cast.unit('huyen-a/CB-1')}" in sign_in(ADMIN).get("/units").text
    assert "/admin/units/edit/" not in sign_in("huyen-a.secretary").get("/units").text


def test_the_parent_named_in_the_address_is_chosen(sign_in: SignIn, cast: Cast) -> None:
    text = sign_in(ADMIN).get(f"/admin/units/new/?parent={cast.unit('huyen-a/XA-1')}").text
    assert "(XA-1)" in text


def test_what_nothing_names_goes_and_the_trail_keeps_its_facts(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = write(cast, 1, 1), sign_in(ADMIN)
    browser.submit("/admin/absences/delete/", {"id": str(ids["absences"])})
    browser.submit("/admin/departments/new/", {"name": "Ban Nội chính", "function": "office"})
    with cast.session(ADMIN) as session:
        department = session.scalars(sa.select(Department).where(Department.name == "Ban Nội chính")).one()
    browser.submit("/admin/departments/delete/", {"id": str(department.id)})
    with cast.session(ADMIN) as session:
        assert session.get(Absence, ids["absences"]) is None
        assert session.get(Department, department.id) is None
        facts = {entry.tag: entry.facts for entry in session.scalars(sa.select(AuditEntry))}
    assert facts["absence:withdraw"]["starts_on"] == str(today())
    assert facts["department:remove"] == {"name": "Ban Nội chính"}
