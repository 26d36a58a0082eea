"""Reorganisations in reach, and the units to choose for one (design: product F02, P5)."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.queries.reading import Slice, matches, sliced
from tenants.conditions import within
from tenants.models import Unit
from tenants.tree import UnitKind, UnitPath
from tenants.unit_events import UnitChange
from tenants.unit_models import EventState, UnitEvent

MOST_CHOICES: Final = 30


@dataclass(frozen=True)
class EventRow:
    """An event with the names a page shows."""

    event: UnitEvent
    units: tuple[str, ...]
    into: tuple[str, ...]

    @property
    def changes(self) -> dict[str, int]:
        """How many rows it changed, by table."""
        return Counter(table for table, *_rest in self.event.ledger)

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        if self.event.problem and self.event.state is EventState.PLANNED:
            return "late"
        return {"planned": "warn", "applied": "ok", "undone": "muted"}[self.event.state.value]

    @property
    def label(self) -> str:
        """Where it stands, in words."""
        return "Chưa áp dụng được" if self.tone == "late" else self.event.state.label


@dataclass(frozen=True)
class UnitChoice:
    """A unit that can be chosen."""

    id: UUID
    name: str
    code: str
    kind: UnitKind
    above: str
    members: int | None


def events_in(session: orm.Session, paths: Iterable[UnitPath], number: int) -> Slice[EventRow]:
    """A page of the events on units in reach, the latest first, in a constant number of statements."""
    query = sa.select(UnitEvent).where(_touches(paths))
    query = query.options(orm.joinedload(UnitEvent.planner), orm.defer(UnitEvent.ledger))
    newest = query.order_by(UnitEvent.effective_on.desc(), UnitEvent.id.desc())
    found = sliced(session, newest, number, lambda row: row[0])
    names = _names(session, found.items)
    return Slice(tuple(_row(event, names) for event in found.items), found.number, found.size, found.total)


def one_event(session: orm.Session, paths: Iterable[UnitPath], event_id: UUID) -> EventRow | None:
    """One event, if it touches units in reach."""
    event = session.scalar(sa.select(UnitEvent).where(UnitEvent.id == event_id, _touches(paths)))
    return _row(event, _names(session, [event])) if event else None


def choices(
    session: orm.Session,
    paths: Iterable[UnitPath],
    typed: str,
    chosen: Collection[UUID],
    kind: UnitKind | None,
) -> tuple[UnitChoice, ...]:
    """Units in reach that go on living: the chosen ones, then those that match, MOST_CHOICES at most."""
    above = orm.aliased(Unit)
    picked = Unit.id.in_(chosen)
    query = (
        sa.select(Unit.id, Unit.name, Unit.code, Unit.kind, sa.func.coalesce(above.name, ""), Unit.members)
        .outerjoin(above, above.id == Unit.parent_id)
        .where(
            Unit.valid_to.is_(None), within(paths), picked | matches(Unit.search_key, typed) | _code(typed)
        )
        .order_by(picked.desc(), Unit.path)
    )
    if kind:
        query = query.where(Unit.kind == kind)
    return tuple(UnitChoice(*row) for row in session.execute(query.limit(MOST_CHOICES + len(chosen))))


def children_of(session: orm.Session, unit_id: UUID) -> tuple[UnitChoice, ...]:
    """The units directly below one that go on living."""
    query = sa.select(Unit.id, Unit.name, Unit.code, Unit.kind, sa.literal(""), Unit.members)
    below = query.where(Unit.parent_id == unit_id, Unit.valid_to.is_(None)).order_by(Unit.path)
    return tuple(UnitChoice(*row) for row in session.execute(below))


def _code(typed: str) -> sa.ColumnElement[bool]:
    return Unit.code.contains(typed.strip().upper(), autoescape=True)


def _touches(paths: Iterable[UnitPath]) -> sa.ColumnElement[bool]:
    named = sa.func.jsonb_array_elements_text(UnitEvent.facts["unit_ids"]).column_valued("named")
    return sa.exists().where(Unit.id == sa.cast(named, sa.Uuid), within(paths)).correlate(UnitEvent)


def _names(session: orm.Session, events: Iterable[UnitEvent]) -> dict[UUID, str]:
    said = [UnitChange.from_facts(event.facts) for event in events]
    ids = {key for event in said for key in (*event.unit_ids, *(new.id for new in event.successors))}
    ids |= {event.parent_id for event in said if event.parent_id}
    rows: Any = session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(ids)))
    return {new.id: new.name for event in said for new in event.successors} | dict(rows.all())


def _row(event: UnitEvent, names: dict[UUID, str]) -> EventRow:
    said = UnitChange.from_facts(event.facts)
    into = [names.get(new.id, new.name) for new in said.successors]
    into += [names[said.parent_id]] if said.parent_id and said.parent_id in names else []
    into += [said.name] if said.name else []
    return EventRow(event, tuple(names.get(key, "") for key in said.unit_ids), tuple(into))
