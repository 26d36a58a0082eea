"""Declarative base, names of constraints, keys, engine (design: stack; performance, scaling out)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from uuid_utils.compat import uuid7

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(orm.DeclarativeBase):
    """Every mapped class. Enumerations are text with a CHECK: their `=` may use an index under
    row-level security, a database enum's may not (design: stack)."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: sa.DateTime(timezone=True),
        date: sa.Date(),
        UUID: sa.Uuid(),
        bytes: sa.LargeBinary(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: ARRAY(sa.Text()),
        str: sa.Text(),
    }


def new_id() -> UUID:
    """An id that is unique in every deployment and grows with time (RFC 9562, version 7)."""
    return uuid7()


def choice(kind: type[StrEnum], name: str) -> sa.Enum:
    """Column type of an enumeration: text with the CHECK constraint `name`."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def tenant_key(column: str, table: str, **options: Any) -> sa.ForeignKeyConstraint:
    """A foreign key that cannot leave the tenant."""
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], **options)


def engine(url: str, *, statement_timeout_seconds: int = 5, pool_size: int = 10) -> sa.Engine:
    """A PostgreSQL engine with bounded statements, locks and idle transactions (design: security 82)."""
    options = (
        f"-c statement_timeout={statement_timeout_seconds}s "
        f"-c lock_timeout={min(2, statement_timeout_seconds)}s "
        "-c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    )
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"options": options, "application_name": "committee", "connect_timeout": 5},
    )


@contextmanager
def hashed_joins(session: orm.Session) -> Iterator[None]:
    """Inside, whole lists of a tenant are joined by hashing, whatever the planner expects of them.

    Its statistics know nothing of a tenant just loaded: it takes thousands of rows for one and would go
    through a table once for each row of another.
    """
    session.connection().exec_driver_sql("SET LOCAL enable_nestloop = off")
    yield
    session.connection().exec_driver_sql("SET LOCAL enable_nestloop = on")
