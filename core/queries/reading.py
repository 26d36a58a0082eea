"""What lists share: one page of rows, newest versions, search without diacritics."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from tenants.vietnamese import fold

Item = TypeVar("Item")
Rows: TypeAlias = sa.Select[*tuple[Any, ...]]
PAGE_SIZE: Final = 25
_MARKED = "".join(chr(n) for n in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)) if len(fold(chr(n))) == 1)
_PLAIN = "".join(map(fold, _MARKED))


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """One page of a longer list; `number` counts from 1."""

    items: tuple[Item, ...]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))


def sliced(
    session: orm.Session, query: Rows, number: int, make: Callable[[Any], Item], size: int = PAGE_SIZE
) -> Slice[Item]:
    """The numbered page of a query's rows in two statements; a number out of range gives the nearest page."""
    total = session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(number, 1), max(1, -(-total // size)))
    rows = session.execute(query.limit(size).offset((number - 1) * size))
    return Slice(tuple(make(row) for row in rows), number, size, total)


def slice_of(items: list[Item], number: int, size: int = PAGE_SIZE) -> Slice[Item]:
    """The numbered page of a list at hand."""
    number = min(max(number, 1), max(1, -(-len(items) // size)))
    return Slice(tuple(items[(number - 1) * size : number * size]), number, size, len(items))


def newest_of(owner: orm.InstrumentedAttribute[UUID], *where: sa.ColumnElement[bool]) -> sa.Subquery:
    """The version with the highest number of each owner, of those that meet the conditions."""
    versions: Any = owner.class_
    query = sa.select(versions).where(*where).ext(distinct_on(owner))
    return query.order_by(owner, versions.number.desc()).subquery()


def folded(column: Any) -> sa.ColumnElement[str]:
    """A text column without diacritics, in lower case: what `fold` makes of it, spaces apart."""
    return sa.func.lower(sa.func.translate(column, _MARKED, _PLAIN))


def matches(key: Any, typed: str) -> sa.ColumnElement[bool]:
    """Whether a folded text holds what was typed, with or without diacritics."""
    found: sa.ColumnElement[bool] = key.contains(fold(typed), autoescape=True)
    return found
