"""How units follow one another: nothing is lost, paths hold, what is wrong is said (domain: rules)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.handing_over import Item, Step, hand_over
from tenants.succession import effects, with_paths
from tenants.tree import UnitKind, UnitPath
from tenants.unit_events import EventKind, Successor, UnitChange, UnitState, children

ORGANISATION, CELL = UnitKind.ORGANISATION, UnitKind.CELL
BEGUN, DAY = date(2026, 1, 1), date(2026, 7, 1)
EVE = DAY - timedelta(days=1)
Forest = Mapping[UUID, UnitState]


def key(number: int) -> UUID:
    return UUID(int=number)


def state(number: int, parent: int | None, kind: UnitKind = CELL, **known: Any) -> UnitState:
    above = None if parent is None else key(parent)
    given_ = {"valid_from": BEGUN, "since": BEGUN} | known
    return UnitState(key(number), f"U-{number}", f"Đơn vị {number}", kind, above, "", **given_)


def forest(*states: UnitState) -> Forest:
    return with_paths({unit.id: unit for unit in states})


SMALL = forest(
    state(1, None, ORGANISATION),
    state(2, 1, ORGANISATION, rank="commune"),
    state(3, 1, ORGANISATION),
    state(4, 2, members=4),
    state(5, 2, members=3),
    state(6, 3),
)
NEW, OTHER = Successor(key(90), "MOI", "Đơn vị mới"), Successor(key(91), "KHAC", "Đơn vị khác")


def event(kind: EventKind, *numbers: int, **facts: Any) -> UnitChange:
    return UnitChange(kind, DAY, tuple(key(number) for number in numbers), **facts)


def old(number: int) -> Successor:
    return Successor(key(number))


@st.composite
def forests(draw: st.DrawFn) -> Forest:
    """A root, communes below it or below one another, cells below communes."""
    communes = draw(st.integers(2, 6))
    states = [state(1, None, ORGANISATION)]
    states += [state(n, draw(st.integers(1, n - 1)), ORGANISATION) for n in range(2, communes + 2)]
    above = st.integers(1, communes + 1)
    states += [state(n, draw(above), CELL, members=n) for n in range(20, 20 + draw(st.integers(0, 12)))]
    return forest(*states)


@st.composite
def events(draw: st.DrawFn, units: Forest) -> UnitChange:
    """Any event, sensible or not, on units that are there."""
    some = st.sampled_from(sorted(units))
    kind = draw(st.sampled_from(list(EventKind)))
    many = draw(st.lists(some, min_size=1, max_size=4, unique=True))
    chosen = many if kind is EventKind.MERGE else many[:1]
    last = draw(st.one_of(st.just(NEW), some.map(Successor)))
    following = (OTHER, last) if kind is EventKind.SPLIT else (last,)
    below = children(units, chosen[:1], DAY)
    choices = {child.id: draw(st.sampled_from(following)).id for child in below}
    return UnitChange(kind, DAY, tuple(chosen), following, choices, "Tên khác", draw(some), "base")


@given(st.data())
def test_whatever_happens_the_tree_stays_a_tree_of_units_that_live(data: st.DataObject) -> None:
    units = data.draw(forests())
    result = effects(data.draw(events(units)), units)
    if result.problems:
        assert result.after == units
        return
    assert set(result.after) >= set(units)
    for unit in result.after.values():
        path = UnitPath(unit.path)
        parent = result.after[unit.parent_id] if unit.parent_id else None
        assert path == (UnitPath(parent.path).child(unit.code) if parent else UnitPath.root(unit.code))
        if parent and unit.lasts(DAY):
            assert parent.lasts(DAY)
            assert parent.kind is ORGANISATION


@given(st.data())
def test_what_an_event_changes_put_back_is_the_tree_before(data: st.DataObject) -> None:
    units = data.draw(forests())
    result = effects(data.draw(events(units)), units)
    founded = {unit.id for unit in result.founded}
    kept = {k: unit for k, unit in result.after.items() if k not in founded}
    assert kept | {unit.id: unit for unit in result.changed} == units


@given(st.data())
def test_an_event_reads_back_as_it_was_written(data: st.DataObject) -> None:
    said = data.draw(events(data.draw(forests())))
    assert UnitChange.from_facts(said.to_facts()) == said


@given(st.lists(st.tuples(st.sampled_from([4, 5, 6]), st.integers(0, 3)), unique=True), st.booleans())
def test_a_split_and_then_a_merger_lose_no_open_item(held: list[tuple[int, int]], stays: bool) -> None:
    items = [Item(key(100 + n), key(unit), what) for n, (unit, what) in enumerate(held)]
    following = (key(4), key(91)) if stays else (key(90), key(91))
    splitting = hand_over((i for i in items if i.unit_id == key(4)), (), {key(4): following}, every=True)
    halves = {to: {h.item.key for h in splitting if h.to == to} for to in following}
    mine = {item.key for item in items if item.unit_id == key(4)}
    assert all(halves[to] == mine or (stays and to == key(4)) for to in following)
    there = [(item.unit_id, item.key) for item in items if item.unit_id == key(5)]
    arriving = [Item(key(500 + n), key(91), what) for n, what in enumerate(mine)]
    merging = hand_over(arriving, there, {key(91): (key(5),)}, every=True)
    assert {what for _unit, what in there} | {h.item.key for h in merging if h.to} >= mine
    assert all(h.step in {Step.MOVE, Step.CLASH} for h in merging)


def test_who_has_no_successor_leaves_its_items_to_be_looked_at() -> None:
    (step,) = hand_over([Item(key(9), key(4), 0)], (), {key(4): ()}, every=True)
    assert (step.step, step.to) == (Step.LEFT, None)


def test_a_merger_founds_one_unit_over_everything_that_was_below() -> None:
    result = effects(event(EventKind.MERGE, 2, 3, successors=(NEW,)), SMALL)
    assert [unit.code for unit in result.founded] == ["MOI"]
    assert {unit.code for unit in result.ended} == {"U-2", "U-3"}
    assert {result.after[key(n)].path for n in (4, 6)} == {"/U-1/MOI/U-4/", "/U-1/MOI/U-6/"}
    assert result.after[key(2)].valid_to == EVE
    assert result.successors == {key(2): (NEW.id,), key(3): (NEW.id,)}


def test_a_merger_into_one_of_them_adds_its_members() -> None:
    result = effects(event(EventKind.MERGE, 4, 5, successors=(old(4),)), SMALL)
    assert (result.after[key(4)].members, result.after[key(4)].valid_to) == (7, None)
    assert result.successors == {key(5): (key(4),)}


def test_each_child_of_a_split_goes_where_it_chose() -> None:
    choices = {key(4): key(2), key(5): NEW.id}
    result = effects(event(EventKind.SPLIT, 2, successors=(old(2), NEW), choices=choices), SMALL)
    assert (result.after[key(4)].path, result.after[key(5)].path) == ("/U-1/U-2/U-4/", "/U-1/MOI/U-5/")
    assert result.ended == ()


def test_who_lived_below_a_unit_that_ends_lives_on_below_its_heir() -> None:
    result = effects(event(EventKind.DISSOLVE, 3, successors=(old(2),)), SMALL)
    assert result.after[key(6)].path == "/U-1/U-2/U-6/"


FAULTS = [
    (event(EventKind.MERGE, 2, successors=(NEW,)), "units"),
    (event(EventKind.MERGE, 2, successors=(old(2),)), "units"),
    (event(EventKind.MERGE, 2, 4, successors=(NEW,)), "units"),
    (event(EventKind.MERGE, 1, 2, successors=(NEW,)), "units"),
    (event(EventKind.MERGE, 2, 3), "into"),
    (event(EventKind.MERGE, 2, 3, successors=(old(4),)), "into"),
    (event(EventKind.MERGE, 2, 3, successors=(replace(NEW, code="U-6"),)), "into"),
    (event(EventKind.MERGE, 2, 3, successors=(replace(NEW, code="mới"),)), "into"),
    (event(EventKind.MERGE, 2, 3, successors=(NEW,), parent_id=key(6)), "parent"),
    (event(EventKind.SPLIT, 2, successors=(NEW,)), "into"),
    (event(EventKind.SPLIT, 2, successors=(NEW, OTHER), choices={key(4): NEW.id}), "choices"),
    (event(EventKind.RENAME, 2, name="Đơn vị 2"), "name"),
    (event(EventKind.RENAME, 2), "name"),
    (event(EventKind.MOVE, 2, parent_id=key(4)), "parent"),
    (event(EventKind.MOVE, 2, parent_id=key(1)), "parent"),
    (event(EventKind.MOVE, 2), "parent"),
    (event(EventKind.RERANK, 4, rank="base"), "units"),
    (event(EventKind.RERANK, 2, rank="commune"), "rank"),
    (event(EventKind.DISSOLVE, 2), "into"),
    (event(EventKind.DISSOLVE, 1), "units"),
    (event(EventKind.DISSOLVE, 4, successors=(old(4),)), "into"),
    (event(EventKind.DISSOLVE, 4, successors=(NEW,)), "into"),
    (event(EventKind.DISSOLVE, 4, 5), "units"),
]


@pytest.mark.parametrize(("said", "field"), FAULTS)
def test_what_cannot_be_is_said_beside_its_field(said: UnitChange, field: str) -> None:
    assert set(effects(said, SMALL).problems) == {field}


def test_a_unit_that_ends_had_to_live_a_day() -> None:
    young = forest(*(replace(unit, valid_from=DAY) if unit.id == key(4) else unit for unit in SMALL.values()))
    assert set(effects(event(EventKind.DISSOLVE, 4), young).problems) == {"day"}


def test_nothing_happens_before_the_last_change_of_anything_it_touches() -> None:
    later = forest(*(replace(u, since=DAY + timedelta(1)) if u.id == key(4) else u for u in SMALL.values()))
    assert set(effects(event(EventKind.MOVE, 2, parent_id=key(3)), later).problems) == {"day"}


def test_a_unit_that_is_none_of_the_tenants_is_not_there() -> None:
    with pytest.raises(KeyError):
        effects(event(EventKind.RENAME, 77, name="Tên"), SMALL)
