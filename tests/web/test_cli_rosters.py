"""Rosters at the command line (X04)."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.rosters.kinds import PEOPLE
from core.rosters.models import RosterUpload
from core.rosters.sheets import read_sheet, write_sheet
from tenants.access import TenantState
from tenants.models import Person, Tenant
from tests.cast import Cast

Run = Callable[..., Result]
GOOD = ("DV-1", "Trần Thị Mẫu", None, None, None, "CB-1", "Đảng viên", None)
BAD = ("DV-2", "Lê Văn Mẫu", "hôm qua", None, None, "CB-99", "Bí thư", None)


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["roster", *map(str, words)])


def written(folder: Path, *rows: tuple[str | None, ...]) -> Path:
    path = folder / "danh sách.xlsx"
    path.write_bytes(write_sheet("Danh sách", PEOPLE.headers, rows))
    return path


def people(cast: Cast, tenant: str = "huyen-a") -> set[str]:
    with cast.session(tenant) as session:
        return set(session.scalars(sa.select(Person.code)))


def test_a_sound_file_is_imported_and_again_changes_nothing(run: Run, cast: Cast, tmp_path: Path) -> None:
    command = ("import", written(tmp_path, GOOD), "--kind", "people", "--tenant", "huyen-a")
    first, second = run(*command), run(*command)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "Đã nhập: 1 dòng thêm mới, 0 dòng cập nhật, 0 dòng không đổi." in first.output
    assert "Đã nhập: 0 dòng thêm mới, 0 dòng cập nhật, 1 dòng không đổi." in second.output
    assert "DV-1" in people(cast)
    assert "DV-1" not in people(cast, "huyen-b")


def test_every_fault_is_printed_by_row_and_nothing_is_imported(run: Run, cast: Cast, tmp_path: Path) -> None:
    answer = run("import", written(tmp_path, GOOD, BAD), "--kind", "people", "--tenant", "huyen-a")
    assert answer.exit_code == 1
    assert "Dòng 3: Ngày sinh: “hôm qua” không phải là ngày" in answer.output
    assert "Dòng 3: Mã đơn vị: chưa có đơn vị mã “CB-99”" in answer.output
    assert "1 dòng hợp lệ, 1 dòng lỗi." in answer.output
    assert "DV-1" not in people(cast)


def test_only_good_rows_are_imported_when_asked(run: Run, cast: Cast, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, BAD)
    answer = run("import", file, "--kind", "people", "--tenant", "huyen-a", "--only-good")
    assert answer.exit_code == 1
    assert "Đã nhập: 1 dòng thêm mới" in answer.output
    assert people(cast) & {"DV-1", "DV-2"} == {"DV-1"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a sheet", "không phải là bảng tính Excel"),
        (write_sheet("x", ["A", "B"], [["1", "2"]]), "Chưa ghép cột bắt buộc"),
    ],
)
def test_a_file_of_no_use_is_refused_in_words(run: Run, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    answer = run("import", tmp_path / "a.xlsx", "--kind", "people", "--tenant", "huyen-a")
    assert answer.exit_code == 1
    assert said in answer.output


def test_a_suspended_or_unknown_tenant_is_refused_in_words(run: Run, cast: Cast, tmp_path: Path) -> None:
    file = written(tmp_path, GOOD)
    assert "Không có đơn vị mang mã" in run("import", file, "--kind", "people", "--tenant", "nowhere").output
    with cast.session("operator") as session:
        session.get_one(Tenant, cast.tenants["huyen-a"]).state = TenantState.READ_ONLY
    refused = run("import", file, "--kind", "people", "--tenant", "huyen-a")
    assert refused.exit_code == 1
    assert "không ở trạng thái hoạt động" in refused.output
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(sa.func.count(RosterUpload.id))).one() == 0


def test_an_export_imports_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "xuất.xlsx"
    assert run("export", "units", "--tenant", "huyen-a", "-o", file).exit_code == 0
    assert len(read_sheet(file.read_bytes(), file.name).rows) == 5
    again = run("import", file, "--kind", "units", "--tenant", "huyen-a")
    assert "0 dòng thêm mới, 0 dòng cập nhật, 5 dòng không đổi." in again.output


def test_a_template_explains_every_column(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mẫu.xlsx"
    assert run("template", "people", "-o", file).exit_code == 0
    assert file.read_bytes().startswith(b"PK")
