"""Units, people, appointments, accounts: what the services do and refuse (design: product F01, F02, X05)."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import orm

from tenants.access import Actor, NotAllowed, NotFound, Role
from tenants.accounts import open_invitation, start_session
from tenants.audit import first_broken
from tenants.clock import today
from tenants.models import Account, Appointment, AuditEntry, CellSetting, Person, Unit, WebSession
from tenants.people import (
    NewAppointment,
    PeopleError,
    PersonFacts,
    UnitFacts,
    UnitNode,
    appoint,
    create_account,
    disable_account,
    enable_account,
    end_appointment,
    grantable,
    invite_again,
    save_person,
    save_unit,
    unit_tree,
)
from tenants.scope import Session
from tenants.tree import UnitKind
from tests.cast import OPENED, Cast

pytestmark = pytest.mark.usefixtures("database")
ADMIN, BASE = "huyen-a.admin", "huyen-a.base-officer"


@pytest.fixture
def admin(cast: Cast, database: dict[str, str]) -> Actor:
    return cast.actor(ADMIN)


def unit(session: orm.Session, code: str) -> Unit:
    return session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def person_of(session: orm.Session, login: str) -> Person:
    return session.scalars(sa.select(Account).where(Account.login == login)).one().person


def account_of(session: orm.Session, login: str) -> Account:
    return session.scalars(sa.select(Account).where(Account.login == login)).one()


def post_of(session: orm.Session, login: str) -> Appointment:
    person = person_of(session, login)
    return session.scalars(sa.select(Appointment).where(Appointment.person_id == person.id)).one()


def facts_of(row: Unit, **changed: Any) -> UnitFacts:
    kept = {name: getattr(row, name) for name in UnitFacts.__dataclass_fields__}
    return UnitFacts(**kept | changed)


def found(session: orm.Session, actor: Actor, code: str, above: str, **facts: Any) -> Unit:
    kind = facts.pop("kind", UnitKind.ORGANISATION)
    return save_unit(
        session, actor, UnitFacts(code, f"Đơn vị {code}", kind, unit(session, above).id, OPENED, **facts)
    )


def paths(session: orm.Session) -> dict[str, str]:
    session.expire_all()
    return {row.code: row.path for row in session.scalars(sa.select(Unit))}


def make_second_admin(session: orm.Session, admin: Actor) -> None:
    person, root = person_of(session, "officer"), unit(session, "HUYEN-A")
    appoint(session, admin, NewAppointment(person.id, root.id, Role.TENANT_ADMIN, today()))


def test_a_new_unit_gets_its_path_and_search_key(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        row = found(session, admin, "CB-9", "XA-1", kind=UnitKind.CELL)
        assert (row.path, row.search_key) == ("/HUYEN-A/XA-1/CB-9/", "don vi cb-9")


FIGURES = [
    (UnitKind.CELL, {"rank": "base"}, "rank"),
    (UnitKind.ORGANISATION, {"rank": "village"}, "rank"),
    (UnitKind.ORGANISATION, {"members": 0}, "kind"),
    (UnitKind.ORGANISATION, {"rounds_held": 1}, "kind"),
    (UnitKind.CELL, {"members": -1}, "members"),
    (UnitKind.CELL, {"rounds_held": 100}, "rounds_held"),
    (UnitKind.CELL, {"block": "Cơ quan"}, "block"),
]


@pytest.mark.parametrize(("kind", "facts", "field"), FIGURES)
def test_figures_that_do_not_fit_a_unit_are_refused(
    cast: Cast, admin: Actor, kind: UnitKind, facts: dict[str, Any], field: str
) -> None:
    with cast.session(ADMIN) as session, pytest.raises(PeopleError) as caught:
        found(session, admin, "CB-9", "XA-1", kind=kind, **facts)
    assert set(caught.value.problems) == {field}


def test_what_plans_ask_of_a_unit_is_kept(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        figures = {"block": "agency", "members": 4, "rounds_held": 2}
        found(session, admin, "CB-9", "XA-1", kind=UnitKind.CELL, **figures)
        found(session, admin, "XA-9", "HUYEN-A", rank="commune")
    with cast.session(ADMIN) as session:
        cell = unit(session, "CB-9")
        assert {name: getattr(cell, name) for name in figures} == figures
        assert unit(session, "XA-9").rank == "commune"


def test_a_kind_of_cell_has_the_code_of_its_name(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        session.add(CellSetting(name="Chợ đêm"))
    with cast.session(ADMIN) as session:
        codes = dict(session.execute(sa.select(CellSetting.name, CellSetting.code)).all())
    assert (codes["Khu dân cư"], codes["Trạm y tế"], codes["Chợ đêm"]) == (
        "residential", "health_station", "cho_dem",
    )  # fmt: skip


def test_everything_below_follows_a_move_in_one_statement(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        found(session, admin, "XA-2", "HUYEN-A")
        commune, above = unit(session, "XA-1"), unit(session, "XA-2")
        statements: list[str] = []
        engine = session.get_bind()
        listen = lambda _c, _cur, statement, *_rest: statements.append(statement)  # noqa: E731
        sa.event.listen(engine, "before_cursor_execute", listen)
        save_unit(session, admin, facts_of(commune, parent_id=above.id), commune)
        sa.event.remove(engine, "before_cursor_execute", listen)
        assert len([text for text in statements if text.startswith("UPDATE unit SET")]) == 2
        assert paths(session)["CB-1"] == "/HUYEN-A/XA-2/XA-1/CB-1/"


def test_a_move_touches_no_neighbour_whose_code_begins_alike(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        found(session, admin, "XA-10", "HUYEN-A")
        found(session, admin, "CB-X", "XA-10", kind=UnitKind.CELL)
        found(session, admin, "XA-2", "HUYEN-A")
        commune = unit(session, "XA-1")
        save_unit(session, admin, facts_of(commune, parent_id=unit(session, "XA-2").id), commune)
        assert paths(session)["CB-X"] == "/HUYEN-A/XA-10/CB-X/"


def test_a_rename_keeps_the_former_name(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        row = unit(session, "CB-1")
        save_unit(session, admin, facts_of(row, name="Chi bộ thôn Đoài"), row)
        assert (row.name, row.former_name, row.search_key) == (
            "Chi bộ thôn Đoài", "Chi bộ số 1", "chi bo thon doai",
        )  # fmt: skip


REFUSED_UNITS = [
    ("code", {"code": "CB-2"}, "không đổi được"),
    ("name", {"name": "  "}, "1–200 ký tự"),
    ("kind", {"kind": UnitKind.ORGANISATION}, "không đổi được"),
    ("special", {"special": 4}, "0 đến 3"),
    ("meeting_day", {"meeting_day": 29}, "1 đến 28"),
    ("meeting_slot", {"meeting_slot": "noon"}, "sáng, chiều"),
    ("valid_to", {"valid_to": OPENED - timedelta(1)}, "từ ngày bắt đầu"),
    ("parent", {"parent_id": None}, "cấp trên"),
]


@pytest.mark.parametrize(("field", "changed", "sentence"), REFUSED_UNITS)
def test_a_wrong_unit_is_refused_by_field(
    cast: Cast, admin: Actor, field: str, changed: dict[str, Any], sentence: str
) -> None:
    with cast.session(ADMIN) as session:
        row = unit(session, "CB-1")
        with pytest.raises(PeopleError) as error:
            save_unit(session, admin, facts_of(row, **changed), row)
        assert sentence in error.value.problems[field]


@pytest.mark.parametrize(("above", "sentence"), [("CB-2", "là chi bộ"), ("XA-1", "trực thuộc nó")])
def test_no_unit_below_a_cell_and_no_circle(cast: Cast, admin: Actor, above: str, sentence: str) -> None:
    with cast.session(ADMIN) as session:
        row = unit(session, "XA-1")
        with pytest.raises(PeopleError) as error:
            save_unit(session, admin, facts_of(row, parent_id=unit(session, above).id), row)
        assert sentence in error.value.problems["parent"]


def test_a_unit_with_units_below_does_not_end(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        row = unit(session, "XA-1")
        with pytest.raises(PeopleError, match="Còn 4 đơn vị"):
            save_unit(session, admin, facts_of(row, valid_to=today()), row)


def test_the_end_of_a_unit_ends_its_appointments_and_sessions(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        start_session(session, cast.accounts["huyen-a.secretary"])
        row = unit(session, "CB-1")
        save_unit(session, admin, facts_of(row, valid_to=today()), row)
        assert post_of(session, "secretary").valid_to == today()
        assert session.scalar(sa.select(sa.func.count()).select_from(WebSession)) == 0


def test_a_code_in_use_is_refused(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session, pytest.raises(PeopleError, match="đã dùng cho Chi bộ số 1"):
        found(session, admin, "CB-1", "XA-1", kind=UnitKind.CELL)


def test_another_tenants_parent_or_setting_is_not_there(cast: Cast, admin: Actor) -> None:
    with cast.session("huyen-b") as session:
        setting = session.scalars(sa.select(CellSetting.id)).first()
    facts = UnitFacts("CB-9", "Chi bộ lạ", UnitKind.CELL, cast.unit("huyen-b/XA-1"), OPENED)
    with cast.session(ADMIN) as session, pytest.raises(NotFound):
        save_unit(session, admin, facts)
    with cast.session(ADMIN) as session, pytest.raises(NotFound):
        save_unit(session, admin, replace(facts, parent_id=cast.unit("huyen-a/XA-1"), setting_id=setting))


def test_whoever_only_reads_changes_no_unit(cast: Cast) -> None:
    with cast.session(ADMIN) as session, pytest.raises(NotAllowed):
        found(session, cast.actor(BASE), "CB-9", "XA-1", kind=UnitKind.CELL)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_every_path_is_its_parents_after_any_moves(
    cast: Cast, admin: Actor, moves: list[tuple[int, int]]
) -> None:
    with cast.scope(ADMIN), Session() as session:
        for number in range(6):
            found(session, admin, f"D-{number}", "HUYEN-A")
        for moved, above in moves:
            row, target = unit(session, f"D-{moved}"), unit(session, f"D-{above}")
            with suppress(PeopleError):
                save_unit(session, admin, facts_of(row, parent_id=target.id), row)
        known = {row.id: row for row in session.scalars(sa.select(Unit))}
        session.expire_all()
        for row in known.values():
            above_path = known[row.parent_id].path if row.parent_id else "/"
            assert row.path == f"{above_path}{row.code}/"
        session.rollback()


def test_the_tree_shows_what_is_in_reach_with_counts(cast: Cast) -> None:
    with cast.session(ADMIN) as session:
        (node,) = unit_tree(session, cast.actor(BASE), today())
    assert (node.code, node.cells, node.people) == ("XA-1", 4, 1)
    assert [child.code for child in node.children] == ["CB-1", "CB-2", "CB-3", "CB-4"]


def test_the_tree_of_a_day_leaves_out_what_was_not_yet(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        assert unit_tree(session, admin, OPENED - timedelta(1)) == ()
        whole: tuple[UnitNode, ...] = unit_tree(session, admin, OPENED)
    assert [node.code for node in whole] == ["HUYEN-A"]


def test_a_person_is_sorted_by_given_name_and_found_without_diacritics(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        row = save_person(session, admin, PersonFacts("DV-9", "  Nguyễn  Thị Ánh ", email="Anh@Xa.vn"))
        assert (row.full_name, row.search_key, row.email) == ("Nguyễn Thị Ánh", "nguyen thi anh", "anh@xa.vn")
        assert row.sort_key.startswith("anh4")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "DV-officer"}, "code"),
        ({"code": "a b"}, "code"),
        ({"full_name": "123"}, "full_name"),
        ({"phone": "09x"}, "phone"),
        ({"email": "anh@"}, "email"),
        ({"born_on": date(2999, 1, 1)}, "born_on"),
    ],
)
def test_a_wrong_person_is_refused_by_field(
    cast: Cast, admin: Actor, changed: dict[str, Any], field: str
) -> None:
    with cast.session(ADMIN) as session, pytest.raises(PeopleError) as error:
        save_person(session, admin, replace(PersonFacts("DV-9", "Nguyễn Thị Ánh"), **changed))
    assert set(error.value.problems) == {field}


def test_whoever_leaves_loses_posts_and_account(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        row = person_of(session, "secretary")
        save_person(session, admin, PersonFacts(row.code, row.full_name, left_on=today()), row)
        assert post_of(session, "secretary").valid_to == today()
        assert account_of(session, "secretary").disabled_at is not None


@pytest.mark.parametrize(
    ("role", "code", "field"),
    [
        (Role.OPERATOR, "HUYEN-A", "appointed_role"),
        (Role.TENANT_ADMIN, "CB-2", "appointed_role"),
        (Role.CELL_COMMITTEE_MEMBER, "XA-1", "appointed_role"),
        (Role.SECRETARY, "CB-1", "appointed_role"),
    ],
)
def test_a_role_that_is_not_to_be_given_there_is_refused(
    cast: Cast, admin: Actor, role: Role, code: str, field: str
) -> None:
    with cast.session(ADMIN) as session:
        new = NewAppointment(person_of(session, "secretary").id, unit(session, code).id, role, today())
        with pytest.raises(PeopleError) as error:
            appoint(session, admin, new)
    assert field in error.value.problems


def test_only_who_appoints_may_give_roles(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        cell = unit(session, "CB-2")
        assert Role.SECRETARY in grantable(admin, cell)
        assert grantable(cast.actor(BASE), cell) == ()
        new = NewAppointment(person_of(session, "official").id, cell.id, Role.SECRETARY, today())
        with pytest.raises(NotAllowed):
            appoint(session, cast.actor("huyen-a.officer"), new)


def test_an_appointment_outside_the_units_life_is_refused(cast: Cast, admin: Actor) -> None:
    before = OPENED - timedelta(1)
    with cast.session(ADMIN) as session:
        person, cell = person_of(session, "official"), unit(session, "CB-2")
        with pytest.raises(PeopleError) as error:
            appoint(session, admin, NewAppointment(person.id, cell.id, Role.MEMBER, before))
    assert "unit" in error.value.problems


def test_the_end_of_a_role_signs_its_person_out(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        start_session(session, cast.accounts["huyen-a.secretary"])
        end_appointment(session, admin, post_of(session, "secretary"), today())
        assert session.scalar(sa.select(sa.func.count()).select_from(WebSession)) == 0


def test_the_last_admin_can_neither_resign_nor_leave(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        own = post_of(session, "admin")
        with pytest.raises(PeopleError, match="quản trị cuối cùng"):
            end_appointment(session, admin, own, today())
        row = own.person
        with pytest.raises(PeopleError, match="quản trị cuối cùng"):
            save_person(session, admin, PersonFacts(row.code, row.full_name, left_on=today()), row)


def test_an_admin_may_resign_once_another_can_sign_in(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        make_second_admin(session, admin)
        end_appointment(session, admin, post_of(session, "admin"), today())
        assert post_of(session, "admin").valid_to == today()


def test_an_admin_who_cannot_sign_in_does_not_count(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        make_second_admin(session, admin)
        account_of(session, "officer").password_hash = ""
        with pytest.raises(PeopleError, match="quản trị cuối cùng"):
            end_appointment(session, admin, post_of(session, "admin"), today())


def test_an_account_opens_with_a_link_that_a_new_link_replaces(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        row = save_person(session, admin, PersonFacts("DV-9", "Nguyễn Thị Ánh"))
        first = create_account(session, admin, row, " Anh.NT ")
        account = account_of(session, "anh.nt")
        second = invite_again(session, admin, account)
        assert open_invitation(session, first) is None
        assert open_invitation(session, second) is not None


@pytest.mark.parametrize("login", ["ab", "có dấu", "admin", "x" * 41])
def test_a_wrong_or_taken_login_is_refused(cast: Cast, admin: Actor, login: str) -> None:
    with cast.session(ADMIN) as session:
        row = save_person(session, admin, PersonFacts("DV-9", "Nguyễn Thị Ánh"))
        with pytest.raises(PeopleError) as error:
            create_account(session, admin, row, login)
    assert set(error.value.problems) == {"login"}


def test_a_disabled_account_is_signed_out_and_its_link_worthless(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        account = account_of(session, "secretary")
        token = invite_again(session, admin, account)
        start_session(session, cast.accounts["huyen-a.secretary"])
        disable_account(session, admin, account)
        assert session.scalar(sa.select(sa.func.count()).select_from(WebSession)) == 0
        assert open_invitation(session, token) is None
        enable_account(session, admin, account)
        assert account.disabled_at is None


def test_nobody_shuts_his_own_account(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session, pytest.raises(PeopleError, match="tài khoản của mình"):
        disable_account(session, admin, account_of(session, "admin"))


def test_an_admin_of_a_part_takes_over_no_account_from_above(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        person, commune = person_of(session, "base-officer"), unit(session, "XA-1")
        appoint(session, admin, NewAppointment(person.id, commune.id, Role.TENANT_ADMIN, today()))
    local_admin = cast.actor(BASE)
    with cast.session(ADMIN) as session:
        invite_again(session, local_admin, account_of(session, "secretary"))
        with pytest.raises(NotAllowed):
            invite_again(session, local_admin, account_of(session, "standing"))


def test_every_verb_leaves_its_entry_and_the_chain_holds(cast: Cast, admin: Actor) -> None:
    with cast.session(ADMIN) as session:
        row = found(session, admin, "CB-9", "XA-1", kind=UnitKind.CELL)
        save_unit(session, admin, facts_of(row, valid_to=today()), row)
        person = save_person(session, admin, PersonFacts("DV-9", "Nguyễn Thị Ánh"))
        create_account(session, admin, person, "anh.nt")
        entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number)).all()
        assert [entry.tag for entry in entries[-4:]] == [
            "unit:found", "unit:end", "person:enter", "account:open",
        ]  # fmt: skip
        assert first_broken(entries) is None
        assert "Ánh" not in str([entry.facts for entry in entries])
