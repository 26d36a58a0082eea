"""A preview's page says what the whole compile says (core/plans/preview_pages; design: F03)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.plans import preview_pages
from core.plans.compiler import Circumstances, compile_plan
from core.plans.content import PlanContent
from core.plans.library import retimed, templates
from core.plans.preview_pages import (
    Wanted,
    caught_in,
    changes_of,
    rows_of,
    slices,
    task_count,
    units_with_tasks,
)
from core.plans.previewing import preview
from core.plans.selectors import PlanUnit, UnitTree
from core.plans.workdays import WorkCalendar
from tenants.tree import UnitKind

TODAY = date(2026, 1, 5)
PLANS = tuple(retimed(one.content, 2026) for one in templates())
SETTINGS = ("rural", "school", "agency", "health_station", "residential")


def tree_of(communes: int, cells: int) -> UnitTree:
    """A district with communes and their cells of every kind."""
    units = [PlanUnit("H", "Huyện ủy", UnitKind.ORGANISATION, rank="district")]
    for number in range(communes):
        units.append(
            PlanUnit(f"X{number}", f"Đảng bộ xã {number}", UnitKind.ORGANISATION, "H", rank="commune")
        )
        units += (
            PlanUnit(
                f"X{number}-{cell}", f"Chi bộ {number}.{cell}", UnitKind.CELL, f"X{number}",
                SETTINGS[cell % len(SETTINGS)], members=3 + cell, pilot=cell == 0,
            )
            for cell in range(cells)
        )  # fmt: skip
    return UnitTree(tuple(units))


def around_of(tree: UnitTree) -> Circumstances:
    return Circumstances(tree, WorkCalendar(), TODAY, date(2027, 1, 5), TODAY)


AROUND = around_of(tree_of(3, 6))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(PLANS), st.sets(st.sampled_from(AROUND.tree.units), min_size=1, max_size=4))
def test_a_page_says_what_the_whole_compile_says(content: PlanContent, units: set[PlanUnit]) -> None:
    asked = sorted(units, key=AROUND.tree.units.index)
    compiled = compile_plan(content, AROUND)
    own = tuple(task for task in compiled.tasks if task.unit_code in {unit.code for unit in asked})
    assert rows_of(content, AROUND, asked) == preview(content, replace(compiled, tasks=own), TODAY)


@pytest.mark.parametrize("content", PLANS)
def test_the_count_of_a_big_tree_is_never_too_small(
    content: PlanContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught = caught_in(content, AROUND.tree)
    exact = task_count(content, AROUND, caught, AROUND.tree.units)
    assert exact == len(compile_plan(content, AROUND).tasks)
    monkeypatch.setattr(preview_pages, "SLICE", 1)
    assert task_count(content, AROUND, caught, AROUND.tree.units) >= exact


def test_units_are_found_by_name_code_group_and_milestone() -> None:
    content, tree = PLANS[0], AROUND.tree
    caught = caught_in(content, tree)

    def found(**wanted: str) -> list[str]:
        return [unit.code for unit in units_with_tasks(content, tree, caught, Wanted(**wanted))]

    assert found(text="chi bo 1.2") == found(text="x1-2") == ["X1-2"]
    assert found(selector="huyen") == ["H"]
    assert len(found(milestone="dang_ky")) == 18
    assert found(text="không có") == []


def test_a_tree_is_cut_into_pieces_that_leave_nobody_out() -> None:
    tree = tree_of(40, 30)
    assert [unit for piece in slices(tree) for unit in piece] == list(tree.units)
    assert max(map(len, slices(tree))) <= preview_pages.SLICE


def test_nothing_changes_where_the_plan_did_not() -> None:
    for content in PLANS:
        assert list(changes_of(content, content, AROUND, AROUND.tree.units)) == []


def test_a_later_day_is_told_for_the_units_that_it_moves() -> None:
    before = PLANS[0]
    place = next(n for n, one in enumerate(before.milestones) if one.code == "dang_ky")
    one = before.milestones[place]
    later = replace(one, due=replace(one.due, date=date(2026, 4, 15)))  # type: ignore[arg-type]
    after = replace(before, milestones=(*before.milestones[:place], later, *before.milestones[place + 1 :]))
    changed = list(changes_of(before, after, AROUND, AROUND.tree.units))
    assert len(changed) == 18
    assert {one.moved for one in changed} == {((later.title, date(2026, 3, 29), date(2026, 4, 14)),)}
    assert [one for one in changed if one.added or one.removed] == []
