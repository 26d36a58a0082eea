"""Plans at the command line: files without settings or a database, and a tenant's plans in and out (X08)."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from admin.cli_plan_files import PLAN_FILE_COMMANDS
from core.plans.file import read_plan, write_plan
from core.plans.library import TITLES, template
from core.plans.models import Plan
from core.plans.standing import Standing
from tenants.models import AuditEntry
from tests.cast import Cast

ROOT = Path(__file__).parents[2]
COLUMNS = ["unit_code", "task", "opens_on", "due_on", "clause", "sentence", "addressee", "via", "status"]
UNITS = """code,parent_code,name,kind,setting,block,rank,members,pilot,rounds_held,special
H,,Đảng bộ huyện,organisation,,,district,,no,,
X,H,Đảng bộ xã,organisation,,,commune,,no,,
X1,X,Chi bộ Xóm Một,cell,rural,rural,,12,yes,0,0
X2,X,Chi bộ Xóm Hai,cell,rural,rural,,9,no,2,0
"""
MEETINGS = "unit_code,kind,held_on,concluded\nX1,forum,2018-04-12,yes\nX2,forum,2018-05-20,\n"
PLAN = """format: plan/1
subject: Diễn đàn chi bộ
year: 2018
signer: Người ký
selectors:
- {code: chi_bo, title: Mọi chi bộ, kind: cell}
- {code: dang_uy, title: Các đảng ủy, rank: [commune]}
milestones:
- code: to_chuc
  title: Tổ chức Diễn đàn
  action: hold
  who: chi_bo
  meeting: forum
  due: {rule: before_date, date: 2018-06-30}
  clause: II.5
- code: bao_cao
  title: Báo cáo kết quả
  action: report
  who: chi_bo
  meeting: forum
  due: {rule: days_after, days: 5, of: conclusion}
  route: true
  clause: II.7
- code: tong_hop
  title: Tổng hợp
  action: consolidate
  who: dang_uy
  due: {rule: each_period, period: half_year}
guests:
- code: moi
  who: chi_bo
  invite: [{text: Ban Thường vụ Đảng ủy}, {text: Đảng ủy bộ phận, if_any: true}]
  clause: II.6
