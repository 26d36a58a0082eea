"""What keeps a plan from being published, all at once; what S4 orders passes (core/plans/content)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import digest, from_data, to_data
from core.plans.checks import plan_problems
from core.plans.content import MONTHS_IN_PERIOD, Cadence, LegalBasis, PlanContent, Responsibility
from core.plans.differences import plan_differences
from core.plans.document import plan_body
from core.rotation.solving.facts import cadence_words

COMMUNE = Cadence(
    level_code="commune",
    level_name="Đảng viên công tác tại xã",
    period_months=1,
    report_days=1,
    report_to="Đảng ủy cơ sở",
    clause="S4, mục II.2",
)
DISTRICT = Cadence(
    level_code="district",
    level_name="Ủy viên ban chấp hành cấp huyện",
    period_months=3,
    report_days=3,
    report_to="Thường trực Huyện ủy",
    clause="S4, mục II.1",
)
BASIS = LegalBasis("26-NQ/TW", "Ban Chấp hành Trung ương", date(2018, 5, 19), "về công tác cán bộ")
PLAN = PlanContent(
    subject="Dự sinh hoạt với chi bộ khu dân cư",
    year=2026,
    bases=(BASIS,),
    purposes=("Nâng cao nhận thức",),
    demands=("100 % cấp ủy viên dự",),
    duties=(Responsibility("Đảng ủy cơ sở", "phân công"),),
    cadences=(COMMUNE, DISTRICT),
    recipients=("Ban Tổ chức Trung ương", "Lưu Văn phòng"),
    authority="T/M Ban Thường vụ",
    signer_title="Phó Bí thư Thường trực",
    signer="Trần Văn Mẫu",
)


def test_the_cadences_of_the_source_plan_pass() -> None:
    assert plan_problems(PLAN) == []


def test_every_problem_is_told_at_once() -> None:
    broken = replace(PLAN, subject=" ", cadences=(), signer="")
    assert [problem.path for problem in plan_problems(broken)] == ["subject", "signer", "milestones"]


@given(st.integers(-3, 30))
def test_only_whole_parts_of_a_year_are_a_cadence(months: int) -> None:
    found = plan_problems(replace(PLAN, cadences=(replace(COMMUNE, period_months=months),)))
    assert (found == []) == (months in MONTHS_IN_PERIOD)


@pytest.mark.parametrize(("days", "right"), [(0, False), (1, True), (60, True), (61, False)])
def test_days_to_report_have_bounds(days: int, right: bool) -> None:
    assert (plan_problems(replace(PLAN, cadences=(replace(COMMUNE, report_days=days),))) == []) is right


def test_a_level_named_twice_is_told_once() -> None:
    found = plan_problems(replace(PLAN, cadences=(COMMUNE, COMMUNE, COMMUNE)))
    assert [problem.text for problem in found] == ["Cấp “commune” được nêu 3 lần."]


def test_a_plan_survives_being_written_and_read() -> None:
    assert from_data(PlanContent, to_data(PLAN)) == PLAN
    assert digest(to_data(PLAN)) != digest(to_data(replace(PLAN, signer="Người khác")))


def test_data_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="PlanContent"):
        from_data(PlanContent, to_data(PLAN) | {"surprise": 1})


def test_a_plan_taken_over_unchanged_differs_by_its_signer_only() -> None:
    own = replace(PLAN, signer="Lê Văn Mẫu")
    assert plan_differences(PLAN, own) == [("Người ký", "Trần Văn Mẫu", "Lê Văn Mẫu")]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"period_months": None, "per_year": 4}, ()),
        ({"period_months": None}, ("chọn một trong hai",)),
        ({"per_year": 4}, ("chọn một trong hai",)),
        ({"period_months": None, "per_year": 13}, ("từ 1 đến 12",)),
    ],
)
def test_a_cadence_is_once_a_period_or_so_often_a_year(said: dict[str, Any], wrong: tuple[str, ...]) -> None:
    found = plan_problems(replace(PLAN, cadences=(replace(COMMUNE, **said),)))
    assert [text for text in wrong if text in found[0].text] == list(wrong)
    assert len(found) == len(wrong)


def test_a_loosened_cadence_and_a_dropped_level_are_shown() -> None:
    own = replace(PLAN, cadences=(replace(COMMUNE, period_months=2),))
    found = [row[0] for row in plan_differences(PLAN, own)]
    assert found == [f"Định kỳ dự sinh hoạt: {one.level_name}" for one in (COMMUNE, DISTRICT)]


@pytest.mark.parametrize(("months", "words"), [(1, "hằng tháng"), (3, "hằng quý"), (6, "06 tháng một lần")])
def test_cadences_are_said_as_in_the_source(months: int, words: str) -> None:
    assert cadence_words(months) == words


def test_the_document_says_everything_the_plan_says() -> None:
    text = str(plan_body(PLAN))
    assert all(
        part in text for part in ("26-NQ/TW ngày 19/05/2018", *PLAN.purposes, *PLAN.demands, "phân công")
    )
