"""Many rows in one statement: columns go over as arrays (design: performance, import).

COPY is refused on tables with row-level security; INSERT … SELECT FROM unnest comes nearest to it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert

from tenants.db import Base, new_id
from tenants.scope import current_tenant

CHUNK = 20_000
Columns = Mapping[str, Sequence[Any]]


def insert_columns(
    session: orm.Session, kind: type[Base], columns: Columns, known: Callable[[Insert], Insert] | None = None
) -> int:
    """Insert one row for each place of the columns, under new ids, in the current tenant; how many.

    ``known`` says what becomes of rows that are there already.
    """
    count = len(next(iter(columns.values()), ()))
    for start in range(0, count, CHUNK):
        part = {name: values[start : start + CHUNK] for name, values in columns.items()}
        part["id"] = [new_id() for _ in range(min(CHUNK, count - start))]
        rows = rows_of(kind, part)
        chosen = sa.select(sa.literal(current_tenant(), sa.Uuid()), *rows.c)
        statement = insert(kind).from_select(["tenant_id", *part], chosen)
        session.execute(known(statement) if known else statement)
    return count


def update_columns(session: orm.Session, kind: type[Base], ids: Sequence[Any], columns: Columns) -> None:
    """Set the columns of rows with these ids, each to the value in its place."""
    table: Any = kind
    for start in range(0, len(ids), CHUNK):
        part = {name: values[start : start + CHUNK] for name, values in columns.items()}
        rows = rows_of(kind, {"id": ids[start : start + CHUNK], **part})
        statement = sa.update(kind).where(table.id == rows.c.id).values({name: rows.c[name] for name in part})
        session.execute(statement.execution_options(synchronize_session=False))


def rows_of(kind: type[Base], columns: Columns) -> Any:
    """The columns as rows that a statement may join."""
    table = kind.__table__
    arrays = [
        sa.cast(sa.literal(_array(values), sa.Text()), ARRAY(table.c[name].type))
        for name, values in columns.items()
    ]
    named = [sa.column(name, table.c[name].type) for name in columns]
    return sa.func.unnest(*arrays).table_valued(*named).render_derived()


def _array(values: Sequence[Any]) -> str:
    """The values as PostgreSQL writes an array: much faster than the driver's own, value by value."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'"{value}"'
