"""A ledger of rows that one act changed, so that the act can be taken back whole or not at all."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Change:
    """A row that gets other values: what it was in these columns, and what it will be."""

    row_id: UUID
    before: Row
    after: Row


class Ledger:
    """Changes rows of the current tenant and notes how they were: `entries` holds [table, id, before,
    after] as plain data; no before where the row is new, no after where it went."""

    def __init__(self, session: orm.Session, entries: Sequence[Any] = ()) -> None:
        self.session, self.entries = session, list(entries)

    def change(self, table: sa.Table, changes: Iterable[Change]) -> None:
        """Give rows other values; one statement for all that get the same."""
        alike = defaultdict[frozenset[Any], list[Change]](list)
        for change in changes:
            alike[frozenset(change.after.items())].append(change)
        for same in alike.values():
            self.session.execute(_update(table, [change.row_id for change in same], same[0].after))
            entries = [[table.name, str(c.row_id), _plain(c.before), _plain(c.after)] for c in same]
            self.entries += sorted(entries, key=lambda entry: str(entry[2]))

    def add(self, table: sa.Table, rows: Iterable[Row]) -> None:
        """Write new rows."""
        made = [new_row(**values) for values in rows]
        if made:
            self.session.execute(sa.insert(table), made)
            self.added(table, [row["id"] for row in made])

    def added(self, table: sa.Table, row_ids: Iterable[UUID]) -> None:
        """Note rows that are new."""
        self.entries += [[table.name, str(row_id), None, None] for row_id in row_ids]

    def remove(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Take rows away."""
        if rows:
            self.session.execute(sa.delete(table).where(*_are(table, [row["id"] for row in rows])))
            self.entries += [[table.name, str(row["id"]), _plain(row), None] for row in rows]

    def take_back(self) -> None:
        """Put every row back, the last first. Raises ChangedSince, and then nothing is put back."""
        with self.session.begin_nested():
            for (name, *_), same in groupby(reversed(self.entries), _alike):
                self._put_back(Base.metadata.tables[name], list(same))

    def _put_back(self, table: sa.Table, entries: Sequence[Any]) -> None:
        _name, _id, before, after = entries[0]
        ids = [UUID(row_id) for _name, row_id, _before, _after in entries]
        try:
            if before is not None and after is None:
                self.session.execute(sa.insert(table), [_typed(table, entry[2]) for entry in entries])
            else:
                self._reverse(table, ids, before, after)
        except IntegrityError as error:
            raise ChangedSince(table.name) from error

    def _reverse(self, table: sa.Table, ids: Sequence[UUID], before: Any, after: Any) -> None:
        if before is None:
            statement: sa.Delete | sa.Update = sa.delete(table).where(*_are(table, ids))
        else:
            still = [table.c[key].is_not_distinct_from(value) for key, value in _typed(table, after).items()]
            statement = _update(table, ids, _typed(table, before)).where(*still)
        found: Any = self.session.execute(statement)
        if found.rowcount != len(ids):
            raise ChangedSince(table.name)


def _alike(entry: Sequence[Any]) -> tuple[Any, ...]:
    """What the entries that one statement takes back have in common."""
    name, _id, before, after = entry
    return name, "removed" if before is not None and after is None else before, after


def _are(table: sa.Table, ids: Sequence[UUID]) -> tuple[sa.ColumnElement[bool], ...]:
    among = sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid())))
    return table.c.tenant_id == current_tenant(), table.c.id == among


def _update(table: sa.Table, ids: Sequence[UUID], values: Row) -> sa.Update:
    counted = {"revision": table.c.revision + 1} if "revision" in table.c else {}
    return sa.update(table).where(*_are(table, ids)).values({**values, **counted})


def _plain(values: Row) -> Any:
    return json.loads(json.dumps(dict(values), default=str))


def _typed(table: sa.Table, values: Row) -> dict[str, Any]:
    return {key: _read(table.c[key].type.python_type, value) for key, value in values.items()}


def _read(kind: type, value: Any) -> Any:
    return _READ[kind](value) if isinstance(value, str) and kind in _READ else value
