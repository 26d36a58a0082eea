"""An administrator of a commune's part tries to reach above himself (design: security 12, 45)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tenants.access import Role
from tenants.clock import today
from tenants.models import Account, Appointment, Invitation, Person
from tests.cast import OPENED, Cast
from tests.conftest import Browser

SignIn = Callable[[str], Browser]
ATTACKER = "huyen-a.standing"


def person_of(cast: Cast, who: str) -> Person:
    with cast.session(who) as session:
        account = session.get_one(Account, cast.accounts[who].account_id)
        return session.get_one(Person, account.person_id)


def give(cast: Cast, who: str, role: Role, unit: str, since: date = OPENED) -> None:
    person = person_of(cast, who)
    with cast.session(who) as session:
        unit_id = cast.unit(f"huyen-a/{unit}")
        session.add(Appointment(person_id=person.id, unit_id=unit_id, role=role, valid_from=since))


@pytest.fixture
def attacker(sign_in: SignIn, cast: Cast) -> Browser:
    """His one role is that of an administrator over XA-1."""
    person = person_of(cast, ATTACKER)
    with cast.session(ATTACKER) as session:
        session.execute(sa.delete(Appointment).where(Appointment.person_id == person.id))
    give(cast, ATTACKER, Role.TENANT_ADMIN, "XA-1")
    return sign_in(ATTACKER)


def edit(client: Browser, person: Person, left_on: str) -> int:
    form = {"full_name": person.full_name, "code": person.code, "left_on": left_on, "seen_revision": "1"}
    return client.submit(f"/admin/people/edit/?id={person.id}", form).status_code


def test_he_removes_those_below_him_and_nobody_above(attacker: Browser, cast: Cast) -> None:
    admin, secretary = person_of(cast, "huyen-a.admin"), person_of(cast, "huyen-a.secretary")
    give(cast, "huyen-a.admin", Role.MEMBER, "XA-1")
    codes = [edit(attacker, person, f"{today()}") for person in (admin, secretary)]
    removed = attacker.submit("/admin/people/delete/", {"id": str(admin.id)}).status_code
    assert (codes, removed) == ([403, 302], 403)
    with cast.session("huyen-a") as session:
        assert session.get_one(Person, admin.id).left_on is None
        assert session.get_one(Account, cast.accounts["huyen-a.admin"].account_id).disabled_at is None


def test_he_takes_no_account_that_will_stand_above_him_tomorrow(attacker: Browser, cast: Cast) -> None:
    give(cast, "huyen-a.secretary", Role.TENANT_ADMIN, "", today() + timedelta(days=1))
    person = person_of(cast, "huyen-a.secretary")
    answer = attacker.submit(f"/admin/accounts/person/?id={person.id}", {"verb": "invite"})
    assert answer.status_code == 403
    with cast.session("huyen-a") as session:
        theirs = Invitation.account_id == cast.accounts["huyen-a.secretary"].account_id
        assert not session.scalars(sa.select(Invitation).where(theirs)).all()


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"]
)
@pytest.mark.parametrize("page", ["people/edit/", "people/new/", "people/delete/", "people/details/"])
def test_a_form_of_the_back_office_leads_to_no_other_site(
    page: str, target: str, sign_in: SignIn, cast: Cast
) -> None:
    person, client = person_of(cast, "huyen-a.officer"), sign_in("huyen-a.admin")
    form = {
        "full_name": "Lê Thị Hoa",
        "code": "DV-x",
        "id": str(person.id),
        "seen_revision": "1",
        "url": target,
    }
    query = {"id": str(person.id), "url": target}
    answers = [
        client.submit(f"/admin/{page}", form, query_string=query),
        client.get(f"/admin/{page}", query_string=query),
    ]
    assert not any("evil" in (answer.location or "") for answer in answers)
    assert not any(f'href="{target}' in answer.text for answer in answers)
