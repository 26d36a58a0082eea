"""A rotation problem names every bad fact, and counts the duties its calendar owes."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from core.meetings.calendar import months_from
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


def test_every_bad_fact_is_named_at_once_with_its_place() -> None:
    with pytest.raises(ProblemError) as error:
        replace(GOOD, months=0, officials=(official("x", "az"), official("y", "ay")))
    places = [placed.partition(":")[0] for placed in error.value.placed]
    assert places == ["months", "officials[0].area[1]", "officials[1].area[1]"]


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


@pytest.mark.parametrize(
    ("first", "months", "done", "pinned", "owed"),
    [
        (1, 12, 0, 0, [4]), (1, 6, 0, 0, [2]), (1, 6, 0, 3, [3]), (1, 6, 0, 5, [4]),
        (7, 6, 2, 0, [2]), (7, 6, 1, 0, [3]), (7, 12, 2, 0, [2, 2]), (12, 2, 0, 0, [1, 1]),
    ],
)  # fmt: skip
def test_of_so_many_a_year_the_part_that_has_passed_is_due_or_what_the_own_plan_asks(
    first: int, months: int, done: int, pinned: int, owed: list[int]
) -> None:
    yearly, calendar = replace(LEVELS[0], code="year", per_year=4), months_from(JANUARY, 12)
    pins = tuple(("a", month) for month in calendar[first - 1 :][:pinned])
    person = replace(official("x", "a", pins=pins), level="year")
    past = tuple(PastVisit("x", "a", month) for month in calendar[:done])
    late = Problem(calendar[first - 1], months, (yearly,), GOOD.cells, (person,), past)
    years = Counter(duty.months[-1].year for duty in late.duties)
    assert [years[year] for year in sorted(years)] == owed
    assert len(late.loose_pins) == max(0, pinned - 4)


def test_slots_speak_vietnamese() -> None:
    assert [slot.label for slot in Slot] == ["buổi sáng", "buổi chiều", "buổi tối"]