routes:
- {code: len, who: chi_bo, to: Thường trực Huyện ủy, via: Ban Tuyên giáo Huyện ủy}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("plan.yaml", PLAN), ("units.csv", UNITS), ("meetings.csv", MEETINGS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def bare(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command as typed, where nothing of a deployment is set."""
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "plan", *words]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=cwd, env=env, text=True, encoding="utf-8", capture_output=True, check=False
    )


@pytest.fixture
def on_files(files: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The same commands in this process, on an application that has nothing else."""
    monkeypatch.chdir(files)
    bare_app = Flask(__name__)
    for command in PLAN_FILE_COMMANDS:
        bare_app.cli.add_command(command)
    return lambda *words: bare_app.test_cli_runner().invoke(args=words)


def test_a_plan_is_checked_seen_and_asked_for_guests_where_no_database_is(files: Path) -> None:
    assert bare("check", "plan.yaml", "--units", "units.csv", cwd=files).returncode == 0
    shown = bare("preview", "plan.yaml", "--units", "units.csv", "--on", "2018-05-01", cwd=files)
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[0] == ",".join(COLUMNS)
    guests = bare("guests", "plan.yaml", "--units", "units.csv", "--unit", "X1", cwd=files)
    assert guests.stdout == "Ban Thường vụ Đảng ủy, theo mục II.6\nĐảng ủy bộ phận (nếu có), theo mục II.6\n"


def test_other_commands_still_ask_for_settings(files: Path) -> None:
    refused = bare("list", "--tenant", "huyen-a", cwd=files)
    assert refused.returncode != 0
    assert "DATABASE_URL is not set" in refused.stderr


def test_the_preview_says_what_when_why_to_whom_and_how_it_stands(on_files: Callable[..., Result]) -> None:
    shown = on_files(
        "preview", "plan.yaml", "--units", "units.csv", "--meetings", "meetings.csv", "--on", "2018-04-18"
    )  # fmt: skip
    rows = {(row["unit_code"], row["task"]): row for row in csv.DictReader(io.StringIO(shown.stdout))}
    assert list(rows) == [
        ("X", "Tổng hợp (06 tháng đầu năm 2018)"), ("X", "Tổng hợp (06 tháng cuối năm 2018)"),
        ("X1", "Tổ chức Diễn đàn"), ("X1", "Báo cáo kết quả"),
        ("X2", "Tổ chức Diễn đàn"), ("X2", "Báo cáo kết quả"),
    ]  # fmt: skip
    assert rows["X1", "Báo cáo kết quả"] == {
        "unit_code": "X1", "task": "Báo cáo kết quả",
        "opens_on": "", "due_on": "2018-04-17", "clause": "II.7",
        "sentence": "05 ngày sau ngày kết luận buổi diễn đàn (12/4/2018), chậm nhất hết ngày 17/4/2018, "
        "theo mục II.7.",
        "addressee": "Thường trực Huyện ủy", "via": "Ban Tuyên giáo Huyện ủy", "status": "overdue",
    }  # fmt: skip
    assert [row["status"] for row in rows.values()] == [
        "open", "open", "done_on_time", "overdue", "open", "open"
    ]  # fmt: skip
    assert {row["status"] for row in rows.values()} <= set(Standing)


def test_the_preview_as_json_is_the_same_table(on_files: Callable[..., Result]) -> None:
    words = ("preview", "plan.yaml", "--units", "units.csv", "--on", "2018-05-01", "--format")
    table = list(csv.DictReader(io.StringIO(on_files(*words, "csv").stdout)))
    rows: list[dict[str, Any]] = json.loads(on_files(*words, "json").stdout)
    assert [list(row) for row in rows] == [COLUMNS] * len(rows)
    assert [{key: value or "" for key, value in row.items()} for row in rows] == table


@pytest.mark.parametrize("code", TITLES)
def test_a_ready_plan_is_checked_by_its_code(on_files: Callable[..., Result], code: str) -> None:
    checked = on_files("check", code)
    assert (checked.exit_code, checked.stdout.startswith(f"{code}: không có lỗi")) == (0, True)
    assert "chưa ghi người ký" in checked.stderr


BROKEN = (
    PLAN.replace("milestones:", "milestone:", 1)
    .replace("2018-06-30", "2018-06-31")
    .replace("year: 2018", "year: x")
)


@pytest.mark.parametrize("verb", [("check",), ("preview", "--units", "units.csv")])
def test_a_broken_file_is_told_whole_by_line_and_path(
    on_files: Callable[..., Result], files: Path, verb: tuple[str, ...]
) -> None:
    (files / "plan.yaml").write_text(BROKEN, encoding="utf-8")
    refused = on_files(*verb, "plan.yaml")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "plan.yaml: Dòng 3, year: “x” không phải số nguyên.",
        "plan.yaml: Dòng 8, milestone: Không có mục “milestone” ở đây; có phải “milestones”?",
    ]


def test_what_does_not_fit_together_is_told_by_line_too(on_files: Callable[..., Result], files: Path) -> None:
    (files / "plan.yaml").write_text(PLAN.replace("who: chi_bo\n", "who: chi_bp\n", 1), encoding="utf-8")
    refused = on_files("check", "plan.yaml")
    told = "plan.yaml: Dòng 12, milestones[0].who: Không có nhóm đối tượng “chi_bp”; có phải “chi_bo”?\n"
    assert (refused.exit_code, refused.stderr) == (1, told)


def test_a_circle_is_shown(on_files: Callable[..., Result], files: Path) -> None:
    due = "due: {rule: days_after, days: 1, of: milestone, milestone:"
    start = "title: A, action: report, who: chi_bo"
    steps = "".join(f"- {{code: {a}, {start}, {due} {b}}}}}\n" for a, b in (("a", "b"), ("b", "a")))
    (files / "plan.yaml").write_text(PLAN.replace("guests:", f"{steps}guests:"), encoding="utf-8")
    refused = on_files("preview", "plan.yaml", "--units", "units.csv")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "thành vòng: a → b → a." in refused.stderr or "thành vòng: b → a → b." in refused.stderr


def test_what_only_units_show_is_told_with_them(on_files: Callable[..., Result], files: Path) -> None:
    lost = PLAN.replace("who: chi_bo, to:", "who: dang_uy, to:")
    (files / "plan.yaml").write_text(lost, encoding="utf-8")
    assert on_files("check", "plan.yaml").exit_code == 0
    refused = on_files("check", "plan.yaml", "--units", "units.csv")
    assert refused.exit_code == 1
    assert "2 đơn vị chưa có nơi nhận báo cáo. [X1, X2]" in refused.stderr


def test_faults_of_tables_name_line_and_column(on_files: Callable[..., Result], files: Path) -> None:
    (files / "units.csv").write_text(UNITS.replace("X2,X,", "X2,Y,"), encoding="utf-8")
    refused = on_files("preview", "plan.yaml", "--units", "units.csv")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "units.csv: Dòng 5, parent_code: Không có đơn vị “Y”.\n"
    (files / "units.csv").write_text(UNITS, encoding="utf-8")
    (files / "meetings.csv").write_text(MEETINGS.replace("forum", "forun", 1), encoding="utf-8")
    refused = on_files("preview", "plan.yaml", "--units", "units.csv", "--meetings", "meetings.csv")
    assert "meetings.csv: Dòng 2, kind: Không có loại sinh hoạt “forun”" in refused.stderr
    assert refused.exit_code == 1


def test_a_file_or_unit_that_is_not_there_suggests_the_nearest(on_files: Callable[..., Result]) -> None:
    assert "“s9”; có phải “s" in on_files("check", "s9").stderr
    refused = on_files("guests", "plan.yaml", "--units", "units.csv", "--unit", "X3")
    assert (refused.exit_code, "Không có đơn vị “X3”; có phải “X" in refused.stderr) == (1, True)


@pytest.fixture
def on_tenant(app: Flask, files: Path) -> Callable[..., Result]:
    runner = app.test_cli_runner()
    return lambda verb, *words, tenant="huyen-a": runner.invoke(
        args=["plan", verb, "--tenant", tenant, *words]
    )


def test_what_was_taken_in_is_given_out_the_same_and_is_a_draft_on_the_record(
    on_tenant: Callable[..., Result], files: Path, cast: Cast
) -> None:
    taken = on_tenant("import", str(files / "plan.yaml"))
    assert taken.exit_code == 0, taken.output
    plan_id = taken.stdout.strip()
    first = on_tenant("export", "--plan", plan_id).stdout
    assert read_plan(first)[0] == read_plan(PLAN)[0]
    (files / "again.yaml").write_text(first, encoding="utf-8")
    assert on_tenant("import", str(files / "again.yaml"), tenant="huyen-b").exit_code == 0
    on_tenant("export", "--plan", "Diễn đàn chi bộ", "-o", str(files / "out.yaml"), tenant="huyen-b")
    assert (files / "out.yaml").read_text(encoding="utf-8") == first
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(Plan)).one().versions == []
        tags = session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.tag.startswith("plan:"))).all()
        assert list(tags) == ["plan:draft"]
    assert "dự thảo  Diễn đàn chi bộ" in on_tenant("list").stdout


