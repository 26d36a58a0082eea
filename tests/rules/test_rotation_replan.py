"""Re-planning keeps the past and whatever still holds, and says who is moved and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.rotation.solving.changes import EXTRA, NEW, diff
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
from core.rotation.solving.facts import CellMeeting, PlannedVisit, Slot, Source
from core.rotation.solving.grid import build, located
from core.rotation.solving.invented import Scale, instance
from core.rotation.solving.neighbourhood import improve_exactly
from core.rotation.solving.problem import Problem
from core.rotation.solving.replan import DAY_MOVED, replan
from core.rotation.solving.score import Rule, score
from core.rotation.solving.solver import plan, planned_visits
from core.rotation.solving.state import State
from core.rotation.solving.validate import validate
from tests.rules.rotation_cases import JANUARY, cell, official, problem, problems, visit

EXAMPLES = settings(max_examples=15, deadline=None)
CASE = problem([cell(c) for c in "abcd"], [official(o, "abcd") for o in "xy"], 3)
FEBRUARY = date(2025, 2, 1)


def absent(case: Problem, who: str, day: date) -> Problem:
    people = (replace(o, away=(*o.away, (day, day))) if o.id == who else o for o in case.officials)
    return replace(case, officials=tuple(people))


@EXAMPLES
@given(problems(), st.integers(0, 200))
def test_a_rotation_that_holds_is_untouched(case: Problem, days: int) -> None:
    visits = plan(case).visits
    found = replan(case, visits, (), case.first_month + timedelta(days))
    assert (found.changes, set(found.kept)) == ((), set(visits))


@EXAMPLES
@given(problems(), st.data())
def test_the_past_stands_and_the_rest_is_valid(case: Problem, data: st.DataObject) -> None:
    visits = plan(case).visits
    assume(visits)
    ill = data.draw(st.sampled_from(visits))
    today = case.first_month + timedelta(data.draw(st.integers(0, 60)))
    later = absent(case, ill.official, ill.day)
    found = replan(later, visits, (), today)
    assert {visit for visit in visits if visit.day < today} <= set(found.visits)
    assert all(fault.ref.month == ill.month for fault in validate(later, found.visits) if ill.day < today)
    assert ill.day < today or validate(later, found.visits) == ()


@EXAMPLES
@given(problems(), problems(), st.integers(0, 60))
def test_every_difference_is_told_once(old: Problem, new: Problem, days: int) -> None:
    published = plan(old).visits
    found = replan(new, published, (), new.first_month + timedelta(days))
    before = [change.before for change in found.changes if change.before]
    after = [change.after for change in found.changes if change.after]
    assert sorted(map(_place, [*found.kept, *after])) == sorted(map(_place, found.visits))
    assert sorted(map(_place, [*found.kept, *before])) == sorted(map(_place, published))


def _place(visit: PlannedVisit) -> tuple[str, str, date]:
    return visit.official, visit.cell, visit.day


def test_only_the_absent_official_is_moved() -> None:
    ill = visit("x", "a")
    case = problem([cell("a"), cell("b", 9), cell("c", 9)], [official(o, "abc") for o in "xy"])
    (change,) = replan(absent(case, "x", ill.day), [ill, visit("y", "b", 1, 9)], (), JANUARY).changes
    assert (change.before, change.after, change.forced) == (ill, visit("x", "c", 1, 9), True)
    assert "vắng mặt" in change.reason_vi


def _on(day: int, month: date = FEBRUARY) -> CellMeeting:
    return CellMeeting(month.replace(day=day), Slot.EVENING)


def test_a_moved_meeting_moves_its_visit() -> None:
    visits = (visit("x", "a", 2), visit("x", "b"))
    cells = (replace(CASE.cells[0], meetings={**CASE.cells[0].meetings, FEBRUARY: _on(9)}), *CASE.cells[1:])
    found = replan(replace(CASE, cells=cells, months=2, officials=CASE.officials[:1]), visits, (), JANUARY)
    (change,) = found.moved
    assert change.after == replace(visits[0], day=date(2025, 2, 9))
    assert (change.forced, change.reason_vi) == (True, DAY_MOVED)


def test_a_newcomer_is_added_and_a_leaver_removed() -> None:
    old = replace(CASE, months=1, officials=(official("x", "abcd"),))
    new = replace(old, officials=(official("z", "abcd"),))
    found = replan(new, plan(old).visits, (), JANUARY)
    assert [change.official for change in found.removed] == ["x"]
    assert [(change.official, change.reason_vi) for change in found.added] == [("z", NEW)]


def test_when_the_last_official_leaves_every_visit_to_come_is_removed() -> None:
    visits = plan(CASE).visits
    found = replan(CASE, visits, [Transferred(who, JANUARY) for who in "xy"], JANUARY)
    assert (found.visits, {change.before for change in found.removed}) == ((), set(visits))


def test_a_new_pin_moves_its_official() -> None:
    old = replace(CASE, months=1, officials=(official("x", "abcd"),))
    (before,) = plan(old).visits
    wish = next(c for c in "abcd" if c != before.cell)
    pinned = replace(old, officials=(official("x", "abcd", pins=((wish, JANUARY),)),))
    (change,) = replan(pinned, [before], (), JANUARY).moved
    assert (change.after and change.after.cell, change.reason_vi) == (
        wish,
        "Lượt định trước của đồng chí đã đổi",
    )


def test_one_more_official_moves_only_to_end_a_crowd() -> None:
    case = problem([cell("a"), cell("b", 9)], [official("x", "ab"), official("y", "ab")])
    ill = absent(case, "y", date(2025, 1, 9))
    found = replan(ill, [visit("x", "a"), visit("y", "b", 1, 9)], (), JANUARY)
    assert {(change.official, change.forced) for change in found.moved} == {("x", False), ("y", True)}
    assert EXTRA in {change.reason_vi for change in found.moved}


def test_a_difference_pairs_visits_of_one_month() -> None:
    old, new = (visit("x", "a"), visit("y", "a")), (visit("x", "b"), visit("x", "c", 2))
    found = diff(old, new)
    assert [(c.before and c.before.cell, c.after and c.after.cell) for c in found.moved] == [("a", "b")]
    assert (len(found.removed), len(found.added), found.kept) == (1, 1, ())


def test_a_published_visit_stays_though_another_would_be_nearer() -> None:
    cells = [
        replace(cell(c, day), xy=(km, 0.0)) for c, day, km in (("a", 5, 0.0), ("b", 9, 0.0), ("c", 9, 9.0))
    ]
    people = [official("x", "abc", base=(0.0, 0.0)), official("y", "abc", base=(9.0, 0.0))]
    ill = absent(problem(cells, people), "x", date(2025, 1, 5))
    (change,) = replan(ill, [visit("x", "a"), visit("y", "b", 1, 9)], (), JANUARY).changes
    assert (change.official, change.after and change.after.cell) == ("x", "c")


def test_a_meeting_of_today_is_not_past() -> None:
    case = absent(problem([cell("a"), cell("b", 9)], [official("x", "ab")]), "x", date(2025, 1, 5))
    (change,) = replan(case, [visit("x", "a")], (), date(2025, 1, 5)).moved
    assert change.after == visit("x", "b", 1, 9)


def test_a_duty_done_in_the_past_is_not_done_again() -> None:
    people = [official("x", "abc"), replace(official("z", "abc"), level="district")]
    case = absent(problem([cell("a"), cell("b", 9), cell("c", 9)], people, 2), "x", date(2025, 2, 5))
    published = [visit("z", "b", 1, 9), visit("x", "c", 1, 9), visit("x", "a", 2)]
    (change,) = replan(case, published, (), FEBRUARY).changes
    assert change.after == visit("x", "b", 2, 9)


EVENTS: dict[str, Callable[[Problem, PlannedVisit], Event]] = {
    "ill": lambda _, one: Absent(one.official, one.day - timedelta(3), one.day + timedelta(3)),
    "away": lambda _, one: Absent(one.official, one.month, one.month.replace(day=28)),
    "leaves": lambda _, one: Transferred(one.official, one.month),
    "transferred": lambda case, one: Transferred(one.official, one.month, _elsewhere(case, one)),
    "joins": lambda case, one: Joined(replace(case.official_of[one.official], id="new"), one.month),
    "moved": lambda _, one: MeetingMoved(one.cell, one.month, _on(27, one.month)),
    "not held": lambda _, one: MeetingMoved(one.cell, one.month, None),
    "new cell": lambda case, one: CellAdded(replace(case.cell_of[one.cell], id="new"), (one.official,)),
    "merged": lambda case, one: UnitsMerged(tuple({cell.unit for cell in case.cells}), "w", one.month),
}


def _elsewhere(case: Problem, one: PlannedVisit) -> tuple[str, ...]:
    return tuple(cell.id for cell in case.cells if cell.unit != case.cell_of[one.cell].unit)


CROWDED, ROOMY = Scale(1, 1, 14, 12, 2, 0), Scale(1, 2, 13, 16, 3, 0)


@pytest.mark.parametrize(
    ("scale", "seed", "kind"),
    [*((CROWDED, seed, "ill") for seed in (1, 2, 3)), *((ROOMY, 1, kind) for kind in EVENTS)],
)
def test_no_fewer_changes_would_do(scale: Scale, seed: int, kind: str) -> None:
    case = replace(instance(scale, seed), months=4)
    published = plan(case).visits
    one = next(one for one in reversed(published) if one.source is Source.ROTATION)
    event = EVENTS[kind](case, one)
    found = replan(case, published, (event,), case.first_month)
    later = happened(case, (event,))
    assert (_hard(later, found.visits), len(found.extra)) == _fewest_changes(later, published)


def _hard(case: Problem, visits: tuple[PlannedVisit, ...]) -> list[int]:
    above = (Rule.UNMET, Rule.CROWDING, Rule.REPEAT)
    return [part.broken for part in score(case, visits) if part.rule in above]


def _fewest_changes(case: Problem, published: tuple[PlannedVisit, ...]) -> tuple[list[int], int]:
    """What the rules above changes must lose, and the changes beside the forced, by an integer programme."""
    grid = build(case)
    duty, edge, month = located(grid, published)
    holds = grid.open[edge, month]
    state, kept = State(grid), duty[holds]
    state.place(kept, edge[holds], month[holds])
    state.kept_edge[kept], state.kept_month[kept] = edge[holds], month[holds]
    improve_exactly(state, np.flatnonzero(grid.pin_edge < 0), 2_000)
    moved = (state.edge[kept] != edge[holds]) | (state.month[kept] != month[holds])
    return _hard(case, planned_visits(state)), int(moved.sum())
