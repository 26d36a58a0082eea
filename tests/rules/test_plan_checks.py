"""What is wrong with a plan, all at once, where it stands (core/plans/checks, coverage; design: F03)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.plans.checks import plan_problems
from core.plans.content import Action, Gate, Issuer, PilotQuota, PlanContent, Route, Rules
from core.plans.coverage import check
from core.plans.deadlines import MeetingFact
from core.plans.due import Anchor, ByDate, DaysAfter, DaysBefore, EachPeriod, Within
from core.plans.guests import At, GuestRule, Invited, Post
from core.plans.periods import Cycle
from core.plans.problems import Problem, Severity
from core.plans.selectors import PlanUnit, Selector, Span, UnitTree
from tests.plan_ground import CELL, CELLS, COMMITTEES, FORUM, TREE, circumstances, held, plan, step

HOLD: dict[str, Any] = {"action": Action.HOLD, "meeting": FORUM}
MARCH, APRIL, MAY = (ByDate(date(2018, month, 10)) for month in (3, 4, 5))


def told(content: PlanContent, *meetings: MeetingFact, posts: Any = None, **around: Any) -> list[Problem]:
    return list(check(content, circumstances(*meetings, **around), posts).problems)


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_right_plan_has_no_problem() -> None:
    assert told(plan(step("a"))) == []


@pytest.mark.parametrize(
    ("parts", "path", "words"),
    [
        ({"subject": " "}, "subject", "trích yếu"),
        ({"signer": ""}, "signer", "người ký"),
        ({"starts_on": date(2018, 5, 1), "ends_on": date(2018, 4, 30)}, "ends_on", "trước ngày bắt đầu"),
        ({"starts_on": date(2019, 1, 1)}, "year", "không có ngày nào trong năm 2018"),
        ({"issuer": Issuer("department"), "authority": "T/M BAN"}, "authority", "không ghi “T/M”"),
        ({"selectors": (CELLS, COMMITTEES, CELLS)}, "selectors[2].code", "“chi_bo” đã dùng"),
        ({"gates": (Gate("g", "a", ("b",)),)}, "gates[0].until[0]", "Không có mốc “b”"),
        ({"pilots": (PilotQuota("p", "chi_bo", 3, 2),)}, "pilots[0]", "nhỏ hơn ít nhất 3"),
        (
            {"selectors": (CELLS, Selector("b", "B", members=Span(5, 4)))},
            "selectors[1].members",
            "khoảng rỗng",
        ),
        ({"rules": Rules(sessions=2, large_cell=4, small_cell=5)}, "rules.large_cell", "ít đảng viên hơn"),
    ],
)
def test_a_problem_of_the_plan_is_told_where_it_stands(parts: dict[str, Any], path: str, words: str) -> None:
    found = only(plan_problems(replace(plan(step("a")), **parts)))
    assert found.path == path
    assert words in found.text


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (Within(), "nêu đúng một trong"),
        (Within("2018-04", last=date(2018, 4, 1)), "nêu đúng một trong"),
        (Within("2018-04", first=date(2018, 4, 1)), "không nêu “từ ngày”"),
        (Within(first=date(2018, 4, 2), last=date(2018, 4, 1)), "trước ngày bắt đầu"),
        (DaysAfter(1, Anchor.MILESTONE), "chưa nêu mốc nào"),
        (DaysAfter(1, Anchor.ISSUE, milestone="a"), "of: milestone"),
        (DaysBefore(1), "chưa nêu loại sinh hoạt"),
        (DaysAfter(1, Anchor.MILESTONE, milestone="ky"), "không rõ kỳ nào"),
    ],
)
def test_a_deadline_that_says_too_little_or_too_much_is_told(due: Any, words: str) -> None:
    found = only(plan_problems(plan(step("a", due), step("ky", EachPeriod(Cycle.MONTH)))))
    assert found.path == "milestones[0].due"
    assert words in found.text


def test_what_opens_after_it_is_due_is_told_once() -> None:
    found = only(told(plan(step("a", APRIL, opens=MAY))))
    assert (found.path, found.severity) == ("milestones[0].opens", Severity.ERROR)


def test_an_unknown_code_suggests_the_nearest_of_its_own_kind() -> None:
    content = plan(step("dang_ky"), step("bao_cao", who="chi_bp", after=("dang_ki",)))
    assert [(one.path, one.text) for one in plan_problems(content)] == [
        ("milestones[1].who", "Không có nhóm đối tượng “chi_bp”; có phải “chi_bo”?"),
        ("milestones[1].after[0]", "Không có mốc “dang_ki”; có phải “dang_ky”?"),
    ]


def test_circles_are_shown() -> None:
    ring = [
        step(a, DaysAfter(1, Anchor.MILESTONE, milestone=b)) for a, b in (("a", "b"), ("b", "c"), ("c", "a"))
    ]
    assert only(plan_problems(plan(*ring))).text in (
        f"Hạn tính theo nhau thành vòng: {way}."
        for way in ("a → b → c → a", "b → c → a → b", "c → a → b → c")
    )
    groups = (CELLS, Selector("x", "", any_of=("y",)), Selector("y", "", none_of=("x",)))
    assert "thành vòng" in only(plan_problems(plan(step("a"), selectors=groups))).text


def test_order_and_gates_that_only_together_go_round_are_shown() -> None:
    content = plan(step("a"), step("b", after=("a",)), gates=(Gate("g", "a", ("b",)),))
    assert "Thứ tự và điều kiện" in only(plan_problems(content)).text


def test_an_order_that_no_days_can_keep_is_told() -> None:
    content = plan(step("diem", MAY), step("con_lai", APRIL, after=("diem",)))
    found = only(told(content))
    assert (found.path, found.severity) == ("milestones[1].after", Severity.ERROR)
    gated = replace(content, milestones=(step("diem", MAY), step("con_lai", APRIL)))
    warned = only(told(replace(gated, gates=(Gate("g", "con_lai", ("diem",), blocks=False),))))
    assert warned.severity is Severity.WARNING


def test_an_order_that_some_units_break_by_their_own_days_is_told_with_them() -> None:
    gui = step("gui", ByDate(date(2018, 4, 15)))
    content = plan(gui, step("hop", DaysBefore(1), meeting=FORUM, after=("gui",)))
    found = only(told(content, held("X1", date(2018, 4, 12)), held("X2", date(2018, 4, 20))))
    assert (found.path, found.units) == ("milestones[1].after", ("X1",))


def test_the_rest_before_its_committees_pilot_is_told() -> None:
    pilots, rest = Selector("diem", "", CELL, pilot=True), Selector("con_lai", "", CELL, pilot=False)
    content = plan(
        step("lam_diem", DaysAfter(0), who="diem", meeting=FORUM),
        step("lam", DaysAfter(0), who="con_lai", meeting=FORUM, after=("lam_diem",)),
        selectors=(pilots, rest),
    )
    days = {"X1": 20, "X2": 12, "X3": 22, "TA": 1}
    found = only(told(content, *(held(code, date(2018, 4, day)) for code, day in days.items())))
    assert found.units == ("X2",)


def test_what_falls_due_before_the_plan_was_issued_is_told() -> None:
    content = plan(step("gui", DaysBefore(5), meeting=FORUM))
    found = only(told(content, held("X1", date(2018, 4, 3)), issued_on=date(2018, 4, 1)))
    assert (found.units, found.severity) == (("X1",), Severity.WARNING)


def test_a_meeting_before_the_plan_begins_is_told_as_not_counted() -> None:
    content = plan(step("hop", Within("2018-04"), **HOLD), starts_on=date(2018, 4, 1))
    found = only(told(content, held("X1", date(2018, 3, 30)), held("X2", date(2018, 4, 2))))
    assert found.units == ("X1",)


def test_units_that_none_and_two_catch_are_named() -> None:
    rural, pilots = Selector("nong_thon", "Nông thôn", CELL, ("rural",)), Selector("diem", "Điểm", pilot=True)
    content = plan(
        step("a", APRIL, who="nong_thon", **HOLD),
        step("b", MAY, who="diem", **HOLD),
        selectors=(rural, pilots),
    )
    none, two = sorted(told(content), key=lambda one: one.severity, reverse=True)
    assert none.units == ("TA", "X3", "Y1")
    assert (two.units, two.severity) == (("X1",), Severity.ERROR)


def test_a_group_without_units_and_a_name_of_nobody_are_told() -> None:
    army = Selector("tru", "Trừ", CELL, ("armed_forces",), exclude=("Chi bộ Xóm Mười",))
    groups = (CELLS, army)
    empty, nobody = sorted(
        told(plan(step("a"), step("b", who="tru"), selectors=groups)), key=lambda one: one.path
    )
    assert empty.text == "Nhóm “Trừ” không có đơn vị nào."
    assert (nobody.path, nobody.text) == (
        "selectors[1].exclude[0]", "Không có đơn vị “Chi bộ Xóm Mười”; có phải “Chi bộ Xóm Một”?",
    )  # fmt: skip


def test_a_name_that_two_units_bear_is_told() -> None:
    tree = UnitTree((*TREE.units, PlanUnit("Y2", "Trạm Y tế", CELL, "Y")))
    groups = (CELLS, Selector("tram", "Trạm", include=("Trạm y tế",)))
    assert only(told(plan(step("a"), selectors=groups), tree=tree)).units == ("Y1", "Y2")


def test_a_unit_without_a_route_and_one_with_two_are_told() -> None:
    routes = tuple(Route(code, who, "Đảng ủy") for code, who in (("r", "nong_thon"), ("s", "nong_thon")))
    groups = (CELLS, Selector("nong_thon", "", CELL, ("rural",)))
    lost, twice = told(plan(step("a", route=True), selectors=groups, routes=routes))
    assert (lost.units, lost.severity) == (("TA", "X3", "Y1"), Severity.ERROR)
    assert (twice.units, twice.severity) == (("X1", "X2"), Severity.WARNING)


def test_pilots_are_counted_for_each_committee_with_those_the_plan_names() -> None:
    quota = PilotQuota("diem", "chi_bo", 2, 2)
    assert [one.text.partition(" chi bộ")[0] for one in told(plan(step("a"), pilots=(quota,)))] == [
        "Đảng bộ huyện: mới chọn 0", "Đảng bộ xã Một: mới chọn 1", "Đảng bộ xã Hai: mới chọn 0",
    ]  # fmt: skip
    named = replace(quota, each_committee=False, named=("X2",))
    assert told(plan(step("a"), pilots=(named,))) == []
    assert "nhiều nhất 1" in only(told(plan(step("a"), pilots=(replace(named, least=1, most=1),)))).text


def test_a_cell_with_few_members_is_proposed_a_neighbour_of_its_kind() -> None:
    school = PlanUnit("X4", "Chi bộ Mầm non", CELL, "X", "school", "school", members=6)
    content = plan(step("a", APRIL, **HOLD), rules=Rules(joint_clause="II.6"))
    alone = only(told(content))
    assert (alone.units, "chưa có chi bộ tương đồng" in alone.text) == (("X3",), True)
    joint = only(told(content, tree=UnitTree((*TREE.units, school))))
    assert "sinh hoạt ghép với Chi bộ Mầm non (mục II.6)" in joint.text


SECRETARY = Invited("Bí thư đảng ủy", role="secretary", at=At.COMMITTEE)


def test_a_guest_nobody_can_be_is_told_and_one_invited_if_any_is_not() -> None:
    rule = GuestRule(
        "moi", "chi_bo", (SECRETARY, Invited("Bí thư chi bộ bạn", "secretary", at=At.UNIT, if_any=True))
    )
    content = plan(step("a", APRIL, **HOLD), guests=(rule,))
    found = only(told(content, posts=(Post("X", "secretary"), Post("H", "secretary"))))
    assert found.units == ("Y1",)
    assert told(content) == []


def test_units_without_a_guest_rule_and_with_two_are_told() -> None:
    rural = Selector("nong_thon", "", CELL, ("rural",))
    rules = (GuestRule("a", "nong_thon", (SECRETARY,)), GuestRule("b", "nong_thon", (SECRETARY,)))
    content = plan(step("a", APRIL, **HOLD), selectors=(CELLS, rural), guests=rules)
    none, two = told(content)
    assert (none.units, two.units) == (("TA", "X3", "Y1"), ("X1", "X2"))
    assert only(told(replace(content, guests=(rules[0], replace(rules[1], adds=True))))).units == none.units
