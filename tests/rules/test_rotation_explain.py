"""Shortfalls state their arithmetic; "Vì sao?" prices every alternative exactly."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.rotation.solving.blockers import BlockerKind
from core.rotation.solving.explain import explain
from core.rotation.solving.facts import OwnCell
from core.rotation.solving.grid import build
from core.rotation.solving.hall import short_groups
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import objective, score
from core.rotation.solving.solver import as_made, plan
from core.rotation.solving.why import why
from tests.rules.rotation_cases import JANUARY, MONTHLY, cell, official, problem, problems, visit

EXAMPLES = settings(max_examples=15, deadline=None)
MARCH = date(2025, 3, 1)


def told(case: Problem) -> list[str]:
    return [found.sentence_vi for found in explain(case, plan(case))]


def test_a_crowded_month_states_who_shares_which_meetings() -> None:
    case = replace(
        problem([cell(c) for c in "abcd"], [official(o, "abcd") for o in "vwxyz"]), first_month=MARCH
    )
    (sentence,) = told(case)
    assert sentence == (
        "Tháng 3/2025: 5 đồng chí (V, W, X, Y, Z) chỉ có thể dự 4 buổi"
        " (Chi bộ a, Chi bộ b, Chi bộ c, Chi bộ d): thiếu 1 buổi."
    )


def test_only_the_stuck_are_named() -> None:
    people = [official("v", "abcd"), official("w", "bcd"), official("x", "a"), official("y", "a")]
    (crowded,) = explain(case := problem([cell(c) for c in "abcd"], people), plan(case))[:1]
    assert (crowded.officials, crowded.cells, crowded.lacking) == (("x", "y"), ("a",), 1)


@pytest.mark.parametrize(
    ("meets", "why"), [(12, "chưa xếp được đồng chí nào"), (0, "chi bộ chưa có ngày họp")]
)
def test_a_cell_that_should_come_first_and_does_not_is_told(meets: int, why: str) -> None:
    late = replace(cell("b", count=meets), first=True)
    case = problem([cell("a"), late], [official("x", "a"), official("y", "a")], 2)
    assert f"Chi bộ b cần được dự ngay tháng 1/2025: {why}." in told(case)
    both = problem([cell("a"), late], [official("x", "ab"), official("y", "ab")], 2)
    assert any("dự ngay" in sentence for sentence in told(both)) == (meets == 0)


def test_a_cell_below_what_it_asks_for_is_told() -> None:
    case = problem([replace(cell("a"), least=3), cell("b", 9)], [official("x", "ab")], 2)
    (lacking,) = [one for one in explain(case, plan(case)) if one.kind is BlockerKind.LEAST]
    assert (lacking.sentence_vi, lacking.lacking) == (
        "Chi bộ a cần ít nhất 3 lượt dự, mới có 1: thiếu 2.", 2
    )  # fmt: skip


@EXAMPLES
@given(
    st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=6),
    st.lists(st.integers(1, 2), min_size=5, max_size=5),
)
def test_each_certificate_proves_itself(choices: list[set[int]], room: list[int]) -> None:
    arcs = [(duty, meeting) for duty, open_to in enumerate(choices) for meeting in sorted(open_to)]
    duty, meeting = np.array(arcs, np.int64).reshape(-1, 2).T
    lacking = 0
    for group, at in short_groups(duty, meeting, len(choices), np.array(room)):
        assert set(at.tolist()) == set.union(*(choices[d] for d in group))
        lacking += len(group) - sum(room[m] for m in at)
    with_choice = [open_to for open_to in choices if open_to]
    subsets = [pick for size in range(len(with_choice) + 1) for pick in combinations(with_choice, size)]
    assert lacking == max(len(pick) - sum(room[m] for m in set[int]().union(*pick)) for pick in subsets)


@EXAMPLES
@given(problems(longest=3))
def test_no_rotation_has_fewer_shared_visits_than_certified(case: Problem) -> None:
    made = plan(case)
    there = Counter((visit.cell, visit.month) for visit in made.visits)
    shared = sum(n - case.cell_of[c].wanted for (c, _), n in there.items() if n > case.cell_of[c].wanted)
    certified = sum(one.lacking for one in explain(case, made) if one.kind is BlockerKind.CROWDED)
    assert certified <= shared + len(made.unmet)


@EXAMPLES
@given(problems())
def test_every_unmet_duty_and_neglected_cell_is_told(case: Problem) -> None:
    made = plan(case)
    found = explain(case, made)
    visited = {visit.cell for visit in made.visits}
    kinds = {BlockerKind.UNMET, BlockerKind.NO_AREA, BlockerKind.PIN}
    loose = len(case.loose_pins) + sum(build(case).pin_edge[d] < 0 for d, _, _ in case.pinned)
    told_of = sum(one.lacking for one in found if one.kind in kinds)
    assert told_of == len(made.unmet) + loose
    assert {c.id for c in case.cells} - visited <= {c for one in found for c in one.cells}


def test_an_unmet_duty_counts_its_reasons() -> None:
    days = ((date(2025, 1, 5), date(2025, 1, 5)),)
    case = problem([cell("a"), cell("b"), cell("c", 7)], [official("x", "abc", own_cell="c", away=days)])
    assert told(case)[0] == (
        "Đồng chí X không có buổi nào để dự tháng 1/2025: 2 buổi đồng chí vắng mặt ngày họp;"
        " 1 buổi là chi bộ nơi đồng chí sinh hoạt."
    )


@pytest.mark.parametrize(
    ("today", "said", "closed"),
    [
        (JANUARY, "chưa có lượt dự tháng 1/2025 đến 03/2025: 3 buổi", False),
        (MARCH, "chưa có lượt dự tháng 1/2025 đến 03/2025: 1 buổi", False),
        (date(2025, 3, 6), "không có lượt dự tháng 1/2025 đến 03/2025, kỳ này đã qua: 3 buổi", True),
    ],
)
def test_a_period_that_is_over_leaves_nothing_to_choose(today: date, said: str, closed: bool) -> None:
    case = problem([cell("a")], [replace(official("x", "a"), level="district")], 3)
    [found] = [o for o in explain(case, as_made(case, (), today)) if o.kind is BlockerKind.UNMET]
    assert said in found.sentence_vi
    assert found.closed == closed


def test_a_cell_that_never_meets_is_told_once_with_what_mends_it() -> None:
    silent = replace(cell("b", special=2), meetings={})
    assert told(problem([cell("a"), silent], [official("x", "ab")])) == [
        "Chi bộ b chưa có ngày họp nào trong thời gian lập lịch: không đồng chí nào dự được."
    ]


def test_a_special_cell_below_target_is_told() -> None:
    assert told(problem([cell("a"), cell("b", special=1)], [official("x", "a")], 2)) == [
        "Chi bộ b (địa bàn đặc thù) có 0/2 lượt dự: thiếu 2; chưa có đồng chí nào được phân công địa bàn này."
    ]


@EXAMPLES
@given(problems(), st.data())
def test_parts_and_prices_are_exact_differences(case: Problem, data: st.DataObject) -> None:
    made = plan(case)
    assume(made.visits)
    one = data.draw(st.sampled_from(made.visits))
    others = [visit for visit in made.visits if visit != one]
    answer = why(case, made, one)
    without = objective(score(case, others)) - case.weights.unmet
    assert sum(part.cost for part in answer.parts) == made.objective - without
    for other in answer.alternatives:
        moved = replace(one, cell=other.cell, month=other.month, day=other.day)
        assert objective(score(case, [*others, moved])) - made.objective == other.price
        assert all(part.cost > 0 for part in other.worse)


def test_why_names_the_rules_kept() -> None:
    case = problem([cell("a"), cell("b", 9)], [official("x", "ab", own_cell="b")])
    answer = why(case, made := plan(case), made.visits[0])
    assert "Không phải chi bộ nơi đồng chí sinh hoạt" in answer.satisfied
    assert answer.alternatives == ()


def test_why_says_that_a_pin_is_kept_though_others_have_theirs() -> None:
    people = [official(who, "ab", pins=((where, JANUARY),)) for who, where in (("x", "a"), ("y", "b"))]
    case = problem([cell("a"), cell("b", 9)], people)
    made = plan(case)
    assert all(
        any("lượt định trước" in sentence for sentence in why(case, made, one).satisfied)
        for one in made.visits
    )


def test_why_says_that_the_own_cell_may_be_attended() -> None:
    level = replace(MONTHLY, own_cell=OwnCell.ALLOWED)
    case = replace(problem([cell("a")], [official("x", "a", own_cell="a")]), levels=(level,))
    made = plan(case)
    kept = why(case, made, made.visits[0]).satisfied
    assert "Là chi bộ nơi đồng chí sinh hoạt; cấp xã: được dự như mọi chi bộ khác" in kept
    assert not any(sentence.startswith("Không trùng buổi họp") for sentence in kept)


def test_a_visit_of_another_plan_has_no_why() -> None:
    case = problem([cell("a")], [official("x", "a")])
    with pytest.raises(LookupError, match="không còn trong lịch"):
        why(case, plan(case), visit("x", "a", 2))
