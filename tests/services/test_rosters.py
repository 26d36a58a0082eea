"""Rosters in and out on a real database: good rows or nothing, the same file twice changes nothing (X04)."""

import io
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import sqlalchemy as sa

from core.notices.models import Job, JobKind
from core.rosters.findings import Findings
from core.rosters.kinds import KINDS
from core.rosters.models import RosterUpload
from core.rosters.service import (
    RosterError,
    choose,
    discard,
    export_file,
    faults_file,
    keep_findings,
    owe_check,
    require_importer,
    start_import,
    upload,
)
from core.rosters.sheets import SheetError, read_sheet, write_sheet
from core.rotation.models import Absence, Official, RotationLevel
from jobs.run import Outcome, Runner, run_pending
from tenants.access import NotAllowed, NotFound, Role, TenantState
from tenants.clock import today
from tenants.models import Account, Appointment, AuditEntry, CellSetting, Person, Unit
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("database")

Row = Sequence[str | None]
ADMIN = "huyen-a.admin"
PERSON: Row = ["DV-1", "Trần Thị Mẫu", "05/09/1980", "0912345678", None, "CB-1", "Đảng viên", None]


def file_of(kind: str, *rows: Row) -> bytes:
    """A file of the kind; short rows are filled up with blanks."""
    headers = KINDS[kind].headers
    rows_filled = [[*row, *[None] * (len(headers) - len(row))] for row in rows]
    return write_sheet("Danh sách", headers, rows_filled)


def uploaded(cast: Cast, kind: str, *rows: Row, who: str = ADMIN) -> UUID:
    """A file uploaded and checked."""
    actor = cast.actor(who)
    with cast.session(who) as session:
        upload_id = upload(session, actor, kind, "danh sách.xlsx", file_of(kind, *rows)).id
    run(cast, who)
    return upload_id


def run(cast: Cast, who: str = ADMIN) -> list[Outcome]:
    with cast.scope(who):
        return run_pending()


def start(cast: Cast, upload_id: UUID, who: str = ADMIN, *, only_good: bool = False) -> UUID:
    actor = cast.actor(who)
    with cast.session(who) as session:
        kept = session.get_one(RosterUpload, upload_id)
        return start_import(session, actor, kept, only_good=only_good)


def imported(cast: Cast, kind: str, *rows: Row, only_good: bool = False) -> tuple[int, int, int]:
    """Upload, check and import: how many rows were created, updated, unchanged."""
    upload_id = uploaded(cast, kind, *rows)
    start(cast, upload_id, only_good=only_good)
    assert run(cast) == [Outcome.DONE]
    applied = preview_of(cast, upload_id)["applied"]
    return applied["created"], applied["updated"], applied["unchanged"]


def preview_of(cast: Cast, upload_id: UUID) -> dict[str, Any]:
    with cast.session(ADMIN) as session:
        return session.get_one(RosterUpload, upload_id).preview


def paths(cast: Cast, tenant: str = "huyen-a") -> dict[str, str]:
    with cast.session(tenant) as session:
        return {unit.code: unit.path for unit in session.scalars(sa.select(Unit))}


def count(cast: Cast, kind: type[Any], tenant: str = "huyen-a") -> int:
    with cast.session(tenant) as session:
        return session.scalars(sa.select(sa.func.count(kind.id))).one()


def test_a_whole_file_makes_its_units_once_and_again_changes_nothing(cast: Cast) -> None:
    rows: list[Row] = [
        ["CB-9", "Chi bộ thôn Chín", "Chi bộ", "XA-9", "Khu dân cư", "2", "5", "Tối"],
        ["XA-9", "Đảng bộ xã Chín", "Đảng bộ", None],
    ]
    assert imported(cast, "units", *rows) == (2, 0, 0)
    assert imported(cast, "units", *rows) == (0, 0, 2)
    root = min(paths(cast).values(), key=len)
    assert paths(cast)["CB-9"] == f"{root}XA-9/CB-9/"
    with cast.session(ADMIN) as session:
        unit = session.scalars(sa.select(Unit).where(Unit.code == "CB-9")).one()
        assert (unit.special, unit.meeting_day, unit.meeting_slot) == (2, 5, "evening")


