"""Each soft rule counts what it says, in its order, and prices add up."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rotation.solving.facts import PastVisit, PlannedVisit, Weights
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Rule, objective, score
from core.rotation.solving.targets import targets
from tests.rules.rotation_cases import cell, official, problem, problems, visit

CELLS = [cell("a"), cell("b", special=3), cell("c")]
CASE = problem(CELLS, [official("x", "abc"), official("y", "abc")], 3)


def broken(case: Problem, *visits: PlannedVisit) -> dict[Rule, int]:
    return {part.rule: part.broken for part in score(case, visits)}


def test_rules_are_in_their_order() -> None:
    assert [part.rule for part in score(CASE, [])] == list(Rule)


def test_an_empty_rotation_breaks_what_it_owes() -> None:
    counts = broken(CASE)
    assert counts[Rule.UNMET] == 6
    assert counts[Rule.SPECIAL] == 3 * 3 + 1 + 1


@pytest.mark.parametrize(("visitors", "pairs"), [("x", 0), ("xy", 1), ("xyz", 3), ("xyzw", 6)])
def test_crowding_counts_pairs(visitors: str, pairs: int) -> None:
    case = problem(CELLS, [official(o, "abc") for o in "xyzw"])
    assert broken(case, *(visit(o, "a") for o in visitors))[Rule.CROWDING] == pairs


def test_a_second_visit_to_a_cell_is_a_repeat_when_others_wait() -> None:
    assert broken(CASE, visit("x", "a"), visit("x", "a", 2), visit("x", "b", 3))[Rule.REPEAT] == 1


def test_a_visit_of_last_year_makes_this_years_a_repeat() -> None:
    past = replace(CASE, months=1, history=(PastVisit("x", "a", date(2024, 7, 1)),))
    assert broken(past, visit("x", "a"))[Rule.REPEAT] == 1
    assert broken(past, visit("x", "b"))[Rule.REPEAT] == 0


def test_a_cell_left_behind_last_year_is_owed_more() -> None:
    past = replace(CASE, history=(PastVisit("gone", "a", date(2024, 7, 1)),))
    assert targets(past)["c"].share == pytest.approx(targets(past)["a"].share + 1)


def test_spacing_wants_special_cells_in_the_first_month() -> None:
    case = problem([cell("a"), cell("b", special=1), cell("c")], [official("x", "abc")], 6)
    empty = [broken(case, visit("x", "b", month))[Rule.SPACING] for month in (1, 6)]
    assert empty == [10, 11]


def test_spacing_looks_back_over_the_years_end() -> None:
    past = (PastVisit("gone", "a", date(2024, 12, 1)), PastVisit("gone", "b", date(2024, 6, 1)))
    case = problem([cell("a"), cell("b")], [official("x", "ab")], 2, history=past)
    idle_first, fresh_first = (
        broken(case, visit("x", first), visit("x", second, 2))[Rule.SPACING] for first, second in ("ba", "ab")
    )
    assert idle_first < fresh_first


def test_travel_counts_hundreds_of_metres() -> None:
    near = problem([replace(CELLS[0], xy=(3.0, 4.0))], [official("x", "a", base=(0.0, 0.0))])
    assert broken(near, visit("x", "a"))[Rule.TRAVEL] == 50


@settings(max_examples=15, deadline=None)
@given(problems(), st.data())
def test_the_best_whole_number_of_visits_covers_for_free(case: Problem, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(list(targets(case).values())))
    costs = [target.cover_cost(visits, 300) for visits in range(40)]
    assert min(costs) == 0
    assert abs(costs.index(0) - target.share) <= 0.51


def test_a_setting_of_nought_switches_a_rule_off() -> None:
    free = replace(
        CASE, weights=Weights(crowding=0, unmet=0, special=0, cover=0, spacing=0, repeat=0, travel=0)
    )
    assert objective(score(free, [visit("x", "a"), visit("y", "a")])) == 0
