"""Working days and the country's own (core/plans/workdays, national; domain: rules, deadlines)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plans.national import SWAPS_KNOWN_TO, YEARS, national_calendar, national_days
from core.plans.workdays import DayKind, WorkCalendar

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
STEPS = st.integers(-60, 60)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    days = draw(st.frozensets(DAYS, max_size=80))
    off = draw(st.frozensets(st.sampled_from(sorted(days)))) if days else frozenset[date]()
    return WorkCalendar(off, days - off)


@given(calendars(), DAYS, STEPS)
def test_what_is_added_is_counted(calendar: WorkCalendar, day: date, n: int) -> None:
    assert calendar.working_days(day, calendar.add_working_days(day, n)) == n


@given(calendars(), DAYS, STEPS.filter(bool))
def test_one_arrives_on_a_working_day_in_the_asked_direction(
    calendar: WorkCalendar, day: date, n: int
) -> None:
    arrived = calendar.add_working_days(day, n)
    assert calendar.is_working(arrived)
    assert (arrived > day) is (n > 0)


@given(calendars(), DAYS, st.integers(0, 30), st.integers(0, 30))
def test_two_walks_are_one(calendar: WorkCalendar, day: date, n: int, more: int) -> None:
    walked = calendar.add_working_days(calendar.add_working_days(day, n), more)
    assert walked == calendar.add_working_days(day, n + more)


@given(calendars(), DAYS)
def test_the_nearest_working_days_lie_around_a_day(calendar: WorkCalendar, day: date) -> None:
    before, after = calendar.previous_working(day), calendar.next_working(day)
    assert before <= day <= after
    assert (before == day == after) is calendar.is_working(day)
    assert calendar.working_days(before, day) in {0, int(calendar.is_working(day))}


@given(calendars(), calendars(), DAYS)
def test_what_is_written_over_a_calendar_counts(base: WorkCalendar, over: WorkCalendar, day: date) -> None:
    says = day in over.off or day in over.worked
    found = base.overridden(over.off, over.worked).is_working(day)
    assert found is (day in over.worked if says else base.is_working(day))


@given(calendars(), DAYS, DAYS, DAYS)
def test_counting_adds_up(calendar: WorkCalendar, a: date, b: date, c: date) -> None:
    first, middle, last = sorted((a, b, c))
    parts = calendar.working_days(first, middle) + calendar.working_days(middle, last)
    assert calendar.working_days(first, last) == parts <= (last - first).days


def test_no_step_leaves_a_day_where_it_is() -> None:
    assert WorkCalendar().add_working_days(date(2026, 3, 1), 0) == date(2026, 3, 1)


def test_a_day_is_not_both_off_and_worked() -> None:
    day = frozenset({date(2026, 3, 2)})
    with pytest.raises(ValueError, match="both off and worked"):
        WorkCalendar(day, day)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2018, 12, 31), False),
        (date(2019, 1, 5), True),
        (date(2024, 4, 29), False),
        (date(2024, 5, 4), True),
        (date(2025, 1, 27), False),
        (date(2025, 4, 26), True),
        (date(2025, 5, 2), False),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), True),
        (date(2026, 8, 22), True),
        (date(2026, 8, 31), False),
        (date(2026, 9, 3), True),
        (date(2027, 2, 5), False),
        (date(2027, 5, 3), False),
    ],
)
def test_the_countrys_days_are_as_they_were_announced(day: date, works: bool) -> None:
    assert national_calendar().is_working(day) is works


@pytest.mark.parametrize("year", range(2018, 2028))
def test_every_year_has_its_ten_holidays_or_more_and_its_new_year(year: int) -> None:
    labels = [row.label for row in national_days() if row.day.year == year and row.kind is DayKind.OFF]
    assert len(labels) >= 10
    assert {"Tết Nguyên Đán", "Ngày Giỗ Tổ Hùng Vương", "Quốc khánh"} <= set(labels)


def test_known_days_lie_in_known_years_and_each_is_named_once() -> None:
    days = [row.day for row in national_days()]
    assert sorted(set(days)) == days
    assert {day.year for day in days} == set(YEARS)
    assert max(row.day.year for row in national_days() if row.kind is DayKind.WORKED) == SWAPS_KNOWN_TO


def test_working_days_over_the_new_year() -> None:
    friday = date(2026, 2, 13)
    assert national_calendar().add_working_days(friday, 5) == date(2026, 2, 27)
    assert national_calendar().working_days(friday, friday + timedelta(14)) == 5