def test_a_ready_plan_is_taken_in_by_its_code(on_tenant: Callable[..., Result]) -> None:
    plan_id = on_tenant("import", "s2").stdout.strip()
    assert on_tenant("export", "--plan", plan_id).stdout == write_plan(template("s2").content)


def test_nothing_is_taken_in_of_a_broken_file(
    on_tenant: Callable[..., Result], files: Path, cast: Cast
) -> None:
    for text in (BROKEN, PLAN.replace("who: chi_bo\n", "who: chi_bp\n", 1)):
        (files / "plan.yaml").write_text(text, encoding="utf-8")
        assert on_tenant("import", str(files / "plan.yaml")).exit_code == 1
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(Plan.id))) == 0


def test_a_plan_of_the_same_title_and_year_is_not_taken_in_twice(
    on_tenant: Callable[..., Result], files: Path
) -> None:
    assert on_tenant("import", str(files / "plan.yaml")).exit_code == 0
    again = on_tenant("import", str(files / "plan.yaml"))
    assert (again.exit_code, "đã có kế hoạch cùng trích yếu" in again.stderr) == (1, True)


def test_a_plan_of_another_tenant_is_not_given_out(on_tenant: Callable[..., Result], files: Path) -> None:
    plan_id = on_tenant("import", str(files / "plan.yaml")).stdout.strip()
    for wanted in (plan_id, "Diễn đàn chi bộ"):
        refused = on_tenant("export", "--plan", wanted, tenant="huyen-b")
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "Không có kế hoạch" in refused.stderr
    assert on_tenant("list", tenant="huyen-b").stdout == ""
