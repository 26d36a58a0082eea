"""The validator sees every broken hard rule, and only those."""

from datetime import date

import pytest

from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.validate import HardRule, validate
from tests.rules.rotation_cases import JANUARY, cell, official, problem, visit

AWAY = (date(2025, 2, 4), date(2025, 2, 6))
PERSON = official("x", "abcd", own_cell="c", away=(AWAY,))
CELLS = [cell("a"), cell("b", 7), cell("c", 7), cell("d", 9, count=1), cell("e")]
CASE = problem(CELLS, [PERSON, official("y", "a")], 3)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (visit("nobody", "a"), HardRule.UNKNOWN),
        (visit("x", "z"), HardRule.UNKNOWN),
        (visit("x", "e"), HardRule.AREA),
        (visit("x", "a", 4), HardRule.HORIZON),
        (visit("x", "c", 1, 7), HardRule.OWN_CELL),
        (visit("x", "b", 1, 7), HardRule.OWN_MEETING),
        (visit("x", "a", 2), HardRule.AWAY),
        (visit("x", "a", 1, 6), HardRule.DAY),
        (visit("x", "d", 3, 9), HardRule.NO_MEETING),
    ],
)
def test_one_broken_rule_is_one_violation(broken: PlannedVisit, rule: HardRule) -> None:
    assert [found.rule for found in validate(CASE, [broken])] == [rule]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"until": date(2025, 1, 4)}, "đã thôi dự"),
        ({"since": date(2025, 1, 6)}, "chưa bắt đầu dự"),
        ({"valid": {"a": (date(2025, 2, 1), date.max)}}, "ngoài địa bàn"),
    ],
)
def test_who_does_not_serve_on_the_day_is_told_apart(days: dict[str, object], said: str) -> None:
    case = problem(CELLS, [official("x", "a", **days)])
    [found] = validate(case, [visit("x", "a")])
    assert (found.rule, said in found.sentence_vi) == (HardRule.AREA, True)


def test_two_visits_in_one_period_are_one_too_many() -> None:
    twice = [visit("x", "a"), visit("x", "d", 1, 9)]
    assert [found.rule for found in validate(CASE, twice)] == [HardRule.PERIOD]


def test_a_kept_rotation_breaks_nothing() -> None:
    assert validate(CASE, [visit("x", "a"), visit("y", "a"), visit("y", "a", 2)]) == ()


def test_a_pin_that_can_be_kept_must_be() -> None:
    pinned = problem(CELLS, [official("x", "ab", pins=(("a", JANUARY),))])
    assert [found.rule for found in validate(pinned, [])] == [HardRule.PIN]
    assert [found.rule for found in validate(pinned, [visit("x", "b", 1, 7)])] == [HardRule.PIN]
    assert validate(pinned, [visit("x", "a")]) == ()


def test_an_impossible_pin_may_stay_unmet_but_not_move() -> None:
    away = ((date(2025, 1, 5), date(2025, 1, 5)),)
    pinned = problem(CELLS, [official("x", "ab", pins=(("a", JANUARY),), away=away)])
    assert validate(pinned, []) == ()
    assert [found.rule for found in validate(pinned, [visit("x", "b", 1, 7)])] == [HardRule.PIN]
