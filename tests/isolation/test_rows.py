"""Rows of one tenant and what another can do with them, by every road to the database: nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from psycopg import errors
from sqlalchemy import orm

from core.exchange.models import Dispatch
from core.registry import metadata
from tenants.db import new_id
from tenants.scope import ScopeError, Session, TenantOwned, across_tenants, tenant_scope, transaction
from tests.isolation.crawling import owned_mappers
from tests.isolation.world import CHILD, OWN, PARENT, World, scoped

KINDS = owned_mappers()
NAMES = [kind.__tablename__ for kind in KINDS]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=NAMES)
KEYS = [
    (table.name, key.column_keys[1], key.referred_table.name)
    for table in metadata.sorted_tables
    for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name))
    if len(key.column_keys) == 2
]
Kind = type[TenantOwned]


def one_of(world: World, code: str, kind: Kind) -> dict[str, Any]:
    """A row of the tenant as the database writes it in JSON; a dispatch that the parent has no copy of."""
    below = f"WHERE counterpart_id = '{world.cast.tenants[CHILD]}'" if kind is Dispatch else ""
    with scoped(world, code) as session:
        asked = sa.text(f"SELECT row_to_json(t) FROM {kind.__tablename__} t {below} ORDER BY id DESC LIMIT 1")
        row: dict[str, Any] = session.scalars(asked).one()
    return row


@contextmanager
def refused(*kinds: type[Exception]) -> Iterator[None]:
    """The block fails for one of these reasons, be it in the session's guard or in the database."""
    with pytest.raises((sa.exc.DBAPIError, *kinds)) as caught:
        yield
    assert isinstance(getattr(caught.value, "orig", caught.value), kinds), caught.value


def write(session: orm.Session, kind: Kind, row: dict[str, Any]) -> None:
    """An INSERT at the driver, past every guard of the session."""
    table = kind.__tablename__
    session.connection().exec_driver_sql(
        f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, %s)", (json.dumps(row),)
    )


@each_kind
def test_a_row_is_there_for_its_own_tenant_and_for_no_other(kind: Kind, world: World, urls: object) -> None:
    row_id = UUID(one_of(world, OWN, kind)["id"])
    asked = f"SELECT count(*) FROM {kind.__tablename__} WHERE id = '{row_id}'"
    for code, count in ((OWN, 1), (PARENT, 0)):
        with scoped(world, code) as session:
            assert len(session.scalars(sa.select(kind).where(kind.id == row_id)).all()) == count
            assert (session.get(kind, row_id) is not None) is bool(count)
            assert (
                session.scalar(sa.select(sa.func.count()).select_from(kind).where(kind.id == row_id)) == count
            )
            assert session.scalar(sa.text(asked)) == count
            assert session.connection().exec_driver_sql(asked).scalar_one() == count


