"""The calendar behind a secret link: who reads it, what it says of a change, how it ends (product R08)."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from core.rotation.links import renew_link
from core.rotation.models import Absence, CalendarLink, Rotation, Visit
from core.rotation.service import adjust, publish
from tenants import scope
from tenants.access import TenantState
from tenants.clock import frozen
from tenants.models import Account, Tenant
from tenants.scope import across_tenants, transaction
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, published, statements, version_of

SignIn = Callable[[str], Browser]
OFFICIAL = "huyen-a.official"
FEED_STATEMENTS = 6


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def key(app: object, cast: Cast) -> str:
    """The secret of the official, whose rotation is published."""
    published(cast)
    return _renewed(cast)


def _renewed(cast: Cast, who: str = OFFICIAL) -> str:
    with cast.session(who) as session:
        return renew_link(session, cast.actor(who))


def _events(client: Browser, key: str) -> list[Any]:
    answer = client.get("/calendar/huyen-a.ics", query_string={"key": key})
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    return list(Calendar.from_ical(answer.data).events)


def test_a_calendar_reads_the_visits_without_signing_in(key: str, anonymous: Browser) -> None:
    events = _events(anonymous, key)
    assert [event["DTSTART"].dt.month for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[0]["URL"].startswith("https://localhost/visits/")


def test_a_link_is_shown_once_and_kept_as_a_hash(key: str, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(OFFICIAL)
    page = client.submit("/visits/calendar").text
    shown = page.partition('readonly value="')[2].partition('"')[0]
    [secret] = parse_qs(urlsplit(shown).query)["key"]
    assert _events(client, secret)
    assert secret not in client.get("/visits/calendar").text
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(CalendarLink.token_hash)).one() != secret


def test_a_new_link_ends_the_old_and_a_revoked_one_is_not_there(
    key: str, cast: Cast, anonymous: Browser, sign_in: SignIn
) -> None:
    newer = _renewed(cast)
    assert _status(anonymous, key) == 404
    assert _status(anonymous, newer) == 200
    sign_in(OFFICIAL).submit("/visits/calendar/revoke")
    assert _status(anonymous, newer) == 404


def _status(client: Browser, key: str, code: str = "huyen-a") -> int:
    return client.get(f"/calendar/{code}.ics", query_string={"key": key}).status_code


def test_a_wrong_secret_another_tenant_and_no_tenant_are_not_there(
    key: str, cast: Cast, anonymous: Browser
) -> None:
    assert _status(anonymous, "x" * 43) == _status(anonymous, "") == 404
    assert _status(anonymous, key, "huyen-b") == _status(anonymous, key, "nowhere") == 404
    assert anonymous.post("/calendar/huyen-a.ics").status_code == 405


@pytest.mark.parametrize(("state", "status"), [(TenantState.LOCKED, 403), (TenantState.READ_ONLY, 200)])
def test_a_locked_tenant_shows_nothing(
    key: str, cast: Cast, anonymous: Browser, state: TenantState, status: int
) -> None:
    with across_tenants("a test"), transaction() as session:
        session.get_one(Tenant, cast.tenants["huyen-a"]).state = state
    assert _status(anonymous, key) == status
    assert _status(anonymous, "wrong") == 404


def test_whoever_signs_in_no_more_has_no_calendar(key: str, cast: Cast, anonymous: Browser) -> None:
    with cast.session("huyen-a") as session:
        session.get_one(Account, cast.accounts[OFFICIAL].account_id).disabled_at = NOW
    assert _status(anonymous, key) == 404


def test_an_unchanged_calendar_is_not_sent_again(key: str, anonymous: Browser) -> None:
    url = f"/calendar/huyen-a.ics?key={key}"
    etag = anonymous.get(url).headers["ETag"]
    assert anonymous.get(url, headers={"If-None-Match": etag}).status_code == 304


def test_a_cancelled_visit_stays_with_a_higher_count(key: str, cast: Cast, anonymous: Browser) -> None:
    with cast.session("huyen-a") as session:
        person_id = cast.actor(OFFICIAL).person_id
        session.add(Absence(person_id=person_id, starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31)))
        adjust(session, cast.actor("huyen-a.officer"), session.scalars(sa.select(Rotation)).one(), "Đi học")
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        rotation_id = session.scalars(sa.select(Rotation.id)).one()
        publish(session, cast.actor("huyen-a.standing"), version_of(session, rotation_id))
        gone = session.scalars(sa.select(Visit).where(Visit.cancelled_at.is_not(None))).one()
    [event] = [event for event in _events(anonymous, key) if event["STATUS"] == "CANCELLED"]
    assert (event["UID"], event["SEQUENCE"]) == (str(gone.id), 1)


def test_the_feed_asks_the_same_however_long_it_is(key: str, cast: Cast, anonymous: Browser) -> None:
    for kept in (6, 2):
        with cast.session("huyen-a") as session:
            late = sa.select(Visit.id).order_by(Visit.meets_on).offset(kept)
            session.execute(sa.update(Visit).where(Visit.id.in_(late)).values(meets_on=date(2020, 1, 1)))
        with statements(scope.Session.kw["bind"]) as asked:
            _events(anonymous, key)
        assert len(asked) == FEED_STATEMENTS


def test_only_officials_have_a_calendar(key: str, sign_in: SignIn) -> None:
    assert sign_in("huyen-a.secretary").get("/visits/calendar").status_code == 403
    assert sign_in("huyen-a.secretary").submit("/visits/calendar").status_code == 403
    assert sign_in(OFFICIAL).get("/visits/calendar/revoke").status_code == 405
