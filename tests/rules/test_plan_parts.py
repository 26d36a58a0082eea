"""Places in a plan and changes at them (core/plans/parts); help for every field (X11)."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.pages.plan_editor.shapes import shapes_of
from core.plans.content import PlanContent
from core.plans.help import TABLE
from core.plans.library import templates
from core.plans.parts import (
    REFERENCES,
    found_again,
    inserted,
    mark,
    mentions,
    moved,
    part_at,
    put,
    removed,
    renamed,
)  # fmt: skip

FORUM = templates()[0].content
FIRST = ("milestones", 0)


def owners(owner: type = PlanContent) -> set[type]:
    """Every dataclass that a plan is made of."""
    inner = {
        kind for shape in shapes_of(owner) for kind in (shape.kind, *shape.variants) if is_dataclass(kind)
    }
    return {owner}.union(*(owners(kind) for kind in inner))  # type: ignore[arg-type]


def test_every_field_of_a_plan_has_a_label_an_example_and_its_clause() -> None:
    shapes = [shape for owner in owners() for shape in shapes_of(owner)]
    assert {f"{shape.owner.__name__}.{shape.name}" for shape in shapes} == set(TABLE)
    assert [shape for shape in shapes if shape.title == shape.name] == []
    assert [shape for shape in shapes if not (shape.help.example and shape.help.clause)] == []


def test_every_reference_is_a_field_of_a_part() -> None:
    known = {(owner.__name__, field.name) for owner in owners() for field in fields(owner)}
    assert set(REFERENCES) <= known


@given(st.sampled_from(["milestones", "selectors", "guests"]), st.integers(0, 40), st.integers(-3, 3))
def test_moving_keeps_every_item(name: str, number: int, by: int) -> None:
    items = getattr(FORUM, name)
    place = (name, number % len(items))
    after = getattr(moved(FORUM, place, by), name)
    assert sorted(map(mark, after)) == sorted(map(mark, items))
    assert after[min(max(place[1] + by, 0), len(items) - 1)] == items[place[1]]


@given(st.integers(0, 40))
def test_what_is_removed_can_be_put_back(number: int) -> None:
    place = ("milestones", number % len(FORUM.milestones))
    item = part_at(FORUM, place)
    assert inserted(removed(FORUM, place), place, item) == FORUM


def test_a_nested_part_is_changed_alone() -> None:
    place = ("contents", 0, "steps", 1)
    changed = put(FORUM, place, replace(part_at(FORUM, place), title="Khác"))
    assert part_at(changed, place).title == "Khác"
    assert replace(changed, contents=FORUM.contents) == FORUM


@pytest.mark.parametrize(
    "place", [("milestones", 99), ("milestones", -1), ("nothing",), ("subject", 0), ("year", "x")]
)
def test_a_place_that_is_not_there_is_told(place: Any) -> None:
    with pytest.raises(LookupError):
        part_at(FORUM, place)


def test_an_item_is_found_where_others_moved_it_and_not_once_it_changed() -> None:
    known = mark(part_at(FORUM, FIRST))
    assert found_again(moved(FORUM, FIRST, 2), FIRST, known) == ("milestones", 2)
    assert found_again(removed(FORUM, FIRST), FIRST, known) is None
    assert found_again(put(FORUM, (*FIRST, "title"), "Khác"), FIRST, known) is None


def test_a_new_code_is_followed_by_all_who_name_it() -> None:
    code = FORUM.milestones[0].who
    count = mentions(FORUM, "selectors", code)
    changed = renamed(FORUM, "selectors", code, "moi")
    assert count > 0
    assert (mentions(changed, "selectors", code), mentions(changed, "selectors", "moi")) == (0, count)
    assert renamed(changed, "selectors", "moi", code) == FORUM
