"""Tables of the platform, seen from a tenant: closed, or its own rows alone (design: security 15)."""

import pytest
import sqlalchemy as sa
from psycopg import errors

from tenants.accounts import end_all_sessions
from tenants.models import WebSession
from tenants.scope import across_tenants, transaction
from tests.isolation.test_rows import refused
from tests.isolation.world import OWN, PARENT, World, scoped

CLOSED = ("heartbeat", "operator", "platform_entry", "sign_in_failure")
ADDED = {
    "heartbeat": "('zq', now(), '')",
    "operator": "(gen_random_uuid(), 'zq', 'x', 'x', NULL, NULL, '{}', NULL, NULL)",
    "platform_entry": "(gen_random_uuid(), now(), NULL, 'x:y', '', '{}')",
    "sign_in_failure": "('zq', 1, now())",
}


@pytest.fixture
def filled(world: World, urls: object) -> None:
    """A row in each closed table, at the latest now."""
    with across_tenants("a test"), transaction() as session:
        for table, values in ADDED.items():
            added = f"INSERT INTO {table} VALUES {values} ON CONFLICT DO NOTHING"
            session.connection().exec_driver_sql(added)


@pytest.mark.parametrize("table", CLOSED)
def test_a_tenant_sees_and_writes_nothing_of_the_platforms_own(
    table: str, filled: None, world: World
) -> None:
    asked = f"SELECT count(*) FROM {table}"
    with across_tenants("a test"), transaction() as session:
        assert session.connection().exec_driver_sql(asked).scalar_one() > 0
    with scoped(world, OWN) as session:
        assert session.connection().exec_driver_sql(asked).scalar_one() == 0
    with scoped(world, OWN) as session, refused(errors.InsufficientPrivilege):
        session.connection().exec_driver_sql(f"INSERT INTO {table} VALUES {ADDED[table]}")


@pytest.mark.parametrize("table", [*CLOSED, "web_session"])
def test_without_a_scope_the_database_shows_nothing_of_it(
    table: str, filled: None, engine: sa.Engine
) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def test_a_tenant_reads_the_register_of_tenants_and_changes_nothing_there(world: World, urls: object) -> None:
    with scoped(world, OWN) as session:
        connection = session.connection()
        assert connection.exec_driver_sql("SELECT count(*) FROM tenant").scalar_one() > 1
        assert connection.exec_driver_sql("UPDATE tenant SET state = 'active'").rowcount == 0
    with scoped(world, OWN) as session, refused(errors.InsufficientPrivilege):
        session.connection().exec_driver_sql(
            "INSERT INTO tenant SELECT gen_random_uuid(), 'zq', name, committee_name, place, level_code, "
            "parent_id, state, state_reason, opened_at FROM tenant LIMIT 1"
        )


def test_a_tenant_ends_sessions_of_its_own_people_alone(world: World, urls: object) -> None:
    foreign = world.cast.accounts[f"{PARENT}.admin"].account_id
    with scoped(world, OWN) as session:
        homes = set(session.scalars(sa.select(WebSession.home_id)))
        end_all_sessions(session, foreign)
    with across_tenants("a test"), transaction() as session:
        kept = session.scalars(sa.select(WebSession).where(WebSession.account_id == foreign)).all()
    assert (homes, bool(kept)) == ({world.cast.tenants[OWN]}, True)


@pytest.mark.parametrize("home", ["NULL", "PARENT"])
def test_a_tenant_makes_no_session_of_an_operator_or_of_another_tenant(
    home: str, world: World, urls: object
) -> None:
    home_id = "NULL" if home == "NULL" else f"'{world.cast.tenants[PARENT]}'"
    with scoped(world, OWN) as session, refused(errors.InsufficientPrivilege):
        session.connection().exec_driver_sql(
            f"INSERT INTO web_session VALUES ('x', {home_id}, gen_random_uuid(), now(), now(), now())"
        )
