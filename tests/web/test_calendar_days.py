"""The back office's list of days off and days worked (admin/backoffice/calendar)."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from core.plans.calendars import CalendarDay
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser

SignIn = Callable[[str], Browser]
NEW = "/admin/calendar-days/new/"
OFF = {"day": "2026-07-20", "kind": "off", "label": "Ngày truyền thống"}


def kept(cast: Cast, code: str = "huyen-a") -> list[date]:
    with cast.session(code) as session:
        return list(session.scalars(sa.select(CalendarDay.day)))


def test_an_admin_adds_a_day_for_his_tenant_alone(sign_in: SignIn, cast: Cast) -> None:
    assert sign_in("huyen-a.admin").submit(NEW, OFF).status_code == 302
    assert kept(cast) == [date(2026, 7, 20)]
    assert kept(cast, "huyen-b") == []
    assert "Ngày truyền thống" in sign_in("huyen-a.secretary").get("/admin/calendar-days/").text
    assert sign_in("huyen-a.secretary").submit(NEW, OFF).status_code == 403


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("day", "2026-07-18", "vốn đã là ngày nghỉ"),
        ("day", "2026-09-02", "vốn đã là ngày nghỉ"),
        ("kind", "worked", "vốn đã là ngày làm việc"),
        ("day", "31/02/2026", 'id="day-error"'),
        ("kind", "lạ", 'id="kind-error"'),
        ("label", " ", 'id="label-error"'),
    ],
)
def test_a_day_that_is_wrong_or_says_nothing_new_is_refused_beside_its_field(
    sign_in: SignIn, cast: Cast, field: str, typed: str, said: str
) -> None:
    answer = sign_in("huyen-a.admin").submit(NEW, OFF | {field: typed})
    assert answer.status_code == 200
    assert said in answer.text
    assert kept(cast) == []


def test_the_same_day_twice_is_refused(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("huyen-a.admin")
    browser.submit(NEW, OFF)
    assert "đã có mục trùng" in browser.submit(NEW, OFF).text
    assert len(kept(cast)) == 1


def test_the_countrys_coming_days_and_what_is_not_known_of_them_are_shown(sign_in: SignIn) -> None:
    with frozen(datetime(2026, 8, 1, 3, tzinfo=UTC)):
        page = sign_in("huyen-a.admin").get("/admin/calendar-days/").text
    assert "Ngày nghỉ (thay cho ngày 22/08/2026)" in page
    assert "05/02/2027" in page
    assert "Năm 2027: chưa có ngày hoán đổi" in page
    assert "Năm 2026: chưa có" not in page
    assert "30/04/2026" not in page