def test_what_plans_ask_of_units_comes_in_with_the_file(cast: Cast) -> None:
    none = [None] * 6
    cell: Row = [
        "CB-9",
        "Chi bộ Chín",
        "Chi bộ",
        "XA-9",
        "Nông Thôn",
        *none,
        "Khối nông thôn",
        None,
        "4",
        "2",
    ]
    commune: Row = ["XA-9", "Đảng bộ xã Chín", "Đảng bộ", None, None, *none, "Chợ đêm", "cap xa", None, None]
    assert imported(cast, "units", cell, commune) == (2, 0, 0)
    with cast.session(ADMIN) as session:
        units = {row.code: row for row in session.scalars(sa.select(Unit))}
        nine, above = units["CB-9"], units["XA-9"]
        assert nine.setting is not None
        assert (nine.setting.name, nine.setting.code) == ("Nông Thôn", "rural")
        assert (nine.block, nine.rank, nine.members, nine.rounds_held) == ("rural", "", 4, 2)
        assert (above.block, above.rank, above.members, above.rounds_held) == ("cho_dem", "commune", None, 0)


def test_what_cells_ask_of_the_rotation_comes_in_with_the_file(cast: Cast) -> None:
    none = [None] * 11
    cell: Row = ["CB-9", "Chi bộ Chín", "Chi bộ", "XA-1", *none, "2", "6", "có"]
    assert imported(cast, "units", cell) == (1, 0, 0)
    assert imported(cast, "units", [*cell[:4], *none, None, None, None]) == (0, 1, 0)
    assert imported(cast, "units", cell) == (0, 1, 0)
    with cast.session(ADMIN) as session:
        nine = session.scalars(sa.select(Unit).where(Unit.code == "CB-9")).one()
        assert (nine.visitors_wanted, nine.visits_least, nine.visited_first) == (2, 6, True)
    commune: Row = ["XA-9", "Đảng bộ xã Chín", "Đảng bộ", None, *none, "1", "6", "Không"]
    faults = preview_of(cast, uploaded(cast, "units", commune))["faults"]
    assert [fault["message_vi"].partition(":")[0] for fault in faults] == ["Số lượt dự ít nhất một năm"]


def test_a_rank_of_a_cell_and_members_of_an_organisation_are_faults(cast: Cast) -> None:
    none = [None] * 8
    cell: Row = ["CB-9", "Chi bộ Chín", "Chi bộ", *none, "…", "Cấp xã", "nhiều"]
    upload_id = uploaded(cast, "units", cell, ["XA-9", "Đảng bộ xã Chín", "Đảng bộ", *none, None, None, "3"])
    faults = [fault["message_vi"] for fault in preview_of(cast, upload_id)["faults"]]
    assert [text.partition(":")[0] for text in faults] == [
        "Khối", "Số đảng viên", "Cấp tổ chức", "Số đảng viên",
    ]  # fmt: skip


def test_a_setting_that_differs_by_signs_alone_is_the_one_there_is(cast: Cast) -> None:
    row = ["CB-9", "Chi bộ Chín", "Chi bộ", "XA-1"]
    imported(cast, "units", [*row, "Chợ đêm"])
    assert imported(cast, "units", [*row, "Chợ - đêm"]) == (0, 0, 1)


def test_a_moved_branch_takes_its_paths_along(cast: Cast) -> None:
    root = paths(cast)["XA-1"].removesuffix("XA-1/")
    assert imported(cast, "units", ["XA-2", "Đảng bộ xã Hai", "Đảng bộ"]) == (1, 0, 0)
    assert imported(cast, "units", ["XA-1", "Đảng bộ xã Yên Phú", "Đảng bộ", "XA-2"]) == (0, 1, 0)
    assert paths(cast)["CB-3"] == f"{root}XA-2/XA-1/CB-3/"


