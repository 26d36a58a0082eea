"""A tenant's own days over the country's (core/plans/calendars; domain: rules, deadlines)."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from core.plans.calendars import CalendarDay, work_calendar
from core.plans.national import national_calendar
from core.plans.workdays import DayKind
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("database")
SATURDAY, MONDAY, NATIONAL = date(2026, 7, 18), date(2026, 7, 20), date(2026, 8, 31)


def keep(cast: Cast, day: date, kind: DayKind) -> None:
    with cast.session("huyen-a") as session:
        session.add(CalendarDay(day=day, kind=kind, label="Theo công văn"))


def test_without_entries_the_country_is_followed(cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        assert work_calendar(session) == national_calendar()


def test_entries_count_in_their_own_tenant_alone(cast: Cast) -> None:
    keep(cast, SATURDAY, DayKind.WORKED)
    keep(cast, MONDAY, DayKind.OFF)
    keep(cast, NATIONAL, DayKind.WORKED)
    for code, works in (("huyen-a", [True, False, True]), ("huyen-b", [False, True, False])):
        with cast.session(code) as session:
            calendar = work_calendar(session)
        assert [calendar.is_working(day) for day in (SATURDAY, MONDAY, NATIONAL)] == works


def test_a_day_has_one_entry(cast: Cast) -> None:
    keep(cast, MONDAY, DayKind.OFF)
    with pytest.raises(IntegrityError):
        keep(cast, MONDAY, DayKind.WORKED)
