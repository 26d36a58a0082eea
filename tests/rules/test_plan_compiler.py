"""A plan becomes every unit's dated tasks (core/plans/compiler; design: product F03, F04)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.meetings.kinds import MeetingKind
from core.plans.compiler import Compiled, TaskDraft, compile_plan
from core.plans.content import Action, PilotQuota, PlanContent, Route, Rules
from core.plans.coverage import check
from core.plans.deadlines import DueDate, MeetingFact
from core.plans.due import Anchor, BeforeDate, ByDate, DaysAfter, DaysBefore, EachPeriod, Undated, Within
from core.plans.graph import depends_on
from core.plans.periods import Cycle
from core.plans.selectors import Selector, UnitTree
from core.plans.sentences import day_text, sentence
from tests.plan_ground import (
    CELL,
    CELLS,
    DAYS,
    FORUM,
    MEETINGS,
    PLANS,
    TREE,
    circumstances,
    held,
    plan,
    step,
)  # fmt: skip

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HOLD: dict[str, Any] = {"action": Action.HOLD, "meeting": FORUM}


def tasks(compiled: Compiled, milestone: str) -> dict[str, TaskDraft]:
    return {task.unit_code: task for task in compiled.tasks if task.milestone == milestone}


@given(PLANS, MEETINGS)
@FEW
def test_the_same_input_gives_the_same_output(
    content: PlanContent, meetings: tuple[MeetingFact, ...]
) -> None:
    assert compile_plan(content, circumstances(*meetings)) == compile_plan(content, circumstances(*meetings))


@given(PLANS, MEETINGS, st.none() | DAYS)
@FEW
def test_no_plan_that_the_schema_accepts_stops_a_check(
    content: PlanContent, meetings: tuple[MeetingFact, ...], issued_on: date | None
) -> None:
    found = check(content, circumstances(*meetings, issued_on=issued_on), ())
    assert all(problem.text.endswith((".", "?")) for problem in found.problems)


@given(PLANS, MEETINGS, st.randoms(use_true_random=False))
@FEW
def test_the_order_of_units_meetings_and_selectors_decides_nothing(
    content: PlanContent, meetings: tuple[MeetingFact, ...], random: Any
) -> None:
    assume(len({one.code for one in content.selectors}) == len(content.selectors))
    units, selectors = list(TREE.units), list(content.selectors)
    random.shuffle(units)
    random.shuffle(selectors)
    mixed = circumstances(*meetings, tree=UnitTree(tuple(units)))
    shuffled = compile_plan(replace(content, selectors=tuple(selectors)), mixed)
    assert set(shuffled.tasks) == set(compile_plan(content, circumstances(*meetings)).tasks)


@given(PLANS, MEETINGS)
@FEW
def test_every_due_day_stands_in_the_sentence_that_explains_it(
    content: PlanContent, meetings: tuple[MeetingFact, ...]
) -> None:
    rules = {one.code: one for one in content.milestones}
    for task in compile_plan(content, circumstances(*meetings)).tasks:
        one, due = rules[task.milestone], DueDate(task.due_on, task.opens_on, task.base_on)
        words = sentence(one.due, due, one.clause, one.meeting, {}, task.period, content.rules.working_days)
        assert words.endswith(".")
        assert task.due_on is None or day_text(task.due_on) in words


@given(PLANS, MEETINGS, st.data())
@FEW
def test_moving_one_date_changes_only_what_depends_on_it(
    content: PlanContent, meetings: tuple[MeetingFact, ...], data: st.DataObject
) -> None:
    milestones = {one.code: one for one in content.milestones}
    assume(milestones)
    content, codes = replace(content, milestones=tuple(milestones.values())), list(milestones)
    moved = data.draw(st.sampled_from(codes))
    changed = tuple(
        replace(one, due=ByDate(data.draw(DAYS))) if one.code == moved else one for one in content.milestones
    )
    after = replace(content, milestones=changed)
    free = {code for code in codes if moved not in depends_on(content, code) | depends_on(after, code)}
    free -= {code for code in codes if not _is_reached(content, after, code)}
    before, then = (compile_plan(one, circumstances(*meetings)).tasks for one in (content, after))
    assert [task for task in before if task.milestone in free] == [t for t in then if t.milestone in free]


def _is_reached(before: PlanContent, after: PlanContent, code: str) -> bool:
    """Not in a circle that the change opened or closed."""
    return depends_on(before, code) == depends_on(after, code)


@given(MEETINGS, DAYS)
@FEW
def test_moving_one_units_meeting_changes_no_other_units_tasks(
    meetings: tuple[MeetingFact, ...], day: date
) -> None:
    content = plan(
        step("a", DaysBefore(5), meeting=FORUM), step("b", DaysAfter(3, Anchor.MILESTONE, milestone="a"))
    )
    others = tuple(fact for fact in meetings if fact.unit_code != "X1")
    found = (compile_plan(content, circumstances(*others, *own)).tasks for own in ((), (held("X1", day),)))
    first, second = ([task for task in some if task.unit_code != "X1"] for some in found)
    assert first == second


def test_a_chain_is_recomputed_when_its_base_moves() -> None:
    content = plan(
        step("gui", DaysAfter(3, Anchor.MILESTONE, milestone="chuan_bi")),
        step("chuan_bi", DaysBefore(5), meeting=FORUM),
    )
    for day in (date(2018, 4, 20), date(2018, 4, 27)):
        compiled = compile_plan(content, circumstances(held("X1", day)))
        assert tasks(compiled, "gui")["X1"].due_on == day - timedelta(days=2)
        assert tasks(compiled, "gui")["X2"].due_on is None


def test_what_counts_from_the_committees_work_takes_the_nearest_above() -> None:
    content = plan(
        step("ke_hoach", ByDate(date(2018, 3, 1)), who="dang_uy"),
        step("dang_ky", DaysAfter(10, Anchor.MILESTONE, milestone="ke_hoach")),
    )
    done = {("X", "ke_hoach"): date(2018, 3, 5)}
    found = tasks(compile_plan(content, circumstances(done=done)), "dang_ky")
    assert (found["X1"].due_on, found["Y1"].due_on) == (date(2018, 3, 15), date(2018, 3, 11))


def test_a_meeting_that_was_held_is_done_and_one_that_is_set_is_not() -> None:
    content = plan(step("to_chuc", Within("2018-05"), **HOLD))
    set_for = replace(held("X2", date(2018, 4, 25)), held=False)
    found = tasks(
        compile_plan(
            content, circumstances(held("X1", date(2018, 4, 20)), set_for, held("X3", date(2018, 5, 2)))
        ),
        "to_chuc",
    )
    assert {code: task.done_on for code, task in found.items() if task.done_on} == {"X1": date(2018, 4, 20)}


def test_only_a_large_cell_may_take_several_sessions_and_is_done_after_the_last() -> None:
    content = plan(step("to_chuc", Within("2018-04"), **HOLD), rules=Rules(sessions=2, large_cell=30))
    days = (date(2018, 4, 10), date(2018, 4, 12))
    meetings = [held(code, day) for code in ("X1", "X2") for day in days]
    found = tasks(compile_plan(content, circumstances(*meetings)), "to_chuc")
    assert (found["X1"].done_on, found["X2"].done_on) == days


def test_at_least_two_a_quarter_are_done_with_the_second() -> None:
    content = plan(step("chuyen_de", EachPeriod(Cycle.QUARTER, 2), **HOLD), starts_on=date(2018, 1, 1))
    meetings = [held("X1", date(2018, month, 9)) for month in (1, 3, 4)]
    compiled = compile_plan(content, circumstances(*meetings))
    done = {task.period: task.done_on for task in compiled.tasks if task.unit_code == "X1"}
    assert done == {"2018-Q1": date(2018, 3, 9), "2018-Q2": None, "2018-Q3": None, "2018-Q4": None}


def test_what_comes_round_begins_with_the_plan_and_ends_with_it() -> None:
    content = plan(
        step("bao_cao", EachPeriod(Cycle.HALF_YEAR, days_after=10)),
        starts_on=date(2018, 3, 15),
        ends_on=date(2019, 1, 31),
    )
    found = compile_plan(content, circumstances(horizon=date(2030, 1, 1))).tasks
    cell = [(task.period, task.opens_on, task.due_on) for task in found if task.unit_code == "X1"]
    assert cell == [
        ("2018-H1", date(2018, 3, 15), date(2018, 7, 10)),
        ("2018-H2", date(2018, 7, 1), date(2019, 1, 10)),
        ("2019-H1", date(2019, 1, 1), date(2019, 7, 10)),
    ]


def test_what_comes_round_after_the_meeting_waits_for_it() -> None:
    theo_doi = step("theo_doi", EachPeriod(Cycle.MONTH), opens=DaysAfter(0), meeting=FORUM)
    content = plan(theo_doi, starts_on=date(2018, 3, 1), ends_on=date(2018, 6, 30))
    found = defaultdict(list)
    for task in compile_plan(content, circumstances(held("X1", date(2018, 4, 20)))).tasks:
        found[task.unit_code].append((task.period, task.opens_on))
    first = ("2018-04", date(2018, 4, 20))
    assert found == {"X1": [first, ("2018-05", date(2018, 5, 1)), ("2018-06", date(2018, 6, 1))]}


def test_a_pilot_that_the_plan_names_is_a_pilot() -> None:
    pilots = Selector("diem", "Làm điểm", CELL, pilot=True)
    rest = Selector("con_lai", "Còn lại", CELL, none_of=("diem",))
    quota = PilotQuota("chon", "chi_bo", named=("Chi bộ Tòa án",))
    content = plan(
        step("diem", who="diem"), step("con_lai", who="con_lai"),
        selectors=(CELLS, pilots, rest), pilots=(quota,),
    )  # fmt: skip
    compiled = compile_plan(content, circumstances())
    assert set(tasks(compiled, "diem")) == {"TA", "X1"}
    assert set(tasks(compiled, "con_lai")) == {"X2", "X3", "Y1"}


def test_a_route_of_the_milestones_own_wins_over_everybodys() -> None:
    content = plan(
        *(step(code, route=code != "chuan_bi") for code in ("bao_cao", "dang_ky", "chuan_bi")),
        routes=(
            Route("chung", "chi_bo", "Đảng ủy"),
            Route("rieng", "chi_bo", "Huyện ủy", milestones=("dang_ky",)),
        ),
    )
    compiled = compile_plan(content, circumstances())
    assert [tasks(compiled, code)["X1"].route for code in ("bao_cao", "dang_ky", "chuan_bi")] == [
        "chung",
        "rieng",
        "",
    ]


def test_a_route_that_names_the_unit_wins_over_one_that_only_catches_it() -> None:
    named = Selector("toa_an", "Tòa án", include=("Chi bộ Tòa án",))
    content = plan(
        step("bao_cao", route=True),
        selectors=(CELLS, named),
        routes=(Route("chung", "chi_bo", "Đảng ủy"), Route("rieng", "toa_an", "Huyện ủy")),
    )
    found = tasks(compile_plan(content, circumstances()), "bao_cao")
    assert (found["TA"].route, found["X1"].route) == ("rieng", "chung")


@pytest.mark.parametrize("rule", [Undated("sau"), BeforeDate(date(2018, 4, 1))])
def test_a_task_opens_when_its_opening_does(rule: Any) -> None:
    content = plan(step("a", rule, opens=Within(first=date(2018, 3, 1), last=date(2018, 3, 9))))
    assert {task.opens_on for task in compile_plan(content, circumstances()).tasks} == {date(2018, 3, 1)}


def test_deadlines_in_a_circle_leave_the_others_alone() -> None:
    ring = [step(a, DaysAfter(1, Anchor.MILESTONE, milestone=b)) for a, b in (("a", "b"), ("b", "a"))]
    compiled = compile_plan(plan(*ring, step("c")), circumstances())
    assert {task.milestone for task in compiled.tasks} == {"c"}


def test_kinds_of_meeting_do_not_stand_in_for_each_other() -> None:
    content = plan(step("a", DaysAfter(3), meeting=MeetingKind.THEMATIC))
    found = tasks(compile_plan(content, circumstances(held("X1", date(2018, 4, 1)))), "a")
    assert found["X1"].due_on is None
