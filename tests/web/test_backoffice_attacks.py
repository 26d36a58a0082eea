"""Every view of the back office under every attack of the list (design: security 19, 22-38)."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.backoffice import VIEWS
from admin.database import db
from admin.exports import LIVE
from admin.views import NEVER_IN_FORMS, TenantModelView, register
from tenants.models import Appointment, AuditEntry, CellSetting, Person, Unit
from tests.backoffice_ground import one_of_each
from tests.cast import Cast
from tests.conftest import Browser

SignIn = Callable[[str], Browser]
View = type[TenantModelView]
ADMIN, FOREIGN = "huyen-a.admin", "huyen-b.admin"
SCRIPT = '<script>alert("x")</script>'
FORMULA = "=HYPERLINK(1)"
BAD_IDS = ("abc", "1,2", "9" * 40, "", "00000000-0000-0000-0000-000000000000", "%", "..", "1 OR 1=1")
WRITES = ("new", "edit", "delete", "action", "ajax/update", "export/csv")
EXPORTING = [view for view in VIEWS if view.exports]


def rows(cast: Cast, who: str, text: str, count: int = 1) -> dict[str, UUID]:
    """The ids of the last row of each noun in that person's tenant."""
    made: dict[str, UUID] = {}
    with cast.session(who) as session:
        for number in range(1, count + 1):
            made = one_of_each(session, cast.actor(who), text, number)
    return made


def snapshot(cast: Cast, who: str) -> list[Any]:
    """What stands in every table of a view, except the trail."""
    kinds = dict.fromkeys(view.model for view in VIEWS if view.model is not AuditEntry)
    with cast.session(who) as session:
        return [session.execute(sa.select(kind.__table__).order_by(kind.id)).all() for kind in kinds]


def test_a_plain_model_view_is_not_registered(app: Flask) -> None:
    with app.app_context(), pytest.raises(TypeError, match="not a TenantModelView"):
        register(Admin(), ModelView(Unit, db))


@pytest.mark.parametrize("path", ["details/?id={}", "edit/?id={}"])
def test_a_foreign_row_is_neither_shown_nor_opened(sign_in: SignIn, cast: Cast, path: str) -> None:
    ids, browser = rows(cast, FOREIGN, "Canary"), sign_in(ADMIN)
    answers = {view.slug: browser.get(f"/admin/{view.slug}/{path.format(ids[view.slug])}") for view in VIEWS}
    assert {answer.status_code for answer in answers.values()} == {404}
    assert not [slug for slug, answer in answers.items() if "Canary" in answer.text]


