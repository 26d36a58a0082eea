"""The portable plan file: in and out unchanged, every fault by line and path (core/plans/file)."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from core.plans.checks import plan_problems
from core.plans.content import PlanContent
from core.plans.due import BeforeDate
from core.plans.file import Fault, Lines, PlanFileError, read_plan, schema, write_plan
from core.plans.selectors import Selector
from core.plans.yaml_lines import MOST_DEEP
from tests.plan_ground import PLANS, plan, step

HEAD = "format: plan/1\nsubject: Diễn đàn\nyear: 2018\n"
STEP = "- code: a\n  title: A\n  action: report\n  who: x\n  due: {rule: by_date, date: 2018-04-01}\n"


def faults(text: str | bytes) -> tuple[Fault, ...]:
    with pytest.raises(PlanFileError) as refused:
        read_plan(text)
    return refused.value.faults


def only(text: str | bytes) -> Fault:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]


@given(PLANS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_read_back_the_same(content: PlanContent) -> None:
    again, _lines = read_plan(write_plan(content))
    assert again == content
    assert write_plan(again) == write_plan(content)


def test_a_file_is_read_for_what_it_says() -> None:
    content, lines = read_plan(f"{HEAD}milestones:\n{STEP}  clause: II.7\n")
    assert content == PlanContent("Diễn đàn", 2018, milestones=content.milestones)
    assert content.milestones[0].clause == "II.7"
    assert (lines.of("milestones[0].clause"), lines.of("milestones[0].opens"), lines.of("signer")) == (
        10,
        5,
        1,
    )


def test_words_that_yaml_would_take_for_something_else_stay_words() -> None:
    content, _lines = read_plan(
        f"{HEAD}signer: no\nsource_number: 12e3\nreport_form: 2018-03-30\nduties: []\n"
    )
    assert (content.signer, content.source_number, content.report_form) == ("no", "12e3", "2018-03-30")


def test_decomposed_letters_and_a_byte_order_mark_are_taken_as_meant() -> None:
    decomposed = "format: plan/1\nsubject: Die\u0302\u0303n đa\u0300n\nyear: 2018\n"
    assert read_plan(b"\xef\xbb\xbf" + decomposed.encode())[0].subject == "Diễn đàn"


def test_the_words_of_a_selector_may_be_those_people_use() -> None:
    content, _lines = read_plan(
        f"{HEAD}selectors:\n- {{code: a, title: A, setting: [Trường học], rank: [xã]}}\n"
    )
    assert content.selectors[0] == Selector("a", "A", setting=("school",), rank=("commune",))


def test_days_are_written_without_quotes_and_words_that_look_like_them_with() -> None:
    written = write_plan(replace(plan(step("a", BeforeDate(date(2018, 3, 30)))), subject="2018"))
    assert "date: 2018-03-30\n" in written
    assert "subject: '2018'\n" in written


@pytest.mark.parametrize(
    ("line", "path", "words"),
    [
        ("milestone: []", "milestone", "có phải “milestones”?"),
        ("xyz: 1", "xyz", "các mục còn có thể ghi: kind, source_number,"),
        ("kind: plam", "kind", "“plam”; có phải “plan”? Chọn một trong: plan, guidance."),
        ("starts_on: 2018-02-30", "starts_on", "“2018-02-30” không phải ngày"),
        ("starts_on: 1522368000", "starts_on", "không phải ngày"),
        ("starts_on: 1999-12-31", "starts_on", "từ 01/01/2000"),
        ("signer: [a]", "signer", "Phải là chữ"),
        ("recipients: A", "recipients", "Phải là danh sách"),
        ("issuer: A", "issuer", "bảng “khóa: giá trị”"),
        ("rules: {small_cell: -1}", "rules.small_cell", "nhỏ quá; ít nhất 0"),
        ("rules: {small_cell: ba}", "rules.small_cell", "“ba” không phải số nguyên"),
        ("rules: {working_days: có}", "rules.working_days", "không phải true hoặc false"),
        ("rules: {strict: true}", "rules.strict", "có phải “strict_before”?"),
        ("bases: [{number: A}]", "bases[0].body", "Thiếu mục bắt buộc"),
        ("topics: [{code: A b, text: A}]", "topics[0].code", "chữ thường không dấu"),
        ("selectors: [{code: a, title: A, rank: [làng]}]", "selectors[0].rank[0]", "Không có cấp “làng”"),
        ("banner: {lines: [a], line: b}", "banner.line", "các mục còn có thể ghi: clause"),
        ("year: 2019", "year", "đã ghi ở dòng 3"),
    ],
)
def test_a_fault_is_named_by_line_and_path(line: str, path: str, words: str) -> None:
    found = only(f"{HEAD}{line}\n")
    assert (found.line, found.path) == (4, path)
    assert words in found.text
    assert str(found).startswith(f"Dòng 4, {path}: ")


@pytest.mark.parametrize(
    ("due", "path", "words"),
    [
        ("{rule: before_dat, date: 2018-04-01}", "due", "có phải “before_date”?"),
        ("{date: 2018-04-01}", "due", "Thiếu “rule”"),
        ("{rule: before_date, dat: 1, date: 2018-04-01}", "due.dat", "còn có thể ghi: strict"),
        ("{rule: within, period: 2018-13}", "due.period", "“2018-13” không phải kỳ"),
        ("{rule: days_after, days: 400}", "due.days", "nhiều nhất 366"),
        ("{rule: days_after, days: 1, of: meting}", "due.of", "có phải “meeting”?"),
    ],
)
def test_a_fault_in_a_deadline_is_named_by_the_deadlines_own_keys(due: str, path: str, words: str) -> None:
    found = only(f"{HEAD}milestones:\n- {{code: a, title: A, action: report, who: x, due: {due}}}\n")
    assert (found.line, found.path) == (5, f"milestones[0].{path}")
    assert words in found.text


def test_a_key_is_suggested_only_where_it_may_stand() -> None:
    assert "“milestones”" not in only(f"{HEAD}milestones:\n{STEP}  milestone: b\n").text
    assert "“milestones”" in only(f"{HEAD}routes:\n- {{code: a, who: x, to: A, milestone: [b]}}\n").text


def test_every_fault_is_told_at_once_in_the_order_of_lines() -> None:
    found = faults(f"format: plan/2\nsubject: A\nyear: x\nmilestones:\n{STEP}  foo: 1\n")
    assert [(fault.line, fault.path) for fault in found] == [
        (1, "format"),
        (3, "year"),
        (10, "milestones[0].foo"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "bảng “khóa: giá trị”"),
        ("- a", 1, "bảng “khóa: giá trị”"),
        ("a: [b\nc: d", 2, "cú pháp YAML"),
        ("a: 1\n b: 2", 2, "cú pháp YAML"),
        ("a: 1\n--- \nb: 2", 2, "cú pháp YAML"),
        ("a: !!python/object:os.system x", 1, "thẻ kiểu"),
        ("a: \x07", 1, "ký tự không đọc được"),
        ("? [a]\n: b", 1, "Khóa phải là một từ"),
        ("a: " + "[" * (MOST_DEEP + 1), 1, "tầng"),
        ("a: " + "{a: " * 5000, 1, "tầng"),
        (b"a: 1\nb: \xff\xfe", 2, "UTF-8"),
        (b"a: " + b"x" * 1_000_000, 1, "lớn hơn"),
        ("a: \ud800", 1, "UTF-8"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_clear_words(text: str | bytes, line: int, words: str) -> None:
    found = only(text)
    assert found.line == line
    assert words in found.text


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    assert "Không dùng bí danh “*a0”" in "\n".join(fault.text for fault in faults(bomb))
    assert faults("a: &a [*a]\n")


def test_a_problem_of_the_plan_finds_its_line() -> None:
    content, lines = read_plan(f"{HEAD}signer: A\nmilestones:\n{STEP}  after: [a, b]\n")
    places = {problem.path: lines.of(problem.path) for problem in plan_problems(content)}
    assert (places["milestones[0].who"], places["milestones[0].after[1]"]) == (9, 11)


def test_lines_of_parts_that_are_not_written_are_those_of_the_part_above() -> None:
    lines = Lines({("a",): 3, ("a", 0): 4})
    assert [lines.of(path) for path in ("a[0].b", "a[1]", "c")] == [4, 3, 1]


def test_the_published_schema_is_the_one_that_files_are_read_by() -> None:
    published = Path(__file__).parents[2] / "docs/plan-file.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema()


def test_the_example_of_the_docs_is_a_plan_without_errors() -> None:
    page = (Path(__file__).parents[2] / "docs/plan-file.md").read_text(encoding="utf-8")
    content, _lines = read_plan(page.partition("```yaml\n")[2].partition("```")[0])
    assert [problem.path for problem in plan_problems(content)] == ["signer"]