def test_a_file_without_a_parent_column_moves_nothing(cast: Cast) -> None:
    before, actor = paths(cast), cast.actor(ADMIN)
    content = write_sheet("x", ["Mã đơn vị", "Tên đơn vị", "Loại"], [["CB-1", "Chi bộ Một", "Chi bộ"]])
    with cast.session(ADMIN) as session:
        kept = upload(session, actor, "units", "a.xlsx", content)
    run(cast)
    start(cast, kept.id)
    run(cast)
    assert preview_of(cast, kept.id)["applied"] == {"created": 0, "updated": 1, "unchanged": 0}
    assert paths(cast) == before


def test_one_bad_row_keeps_a_whole_file_out(cast: Cast) -> None:
    upload_id = uploaded(cast, "people", PERSON, ["DV-2", "Lê Mẫu", "hôm qua", None, None, "CB-1", "Bí thư"])
    with pytest.raises(RosterError, match="Còn 1 dòng lỗi"):
        start(cast, upload_id)
    assert count(cast, Person) == 6


def test_only_good_rows_are_imported_when_asked(cast: Cast) -> None:
    assert imported(cast, "people", PERSON, ["DV-2", "Lê Mẫu"], only_good=True) == (1, 0, 0)
    with cast.session(ADMIN) as session:
        person = session.scalars(sa.select(Person).where(Person.code == "DV-1")).one()
        assert (person.full_name, person.phone) == ("Trần Thị Mẫu", "0912345678")
        assert session.scalar(sa.select(Person.id).where(Person.code == "DV-2")) is None


def test_two_posts_and_a_login_of_one_comrade_are_told_in_any_of_his_rows(cast: Cast) -> None:
    rows: list[Row] = [PERSON, ["DV-1", "Trần Thị Mẫu", None, None, None, "XA-1", "Đảng ủy viên", "mau.tran"]]
    assert imported(cast, "people", *rows) == (2, 0, 0)
    assert imported(cast, "people", *rows) == (0, 0, 2)
    with cast.session(ADMIN) as session:
        person = session.scalars(sa.select(Person).where(Person.code == "DV-1")).one()
        assert person.phone == "0912345678"
        posts = session.scalars(sa.select(Appointment.role).where(Appointment.person_id == person.id))
        assert set(posts) == {Role.MEMBER, Role.COMMITTEE_MEMBER}
        account = session.scalars(sa.select(Account).where(Account.person_id == person.id)).one()
        assert (account.login, account.password_hash) == ("mau.tran", "")


def test_a_changed_number_updates_every_post_of_the_comrade(cast: Cast) -> None:
    imported(cast, "people", PERSON)
    changed = [*PERSON[:3], "0987654321", *PERSON[4:]]
    assert imported(cast, "people", changed) == (0, 1, 0)


def test_officials_get_their_role_and_a_changed_area_keeps_the_rest(cast: Cast) -> None:
    with cast.session(ADMIN) as session:
        session.add(RotationLevel(code="XA", name="Cấp xã", period_months=1, report_days=1))
    imported(cast, "people", PERSON)
    assert imported(cast, "officials", ["DV-1", "xa", "CB-1", "CB-2; CB-3"]) == (1, 0, 0)
    assert imported(cast, "officials", ["DV-1", "XA", "CB-1", "CB-3; CB-2"]) == (0, 0, 1)
    assert imported(cast, "officials", ["DV-1", "XA", "CB-1", "CB-3; CB-4"]) == (0, 1, 0)
    with cast.session(ADMIN) as session:
        official = session.scalars(sa.select(Official)).one()
        assert {area.unit.code for area in official.areas} == {"CB-3", "CB-4"}
        roles = sa.select(Appointment.role).where(Appointment.person_id == official.person_id)
        assert Role.OFFICIAL in set(session.scalars(roles))


