"""A ledger of rows that one act changed, so that the act can be taken back whole or not at all."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError

from tenants.db import Base
from tenants.scope import current_tenant, new_row

Row = Mapping[str, Any]
_READ: Final[Mapping[type, Callable[[str], Any]]] = {
    UUID: UUID, date: date.fromisoformat, datetime: datetime.fromisoformat
}  # fmt: skip


class ChangedSince(Exception):
    """A row is no longer as the ledger left it, or others lean on it; `table` is its table's name."""

    def __init__(self, table: str) -> None:
        super().__init__(table)
        self.table = table


class Ledger:
    """Changes rows of the current tenant and notes how they were: `entries` holds [table, id, before,
    after] as plain data; no before where the row is new, no after where it went."""

    def __init__(self, session: orm.Session, entries: Sequence[Any] = ()) -> None:
        self.session, self.entries = session, list(entries)

    def change(self, table: sa.Table, row_id: UUID, before: Row, after: Row) -> None:
        """Give a row other values."""
        self.change_all(table, [(row_id, before)], after)

    def change_all(self, table: sa.Table, rows: Sequence[tuple[UUID, Row]], after: Row) -> None:
        """Give several rows, each with what it was, the same values."""
        self.session.execute(_update(table, [row_id for row_id, _before in rows], after))
        self.entries += [[table.name, str(row_id), _plain(before), _plain(after)] for row_id, before in rows]

    def add(self, table: sa.Table, values: Row) -> None:
        """Write a new row."""
        row = new_row(**values)
        self.session.execute(sa.insert(table).values(row))
        self.added(table, row["id"])

    def added(self, table: sa.Table, row_id: UUID) -> None:
        """Note a row that is new."""
        self.entries.append([table.name, str(row_id), None, None])

    def remove(self, table: sa.Table, row: Row) -> None:
        """Take a row away."""
        self.session.execute(sa.delete(table).where(*_are(table, [row["id"]])))
        self.entries.append([table.name, str(row["id"]), _plain(row), None])

    def take_back(self) -> None:
        """Put every row back, the last first. Raises ChangedSince, and then nothing is put back."""
        with self.session.begin_nested():
            for (name, before, after), rows in groupby(reversed(self.entries), lambda e: (e[0], e[2], e[3])):
                ids = [UUID(row_id) for _name, row_id, _before, _after in rows]
                self._put_back(Base.metadata.tables[name], ids, before, after)

    def _put_back(self, table: sa.Table, ids: Sequence[UUID], before: Any, after: Any) -> None:
        statement = _reverse(table, ids, before, after)
        try:
            found: Any = self.session.execute(statement)
        except IntegrityError as error:
            raise ChangedSince(table.name) from error
        if not statement.is_insert and found.rowcount != len(ids):
            raise ChangedSince(table.name)


def _reverse(
    table: sa.Table, ids: Sequence[UUID], before: Any, after: Any
) -> sa.Insert | sa.Update | sa.Delete:
    if before is None:
        return sa.delete(table).where(*_are(table, ids))
    if after is None:
        return sa.insert(table).values(_typed(table, before))
    still = [table.c[key].is_not_distinct_from(value) for key, value in _typed(table, after).items()]
    return _update(table, ids, _typed(table, before)).where(*still)


def _are(table: sa.Table, ids: Sequence[UUID]) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.tenant_id == current_tenant(), table.c.id.in_(ids)


def _update(table: sa.Table, ids: Sequence[UUID], values: Row) -> sa.Update:
    counted = {"revision": table.c.revision + 1} if "revision" in table.c else {}
    return sa.update(table).where(*_are(table, ids)).values({**values, **counted})


def _plain(values: Row) -> Any:
    return json.loads(json.dumps(dict(values), default=str))


def _typed(table: sa.Table, values: Row) -> dict[str, Any]:
    return {key: _read(table.c[key].type.python_type, value) for key, value in values.items()}


def _read(kind: type, value: Any) -> Any:
    return _READ[kind](value) if isinstance(value, str) and kind in _READ else value
