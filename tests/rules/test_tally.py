"""Roll-up is addition: any grouping gives the same whole (core/reports/tally)."""

from dataclasses import astuple, fields
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reports.tally import Tally, percent, total

COUNTS = st.integers(0, 10_000)
TALLIES = st.builds(Tally, **{field.name: COUNTS for field in fields(Tally)})


@given(TALLIES, TALLIES, TALLIES)
def test_addition_knows_no_order_and_no_brackets(a: Tally, b: Tally, c: Tally) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + Tally() == a


@given(st.lists(TALLIES, max_size=12), st.lists(st.integers(0, 12), max_size=4))
def test_any_grouping_gives_the_same_total(tallies: list[Tally], cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(tallies)]
    groups = [tallies[start:end] for start, end in pairwise(edges) if start < end]
    assert total(total(group) for group in groups) == total(tallies)


@given(st.lists(TALLIES, max_size=6))
def test_every_count_is_carried_up(tallies: list[Tally]) -> None:
    columns = zip(*map(astuple, tallies), strict=True)
    assert astuple(total(tallies)) == tuple(map(sum, columns)) or not tallies


def test_what_is_neither_answered_nor_referred_is_open() -> None:
    assert Tally(petitions=9, petitions_answered=4, petitions_referred=3).petitions_open == 2


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(7, 8, "87,5 %"), (3, 3, "100 %"), (0, 4, "0 %"), (0, 0, "–"), (1, 3, "33,3 %"), (2, 3, "66,7 %")],
)
def test_a_share_is_written_as_people_do(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text
