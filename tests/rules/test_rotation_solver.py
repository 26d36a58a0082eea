"""The rotation keeps every hard rule on any instance, and is exact on a month."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings

from core.rotation.solving.descent import descend, unhurried
from core.rotation.solving.drift import drift
from core.rotation.solving.facts import Duty, PastVisit, Reason, Source
from core.rotation.solving.flows import assignment
from core.rotation.solving.grid import build
from core.rotation.solving.neighbourhood import mend
from core.rotation.solving.parts import fall_apart
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import objective, score
from core.rotation.solving.solver import Cancelled, finished, first_draft, hopeless, movable, plan
from core.rotation.solving.state import State
from core.rotation.solving.validate import validate
from tests.rules.rotation_cases import JANUARY, MOST, cell, every_rotation, official, problem, problems

EXAMPLES = settings(max_examples=15, deadline=None)
FEBRUARY = date(2025, 2, 1)


@EXAMPLES
@given(problems())
def test_no_hard_rule_is_ever_broken(case: Problem) -> None:
    assert validate(case, plan(case).visits) == ()


@EXAMPLES
@given(problems())
def test_every_period_has_a_visit_or_a_named_reason(case: Problem) -> None:
    made = plan(case)
    met = Counter((visit.official, case.period(visit.official, visit.month)) for visit in made.visits)
    unmet = Counter(_period(case, one.duty) for one in made.unmet if one.reasons)
    assert met + unmet == Counter(_period(case, duty) for duty in case.duties)


def _period(case: Problem, duty: Duty) -> tuple[str, int]:
    return duty.official, case.period(duty.official, duty.months[0])


@EXAMPLES
@given(problems())
def test_the_claimed_objective_is_the_score_from_scratch(case: Problem) -> None:
    made = plan(case)
    assert made.objective == objective(score(case, made.visits))


@EXAMPLES
@given(problems())
def test_the_same_problem_gives_the_same_plan(case: Problem) -> None:
    assert plan(case, seed=3) == plan(replace(case), seed=3)


@EXAMPLES
@given(problems())
def test_renaming_people_only_renames(case: Problem) -> None:
    new = {official.id: f"{99 - at}" for at, official in enumerate(case.officials)} | {"gone": "left"}
    people = tuple(replace(official, id=new[official.id]) for official in case.officials)
    history = tuple(replace(past, official=new.get(past.official, "left")) for past in case.history)
    renamed = plan(replace(case, officials=people, history=history))
    assert renamed.visits == tuple(replace(v, official=new[v.official]) for v in plan(case).visits)


@EXAMPLES
@given(problems())
def test_the_descent_never_gets_worse(case: Problem) -> None:
    grid = build(case)
    parts = fall_apart(grid, np.arange(len(case.officials)))
    state = first_draft(State(grid), parts)
    trace = descend(state, movable(grid), parts.whole, parts.lanes)
    assert trace == sorted(trace, reverse=True)


@pytest.mark.parametrize("search", [drift, mend])
@EXAMPLES
@given(case=problems())
def test_searching_on_never_makes_it_worse(search: Callable[..., None], case: Problem) -> None:
    grid = build(case)
    parts = fall_apart(grid, np.arange(len(case.officials)))
    state = first_draft(State(grid), parts)
    before = state.objective()
    search(state, movable(grid) & ~hopeless(grid), parts, np.random.default_rng(1), unhurried)
    made = finished(state)
    assert made.objective <= before
    assert made.objective == objective(score(case, made.visits))
    assert validate(case, made.visits) == ()


def test_an_avoidable_repeat_is_mended() -> None:
    case = problem([cell(c) for c in "abc"], [official(o, "abc") for o in "xyz"], 3)
    state = State(build(case))
    state.place(np.arange(9), np.array([0, 1, 0, 4, 5, 4, 8, 6, 8]), np.array([0, 1, 2] * 3))
    parts = fall_apart(state.grid, np.arange(3))
    assert repeats(state) == 3
    mend(state, movable(state.grid), parts, np.random.default_rng(0), unhurried)
    assert repeats(state) == 0


def repeats(state: State) -> int:
    return {part.rule.value: part.broken for part in finished(state).scores}["repeat"]


@settings(max_examples=15, deadline=None)
@given(problems(longest=2, most_cells=3, most_officials=3))
def test_a_small_problem_is_solved_exactly(case: Problem) -> None:
    assume(len(case.duties) <= MOST)
    assert plan(case).objective == min(objective(score(case, visits)) for visits in every_rotation(case))


def test_everyone_gets_another_cell_each_month() -> None:
    case = problem([cell(c) for c in "abc"], [official(o, "abc") for o in "xyz"], 3)
    assert {part.rule.value: part.broken for part in plan(case).scores}["repeat"] == 0
    assert len({(visit.official, visit.cell) for visit in plan(case).visits}) == 9


def test_special_cells_come_first_and_more_often() -> None:
    cells = [cell(c, special=2 * (c == "d")) for c in "abcde"]
    held = [
        visit.cell
        for visit in plan(problem(cells, [official("x", "abcde"), official("y", "abcde")], 6)).visits
    ]
    assert "d" in held[:2]
    assert held.count("d") == 4 > max(held.count(c) for c in "abce")


def test_last_year_counts_for_repeats() -> None:
    past = (PastVisit("x", "a", date(2024, 12, 1)),)
    case = problem([cell("a"), cell("b")], [official("x", "ab")], history=past)
    assert [visit.cell for visit in plan(case).visits] == ["b"]


def test_a_quarterly_official_goes_in_the_month_with_room() -> None:
    boss = replace(official("z", "ab"), level="district")
    crowd = [official("x", "ab"), official("y", "ab", away=((FEBRUARY, date(2025, 2, 28)),))]
    made = plan(problem([cell("a"), cell("b")], [boss, *crowd], 3))
    assert [visit.month for visit in made.visits if visit.official == "z"] == [FEBRUARY]


def test_an_impossible_pin_is_reported_and_not_moved() -> None:
    away = ((date(2025, 1, 5), date(2025, 1, 5)),)
    case = problem([cell("a"), cell("b", 9)], [official("x", "ab", pins=(("a", JANUARY),), away=away)])
    (unmet,) = plan(case).unmet
    assert (unmet.pin, unmet.reasons) == (("a", JANUARY), ((Reason.AWAY, 1),))


def test_a_possible_pin_is_kept_against_the_crowd() -> None:
    people = [official("x", "ab", pins=(("a", JANUARY),)), official("y", "a")]
    visits = plan(problem([cell("a"), cell("b")], people)).visits
    assert {(visit.official, visit.cell, visit.source) for visit in visits} >= {("x", "a", Source.PIN)}


def test_reasons_count_the_closed_choices() -> None:
    days = ((date(2025, 1, 5), date(2025, 1, 5)),)
    cells = [cell("a"), cell("b", 7), cell("c", 7), cell("d", 9, count=0)]
    (unmet,) = plan(problem(cells, [official("x", "abcd", own_cell="c", away=days)])).unmet
    reasons = (Reason.AWAY, Reason.OWN_MEETING, Reason.OWN_CELL, Reason.NO_MEETING)
    assert unmet.reasons == tuple((reason, 1) for reason in reasons)


def test_an_empty_area_is_a_reason() -> None:
    (unmet,) = plan(problem([cell("a")], [official("x", "")])).unmet
    assert unmet.reasons == ((Reason.AREA_EMPTY, 1),)


@pytest.mark.parametrize("people", [12, 40])
def test_a_meeting_takes_as_many_as_it_must_and_no_more(people: int) -> None:
    case = problem([cell("a"), cell("b")], [official(f"o{i}", "ab") for i in range(people)])
    made = plan(case)
    assert sorted([v.cell for v in made.visits].count(c) for c in "ab") == [people // 2] * 2


def test_an_assignment_is_exact_however_full_a_column_gets() -> None:
    row, column = np.repeat(np.arange(10), 2), np.tile(np.arange(2), 10)
    skip = np.full(10, 10**6)
    chosen = assignment(row, column, column, skip, lambda depth: np.tile(100 * np.arange(depth), (2, 1)))
    assert np.bincount(column[chosen]).tolist() == [5, 5]


def test_a_repeat_is_better_than_a_crowd() -> None:
    cells = [cell("a"), cell("b")]
    pins = tuple(("b", month) for month in (JANUARY, FEBRUARY))
    made = plan(problem(cells, [official("x", "ab"), official("y", "b", pins=pins)], 2))
    assert [visit.cell for visit in made.visits if visit.official == "x"] == ["a", "a"]


def test_progress_is_told_in_vietnamese_up_to_the_end() -> None:
    told: list[tuple[str, int]] = []
    plan(
        problem([cell("a")], [official("x", "a")]),
        progress=lambda stage, percent: told.append((stage, percent)),
    )
    assert told[0] == ("Chuẩn bị dữ liệu", 0)
    assert told[-1] == ("Đã xếp xong lịch", 100)
    assert [percent for _, percent in told] == sorted(percent for _, percent in told)


def test_a_plan_no_longer_wanted_stops() -> None:
    with pytest.raises(Cancelled):
        plan(problem([cell("a")], [official("x", "a")]), cancelled=lambda: True)


def test_out_of_time_the_rotation_so_far_is_whole() -> None:
    case = problem([cell(c) for c in "abc"], [official(o, "abc") for o in "xyz"], 3)
    assert validate(case, plan(case, time_limit=0).visits) == ()


def test_a_period_visited_before_the_horizon_lends_its_month_to_nobody() -> None:
    boss = replace(official("w", "a"), level="district")
    done = (PastVisit("w", "a", JANUARY),)
    people = (boss, official("x", "b"), replace(official("y", "b"), level="district"))
    cells = (cell("a"), cell("b", 9))
    case = replace(problem(cells, people, 3), first_month=FEBRUARY, history=done)
    made = plan(case)
    assert made.objective == objective(score(case, made.visits))
    assert validate(case, made.visits) == ()