def test_absences_are_known_by_person_and_days(cast: Cast) -> None:
    days = ["DV-official", "01/03/2026", "07/03/2026"]
    assert imported(cast, "absences", [*days, "Đi công tác"]) == (1, 0, 0)
    assert imported(cast, "absences", [*days, "Đi học"]) == (0, 1, 0)
    assert count(cast, Absence) == 1


def test_a_new_kind_of_cell_joins_the_catalogue_with_a_warning(cast: Cast) -> None:
    upload_id = uploaded(cast, "units", ["CB-7", "Chi bộ chợ", "Chi bộ", "XA-1", "Chợ truyền thống"])
    assert "Chợ truyền thống" in preview_of(cast, upload_id)["warnings"][0]["message_vi"]
    start(cast, upload_id)
    run(cast)
    with cast.session(ADMIN) as session:
        names = session.scalars(sa.select(CellSetting.name))
        assert "Chợ truyền thống" in set(names)


def test_asking_twice_and_running_twice_is_one_import(cast: Cast) -> None:
    upload_id = uploaded(cast, "people", PERSON)
    job_id = start(cast, upload_id)
    assert start(cast, upload_id) == job_id
    assert Runner().run(job_id) is Outcome.DONE
    assert Runner().run(job_id) is Outcome.NOTHING_DUE
    with pytest.raises(RosterError, match="đã nhập xong"):
        start(cast, upload_id)
    with cast.session(ADMIN) as session:
        tags = session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_id == upload_id))
        assert sorted(tags) == ["roster:import", "roster:upload"]


def test_two_workers_import_one_file_twice_uploaded_to_one_effect(cast: Cast) -> None:
    rows = [[f"DV-{n}", f"Trần Mẫu {n}", None, None, None, "CB-1", "Đảng viên"] for n in range(40)]
    uploads = [uploaded(cast, "people", *rows) for _ in range(2)]
    jobs = [start(cast, upload_id) for upload_id in uploads]
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda job=job: outcomes.append(Runner().run(job))) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [Outcome.DONE, Outcome.DONE]
    assert count(cast, Person) == 46
    with cast.session(ADMIN) as session:
        applied = sa.select(RosterUpload.preview["applied"]["created"].as_integer())
        assert sorted(session.scalars(applied)) == [0, 40]


def test_a_sibling_tenant_is_left_alone(cast: Cast) -> None:
    before = paths(cast, "huyen-b")
    imported(cast, "units", ["CB-1", "Chi bộ đổi tên", "Chi bộ", None])
    assert paths(cast, "huyen-b") == before
    upload_id = uploaded(cast, "people", PERSON)
    with cast.session("huyen-b") as session:
        assert session.get(RosterUpload, upload_id) is None
    assert count(cast, Person, "huyen-b") == 6


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_export_imports_again_and_changes_nothing(cast: Cast, kind: str) -> None:
    furnish(cast)
    actor = cast.actor(ADMIN)
    with cast.session(ADMIN) as session:
        content = export_file(session, actor, kind)
        kept = upload(session, actor, kind, "xuất ra.xlsx", content)
    run(cast)
    start(cast, kept.id)
    run(cast)
    applied = preview_of(cast, kept.id)["applied"]
    assert (applied["created"], applied["updated"]) == (0, 0)
    assert applied["unchanged"] == len(read_sheet(content, "a.xlsx").rows) > 0


