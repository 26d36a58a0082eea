"""The rules of reminding in the back office, and who is going to be told what (design: product F09)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.notices.models import Job, Mail, Notice
from core.notices.remind import post_digests
from core.notices.reminder_models import DigestDay, ReminderSetting, ladder_of
from core.notices.reminders import Ladder
from core.rotation.models import Visit
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.rotation_ground import published, visits_of
from tests.web.test_backoffice import counted

SignIn = Callable[[str], Browser]
ADMIN, NEW = "huyen-a.admin", "/admin/reminder-settings/new/"
RULES = {
    "digest_hour": "8", "quiet_from": "20", "quiet_to": "6", "rungs": "T-5, t-1; +2", "quiet_weekends": "y",
    "escalate_after": "5",
}  # fmt: skip
NOON = datetime(2026, 1, 3, 5, tzinfo=UTC)


def rules(cast: Cast, code: str = "huyen-a") -> Ladder:
    with cast.session(code) as session:
        return ladder_of(session)


@pytest.fixture
def days(cast: Cast) -> list[str]:
    """The days before the official's first visits."""
    with frozen(datetime(2026, 1, 2, 3, tzinfo=UTC)):
        published(cast)
    ids: list[UUID] = visits_of(cast)
    with cast.session("huyen-a") as session:
        return [str(session.get_one(Visit, key).meets_on - timedelta(days=1)) for key in ids]


def test_an_admin_sets_the_rules_of_his_tenant_once(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    assert "Đang dùng thiết lập sẵn có" in browser.get("/admin/reminder-settings/").text
    assert browser.submit(NEW, RULES).status_code == 302
    assert rules(cast) == Ladder(8, 20, 6, frozenset({-5, -1, 2}), True, False, 5)
    assert rules(cast, "huyen-b") == Ladder()
    page = browser.get("/admin/reminder-settings/").text
    assert "T-5, T-1, T+2" in page
    assert "08:00" in page
    assert 'href="/admin/reminder-settings/new/' not in page
    browser.submit(NEW, RULES)
    with cast.session(ADMIN) as session:
        assert session.scalar(sa.select(sa.func.count(ReminderSetting.id))) == 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("rungs", "", "bắt buộc|ít nhất một mốc"),
        ("rungs", ", ;", "ít nhất một mốc"),
        ("rungs", "T-7, mai", "“MAI” chưa đúng"),
        ("rungs", "T-99999", "“-99999” chưa đúng"),
        ("rungs", "T--1", "chưa đúng"),
        ("escalate_after", "-1", "Từ 0 đến 60"),
        ("escalate_after", "nhiều", 'id="escalate_after-error"'),
        ("digest_hour", "24", 'id="digest_hour-error"'),
        ("quiet_to", "lạ", 'id="quiet_to-error"'),
    ],
)
def test_a_rule_that_is_none_is_refused_beside_its_field(
    sign_in: SignIn, cast: Cast, field: str, typed: str, said: str
) -> None:
    answer = sign_in(ADMIN).submit(NEW, RULES | {field: typed})
    assert answer.status_code == 200
    assert f'id="{field}-error"' in answer.text
    assert re.search(said, answer.text)
    assert rules(cast) == Ladder()


def test_a_rule_taken_out_leaves_the_defaults(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in(ADMIN)
    browser.submit(NEW, RULES)
    with cast.session(ADMIN) as session:
        key = session.scalars(sa.select(ReminderSetting.id)).one()
    browser.submit("/admin/reminder-settings/delete/", {"id": str(key)})
    assert rules(cast) == Ladder()


def test_a_day_shows_who_will_be_told_what_and_sends_nothing(
    sign_in: SignIn, cast: Cast, days: list[str]
) -> None:
    with frozen(NOON):
        page = sign_in(ADMIN).get(f"/reminders/?day={days[0]}").text
    assert "Ngô Quang Vinh" in page
    assert "sắp dự sinh hoạt: Chi bộ số" in page
    assert "Gửi lúc 07:00" in page
    assert "chưa nối máy chủ thư" in page
    with cast.session("huyen-a") as session:
        sent = sa.select(sa.func.count(Notice.id)).where(Notice.kind == "reminder")
        assert session.scalar(sent) == 0
        assert not session.scalars(sa.select(DigestDay.id).union_all(sa.select(Mail.id))).all()
        assert "send_mail" not in session.scalars(sa.select(Job.kind)).all()


def test_people_are_found_without_diacritics(sign_in: SignIn, days: list[str]) -> None:
    with frozen(NOON):
        browser = sign_in(ADMIN)
        assert "Ngô Quang Vinh" in browser.get(f"/reminders/?day={days[0]}&q=ngo quang").text
        assert "Không đồng chí nào khớp" in browser.get(f"/reminders/?day={days[0]}&q=khong ai").text


def test_a_quiet_day_a_day_told_and_a_day_with_nothing_say_so(
    sign_in: SignIn, cast: Cast, days: list[str]
) -> None:
    browser = sign_in(ADMIN)
    with frozen(datetime(2026, 1, 1, 5, tzinfo=UTC)):
        assert "Ngày này không nhắc việc" in browser.get("/reminders/?day=2026-01-02").text
        assert "Không đồng chí nào phải nhắc" in browser.get("/reminders/?day=2026-01-20").text
    with cast.session(ADMIN) as session:
        post_digests(session, cast.actor(ADMIN), NOON.date(), {})
    with frozen(NOON):
        assert "Đã gửi cho 0 đồng chí" in browser.get("/reminders/").text


@pytest.mark.parametrize("asked", ["", "lạ", "2020-01-01", "9999-12-31", "2026-02-30"])
def test_any_other_day_gives_the_nearest_that_can_be_foretold(sign_in: SignIn, asked: str) -> None:
    with frozen(NOON):
        page = sign_in(ADMIN).get(f"/reminders/?day={asked}").text
    assert ('value="2026-02-03"' if asked.startswith("9") else 'value="2026-01-03"') in page


def test_a_stranger_sees_his_own_tenant_alone(sign_in: SignIn, days: list[str]) -> None:
    with frozen(NOON):
        assert "Ngô" not in sign_in("huyen-b.admin").get(f"/reminders/?day={days[0]}").text
    assert sign_in("huyen-a.officer").get("/reminders/").status_code == 403
    assert sign_in("operator").get("/reminders/").status_code == 404
    assert sign_in(ADMIN).submit("/reminders/").status_code == 405


def test_many_people_ask_no_more_than_none(sign_in: SignIn, days: list[str]) -> None:
    browser, counts = sign_in(ADMIN), []
    with frozen(NOON):
        browser.get("/reminders/")
        for day in ("2026-01-20", days[0]):
            with counted() as seen:
                browser.get(f"/reminders/?day={day}")
            counts.append(len(seen))
    assert counts[1] - counts[0] in {0, 1}
