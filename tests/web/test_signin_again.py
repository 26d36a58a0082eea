"""The password asked again before tasks that matter (design: security 51)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from tenants.clock import now
from tenants.models import Account, AuditEntry, Person
from tests.cast import PASSWORD, Cast
from tests.conftest import ORIGIN, Browser

SignIn = Callable[[str], Browser]
ASKED = {"/admin/appointments/new/": "/admin/appointments/new/", "/account/two-step": "/account/two-step"}
SENT = {
    "/admin/people/export/csv/": "/admin/people/?search=hoa",
    "/admin/appointments/export/csv/": "/admin/appointments/",
    "/admin/officials/export/csv/": "/admin/officials/",
    "/admin/accounts/action/": "/admin/accounts/",
    "/rosters/kinds/people/export": "/rosters/kinds/people",
}


def later(minutes: int) -> time_machine.travel:
    return time_machine.travel(now() + timedelta(minutes=minutes), tick=True)


def awake(client: Browser, minutes: int) -> None:
    """Keep the session alive through the wait."""
    for step in range(20, minutes, 20):
        with later(step):
            client.get("/account")


def person_page(cast: Cast) -> str:
    with cast.session("huyen-a") as session:
        return f"/admin/accounts/person/?id={session.scalars(sa.select(Person.id).limit(1)).one()}"


def test_a_form_is_shown_after_the_password_was_given_again(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("huyen-a.admin")
    for url in (*ASKED, person_page(cast)):
        assert client.get(url).status_code == 200
    with later(16):
        for url in (*ASKED, person_page(cast)):
            asked = client.get(url)
            assert asked.location.startswith("/account/confirm?next="), url
        assert client.submit(asked.location, {"current": "sai rồi"}).status_code == 401
        answer = client.submit(asked.location, {"current": PASSWORD})
        assert (answer.location, client.get(answer.location).status_code) == (person_page(cast), 200)


def test_a_form_shown_in_time_may_be_sent_later(sign_in: SignIn, cast: Cast) -> None:
    client, url = sign_in("huyen-a.admin"), person_page(cast)
    awake(client, 31)
    codes = []
    for minutes in (29, 31):
        with later(minutes):
            codes.append(client.submit(url, {"verb": "invite"}).status_code)
    assert codes == [200, 302]


@pytest.mark.parametrize("url", SENT)
def test_people_leave_in_no_file_long_after_the_password(url: str, sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("huyen-a.admin")
    awake(client, 40)
    with later(40):
        answer = client.submit(url, headers={"Referer": ORIGIN + SENT[url]})
        asked = client.get(answer.location)
        assert (answer.status_code, asked.status_code) == (302, 200)
        assert client.submit(answer.location, {"current": PASSWORD}).location == SENT[url]
    with cast.session("huyen-a") as session:
        assert not session.scalars(sa.select(AuditEntry).where(AuditEntry.tag.like("%:export"))).all()
        assert not session.scalars(sa.select(Account).where(Account.disabled_at.is_not(None))).all()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_giving_the_password_again_leads_to_no_other_site(target: str, sign_in: SignIn) -> None:
    form = {"current": PASSWORD}
    answer = sign_in("huyen-a.admin").submit("/account/confirm", form, query_string={"next": target})
    assert answer.location == "/"


def test_wrong_passwords_are_throttled_here_too(sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    codes = [client.submit("/account/confirm", {"current": "sai rồi"}).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