def furnish(cast: Cast) -> None:
    """Something of every kind, with what rosters find hardest: blanks, several posts, several areas."""
    with cast.session(ADMIN) as session:
        session.add(RotationLevel(code="XA", name="Cấp xã", period_months=1, report_days=1))
    unit = ["CB-9", "Chi bộ thôn Chín", "Chi bộ", None, "Khu dân cư", "3", "28", "Sáng", "Thôn 9", "105.8342"]
    imported(
        cast, "units", [*unit, "21.0278", "Khối cơ quan", None, "4", "2"],
        ["CB-8", "Chi bộ Tám", "Chi bộ", "XA-1"],
        ["XA-8", "Đảng bộ xã Tám", "Đảng bộ", *[None] * 7, None, "Chợ đêm", "Cấp xã"],
    )  # fmt: skip
    imported(cast, "people", PERSON, [*PERSON[:5], "CB-9", "Bí thư", "mau.tran"])
    imported(cast, "officials", ["DV-1", "XA", "CB-1", "CB-9; XA-1"])
    imported(cast, "absences", ["DV-1", "01/03/2026", "07/03/2026", "=Đi học"])


def test_the_file_of_faults_is_the_file_with_its_faults(cast: Cast) -> None:
    upload_id = uploaded(cast, "people", PERSON, ["DV-2", "Lê Mẫu", "hôm qua", None, None, "CB-99", "Bí thư"])
    actor = cast.actor(ADMIN)
    with cast.session(ADMIN) as session:
        content = faults_file(session, actor, session.get_one(RosterUpload, upload_id))
    read = read_sheet(content, "a.xlsx")
    assert read.headers[-1] == "Lỗi"
    assert (read.rows[0][-1], read.rows[1][1]) == (None, "Lê Mẫu")
    assert "“hôm qua” không phải là ngày" in str(read.rows[1][-1])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["C3"].fill.fgColor.rgb == "FFFFC7CE"  # type: ignore[index]


def test_columns_chosen_by_hand_are_checked_afresh(cast: Cast) -> None:
    actor = cast.actor(ADMIN)
    content = write_sheet("x", ["A", "B", "C", "D"], [["DV-1", "Trần Mẫu", "CB-1", "Bí thư"]])
    with cast.session(ADMIN) as session:
        kept = upload(session, actor, "people", "a.xlsx", content)
    run(cast)
    with cast.session(ADMIN) as session:
        row = session.get_one(RosterUpload, kept.id)
        assert "Chưa ghép cột bắt buộc" in row.problem
        choose(session, actor, row, {"person": 0, "full_name": 1, "unit": 2, "role": 3})
    run(cast)
    assert preview_of(cast, kept.id)["good"] == 1


def test_what_an_earlier_mapping_showed_is_not_kept(cast: Cast) -> None:
    upload_id = uploaded(cast, "people", PERSON)
    shown = preview_of(cast, upload_id)
    with cast.session(ADMIN) as session:
        mapping = session.get_one(RosterUpload, upload_id).mapping
        keep_findings(session, upload_id, Findings({**mapping, "phone": 4, "email": 3}))
    assert preview_of(cast, upload_id) == shown
    with cast.session(ADMIN) as session:
        keep_findings(session, upload_id, Findings(mapping, "Hỏng"))
    assert preview_of(cast, upload_id) == {}


def test_rows_that_went_bad_since_the_check_stop_a_whole_import(cast: Cast) -> None:
    upload_id = uploaded(cast, "people", PERSON)
    with cast.session(ADMIN) as session:
        session.execute(sa.update(Unit).where(Unit.code == "CB-1").values(valid_to=today()))
    start(cast, upload_id)
    assert run(cast) == [Outcome.DONE]
    with cast.session(ADMIN) as session:
        kept = session.get_one(RosterUpload, upload_id)
        assert (kept.imported_at, kept.preview["bad"]) == (None, 1)
        assert "đã thay đổi" in kept.problem
    assert count(cast, Person) == 6


def test_a_discarded_file_is_gone_and_its_work_ends_quietly(cast: Cast) -> None:
    actor = cast.actor(ADMIN)
    with cast.session(ADMIN) as session:
        kept = upload(session, actor, "people", "a.xlsx", file_of("people", PERSON))
        discard(session, actor, kept)
    assert run(cast) == [Outcome.DONE]
    assert count(cast, RosterUpload) == 0


