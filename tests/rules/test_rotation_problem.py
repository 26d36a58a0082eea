"""A rotation problem names every bad fact, and counts the duties its calendar owes."""

from dataclasses import replace
from datetime import date

import pytest

from core.rotation.solving.facts import Cell, CellMeeting, PastVisit, Slot, Weights
from core.rotation.solving.problem import Problem, ProblemError
from tests.rules.rotation_cases import JANUARY, LEVELS, cell, official, problem

GOOD = problem([cell("a"), cell("b")], [official("x", "ab")], 3)
MARCH = date(2025, 3, 1)
STRAY = Cell("a", "u", "Chi bộ a", 0, {JANUARY: CellMeeting(MARCH, Slot.EVENING)})


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"first_month": date(2025, 1, 2)}, "mồng 1"),
        ({"months": 0}, "từ 1 đến 24"),
        ({"cells": (cell("a"), cell("a"), cell("b"))}, "2 lần"),
        ({"cells": (cell("a", special=4), cell("b"))}, "mức đặc thù"),
        ({"cells": (STRAY, cell("b"))}, "không thuộc tháng 1/2025"),
        ({"cells": (replace(cell("a"), receives=False), cell("b"))}, "không nhận đồng chí dự"),
        ({"levels": LEVELS[1:]}, "chưa có trong danh mục"),
        ({"levels": (replace(LEVELS[0], period_months=0),)}, "từ 1 tháng"),
        ({"weights": Weights(cover=-1)}, "không được âm"),
        ({"officials": (official("x", "abz"),)}, "“z” không tồn tại"),
        ({"officials": (official("x", "aab"),)}, "2 lần"),
        ({"officials": (official("x", "ab", own_cell="z"),)}, "nơi sinh hoạt “z”"),
        ({"officials": (official("x", "ab", away=((MARCH, JANUARY),)),)}, "bị ngược"),
        ({"officials": (official("x", "a", pins=(("z", MARCH),)),)}, "3/2025: chi bộ không tồn tại"),
        ({"officials": (official("x", "a", pins=(("a", date(2025, 3, 2)),)),)}, "mồng 1"),
        ({"levels": (replace(LEVELS[0], per_year=13),)}, "từ 1 đến 12"),
        ({"cells": (replace(cell("a"), wanted=0), cell("b"))}, "mỗi buổi"),
        ({"cells": (replace(cell("a"), least=-1), cell("b"))}, "không được âm"),
        ({"history": (PastVisit("x", "a", MARCH),)}, "nằm trong thời gian lập lịch"),
    ],
)
def test_a_bad_fact_is_named(facts: dict[str, object], told: str) -> None:
    with pytest.raises(ProblemError, match=told):
        replace(GOOD, **facts)  # type: ignore[arg-type]


def test_every_bad_fact_is_named_at_once() -> None:
    with pytest.raises(ProblemError) as error:
        replace(GOOD, months=0, officials=(official("x", "az"), official("y", "ay")))
    assert len(error.value.facts) == 3


def test_periods_follow_the_calendar() -> None:
    late = replace(
        GOOD, first_month=date(2025, 2, 1), officials=(replace(GOOD.officials[0], level="district"),)
    )
    assert [duty.months for duty in late.duties] == [(date(2025, 2, 1), MARCH), (date(2025, 4, 1),)]


def test_a_period_already_visited_owes_nothing() -> None:
    person = replace(GOOD.officials[0], level="district")
    done = (PastVisit("x", "a", JANUARY),)
    late = Problem(date(2025, 2, 1), 3, LEVELS, GOOD.cells, (person,), done)
    assert [duty.months for duty in late.duties] == [(date(2025, 4, 1),)]


def test_slots_speak_vietnamese() -> None:
    assert [slot.label for slot in Slot] == ["buổi sáng", "buổi chiều", "buổi tối"]