@each_kind
@pytest.mark.parametrize("verb", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
def test_a_row_is_changed_by_no_other_tenant(verb: str, kind: Kind, world: World, urls: object) -> None:
    row_id = one_of(world, OWN, kind)["id"]
    statement = f"{verb} WHERE id = '{row_id}'".format(kind.__tablename__)
    with scoped(world, PARENT) as session, suppress(sa.exc.ProgrammingError):
        assert session.connection().exec_driver_sql(statement).rowcount == 0
    assert one_of(world, OWN, kind)["id"] == row_id


@each_kind
def test_a_row_cannot_be_given_to_another_tenant(kind: Kind, world: World, urls: object) -> None:
    with scoped(world, OWN) as session, refused(errors.InsufficientPrivilege):
        session.connection().exec_driver_sql(
            f"UPDATE {kind.__tablename__} SET tenant_id = '{world.cast.tenants[PARENT]}'"
        )


def _by_object(session: orm.Session, kind: Kind, row: dict[str, Any]) -> None:
    session.add(kind(tenant_id=UUID(row["tenant_id"]), id=new_id()))  # type: ignore[call-arg]
    session.flush()


def _by_statement(session: orm.Session, kind: Kind, row: dict[str, Any]) -> None:
    session.execute(sa.insert(kind), [{"tenant_id": UUID(row["tenant_id"])}])


def _by_core(session: orm.Session, kind: Kind, row: dict[str, Any]) -> None:
    text = {"text": json.dumps(row | {"id": str(new_id())})}
    made = sa.text(f"SELECT * FROM json_populate_record(NULL::{kind.__tablename__}, :text)")
    columns = list(metadata.tables[kind.__tablename__].columns)
    rows = made.columns(*columns).subquery().select()
    session.connection().execute(sa.insert(kind.__table__).from_select(columns, rows), text)  # type: ignore[attr-defined]


def _by_driver(session: orm.Session, kind: Kind, row: dict[str, Any]) -> None:
    write(session, kind, row | {"id": str(new_id())})


@each_kind
@pytest.mark.parametrize("road", [_by_object, _by_statement, _by_core, _by_driver])
def test_a_row_in_the_name_of_another_tenant_is_refused(
    road: Callable[[orm.Session, Kind, dict[str, Any]], None], kind: Kind, world: World, urls: object
) -> None:
    row = one_of(world, OWN, kind)
    guard = ScopeError if road in (_by_object, _by_statement) else errors.InsufficientPrivilege
    with scoped(world, PARENT) as session, refused(guard):
        road(session, kind, row)


@pytest.mark.parametrize(("table", "column", "target"), KEYS)
def test_a_key_to_another_tenants_row_is_refused(
    table: str, column: str, target: str, world: World, urls: dict[str, str]
) -> None:
    kind = KINDS[NAMES.index(target)]
    foreign = one_of(world, OWN, kind)["id"]
    draft = " AND published_at IS NULL" if table == "rotation_version" else ""
    engine = sa.create_engine(urls["MIGRATION_DATABASE_URL"], poolclass=sa.NullPool)
    with engine.connect() as owner, refused(errors.ForeignKeyViolation):
        owner.exec_driver_sql(f"SET LOCAL app.tenant_id = '{world.cast.tenants[PARENT]}'")
        one = f"(SELECT id FROM {table} WHERE true{draft} LIMIT 1)"
        assert owner.exec_driver_sql(f"UPDATE {table} SET {column} = '{foreign}' WHERE id = {one}").rowcount


@each_kind
def test_without_a_scope_every_statement_raises(kind: Kind, world: World, engine: sa.Engine) -> None:
    table = metadata.tables[kind.__tablename__]
    with Session() as session, engine.connect() as connection:
        for statement in (
            sa.select(kind),
            sa.select(table),
            sa.insert(kind),
            sa.update(kind),
            sa.delete(kind),
        ):
            with pytest.raises(ScopeError):
                session.execute(statement)
        for core in (sa.select(table), sa.select(sa.func.count()).select_from(table), sa.text("SELECT 1")):
            with pytest.raises(ScopeError):
                connection.execute(core)
        with pytest.raises(ScopeError):
            session.get(kind, new_id())


@each_kind
def test_without_a_scope_the_database_itself_shows_nothing(
    kind: Kind, world: World, engine: sa.Engine
) -> None:
    asked = f"SELECT count(*) FROM {kind.__tablename__}"
    with engine.connect() as connection:
        assert connection.exec_driver_sql(asked).scalar_one() == 0
    with scoped(world, OWN) as session:
        assert session.connection().exec_driver_sql(asked).scalar_one() > 0


@each_kind
def test_the_platform_sees_jobs_and_counts_alone(kind: Kind, world: World, urls: object) -> None:
    shared = kind.__tablename__ in {"job", "tenant_health"}
    with across_tenants("a test"), transaction() as session:
        assert bool(session.scalar(sa.select(sa.func.count()).select_from(kind))) is shared
    if not shared:
        row = one_of(world, OWN, kind) | {"id": str(new_id())}
        with across_tenants("a test"), refused(errors.InsufficientPrivilege), transaction() as session:
            write(session, kind, row)


def test_a_pooled_connection_forgets_the_tenant_at_the_end_of_its_transaction(
    world: World, urls: dict[str, str]
) -> None:
    engine = sa.create_engine(urls["DATABASE_URL"], pool_size=1, max_overflow=0)
    told = ("SELECT count(*) FROM unit", "SELECT coalesce(current_setting('app.tenant_id', true), '')")
    for ending in ("commit", "rollback"):
        with tenant_scope(world.cast.tenants[OWN]), Session(bind=engine) as session:
            assert session.connection().exec_driver_sql(told[0]).scalar_one() == 8
            getattr(session, ending)()
        with engine.connect() as connection:
            assert [connection.exec_driver_sql(asked).scalar_one() for asked in told] == [0, ""]
    with across_tenants("a test"), Session(bind=engine) as session:
        session.connection()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM job").scalar_one() == 0
    engine.dispose()