def test_a_file_being_imported_is_neither_discarded_nor_changed(cast: Cast) -> None:
    upload_id, actor = uploaded(cast, "people", PERSON), cast.actor(ADMIN)
    start(cast, upload_id)
    with cast.session(ADMIN) as session:
        kept = session.get_one(RosterUpload, upload_id)
        for verb in (discard, owe_check):
            with pytest.raises(RosterError, match="đang được nhập"):
                verb(session, actor, kept)


def test_a_file_that_cannot_be_read_is_not_kept(cast: Cast) -> None:
    actor = cast.actor(ADMIN)
    with cast.session(ADMIN) as session:
        with pytest.raises(SheetError):
            upload(session, actor, "people", "a.xlsx", b"PK\x03\x04 hong")
        with pytest.raises(NotFound):
            upload(session, actor, "secrets", "a.xlsx", file_of("people", PERSON))
    assert count(cast, RosterUpload) == 0
    assert count(cast, Job) == 0


@pytest.mark.parametrize("who", ["officer", "standing", "base-officer", "secretary", "official"])
def test_only_an_administrator_imports_or_exports(cast: Cast, who: str) -> None:
    upload_id, actor = uploaded(cast, "people", PERSON), cast.actor(f"huyen-a.{who}")
    with cast.session(ADMIN) as session:
        kept = session.get_one(RosterUpload, upload_id)
        with pytest.raises(NotAllowed):
            upload(session, actor, "people", "a.xlsx", file_of("people", PERSON))
        with pytest.raises(NotAllowed):
            start_import(session, actor, kept, only_good=True)
        for verb in (discard, faults_file, owe_check):
            with pytest.raises(NotAllowed):
                verb(session, actor, kept)
        with pytest.raises(NotAllowed):
            export_file(session, actor, "people")


def test_an_administrator_of_a_part_does_not_import_for_the_whole(cast: Cast) -> None:
    with cast.session(ADMIN) as session:
        secretary = session.scalars(sa.select(Person.id).where(Person.code == "DV-secretary")).one()
        unit_id = cast.unit("huyen-a/XA-1")
        session.add(
            Appointment(person_id=secretary, unit_id=unit_id, role=Role.TENANT_ADMIN, valid_from=today())
        )
    actor = cast.actor("huyen-a.secretary")
    with cast.session(ADMIN) as session, pytest.raises(NotAllowed):
        require_importer(session, actor)


@pytest.mark.parametrize("state", [TenantState.READ_ONLY, TenantState.LOCKED])
def test_a_suspended_tenant_imports_nothing(cast: Cast, state: TenantState) -> None:
    actor = replace(cast.actor(ADMIN), state=state)
    with cast.session(ADMIN) as session, pytest.raises(NotAllowed):
        upload(session, actor, "people", "a.xlsx", file_of("people", PERSON))


def test_two_thousand_rows_take_few_statements(cast: Cast) -> None:
    rows = [
        [f"P{n}", f"Trần Văn Mẫu {n}", None, None, None, f"CB-{n % 4 + 1}", "Đảng viên"] for n in range(2000)
    ]
    upload_id = uploaded(cast, "people", *rows)
    job_id = start(cast, upload_id)
    statements: list[str] = []

    def heard(*arguments: Any) -> None:
        statements.append(arguments[2])

    with cast.session(ADMIN) as session:
        engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", heard)
    assert Runner().run(job_id) is Outcome.DONE
    assert count(cast, Person) == 2006
    assert len(statements) < 60


def test_every_kind_of_roster_work_has_a_handler(cast: Cast) -> None:
    assert {JobKind.CHECK_ROSTER, JobKind.IMPORT_ROSTER} <= set(Runner().handlers)