def test_no_write_reaches_a_foreign_row(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = rows(cast, FOREIGN, "Canary"), sign_in(ADMIN)
    before = snapshot(cast, FOREIGN)
    for view in VIEWS:
        key, base = str(ids[view.slug]), f"/admin/{view.slug}"
        browser.submit(f"{base}/edit/?id={key}", {"name": "Lạ", "full_name": "Lạ", "valid_to": "2026-02-01"})
        browser.submit(f"{base}/delete/", {"id": key})
        browser.submit(f"{base}/action/", {"action": "disable", "rowid": key})
        browser.submit(f"{base}/action/", {"action": "delete", "rowid": key})
        browser.submit(f"{base}/ajax/update/", {"list_form_pk": key, "name": "Lạ"})
        browser.submit(f"{base}/person/?id={key}", {"verb": "disable"})
    assert snapshot(cast, FOREIGN) == before


def test_no_list_and_no_export_shows_a_foreign_text(sign_in: SignIn, cast: Cast) -> None:
    rows(cast, FOREIGN, "Canary")
    browser = sign_in(ADMIN)
    texts = [browser.get(f"/admin/{view.slug}/?search=canar").text for view in VIEWS]
    texts += [browser.get("/units?q=canar").text, browser.get("/admin/").text]
    texts += [browser.submit(f"/admin/{view.slug}/export/csv/").text for view in EXPORTING]
    assert not [text for text in texts if "Canary" in text]


def lookups(browser: Browser, term: str, limit: int = 10) -> dict[str, list[Any]]:
    """What every look-up of every view answers."""
    url = "/admin/{}/ajax/lookup/?name={}&query={}&limit={}"
    return {
        f"{view.slug}.{name}": json.loads(browser.get(url.format(view.slug, name, term, limit)).text)
        for view in VIEWS
        for name in view.form_ajax_refs or {}
    }


def test_look_ups_find_ones_own_and_nothing_foreign(sign_in: SignIn, cast: Cast) -> None:
    rows(cast, FOREIGN, "Canary")
    browser = sign_in(ADMIN)
    assert set(map(len, lookups(browser, "Canary").values())) == {0}
    rows(cast, ADMIN, "Canary")
    assert set(map(len, lookups(browser, "cAnàry").values())) == {1}


def test_a_look_up_answers_fifty_rows_at_most_and_nothing_to_one_letter(sign_in: SignIn, cast: Cast) -> None:
    rows(cast, ADMIN, "Canary", 51)
    browser = sign_in(ADMIN)
    assert set(map(len, lookups(browser, "Canary", 100_000).values())) == {50}
    assert set(map(len, lookups(browser, "C").values())) == {0}


@pytest.mark.parametrize("bad", BAD_IDS)
def test_what_is_no_id_is_not_found(sign_in: SignIn, cast: Cast, bad: str) -> None:
    browser = sign_in(ADMIN)
    for view in VIEWS:
        for path in ("details", "edit"):
            answer = browser.get(f"/admin/{view.slug}/{path}/", query_string={"id": bad})
            assert answer.status_code == 404 or (bad == "" and answer.status_code == 302), (view, path)
        assert browser.submit(f"/admin/{view.slug}/delete/", {"id": bad}).status_code in {302, 404}


def test_a_null_byte_is_a_bad_request(sign_in: SignIn) -> None:
    browser = sign_in(ADMIN)
    assert {browser.get(f"/admin/{view.slug}/details/?id=%00").status_code for view in VIEWS} == {400}


def test_no_write_without_the_pages_token(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = rows(cast, ADMIN, "Canary"), sign_in(ADMIN)
    answers = {
        f"{view.slug}/{path}": browser.post(
            f"/admin/{view.slug}/{path}/?id={ids[view.slug]}", data={"id": str(ids[view.slug])}
        ).status_code
        for view in VIEWS
        for path in WRITES
    }
    assert set(answers.values()) == {400}
    assert browser.post(f"/admin/accounts/person/?id={ids['people']}").status_code == 400


def test_no_form_has_a_field_that_is_not_the_visitors_to_set(app: Flask) -> None:
    views = [view for view in app.extensions["admin"][0]._views if isinstance(view, TenantModelView)]
    forms = [form for view in views for form in (view._create_form_class, view._edit_form_class)]
    with app.test_request_context():
        fields = {
            name
            for form in forms
            if form
            for name in dir(form)
            if hasattr(getattr(form, name), "field_class")
        }
    assert len(views) == len(VIEWS)
    assert not fields & NEVER_IN_FORMS


def test_what_is_no_field_of_the_form_is_not_written(sign_in: SignIn, cast: Cast) -> None:
    unit, browser = cast.unit("huyen-a/CB-1"), sign_in(ADMIN)
    more = {
        "tenant_id": str(cast.tenants["huyen-b"]),
        "path": "/X/",
        "revision": "9",
        "code": "X",
        "kind": "cell",
    }
    form = {"name": "Chi bộ mới", "parent": str(cast.unit("huyen-a/XA-1")), "valid_from": "2026-01-01"}
    answer = browser.submit(
        f"/admin/units/edit/?id={unit}", form | more | {"seen_revision": "1", "special": "0"}
    )
    with cast.session(ADMIN) as session:
        row = session.get_one(Unit, unit)
    assert answer.status_code == 302
    assert (row.name, row.code, row.path) == ("Chi bộ mới", "CB-1", "/HUYEN-A/XA-1/CB-1/")


def test_no_role_is_written_by_the_name_of_its_column(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = rows(cast, ADMIN, "Canary"), sign_in(ADMIN)
    key = ids["appointments"]
    browser.submit(f"/admin/appointments/edit/?id={key}", {"role": "tenant_admin", "valid_to": "2026-12-31"})
    with cast.session(ADMIN) as session:
        assert session.get_one(Appointment, key).role.value == "member"


UNIT = {"name": "Mới", "code": "N-1", "kind": "cell", "valid_from": "2026-01-01", "special": "0"}
TYPED: dict[str, dict[str, str]] = {
    "units": UNIT,
    "appointments": {"appointed_role": "secretary", "valid_from": "2026-02-01"},
    "officials": {},
    "absences": {"starts_on": "2026-03-01", "ends_on": "2026-03-02"},
    "meetings": {"meets_on": "2026-03-05", "slot": "evening"},
}
CHOICES = {
    "units": {"parent": "commune", "setting": "cell-settings"},
    "appointments": {"person": "secretary", "unit": "units", "department": "departments"},
    "officials": {
        "person": "secretary",
        "level": "rotation-levels",
        "own_cell": "units",
        "area_units": "units",
    },
    "absences": {"person": "people"},
    "meetings": {"cell": "units"},
}


def choosable(cast: Cast, tenant: str) -> dict[str, UUID]:
    """Rows of the tenant that its own forms accept."""
    ids = rows(cast, f"{tenant}.admin", "Canary") | {"commune": cast.unit(f"{tenant}/XA-1")}
    with cast.session(tenant) as session:
        code = Person.code == "DV-secretary"
        return ids | {"secretary": session.scalars(sa.select(Person.id).where(code)).one()}


@pytest.mark.parametrize("slug", CHOICES)
def test_ones_own_choices_are_taken(sign_in: SignIn, cast: Cast, slug: str) -> None:
    own = choosable(cast, "huyen-a")
    chosen = {name: str(own[noun]) for name, noun in CHOICES[slug].items()}
    assert sign_in(ADMIN).submit(f"/admin/{slug}/new/", TYPED[slug] | chosen).status_code == 302


@pytest.mark.parametrize(("slug", "foreign"), [(slug, name) for slug in CHOICES for name in CHOICES[slug]])
def test_a_foreign_choice_is_refused_and_nothing_is_written(
    sign_in: SignIn, cast: Cast, slug: str, foreign: str
) -> None:
    own, theirs = choosable(cast, "huyen-a"), choosable(cast, "huyen-b")
    chosen = {name: str((theirs if name == foreign else own)[noun]) for name, noun in CHOICES[slug].items()}
    before, browser = snapshot(cast, ADMIN), sign_in(ADMIN)
    assert browser.submit(f"/admin/{slug}/new/", TYPED[slug] | chosen).status_code in {200, 404}
    assert snapshot(cast, ADMIN) == before


def test_a_text_of_a_row_is_never_markup(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = rows(cast, ADMIN, SCRIPT), sign_in(ADMIN)
    for view in VIEWS:
        for path in ("", f"details/?id={ids[view.slug]}", f"edit/?id={ids[view.slug]}", "?search=%3Cscript"):
            assert SCRIPT not in browser.get(f"/admin/{view.slug}/{path}").text, (view, path)
    for url in (
        f"/admin/accounts/person/?id={ids['people']}",
        "/units",
        f"/units?q={SCRIPT}",
        "/admin/audit/verify/",
    ):
        assert SCRIPT not in browser.get(url).text, url


@pytest.mark.parametrize("view", EXPORTING, ids=lambda view: view.slug)
def test_no_exported_cell_is_a_formula(sign_in: SignIn, cast: Cast, view: View) -> None:
    rows(cast, ADMIN, FORMULA)
    answer = sign_in(ADMIN).submit(f"/admin/{view.slug}/export/csv/")
    cells = [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(LIVE)]
    assert any(FORMULA in cell for cell in cells)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    view=st.sampled_from(VIEWS),
    query=st.dictionaries(
        st.sampled_from(
            ["page", "sort", "desc", "search", "page_size", "flt0_0", "flt1_1", "id", "parent", "url"]
        ),
        st.one_of(st.text(max_size=20), st.just(str(10**20)), st.just("-1"), st.integers().map(str)),
    ),
)
def test_no_query_string_breaks_a_list(sign_in: SignIn, view: View, query: dict[str, str]) -> None:
    browser = sign_in(ADMIN)
    for path in ("", "new/", "details/"):
        assert browser.get(f"/admin/{view.slug}/{path}", query_string=query).status_code < 500


@pytest.mark.parametrize(
    ("slug", "typed"),
    [
        ("units", {"name": "Canary hai", "valid_from": "2026-01-01", "special": "0"}),
        ("people", {"full_name": "Canary Hai", "code": "P-1", "phone": "", "email": ""}),
    ],
)
def test_the_second_of_two_edits_is_a_conflict(
    sign_in: SignIn, cast: Cast, slug: str, typed: dict[str, str]
) -> None:
    ids, browser = rows(cast, ADMIN, "Canary"), sign_in(ADMIN)
    typed |= {"seen_revision": "1", "parent": str(cast.unit("huyen-a/XA-1"))}
    url = f"/admin/{slug}/edit/?id={ids[slug]}"
    assert [browser.submit(url, typed).status_code for _ in range(2)] == [302, 409]


def test_deleting_keeps_the_row_and_leaves_an_entry(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = rows(cast, ADMIN, "Canary"), sign_in(ADMIN)
    for slug in ("officials", "appointments", "people", "units"):
        assert browser.submit(f"/admin/{slug}/delete/", {"id": str(ids[slug])}).status_code == 302
    with cast.session(ADMIN) as session:
        assert session.get_one(Unit, ids["units"]).valid_to
        assert session.get_one(Person, ids["people"]).left_on
        tags = set(session.scalars(sa.select(AuditEntry.tag)))
    assert {"unit:end", "person:leave", "appointment:end", "official:retire"} <= tags


def test_what_is_in_use_stays_and_the_answer_says_where(sign_in: SignIn, cast: Cast) -> None:
    ids, browser = rows(cast, ADMIN, "Canary"), sign_in(ADMIN)
    answer = browser.submit(
        "/admin/cell-settings/delete/", {"id": str(ids["cell-settings"])}, follow_redirects=True
    )
    assert "“Canary1” đang dùng cho 1 chi bộ" in answer.text
    with cast.session(ADMIN) as session:
        assert session.get(CellSetting, ids["cell-settings"])
