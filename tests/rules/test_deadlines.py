"""Where a dated duty stands follows from its dates and today (core/plans/deadlines; S4-10, S4-13)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plans.deadlines import Standing, days_after, standing

DUE = date(2026, 4, 5)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_three_days_after_attending_counts_calendar_days() -> None:
    assert days_after(date(2026, 2, 27), 3) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (DUE - timedelta(days=4), Standing.OPEN),
        (DUE - timedelta(days=3), Standing.DUE_SOON),
        (DUE, Standing.DUE_SOON),
        (DUE + timedelta(days=1), Standing.OVERDUE),
    ],
)
def test_an_open_duty_stands_by_today(today: date, expected: Standing) -> None:
    assert standing(DUE, None, today) is expected


@pytest.mark.parametrize(
    ("done_on", "expected"), [(DUE, Standing.DONE_ON_TIME), (DUE + timedelta(days=1), Standing.DONE_LATE)]
)
def test_the_due_day_itself_is_on_time(done_on: date, expected: Standing) -> None:
    assert standing(DUE, done_on, DUE + timedelta(days=90)) is expected


@given(DAYS, DAYS, DAYS)
def test_what_is_done_does_not_change_with_time(due_on: date, done_on: date, today: date) -> None:
    assert standing(due_on, done_on, today) is standing(due_on, done_on, today + timedelta(days=400))


@given(DAYS, DAYS)
def test_an_open_duty_never_goes_back(due_on: date, today: date) -> None:
    order = [Standing.OPEN, Standing.DUE_SOON, Standing.OVERDUE]
    places = [order.index(standing(due_on, None, today + timedelta(days=n))) for n in range(6)]
    assert places == sorted(places)


@pytest.mark.parametrize("value", list(Standing))
def test_no_standing_is_told_by_colour_alone(value: Standing) -> None:
    assert value.label
    assert value.icon
    assert value.tone in {"ok", "warn", "late", "info"}
