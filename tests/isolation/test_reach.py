"""Within a tenant: a role held at a unit reaches that unit and what is below it, and no further."""

import pytest
import sqlalchemy as sa
from flask import Flask

from core.meetings.models import Petition
from core.notices.models import Job
from core.rotation.models import Visit
from tenants.access import WHOLE_TENANT, NotAllowed, Permission, require
from tenants.accounts import holders
from tenants.models import Account, Appointment, Unit
from tests.isolation.crawling import Crawler
from tests.isolation.matrix import MATRIX
from tests.isolation.world import OWN, World, scoped

STAFF = ("admin", "officer", "standing")
WHOLE_PAGES = [
    (endpoint, method)
    for endpoint, line in MATRIX.items()
    for method in line.answers
    if line.asks in WHOLE_TENANT
]


@pytest.fixture(scope="module")
def crawler(office: Flask, world: World) -> Crawler:
    """The staff of the district hold their roles at a commune instead."""
    with world.cast.session(OWN) as session:
        people = sa.select(Account.person_id).where(Account.login.in_(STAFF))
        moved = sa.update(Appointment).where(Appointment.person_id.in_(people))
        session.execute(moved.values(unit_id=world.cast.unit(f"{OWN}/XA-1")))
    return Crawler(office, world)


@pytest.mark.parametrize(("endpoint", "method"), WHOLE_PAGES)
def test_a_role_below_the_root_does_not_act_for_the_tenant(
    endpoint: str, method: str, crawler: Crawler
) -> None:
    answers = [crawler.ask(endpoint, method, f"{OWN}.{login}", OWN).status_code for login in STAFF]
    assert answers == [403] * len(STAFF)


@pytest.mark.parametrize("permission", sorted(WHOLE_TENANT))
def test_the_services_ask_the_same(permission: Permission, crawler: Crawler, world: World) -> None:
    for login in STAFF:
        with pytest.raises(NotAllowed):
            require(world.cast.actor(f"{OWN}.{login}"), permission)
    with scoped(world, OWN) as session:
        assert holders(session, permission) == set()


def test_a_role_below_the_root_reads_what_is_below_it(crawler: Crawler) -> None:
    for endpoint in ("visits_all.show", "petitions.show", "backoffice_units.details_view"):
        assert crawler.ask(endpoint, "GET", f"{OWN}.officer", OWN).status_code == 200


def test_jobs_of_others_are_not_there(crawler: Crawler, world: World) -> None:
    with scoped(world, OWN) as session:
        officer = session.scalars(sa.select(Account.id).where(Account.login == "officer")).one()
        own = session.scalars(sa.select(Job.id).where(Job.requested_by == officer).limit(1)).one()
    client = crawler.browser(f"{OWN}.officer")
    assert client.get(f"/jobs/{own}").status_code == 200
    dead = world.sample(OWN, "dead job")
    assert [client.get(f"/jobs/{dead}{tail}").status_code for tail in ("", "/state.json")] == [404, 404]


@pytest.mark.parametrize("kind", [Visit, Petition])
def test_a_secretary_finds_nothing_of_the_next_cell(
    kind: type[Visit | Petition], crawler: Crawler, world: World
) -> None:
    page = "visits/all" if kind is Visit else "petitions"
    codes = {}
    with scoped(world, OWN) as session:
        for row in session.execute(sa.select(kind.id, Unit.code).join(Unit, Unit.id == kind.cell_id)):
            codes[row[0]] = row[1]
    client = crawler.browser(f"{OWN}.secretary")
    for row_id, cell in codes.items():
        status = client.get(f"/{page}/{row_id}").status_code
        assert (status == 200) is (cell == "CB-1"), cell
        assert status in (200, 404)
    assert "CB-1" in codes.values()
