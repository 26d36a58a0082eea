"""Which units a selector catches (core/plans/selectors; domain: rules, who is concerned)."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plans.selectors import PlanUnit, Selector, Span, UnitTree, caught_by
from tests.plan_ground import CELL, CELLS, ORGANISATION, TREE

ALL = frozenset(TREE.by_code)
BASES = (
    CELLS, Selector("nong_thon", "", CELL, ("rural",)), Selector("diem", "", pilot=True),
    Selector("xa", "", parent_rank=("commune",)), Selector("khong_ai", "", members=Span(1000)),
)  # fmt: skip
NAMES = st.lists(st.sampled_from([one.code for one in BASES]), max_size=3).map(tuple)


def caught(*selectors: Selector) -> frozenset[str]:
    return caught_by(selectors, TREE).members[selectors[-1].code]


def one(**conditions: Any) -> frozenset[str]:
    return caught(Selector("nhom", "Nhóm", **conditions))


@given(NAMES, NAMES, NAMES)
def test_all_any_and_none_are_the_algebra_of_sets(
    all_of: tuple[str, ...], any_of: tuple[str, ...], none_of: tuple[str, ...]
) -> None:
    found = caught_by(
        (*BASES, Selector("nhom", "", all_of=all_of, any_of=any_of, none_of=none_of)), TREE
    ).members
    expected = ALL.intersection(*(found[name] for name in all_of))
    expected &= ALL.intersection(frozenset().union(*(found[name] for name in any_of))) if any_of else ALL
    assert found["nhom"] == expected.difference(*(found[name] for name in none_of))


@given(st.permutations(BASES))
def test_the_order_of_selectors_decides_nothing(bases: list[Selector]) -> None:
    either = Selector("nhom", "", any_of=("diem", "xa"), none_of=("nong_thon",))
    assert caught_by((either, *bases), TREE).members == caught_by((*BASES, either), TREE).members


@pytest.mark.parametrize(
    ("conditions", "codes"),
    [
        ({"kind": ORGANISATION}, {"H", "X", "Y"}),
        ({"setting": ("rural", "school")}, {"X1", "X2", "X3"}),
        ({"block": ("agency",)}, {"TA"}),
        ({"rank": ("commune",)}, {"X", "Y"}),
        ({"parent_rank": ("district",)}, {"TA", "X", "Y"}),
        ({"kind": CELL, "pilot": False}, {"TA", "X2", "X3", "Y1"}),
        ({"members": Span(most=4)}, {"X3"}),
        ({"members": Span(5, 12)}, {"TA", "X1"}),
        ({"rounds_held": Span(2)}, {"X2"}),
        ({"root": True}, {"H"}),
        ({"setting": ("rural",), "pilot": True}, {"X1"}),
        ({"include": ("Chi bộ Tòa án",)}, {"TA"}),
        ({"include": ("X",), "kind": CELL}, {"X1", "X2", "X3"}),
        ({"setting": ("agency",), "include": ("trường học",)}, {"TA", "X3"}),
        ({"kind": CELL, "exclude": ("Đảng bộ xã Một", "Y1")}, {"TA"}),
        ({"include": ("TA",), "exclude": ("TA",)}, set()),
        ({"include": ("Chi bộ không có",)}, set()),
    ],
)
def test_a_unit_is_caught_that_meets_every_condition_or_is_named(
    conditions: dict[str, Any], codes: set[str]
) -> None:
    assert one(**conditions) == codes


def test_a_block_is_inherited_from_the_nearest_committee_that_has_one() -> None:
    units = tuple(replace(unit, block="agency") if unit.code == "Y" else unit for unit in TREE.units)
    tree = UnitTree(units)
    found = caught_by([Selector("khoi", "", CELL, block=("agency",))], tree).members["khoi"]
    assert found == {"TA", "Y1"}
    assert caught_by([Selector("khoi", "", parent_block=("agency",))], tree).members["khoi"] == {"Y1"}


def test_selectors_in_a_circle_catch_nothing_whatever_their_order() -> None:
    ring = [Selector("a", "", any_of=("b",)), Selector("b", "", none_of=("a",)), Selector("c", "", CELL)]
    for order in (ring, ring[::-1]):
        members = caught_by(order, TREE).members
        assert (members["a"], members["b"]) == (frozenset(), frozenset())
        assert members["c"] == {"TA", "X1", "X2", "X3", "Y1"}


def test_a_selector_of_nothing_known_catches_nothing() -> None:
    assert caught(Selector("nhom", "", all_of=("khong_co",))) == frozenset()


def test_a_name_means_every_unit_that_bears_it_whatever_its_kind() -> None:
    tree = UnitTree((*TREE.units, PlanUnit("Y2", "Chi bộ trạm Y tế", CELL, "Y")))
    assert tree.named("Trạm y tế") == ("Y1", "Y2")
    assert tree.named("Y1") == ("Y1",)


def test_a_deep_tree_is_no_trouble() -> None:
    units = [PlanUnit("0", "Gốc", ORGANISATION)]
    units += [PlanUnit(str(n), f"Cấp {n}", ORGANISATION, str(n - 1)) for n in range(1, 3000)]
    found = caught_by([Selector("nhom", "", include=("Gốc",))], UnitTree(tuple(units)))
    assert len(found.members["nhom"]) == 3000


@given(st.integers(0, 50), st.none() | st.integers(0, 50), st.none() | st.integers(0, 50))
def test_a_span_holds_what_lies_between_its_ends(number: int, least: int | None, most: int | None) -> None:
    assert Span(least, most).holds(number) is ((least or 0) <= number <= (50 if most is None else most))
    assert not Span(least, most).holds(None)
