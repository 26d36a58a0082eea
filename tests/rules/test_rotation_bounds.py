"""Lower bounds are never above what any rotation reaches, and name what forces them."""

from dataclasses import replace

from hypothesis import given, settings

from core.rotation.solving.bounds import bounded, lower_bound, rule_bounds
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Rule, objective, score
from core.rotation.solving.solver import plan
from tests.rules.rotation_cases import JANUARY, cell, every_rotation, official, problem, problems

EXAMPLES = settings(max_examples=15, deadline=None)
MEASURED = tuple(Rule)


@EXAMPLES
@given(problems())
def test_the_objective_is_never_below_its_bound(case: Problem) -> None:
    assert lower_bound(case).objective <= plan(case).objective


@settings(max_examples=40, deadline=None)
@given(problems(longest=3, most_cells=3, most_officials=3))
def test_no_rotation_that_keeps_the_rules_before_breaks_one_less_than_its_bound(case: Problem) -> None:
    every = [{part.rule: part.broken for part in score(case, visits)} for visits in every_rotation(case)]
    for bounds in (rule_bounds(case), rule_bounds(case, plan(case).visits)):
        left = every
        for rule in MEASURED:
            least = min((broken[rule] for broken in left), default=0)
            assert bounds[rule].broken <= least or not left
            left = [broken for broken in left if broken[rule] == least]


def test_more_officials_than_meetings_must_share() -> None:
    case = problem([cell(c) for c in "ab"], [official(o, "ab") for o in "vwxyz"])
    crowding = lower_bound(case).rules[Rule.CROWDING]
    assert (crowding.broken, crowding.because_vi) == (4, "5 lượt dự chia cho 2 buổi họp dự được")


def test_an_official_free_for_one_cell_only_must_repeat_it() -> None:
    rare = [cell("a"), cell("b", count=0)]
    assert lower_bound(problem(rare, [official("x", "ab")], 2)).rules[Rule.REPEAT].broken == 1


def test_of_two_who_could_each_have_a_new_cell_one_repeats_rather_than_crowd() -> None:
    away = ((JANUARY, JANUARY.replace(day=6)),)
    case = problem([cell("a"), cell("b", 9)], [official(o, "ab", away=away) for o in "xy"], 2)
    bounds = rule_bounds(case)
    assert (bounds[Rule.CROWDING].broken, bounds[Rule.REPEAT].broken) == (1, 1)
    assert rule_bounds(replace(case, officials=case.officials[:1]))[Rule.REPEAT].broken == 0


def test_a_special_cell_nobody_visits_is_short() -> None:
    case = problem([cell("a"), cell("b", special=1)], [official("x", "a")], 2)
    assert lower_bound(case).rules[Rule.SPECIAL].broken == 2


def test_a_pin_that_shares_a_meeting_counts() -> None:
    pin = (("a", JANUARY),)
    case = problem([cell("a")], [official("x", "a", pins=pin), official("y", "a", pins=pin)])
    assert lower_bound(case).rules[Rule.CROWDING].broken == 1


def test_scores_carry_their_bounds() -> None:
    case = problem([cell("a")], [official("x", "a"), official("y", "a")])
    parts = bounded(plan(case).scores, rule_bounds(case))
    assert {part.rule: (part.broken, part.bound) for part in parts}[Rule.CROWDING] == (1, 1)
    assert objective(parts) == plan(case).objective
