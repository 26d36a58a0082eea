"""What holds of every ready plan; a plan moved to another year; the ready catalogue (core/plans/library)."""

import re
from collections import Counter
from dataclasses import asdict, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.plans.agenda import Catalogue, Manifestation
from core.plans.checks import plan_problems
from core.plans.document import plan_body
from core.plans.due import BeforeDate, ByDate, Within
from core.plans.file import read_plan, write_plan
from core.plans.library import Template, catalogue, completed, retimed, template, templates
from tests.golden_ground import content_of

CODES = ("s0", "s1", "s2", "s3", "s4")
EACH = pytest.mark.parametrize("ready", templates(), ids=lambda ready: ready.code)
CLAUSE = re.compile(r"(I|II|III)(\.\d){0,2}(\.[abcd])?")
CLAUSED = ("milestones", "guests", "pilots", "gates", "routes", "contents", "cadences", "duties")
YEARS = st.integers(2000, 2100)


def words_of(value: object) -> str:
    """Every text of a value, one after the other."""
    match value:
        case str():
            return f"{value}\n"
        case dict():
            return "".join(map(words_of, value.values()))
        case list() | tuple():
            return "".join(map(words_of, value))
    return ""


def test_the_five_sources_are_there_once_each() -> None:
    assert tuple(ready.code for ready in templates()) == CODES
    assert all(ready.title and ready.summary for ready in templates())
    assert template("s0") is template("s0")


@pytest.mark.parametrize("read", [template, catalogue])
def test_what_is_not_there_is_refused(read: object) -> None:
    with pytest.raises(LookupError, match="s9"):
        read("s9")  # type: ignore[operator]


@EACH
def test_a_template_lacks_nothing_but_its_signer(ready: Template) -> None:
    assert [problem.path for problem in plan_problems(ready.content)] == ["signer"]
    assert plan_problems(replace(ready.content, signer="Người ký")) == []


@EACH
def test_every_rule_cites_its_clause(ready: Template) -> None:
    rules = [one for kind in CLAUSED for one in getattr(ready.content, kind)]
    clauses = [clause for one in rules for clause in one.clause.split(", ")]
    assert [clause for clause in clauses if not CLAUSE.fullmatch(clause)] == []


@EACH
def test_no_selector_is_left_unused(ready: Template) -> None:
    content = ready.content
    kinds = ("milestones", "guests", "routes", "contents")
    used = {one.who for kind in kinds for one in getattr(content, kind)}
    used |= {quota.among for quota in content.pilots}
    used |= {name for selector in content.selectors for name in selector.names}
    assert {selector.code for selector in content.selectors} - used == set()


@EACH
def test_no_persons_name_and_no_private_address_is_in_a_template(ready: Template) -> None:
    words = words_of(asdict(ready.content))
    assert re.findall(r"@|[Gg]mail|https?:|đ/c [A-ZĐ]", words) == []
    assert ready.content.signer == ""


@EACH
def test_a_template_is_a_document(ready: Template) -> None:
    words = words_of([asdict(block) for block in plan_body(ready.content)])
    assert all(duty.text in words for duty in ready.content.duties)


@EACH
def test_a_template_travels_as_a_file(ready: Template) -> None:
    assert read_plan(write_plan(ready.content))[0] == ready.content


@EACH
@settings(max_examples=25)
@given(year=YEARS)
def test_a_plan_moved_to_another_year_and_back_is_the_same(ready: Template, year: int) -> None:
    moved = retimed(ready.content, year)
    assert moved.year == year
    assert retimed(moved, ready.content.year) == ready.content


@EACH
def test_a_moved_plan_names_only_its_own_year_and_rests_on_the_same_documents(ready: Template) -> None:
    moved, old = retimed(ready.content, 2031), ready.content
    assert (moved.bases, moved.source_number, moved.catalogues) == (
        old.bases, old.source_number, old.catalogues,
    )  # fmt: skip
    assert "2031" in moved.subject
    said = words_of(asdict(replace(moved, bases=(), source_number="", catalogues=())))
    assert re.findall(rf"(?<![\d/]){old.year}", said) == []


def test_dates_and_periods_move_by_whole_years() -> None:
    dues = {one.code: one.due for one in retimed(content_of("s0"), 2026).milestones}
    assert dues["dang_ky"] == BeforeDate(date(2026, 3, 30))
    assert dues["to_chuc_diem_1"] == Within(period="2026-04")
    assert dues["to_chuc_1"] == Within(first=date(2026, 4, 1), before=date(2026, 6, 30))


def test_the_29th_of_february_becomes_the_28th_where_there_is_none() -> None:
    plan = content_of("s2")
    leap = replace(plan, milestones=(replace(plan.milestones[0], due=ByDate(date(2024, 2, 29))),))
    assert retimed(leap, 2026).milestones[0].due == ByDate(date(2026, 2, 28))
    assert retimed(leap, 2028).milestones[0].due == ByDate(date(2028, 2, 29))


def test_a_number_or_date_of_a_document_that_a_text_quotes_is_no_year_of_the_plan() -> None:
    said = "Quyết định 2018-QĐ/HU, ngày 05/12/2018; năm 2018"
    assert retimed(replace(content_of("s0"), demands=(said,)), 2026).demands == (
        "Quyết định 2018-QĐ/HU, ngày 05/12/2018; năm 2026",
    )


def test_the_ready_catalogue_has_three_groups_of_nine() -> None:
    ready = catalogue("bieu_hien_27")
    assert sorted(Counter(item.group for item in ready.items).values()) == [9, 9, 9]
    assert len({item.code for item in ready.items}) == len({item.text for item in ready.items}) == 27
    assert ready.source.startswith("Nghị quyết số 04-NQ/TW")


def test_a_plan_adds_its_own_manifestations_to_the_ready_ones() -> None:
    own = Catalogue("them", "Thêm", "bieu_hien_27", items=(Manifestation("4.1", "Mới", "“Tham nhũng vặt”"),))
    assert completed(own).items == (*catalogue("bieu_hien_27").items, *own.items)
    alone = replace(own, extends="")
    assert completed(alone) == alone


def test_a_catalogue_that_extends_nothing_there_or_doubles_a_code_is_told() -> None:
    def told(own: Catalogue) -> list[str]:
        plan = replace(content_of("s1"), signer="Người ký", catalogues=(own,))
        return [problem.text for problem in plan_problems(plan)]

    assert told(Catalogue("a", "A", "bieu_hien_28")) == [
        "Không có danh mục có sẵn “bieu_hien_28”; có phải “bieu_hien_27”?"
    ]
    assert told(Catalogue("a", "A", "bieu_hien_27", items=(Manifestation("1.1", "Mới", "Mới"),))) == [
        "Biểu hiện mã “1.1” có 2 lần."
    ]
