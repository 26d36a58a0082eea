"""`flask rotation` on files: invent, solve, check, re-plan, explain, without settings or database."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from admin.cli_files import without_database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run("generate", "--scale", "commune", "--seed", "3", "-o", tmp_path / "p.json").exit_code == 0
    assert run("solve", tmp_path / "p.json", "--seed", "1", "-o", tmp_path / "plan.json").exit_code == 0
    return tmp_path


def run(*words: object) -> Result:
    app = without_database(["flask", "rotation", str(words[0])])
    assert app is not None
    found: Result = app.test_cli_runner().invoke(args=["rotation", *map(str, words)])
    return found


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_a_solved_problem_passes_its_check(folder: Path) -> None:
    made = read(folder / "plan.json")
    assert {part["rule"]: part["broken"] for part in made["scores"]}["unmet"] == len(made["unmet"])
    assert run("check", folder / "p.json", folder / "plan.json").exit_code == 0


def test_a_visit_moved_to_another_day_fails_the_check(folder: Path) -> None:
    made = read(folder / "plan.json")
    made["visits"][0]["date"] = "2025-01-31"
    (folder / "plan.json").write_text(json.dumps(made))
    found = run("check", folder / "p.json", folder / "plan.json")
    assert (found.exit_code, json.loads(found.output)["valid"]) == (1, False)


def test_an_illness_changes_its_own_visit(folder: Path) -> None:
    visits = read(folder / "plan.json")["visits"]
    ill = next(v for v in visits if v["month"] == "2025-06" and v["source"] == "rotation")
    absence = {"kind": "illness", "official": ill["official"], "from": ill["date"], "to": ill["date"]}
    (folder / "e.json").write_text(json.dumps({"today": "2025-05-31", "events": [absence]}))
    files = (folder / name for name in ("p.json", "plan.json", "e.json"))
    assert run("replan", *files, "-o", folder / "new.json").exit_code == 0
    changes = read(folder / "new.json")["changes"]
    assert [change["before"] for change in changes["forced"]] == [ill]
    assert changes["kept"] + len(changes["forced"]) + len(changes["extra"]) == len(visits)


def test_what_cannot_be_had_is_explained_and_still_solved(folder: Path) -> None:
    data = read(folder / "p.json")
    data["officials"][0] |= {"area": [], "pins": []}
    data["cells"][0]["meetings"] = {}
    data["officials"][1]["pins"] = [{"cell": data["cells"][0]["id"], "month": "2025-02"}]
    (folder / "p.json").write_text(json.dumps(data))
    told = json.loads(run("explain", folder / "p.json").output)
    assert {"no_area", "no_meeting", "pin"} <= {blocker["kind"] for blocker in told["blockers"]}
    assert run("solve", folder / "p.json", "-o", folder / "plan.json").exit_code == 0
    assert run("check", folder / "p.json", folder / "plan.json").exit_code == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"first_month": 1}', "\udcff"])
def test_a_file_that_cannot_be_used_ends_with_2(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    found = run("solve", tmp_path / "p.json")
    assert found.exit_code == 2
    assert "p.json: " in found.output


@pytest.mark.parametrize(("name", "why"), [("none.json", "không có tệp này"), (".", "đây là thư mục")])
def test_a_file_that_cannot_be_read_is_told(folder: Path, name: str, why: str) -> None:
    for words in (("solve", folder / name), ("check", folder / "p.json", folder / name)):
        found = run(*words)
        assert (found.exit_code, f"không đọc được: {why}" in found.output) == (2, True)


@pytest.mark.parametrize(
    ("refused", "why"), [(PermissionError(13, "x"), "không cho đọc"), (OSError(5, "I/O"), "I/O")]
)
def test_a_file_that_refuses_to_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: OSError, why: str
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise refused

    monkeypatch.setattr(Path, "read_text", refuse)
    found = run("explain", tmp_path / "p.json")
    assert (found.exit_code, why in found.output) == (2, True)


def test_a_file_with_a_byte_order_mark_is_read(folder: Path) -> None:
    text = (folder / "p.json").read_text("utf-8")
    (folder / "p.json").write_text(text, encoding="utf-8-sig")
    assert run("explain", folder / "p.json").exit_code == 0


def test_a_published_visit_of_somebody_unknown_is_named(folder: Path) -> None:
    made = read(folder / "plan.json")
    made["visits"][1]["official"] = "nobody"
    (folder / "plan.json").write_text(json.dumps(made))
    (folder / "e.json").write_text(json.dumps({"today": "2025-05-31", "events": []}))
    found = run("replan", *(folder / name for name in ("p.json", "plan.json", "e.json")))
    assert found.exit_code == 2
    assert "plan.json: visits[1].official: tệp bài toán không có đồng chí “nobody”" in found.output


def test_an_answer_that_cannot_be_written_is_said_before_the_work(folder: Path) -> None:
    for output in (folder / "none" / "plan.json", folder):
        found = run("solve", folder / "p.json", "-o", output)
        assert (found.exit_code, f"{output}: không ghi được" in found.output) == (2, True)


def test_a_full_disk_leaves_what_was_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "plan.json").read_text("utf-8")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    found = run("solve", folder / "p.json", "-o", folder / "plan.json")
    assert (found.exit_code, "không ghi được" in found.output) == (2, True)
    assert (folder / "plan.json").read_text("utf-8") == before
    assert sorted(path.name for path in folder.iterdir()) == ["p.json", "plan.json"]


@pytest.mark.parametrize("seed", ["-1", "x"])
def test_a_seed_is_a_whole_number_from_nought(tmp_path: Path, seed: str) -> None:
    found = run("generate", "--scale", "commune", "--seed", seed, "-o", tmp_path / "p.json")
    assert (found.exit_code, "--seed" in found.output) == (2, True)


def test_other_commands_still_want_the_whole_application() -> None:
    assert without_database(["flask", "rotation", "publish", "--tenant", "x"]) is None
    assert without_database(["gunicorn", "wsgi:app"]) is None
