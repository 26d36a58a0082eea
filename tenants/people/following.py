"""Open items that follow a unit's successor: declared by whoever owns them, moved in one way (F02)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.handing_over import Handing, Item, Step, hand_over
from tenants.people.ledger import Change, Ledger
from tenants.scope import current_tenant

Successors = Mapping[UUID, tuple[UUID, ...]]


class OnClash(StrEnum):
    """What becomes of an item whose like the successor has already."""

    STAYS = "stays"
    CLOSED = "closed"
    REMOVED = "removed"


@dataclass(frozen=True)
class Follow:
    """Open rows of one table at a unit. `words` names them in Vietnamese; `is_open` says which are open on
    a day; `apart` with the unit is what no two may share; `every`: each successor of a split gets one.

    `closed` gives the values of a row that is closed because the successor has its like. Rows that
    `stay` are only told of.
    """

    words: str
    column: orm.InstrumentedAttribute[Any]
    is_open: Callable[[date], sa.ColumnElement[bool]]
    apart: tuple[orm.InstrumentedAttribute[Any], ...] = ()
    every: bool = False
    on_clash: OnClash = OnClash.STAYS
    closed: Callable[[], Mapping[str, Any]] = dict
    stay: bool = False


@dataclass(frozen=True)
class Touch:
    """How many rows an event touches, in words: those that move or are copied, those closed or merged into
    the successor's own, and those that a person must look at."""

    words: str
    moved: int = 0
    merged: int = 0
    attention: int = 0

    @property
    def any(self) -> bool:
        """Whether it touches anything."""
        return bool(self.moved or self.merged or self.attention)


def touch(session: orm.Session, follow: Follow, successors: Successors, day: date) -> Touch:
    """What would become of the rows; nothing is written."""
    steps = Counter(handing.step for handing, _row in _handings(session, follow, successors, day))
    if follow.stay:
        return Touch(follow.words, attention=sum(steps.values()))
    stays = follow.on_clash is OnClash.STAYS
    return Touch(
        follow.words,
        steps[Step.MOVE] + steps[Step.COPY],
        0 if stays else steps[Step.CLASH],
        steps[Step.LEFT] + (steps[Step.CLASH] if stays else 0),
    )


def carry(ledger: Ledger, follow: Follow, successors: Successors, day: date) -> None:
    """Let the rows follow, noting each in the ledger."""
    if follow.stay:
        return
    table, by_step = _table(follow), defaultdict[Step, list[Any]](list)
    for handing, row in _handings(ledger.session, follow, successors, day):
        by_step[handing.step].append((handing, row))
    ledger.change(table, [_moved(follow, *pair) for pair in by_step[Step.MOVE]])
    ledger.add(table, [_copied(follow, *pair) for pair in by_step[Step.COPY]])
    _settle(ledger, follow, [row for _handing, row in by_step[Step.CLASH]])


def _moved(follow: Follow, handing: Handing, row: Mapping[str, Any]) -> Change:
    unit = follow.column.key
    return Change(row["id"], {unit: row[unit]}, {unit: handing.to})


def _copied(follow: Follow, handing: Handing, row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in {"id", "tenant_id"}}
    return kept | {follow.column.key: handing.to}


def _settle(ledger: Ledger, follow: Follow, rows: list[Mapping[str, Any]]) -> None:
    """What becomes of rows whose like the successor has."""
    if follow.on_clash is OnClash.REMOVED:
        ledger.remove(_table(follow), rows)
    elif follow.on_clash is OnClash.CLOSED:
        closed = follow.closed()
        changes = [Change(row["id"], {key: row[key] for key in closed}, closed) for row in rows]
        ledger.change(_table(follow), changes)


def _table(follow: Follow) -> sa.Table:
    table: sa.Table = follow.column.class_.__table__
    return table


def _handings(
    session: orm.Session, follow: Follow, successors: Successors, day: date
) -> Sequence[tuple[Handing, Mapping[str, Any]]]:
    table, unit = _table(follow), follow.column.key
    mine = sa.select(table).where(table.c.tenant_id == current_tenant())
    leaving = mine.where(table.c[unit].in_(successors), follow.is_open(day)).order_by(table.c.id)
    rows = {row["id"]: dict(row) for row in session.execute(leaving).mappings()}
    arrived = {to for following in successors.values() for to in following}
    waiting = mine.where(table.c[unit].in_(arrived)) if follow.apart else mine.where(sa.false())
    there = [(row[unit], _key(follow, row)) for row in session.execute(waiting).mappings()]
    items = [Item(key, row[unit], _key(follow, row)) for key, row in rows.items()]
    steps = hand_over(items, there, successors, every=follow.every)
    return [(handing, rows[handing.item.id]) for handing in steps]


def _key(follow: Follow, row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[column.key] for column in follow.apart) or (row["id"],)
