"""Shortfalls state their arithmetic; "Vì sao?" prices every alternative exactly."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.rotation.explain import ShortfallKind, shortfalls, why
from core.rotation.problem import Problem
from core.rotation.score import objective, score
from core.rotation.solver import plan
from core.rotation.validate import validate
from tests.rules.rotation_cases import cell, official, problem, problems, visit

EXAMPLES = settings(max_examples=60, deadline=None)
MARCH = date(2025, 3, 1)


def told(case: Problem) -> list[str]:
    return [found.sentence_vi for found in shortfalls(case, plan(case))]


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
    (crowded,) = shortfalls(case := problem([cell(c) for c in "abcd"], people), plan(case))[:1]
    assert (crowded.officials, crowded.cells, crowded.lacking) == (("x", "y"), ("a",), 1)


@EXAMPLES
@given(problems(longest=3))
def test_each_certificate_proves_itself(case: Problem) -> None:
    for found in shortfalls(case, plan(case)):
        if found.kind is ShortfallKind.CROWDED and found.month:
            open_cells = {c for who in found.officials for c in _open(case, who, found.month)}
            assert open_cells == set(found.cells)
            assert found.lacking == len(found.officials) - len(found.cells) > 0


def _open(case: Problem, who: str, month: date) -> set[str]:
    person = case.official_of[who]
    if pinned := {c for c, at in person.pins if at == month}:
        return pinned
    free = replace(case, officials=(replace(person, pins=()),), history=())
    meets = [(c, case.cell_of[c].meetings[month]) for c in person.area if month in case.cell_of[c].meetings]
    visits = [replace(visit(who, c), month=month, day=meeting.day) for c, meeting in meets]
    return {one.cell for one in visits if not validate(free, [one])}


@EXAMPLES
@given(problems())
def test_every_unmet_duty_and_neglected_cell_is_told(case: Problem) -> None:
    made = plan(case)
    found = shortfalls(case, made)
    visited = {visit.cell for visit in made.visits}
    assert sum(one.kind is ShortfallKind.UNMET for one in found) == len(made.unmet)
    assert {c.id for c in case.cells} - visited <= {c for one in found for c in one.cells}


def test_an_unmet_duty_counts_its_reasons() -> None:
    days = ((date(2025, 1, 5), date(2025, 1, 5)),)
    case = problem([cell("a"), cell("b"), cell("c", 7)], [official("x", "abc", own_cell="c", away=days)])
    assert told(case)[0] == (
        "Đồng chí X không có buổi nào để dự tháng 1/2025: 2 buổi đồng chí vắng mặt ngày họp;"
        " 1 buổi là chi bộ nơi đồng chí sinh hoạt."
    )


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


def test_a_visit_of_another_plan_has_no_why() -> None:
    case = problem([cell("a")], [official("x", "a")])
    with pytest.raises(LookupError, match="không còn trong lịch"):
        why(case, plan(case), visit("x", "a", 2))
