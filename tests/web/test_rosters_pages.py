"""The pages of rosters: from the template to the result, and who may open them (X04, D4)."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.notices.models import Job, JobKind, JobState
from core.rosters.kinds import PEOPLE, UNITS
from core.rosters.models import RosterUpload
from core.rosters.service import upload
from core.rosters.sheets import read_sheet, write_sheet
from jobs.run import run_pending
from tenants.access import TenantState
from tenants.db import new_id
from tenants.models import AuditEntry, Person, Tenant
from tests.cast import Cast
from tests.conftest import Browser

SignIn = Callable[[str], Browser]
GOOD = ("DV-1", "Trần Thị Mẫu", "05/09/1980", "0912345678", None, "CB-1", "Đảng viên", None)
BAD = ("DV-2", "Lê Văn <b>Mẫu</b>", "hôm qua", None, None, "CB-1", "Bí thư", None)


def people(*rows: tuple[str | None, ...]) -> bytes:
    return write_sheet("Danh sách", PEOPLE.headers, rows)


def send(client: Browser, content: bytes, kind: str = "people", name: str = "danh sách.xlsx") -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return client.submit(f"/rosters/kinds/{kind}", data, content_type="multipart/form-data")


@pytest.fixture
def kept(cast: Cast, app: object) -> UUID:
    """A checked file with one good and one bad row."""
    actor = cast.actor("huyen-a.admin")
    with cast.session("huyen-a") as session:
        upload_id = upload(session, actor, "people", "danh sách.xlsx", people(GOOD, BAD)).id
    with cast.scope("huyen-a"):
        run_pending()
    return upload_id


def test_from_upload_to_result(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    sent = send(client, people(GOOD, BAD))
    assert sent.status_code == 302
    matched = client.get(sent.location)
    assert "Các cột đã khớp" in matched.text
    assert "Trong tệp: DV-1; DV-2" in matched.text
    home = sent.location.removesuffix("/columns")
    checking = client.get(home)
    assert "Đang chờ" in checking.text
    assert 'data-progress-url="/jobs/' in checking.text
    with cast.scope("huyen-a"):
        run_pending()
    preview = client.get(home)
    assert "Nhập 1 dòng hợp lệ" in preview.text
    assert "Ngày sinh: “hôm qua” không phải là ngày" in preview.text
    assert client.submit(f"{home}/import", {"only_good": "1"}).location == home
    with cast.scope("huyen-a"):
        run_pending()
    result = client.get(home)
    assert "Đã nhập danh sách" in result.text
    assert "Còn 1 dòng chưa nhập" in result.text
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(Person.full_name).where(Person.code == "DV-1")) == "Trần Thị Mẫu"


def test_columns_that_match_and_stay_are_not_checked_twice(cast: Cast, sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    same = {f"column_{column.key}": str(place) for place, column in enumerate(PEOPLE.columns)}
    assert client.submit(f"/rosters/{kept}/columns", same).location == f"/rosters/{kept}"
    assert "Nhập 1 dòng hợp lệ" in client.get(f"/rosters/{kept}").text


def test_other_columns_are_checked_afresh(cast: Cast, sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    keys = ("person", "full_name", "unit", "role")
    chosen = {
        f"column_{c.key}": str(place) if c.key in keys else "" for place, c in enumerate(PEOPLE.columns)
    }
    client.submit(f"/rosters/{kept}/columns", chosen)
    with cast.scope("huyen-a"):
        run_pending()
    assert "Nhập tất cả" in client.get(f"/rosters/{kept}").text


def test_a_guess_is_shown_as_a_guess(sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    headers = ["Mã đơn vị", "Tên đơn vị", "Loại", "Mã đơn vị cấp trênn", "Ghi chú riêng"]
    sent = send(client, write_sheet("x", headers, [["CB-9", "Chi bộ 9", "Chi bộ", "XA-1", "x"]]), "units")
    shown = client.get(sent.location).text
    assert "Đoán theo tên gần giống" in shown
    assert "không dùng đến: Ghi chú riêng" in shown


def test_one_column_for_two_purposes_is_refused_in_place(sign_in: SignIn, kept: UUID) -> None:
    chosen = {"column_person": "0", "column_full_name": "0", "column_unit": "5", "column_role": "6"}
    refused = sign_in("huyen-a.admin").submit(f"/rosters/{kept}/columns", chosen)
    assert refused.status_code == 200
    assert "đang ghép với cùng một cột" in refused.text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"<html>", "a.xlsx", "không phải là bảng tính Excel"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "a.xls", "đời cũ"),
        (b"PK\x03\x04 hong", "a.xlsx", "bị hỏng"),
        (write_sheet("x", PEOPLE.headers, []), "a.xlsx", "không có dòng dữ liệu nào"),
    ],
)
def test_a_bad_file_is_told_beside_the_field_and_not_kept(
    cast: Cast, sign_in: SignIn, content: bytes, name: str, said: str
) -> None:
    answer = send(sign_in("huyen-a.admin"), content, name=name)
    assert answer.status_code == 200
    assert said in answer.text
    assert 'id="file-error"' in answer.text
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(sa.func.count(RosterUpload.id))).one() == 0


def test_no_file_is_told_beside_the_field(sign_in: SignIn) -> None:
    assert "Xin chọn tệp" in sign_in("huyen-a.admin").submit("/rosters/kinds/people").text


def test_faults_are_filtered_named_by_row_and_escaped(sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    only = client.get(f"/rosters/{kept}?state=bad").text
    assert "DV-2" in only
    assert "DV-1" not in only
    assert "Lê Văn &lt;b&gt;Mẫu&lt;/b&gt;" in only
    assert "Có lỗi" in only
    assert "Không có dòng nào như vậy" in client.get(f"/rosters/{kept}?state=look").text


def test_a_long_preview_comes_in_pages(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    rows = [(f"P-{n:03}", "Trần Mẫu", None, None, None, "CB-1", "Đảng viên", None) for n in range(120)]
    home = send(client, people(*rows)).location.removesuffix("/columns")
    with cast.scope("huyen-a"):
        run_pending()
    last = client.get(f"{home}?page=3").text
    assert "Trang 3 trên 3" in last
    assert "P-119" in last
    assert "P-099" not in last
    assert client.get(f"{home}?page=99999999999999999999").status_code == 200


def test_the_file_of_faults_comes_back_as_xlsx(sign_in: SignIn, kept: UUID) -> None:
    answer = sign_in("huyen-a.admin").get(f"/rosters/{kept}/faults")
    assert answer.headers["Content-Disposition"] == "attachment; filename=loi-can-bo-dang-vien.xlsx"
    read = read_sheet(answer.data, "a.xlsx")
    assert read.headers[-1] == "Lỗi"
    assert "hôm qua" in str(read.rows[1][-1])


def test_a_whole_import_is_offered_only_without_faults(sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    assert "Nhập tất cả" not in client.get(f"/rosters/{kept}").text
    client.submit(f"/rosters/{kept}/import")
    assert "Còn 1 dòng lỗi" in client.get(f"/rosters/{kept}").text


def test_a_discarded_file_is_gone(cast: Cast, sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    assert client.submit(f"/rosters/{kept}/discard").location == "/rosters/"
    assert "Đã hủy tệp" in client.get("/rosters/").text
    assert client.get(f"/rosters/{kept}").status_code == 404


def test_a_file_is_checked_again_on_request(cast: Cast, sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    assert client.submit(f"/rosters/{kept}/check").location == f"/rosters/{kept}"
    assert "Đang chờ" in client.get(f"/rosters/{kept}").text


def test_work_that_gave_up_is_told(cast: Cast, sign_in: SignIn, kept: UUID) -> None:
    with cast.session("huyen-a") as session:
        session.execute(sa.update(Job).where(Job.subject_id == kept).values(state=JobState.DEAD, attempts=8))
    shown = sign_in("huyen-a.admin").get(f"/rosters/{kept}").text
    assert "Chưa làm được: Kiểm tra danh sách" in shown
    assert "đã thử 8 lần" in shown


def test_the_template_reads_as_an_empty_roster_with_a_guide(sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    answer = client.get("/rosters/kinds/units/template")
    assert answer.headers["Content-Disposition"] == "attachment; filename=mau-to-chuc-dang.xlsx"
    assert "không có dòng dữ liệu nào" in send(client, answer.data, "units").text


def test_the_export_is_a_roster_and_is_on_the_record(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in("huyen-a.admin").submit("/rosters/kinds/units/export")
    read = read_sheet(answer.data, "a.xlsx")
    assert read.headers == UNITS.headers
    assert [row[0] for row in read.rows] == ["XA-1", "CB-1", "CB-2", "CB-3", "CB-4"]
    with cast.session("huyen-a") as session:
        entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.tag == "roster:export")).one()
        assert entry.facts == {"kind": "units", "rows": 5}


@pytest.mark.parametrize("uploads", [1, 3])
def test_the_list_asks_two_things_of_the_database_however_long_it_is(
    cast: Cast, sign_in: SignIn, uploads: int
) -> None:
    actor, client = cast.actor("huyen-a.admin"), sign_in("huyen-a.admin")
    with cast.session("huyen-a") as session:
        for number in range(uploads):
            upload(session, actor, "people", f"tep-{number}.xlsx", people(GOOD))
        engine = session.get_bind()
    asked: list[str] = []
    client.get("/rosters/kinds/people")
    sa.event.listen(engine, "before_cursor_execute", lambda *heard: asked.append(heard[2]))
    client.get("/rosters/kinds/people")
    frame = len(asked)
    assert client.get("/rosters/").text.count("Đang kiểm tra") == uploads
    assert len(asked) - 2 * frame == 2
    assert not [text for text in asked if "roster_upload.content" in text]


GETS = ("/rosters/{id}", "/rosters/{id}/columns", "/rosters/{id}/faults")
POSTS = ("/rosters/{id}/columns", "/rosters/{id}/check", "/rosters/{id}/import", "/rosters/{id}/discard")
PLAIN_GETS = ("/rosters/", "/rosters/kinds/people", "/rosters/kinds/people/template")
PLAIN_POSTS = ("/rosters/kinds/people", "/rosters/kinds/people/export")


@pytest.mark.parametrize("who", ["huyen-b.admin", "tinh.admin", "xa-c.admin"])
def test_another_tenants_file_is_not_there(sign_in: SignIn, kept: UUID, who: str) -> None:
    client = sign_in(who)
    assert {client.get(url.format(id=kept)).status_code for url in GETS} == {404}
    assert {client.submit(url.format(id=kept)).status_code for url in POSTS} == {404}


@pytest.mark.parametrize("who", ["officer", "standing", "base-officer", "secretary", "official"])
def test_who_is_no_administrator_is_refused(sign_in: SignIn, kept: UUID, who: str) -> None:
    client = sign_in(f"huyen-a.{who}")
    assert {client.get(url.format(id=kept)).status_code for url in (*GETS, *PLAIN_GETS)} == {403}
    assert {client.submit(url.format(id=kept)).status_code for url in (*POSTS, *PLAIN_POSTS)} == {403}


def test_an_operator_sees_none_of_it(sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("operator")
    assert {client.get(url.format(id=kept)).status_code for url in (*GETS, *PLAIN_GETS)} == {404}


def test_a_read_only_tenant_uploads_nothing(cast: Cast, sign_in: SignIn, kept: UUID) -> None:
    with cast.session("operator") as session:
        session.get_one(Tenant, cast.tenants["huyen-a"]).state = TenantState.READ_ONLY
    client = sign_in("huyen-a.admin")
    assert send(client, people(GOOD)).status_code == 403
    assert client.submit(f"/rosters/{kept}/import", {"only_good": "1"}).status_code == 403


def test_the_wrong_way_in_is_refused(sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    only_posts = ("/rosters/kinds/people/export", *(url.format(id=kept) for url in POSTS[1:]))
    assert {client.get(url).status_code for url in only_posts} == {405}
    only_gets = ("/rosters/", "/rosters/kinds/people/template", f"/rosters/{kept}", f"/rosters/{kept}/faults")
    assert {client.submit(url).status_code for url in only_gets} == {405}


def test_what_is_not_there_is_not_found(sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    for name in ("kinds/secrets", "kinds/secrets/template", "abc", str(new_id())):
        assert client.get(f"/rosters/{name}").status_code == 404
    assert client.submit("/rosters/kinds/secrets/export").status_code == 404


def test_nobody_signed_in_is_led_to_the_sign_in_page(anonymous: Browser) -> None:
    assert "/sign-in" in anonymous.get("/rosters/").location


def test_a_form_without_its_token_changes_nothing(sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    assert client.post(f"/rosters/{kept}/discard").status_code == 400
    assert client.get(f"/rosters/{kept}").status_code == 200


def test_a_job_of_an_import_waits_once(cast: Cast, sign_in: SignIn, kept: UUID) -> None:
    client = sign_in("huyen-a.admin")
    for _twice in range(2):
        client.submit(f"/rosters/{kept}/import", {"only_good": "1"})
    with cast.session("huyen-a") as session:
        owed = session.scalars(sa.select(Job).where(Job.kind == JobKind.IMPORT_ROSTER)).all()
        assert [(job.subject_id, job.args) for job in owed] == [(kept, {"only_good": True})]
