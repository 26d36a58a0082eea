"""Quarters follow one another, cover the year and are read only as written (core/plans/periods)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plans.periods import Cycle, Period

QUARTERS = st.builds(Period.quarter, st.integers(2001, 2098), st.integers(1, 4))


@given(QUARTERS)
def test_the_next_and_the_one_before_undo_each_other(quarter: Period) -> None:
    assert quarter.next.previous == quarter == quarter.previous.next


@given(QUARTERS)
def test_quarters_join_without_gap_or_overlap(quarter: Period) -> None:
    assert quarter.last_day + timedelta(days=1) == quarter.next.first_day
    assert quarter < quarter.next


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_a_day_lies_in_its_quarter(day: date) -> None:
    quarter = Period.of(day, Cycle.QUARTER)
    assert quarter.first_day <= day <= quarter.last_day


@given(QUARTERS)
def test_a_code_is_read_back(quarter: Period) -> None:
    assert Period.parse_quarter(quarter.code) == quarter


@pytest.mark.parametrize("text", ["2026-Q5", "2026-Q0", "2026Q1", "1999-Q1", "2026-Q1 ", "", "2026-q1"])
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Kỳ báo cáo"):
        Period.parse_quarter(text)


def test_people_read_roman_numerals() -> None:
    assert [Period.quarter(2026, n).label for n in (1, 4)] == ["quý I năm 2026", "quý IV năm 2026"]
    assert Period.quarter(2026, 3).title == "Quý III năm 2026"
