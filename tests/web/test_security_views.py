"""The back-office base: a foreign row is not there, whatever path leads to it (design: security 22-38)."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from wtforms import ValidationError

from admin.database import db
from admin.exports import inert
from admin.views import TenantModelView, register
from tenants.access import Permission, TenantState
from tenants.models import Appointment, AuditEntry, CellSetting, Person, Tenant, Unit
from tenants.settings import Settings
from tenants.vietnamese import fold
from tests.cast import Cast
from tests.conftest import Browser, build

SignIn = Callable[[str], Browser]
BAD_IDS = ("abc", "%00", "1,2", "9" * 40, "00000000-0000-0000-0000-000000000000", "id=1&id=2")


class Units(TenantModelView):
    model = Unit
    label, slug = "Tổ chức đảng", "t-units"
    read, write = Permission.UNITS_READ, Permission.UNITS_EDIT
    edits = removes = exports = True
    column_list = column_details_list = column_export_list = ("name", "kind", "setting", "valid_from")
    column_searchable_list = ("search_key",)
    form_columns = ("name", "setting")
    column_filters = ("name",)

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        if "!" in model.name:
            raise ValidationError("Tên không có dấu chấm than.")
        model.search_key = fold(model.name)

    def retire(self, model: Any) -> None:
        model.valid_to = model.valid_from


class Appointments(TenantModelView):
    model = Appointment
    label, slug = "Phân công", "t-appointments"
    read, write = Permission.PEOPLE_READ, Permission.APPOINTMENTS_EDIT
    creates = True
    column_list = column_details_list = column_export_list = ("person", "unit", "role")
    form_columns = ("person", "unit", "valid_from")
    form_ajax_refs = {"person": {"fields": ("search_key",)}}


@pytest.fixture(scope="module")
def _office(settings: Settings) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("admin.app.VIEWS", (Units, Appointments))
        yield build(settings)


@pytest.fixture
def app(_office: Flask, database: dict[str, str], settings: Settings) -> Flask:
    _office.extensions["settings"] = replace(settings, database_url=database["DATABASE_URL"])
    return _office


def name_of(cast: Cast, unit: str) -> str:
    with cast.session(unit.partition("/")[0]) as session:
        return session.get_one(Unit, cast.unit(unit)).name


def edit(client: Browser, cast: Cast, unit: str, **form: str) -> int:
    url = f"/admin/t-units/edit/?id={cast.unit(unit)}"
    return client.submit(url, {"name": "Tên mới", "seen_revision": "1"} | form).status_code


def test_an_admin_lists_reads_and_edits_his_own_rows(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("huyen-a.admin")
    page = client.get("/admin/t-units/").text
    assert "Chi bộ số 1" in page
    assert "01/01/2026" in page
    assert edit(client, cast, "huyen-a/CB-1") == 302
    assert name_of(cast, "huyen-a/CB-1") == "Tên mới"


def test_a_foreign_row_is_not_found_by_any_path(sign_in: SignIn, cast: Cast) -> None:
    client, foreign = sign_in("huyen-a.admin"), cast.unit("huyen-b/CB-1")
    codes = {
        client.get(f"/admin/t-units/details/?id={foreign}").status_code,
        client.get(f"/admin/t-units/edit/?id={foreign}").status_code,
        edit(client, cast, "huyen-b/CB-1"),
        client.submit("/admin/t-units/delete/", {"id": str(foreign)}).status_code,
        client.submit("/admin/t-units/ajax/update/", {"list_form_pk": str(foreign), "name": "x"}).status_code,
    }
    assert codes == {404}
    assert name_of(cast, "huyen-b/CB-1") == "Chi bộ số 1"


@pytest.mark.parametrize("key", BAD_IDS)
def test_an_id_that_is_none_is_not_found(key: str, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    assert client.get(f"/admin/t-units/details/?id={key}").status_code in {400, 404}
    assert client.submit("/admin/t-units/delete/", {"id": key}).status_code in {302, 404}


def test_related_rows_to_choose_are_the_tenants_own(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("huyen-a.admin")
    page = client.get("/admin/t-appointments/new/").text
    assert str(cast.unit("huyen-a/CB-1")) in page
    assert str(cast.unit("huyen-b/CB-1")) not in page
    found = client.get("/admin/t-appointments/ajax/lookup/?name=person&query=hoang&limit=100000").json
    assert [name for _id, name in found or ()] == ["Hoàng Thị Đào"]
    assert client.get("/admin/t-appointments/ajax/lookup/?name=person&query=h").json == []


@pytest.mark.parametrize("column", ["person", "unit"])
def test_a_foreign_choice_is_refused(column: str, sign_in: SignIn, cast: Cast) -> None:
    with cast.session("huyen-b") as session:
        foreign = {"person": str(session.scalars(sa.select(Person.id).limit(1)).one())}
    with cast.session("huyen-a") as session:
        own = str(session.scalars(sa.select(Person.id).limit(1)).one())
        before = session.scalar(sa.select(sa.func.count(Appointment.id)))
    form = {"person": own, "unit": str(cast.unit("huyen-a/CB-1")), "valid_from": "2026-02-01"}
    foreign["unit"] = str(cast.unit("huyen-b/CB-1"))
    client = sign_in("huyen-a.admin")
    client.submit("/admin/t-appointments/new/", form | {column: foreign[column]})
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(Appointment.id))) == before


def test_what_is_no_field_of_the_form_is_not_written(sign_in: SignIn, cast: Cast) -> None:
    extra = {"tenant_id": str(cast.tenants["huyen-b"]), "path": "/X/", "code": "X", "special": "3"}
    edit(sign_in("huyen-a.admin"), cast, "huyen-a/CB-1", **extra)
    with cast.session("huyen-a") as session:
        unit = session.get_one(Unit, cast.unit("huyen-a/CB-1"))
    assert (unit.code, unit.special, unit.path) == ("CB-1", 0, "/HUYEN-A/XA-1/CB-1/")


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("huyen-a.admin", 200, 302),
        ("huyen-a.secretary", 200, 403),
        ("huyen-a.official", 403, 403),
        ("operator", 404, 404),
    ],
)
def test_rights_decide_who_reads_and_who_writes(
    who: str, reads: int, writes: int, sign_in: SignIn, cast: Cast
) -> None:
    client = sign_in(who)
    assert client.get("/admin/t-units/").status_code == reads
    assert edit(client, cast, "huyen-a/CB-1") == writes
    assert client.get("/admin/").status_code == reads


def test_a_button_shows_only_to_whoever_may_use_it(sign_in: SignIn, cast: Cast) -> None:
    link = "/admin/t-units/edit/"
    assert [
        link in sign_in(who).get("/admin/t-units/").text for who in ("huyen-a.admin", "huyen-a.secretary")
    ] == [True, False]


def test_a_read_only_tenant_reads_on(sign_in: SignIn, cast: Cast) -> None:
    with cast.session("operator") as session:
        session.get_one(Tenant, cast.tenants["huyen-a"]).state = TenantState.READ_ONLY
    client = sign_in("huyen-a.admin")
    page = client.get("/admin/t-units/")
    assert (page.status_code, "chế độ chỉ đọc" in page.text) == (200, True)
    assert edit(client, cast, "huyen-a/CB-1") == 403


@pytest.mark.parametrize("url", ["edit/?id=", "delete/", "action/", "ajax/update/", "export/csv/"])
def test_writing_needs_the_pages_token(url: str, sign_in: SignIn) -> None:
    assert sign_in("huyen-a.admin").post(f"/admin/t-units/{url}").status_code == 400


def test_the_second_of_two_edits_is_refused_and_keeps_what_was_typed(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("huyen-a.admin")
    assert [edit(client, cast, "huyen-a/CB-1", name=name) for name in ("Một", "Hai")] == [302, 409]
    assert name_of(cast, "huyen-a/CB-1") == "Một"
    page = client.submit(
        f"/admin/t-units/edit/?id={cast.unit('huyen-a/CB-1')}", {"name": "Hai", "seen_revision": "1"}
    )
    assert "Người khác vừa sửa" in page.text
    assert 'value="Hai"' in page.text


def test_what_a_view_refuses_is_said_in_its_words(sign_in: SignIn, cast: Cast) -> None:
    url = f"/admin/t-units/edit/?id={cast.unit('huyen-a/CB-1')}"
    page = sign_in("huyen-a.admin").submit(url, {"name": "Chi bộ!", "seen_revision": "1"})
    assert "Tên không có dấu chấm than." in page.text
    assert name_of(cast, "huyen-a/CB-1") == "Chi bộ số 1"


def test_removing_keeps_the_row_and_every_write_is_on_the_record(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("huyen-a.admin")
    edit(client, cast, "huyen-a/CB-1")
    client.submit("/admin/t-units/delete/", {"id": str(cast.unit("huyen-a/CB-2"))})
    client.submit("/admin/t-units/export/csv/")
    with cast.session("huyen-a") as session:
        assert session.get_one(Unit, cast.unit("huyen-a/CB-2")).valid_to is not None
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.tag.like("unit:%"))).all()
    assert [entry.tag for entry in entries] == ["unit:edit", "unit:retire", "unit:export"]
    assert [entry.facts for entry in entries] == [{"fields": ["name", "search_key"]}, {}, {"rows": 6}]


def test_an_export_opens_in_excel_and_runs_nothing(sign_in: SignIn, cast: Cast) -> None:
    edit(sign_in("huyen-a.admin"), cast, "huyen-a/CB-1", name="=1+1")
    answer = sign_in("huyen-a.admin").submit("/admin/t-units/export/csv/")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 7
    assert "'=1+1" in {row[0] for row in rows}
    assert not any("Tân Hòa" in cell for row in rows for cell in row)


@given(st.text(max_size=20))
def test_no_text_becomes_a_formula(text: str) -> None:
    assert not inert(text).lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_an_action_nobody_offers_is_refused(sign_in: SignIn, cast: Cast) -> None:
    form = {"action": "delete", "rowid": str(cast.unit("huyen-a/CB-1"))}
    assert sign_in("huyen-a.admin").submit("/admin/t-units/action/", form).status_code == 403


@examples(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["page", "page_size", "sort", "desc", "search", "flt0_0", "flt1_2", "endpoint", "_anchor", "loc"]
        ),
        st.one_of(st.integers().map(str), st.text(max_size=30), st.just("9" * 21)),
    )
)
def test_no_query_of_a_list_breaks_it(sign_in: SignIn, query: dict[str, str]) -> None:
    assert sign_in("huyen-a.admin").get("/admin/t-units/", query_string=query).status_code < 500


def test_only_views_on_the_scoped_base_are_served(app: Flask) -> None:
    with app.app_context(), pytest.raises(TypeError, match="not a TenantModelView"):
        register(Admin(), ModelView(CellSetting, db))


@pytest.mark.parametrize(
    "declared",
    [
        {"edits": True, "form_columns": ()},
        {"column_export_list": None}, {"column_details_list": ()}, {"column_list": None},
        {"form_columns": ("role",)}, {"form_columns": ("tenant_id",)}, {"column_editable_list": ("name",)},
        {"removes": True}, {"creates": True, "write": None},
    ],
)  # fmt: skip
def test_a_view_that_leaves_a_door_open_cannot_be_declared(declared: dict[str, Any]) -> None:
    lists = ("column_list", "column_details_list", "column_export_list", "form_columns")
    safe = dict.fromkeys(lists, ("name",))
    rights = {"read": Permission.UNITS_READ, "write": Permission.CATALOGUES_EDIT}
    type("Safe", (TenantModelView,), {"model": CellSetting, "edits": True} | rights | safe)
    with pytest.raises(TypeError):
        type("Open", (TenantModelView,), {"model": CellSetting} | rights | safe | declared)
