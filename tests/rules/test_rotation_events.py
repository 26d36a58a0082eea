"""Each event turns the problem into what it is from that day on."""

from dataclasses import replace
from datetime import date

import pytest

from core.rotation.solving.events import (
    Absent,
    CellAdded,
    Event,
    Joined,
    MeetingMoved,
    Transferred,
    UnitsMerged,
    happened,
)
from core.rotation.solving.facts import CellMeeting, OwnCell, Slot
from core.rotation.solving.problem import ProblemError
from core.rotation.solving.replan import Policy, replan
from core.rotation.solving.score import Rule
from core.rotation.solving.solver import plan
from core.rotation.solving.validate import validate
from tests.rules.rotation_cases import JANUARY, LEVELS, MONTHLY, cell, official, problem, visit

CASE = problem([cell(c) for c in "abcd"], [official("x", "ab"), official("y", "cd")], 4)
MARCH, TENTH = date(2025, 3, 1), date(2025, 3, 10)


def test_illness_moves_only_the_ill() -> None:
    made = plan(CASE)
    found = replan(CASE, made.visits, (Absent("x", MARCH, date(2025, 3, 31)),), date(2025, 2, 20))
    assert found.told == ("x",)
    assert [change.after for change in found.forced] == [None]


def test_a_transfer_ends_one_area_and_opens_another() -> None:
    later = happened(CASE, (Transferred("x", TENTH, ("c", "d")),))
    visits = replan(later, (), (), JANUARY).visits
    assert validate(later, visits) == ()
    by_month = {v.month.month: v.cell for v in visits if v.official == "x"}
    assert {by_month[1], by_month[2], by_month[3]} <= {"a", "b"}
    assert by_month[4] in {"c", "d"}


def test_one_who_leaves_owes_nothing_more() -> None:
    later = happened(CASE, (Transferred("x", MARCH),))
    assert [duty.months[0].month for duty in later.duties if duty.official == "x"] == [1, 2]
    assert plan(later).unmet == ()


def test_one_who_joins_owes_from_then_on() -> None:
    later = happened(CASE, (Joined(official("z", "ab"), MARCH),))
    assert [duty.months[0].month for duty in later.duties if duty.official == "z"] == [3, 4]


def test_a_meeting_moves_or_is_not_held() -> None:
    moved = CellMeeting(date(2025, 3, 20), Slot.MORNING)
    assert happened(CASE, (MeetingMoved("a", MARCH, moved),)).cell_of["a"].meetings[MARCH] == moved
    assert MARCH not in happened(CASE, (MeetingMoved("a", MARCH, None),)).cell_of["a"].meetings


def test_a_new_cell_joins_the_areas_named() -> None:
    later = happened(CASE, (CellAdded(cell("e"), ("y",)),))
    assert [o.area for o in later.officials] == [("a", "b"), ("c", "d", "e")]


def test_merged_units_share_their_cells_from_the_day() -> None:
    apart = replace(CASE, cells=tuple(replace(c, unit="u" if c.id in "ab" else "v") for c in CASE.cells))
    later = happened(apart, (UnitsMerged(("u", "v"), "w", TENTH),))
    assert {c.unit for c in later.cells} == {"w"}
    early, late = visit("x", "c", 3, 5), visit("x", "c", 4, 5)
    assert [len(validate(later, [one])) for one in (early, late)] == [1, 0]


@pytest.mark.parametrize(
    "event",
    [
        Absent("nobody", MARCH, MARCH),
        MeetingMoved("z", MARCH, None),
        CellAdded(cell("e"), ("nobody",)),
        UnitsMerged(("nowhere",), "w", MARCH),
    ],
)
def test_an_event_about_nobody_is_told(event: Event) -> None:
    with pytest.raises(ProblemError):
        happened(CASE, (event,))


def test_keeping_what_is_published_may_crowd_a_meeting() -> None:
    case = problem([cell("a"), cell("b", 9)], [official("x", "ab"), official("y", "ab")])
    published = [visit("x", "a"), visit("y", "b", 1, 9)]
    ill = (Absent("y", date(2025, 1, 9), date(2025, 1, 9)),)
    kept, alone = (replan(case, published, ill, JANUARY, policy) for policy in (Policy.KEEP, Policy.ALONE))
    assert (len(kept.extra), len(alone.extra)) == (0, 1)


def test_several_visits_a_year_fall_in_different_months() -> None:
    level = replace(MONTHLY, code="year", per_year=3)
    person = replace(official("x", "abcd"), level="year")
    case = replace(CASE, months=12, levels=(*LEVELS, level), officials=(person,))
    made = plan(case)
    assert len({v.month for v in made.visits}) == 3
    assert (validate(case, made.visits), made.unmet) == ((), ())


@pytest.mark.parametrize(
    ("rule", "cells"), [(OwnCell.EXCLUDED, []), (OwnCell.LAST, ["a"]), (OwnCell.ALLOWED, ["a"])]
)
def test_the_own_cell_is_visited_as_the_level_says(rule: OwnCell, cells: list[str]) -> None:
    level = replace(MONTHLY, own_cell=rule)
    person = official("x", "ab", own_cell="a", away=((date(2025, 1, 9), date(2025, 1, 9)),))
    case = replace(problem([cell("a"), cell("b", 9)], [person]), levels=(level,))
    made = plan(case)
    assert [v.cell for v in made.visits] == cells
    assert validate(case, made.visits) == ()


def test_the_own_cell_waits_while_another_is_open() -> None:
    level = replace(MONTHLY, own_cell=OwnCell.LAST)
    case = problem([cell("a"), cell("b", 9)], [official("x", "ab", own_cell="a")])
    made = plan(replace(case, levels=(level,)))
    assert [v.cell for v in made.visits] == ["b"]
    assert len(validate(replace(case, levels=(level,)), [visit("x", "a")])) == 1


def test_a_wished_number_of_visitors_is_no_crowd() -> None:
    wide = problem([replace(cell("a"), wanted=2)], [official(o, "a") for o in "xyz"])
    assert {part.rule: part.broken for part in plan(wide).scores}[Rule.CROWDING] == 1
