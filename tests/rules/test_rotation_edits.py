"""An edit's live price is the exact difference of two scores; suggestions are priced the same way."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.rotation.solving.facts import Duty, PlannedVisit
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Edit, objective, rescore, score
from core.rotation.solving.solver import plan
from core.rotation.solving.swaps import exchanged, partners
from core.rotation.solving.validate import validate
from core.rotation.solving.why import suggest
from tests.rules.rotation_cases import JANUARY, cell, official, problem, problems, visit

EXAMPLES = settings(max_examples=15, deadline=None)


@EXAMPLES
@given(problems(), st.data())
def test_a_rescore_is_the_difference_of_two_scores(case: Problem, data: st.DataObject) -> None:
    visits = plan(case).visits
    assume(visits)
    out = tuple(data.draw(st.lists(st.sampled_from(visits), max_size=2, unique=True)))
    put = tuple(_elsewhere(case, one, data) for one in out[:1])
    edit = Edit(out, put)
    before, after = score(case, visits), score(case, edit.apply(visits))
    told = [
        (new.rule, new.broken - old.broken, new.cost - old.cost)
        for old, new in zip(before, after, strict=True)
    ]
    assert [(part.rule, part.broken, part.cost) for part in rescore(case, visits, edit)] == told


def _elsewhere(case: Problem, one: PlannedVisit, data: st.DataObject) -> PlannedVisit:
    """The visit at any cell on its day, possible or not."""
    return replace(one, cell=data.draw(st.sampled_from(case.cells)).id)


@EXAMPLES
@given(problems(), st.data())
def test_a_suggestion_costs_what_it_says(case: Problem, data: st.DataObject) -> None:
    made = plan(case)
    assume(case.duties)
    duty = data.draw(st.sampled_from(case.duties))
    assume(not case.level_of[case.official_of[duty.official].level].per_year)
    now = [v for v in made.visits if v.official == duty.official and v.month in duty.months]
    for other in suggest(case, made, duty, 9):
        put = PlannedVisit(duty.official, other.cell, other.month, other.day)
        moved = Edit(tuple(now), (put,)).apply(made.visits)
        assert objective(score(case, moved)) - made.objective == other.price


def test_suggestions_come_from_the_cheapest() -> None:
    case = problem([cell(c) for c in "abcd"], [official("x", "abcd"), official("y", "b")])
    made = plan(case)
    prices = [other.price for other in suggest(case, made, case.duties[0], 3)]
    assert prices == sorted(prices)
    assert len(prices) == 3


def test_a_duty_of_another_problem_has_no_suggestions() -> None:
    case = problem([cell("a")], [official("x", "a")])
    with pytest.raises(LookupError, match="không còn trong nhiệm vụ"):
        suggest(case, plan(case), Duty("y", 0, (JANUARY,)))


def test_a_swap_takes_two_out_and_puts_two_in() -> None:
    old = (visit("x", "a"), visit("y", "b", 1, 9))
    new = (visit("x", "b", 1, 9), visit("y", "a"))
    assert Edit(old, new).apply(old) == (new[1], new[0])


@EXAMPLES
@given(problems(), st.data())
def test_partners_are_those_whose_exchange_breaks_nothing(case: Problem, data: st.DataObject) -> None:
    visits = plan(case).visits
    assume(visits)
    mine = data.draw(st.sampled_from(visits))
    others = {v for v in visits if v.official != mine.official and (v.cell, v.day) != (mine.cell, mine.day)}
    found = partners(case, visits, mine, date.min)
    assert set(found) == {other for other in others if not _exchange_breaks(case, visits, mine, other)}
    assert partners(case, visits, mine, date.min, 2) == found[:2]


def test_two_at_one_meeting_have_nothing_to_exchange() -> None:
    here = problem([cell("a"), cell("b")], [official("x", "ab"), official("y", "ab"), official("z", "ab")])
    mine, beside, elsewhere = visit("x", "a"), visit("y", "a"), visit("z", "b")
    assert partners(here, (mine, beside, elsewhere), mine, date.min) == (elsewhere,)


def _exchange_breaks(
    case: Problem, visits: tuple[PlannedVisit, ...], one: PlannedVisit, other: PlannedVisit
) -> bool:
    after = Edit((one, other), exchanged(one, other)).apply(visits)
    before = {(fault.rule, fault.ref) for fault in validate(case, visits)}
    return any((fault.rule, fault.ref) not in before for fault in validate(case, after))
