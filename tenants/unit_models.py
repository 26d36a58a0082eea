"""How the tree changes: what is to happen to units, what they were before, who follows whom (F01, F02)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.db import Base, choice, tenant_key
from tenants.models import PATH, Person, Unit
from tenants.scope import TenantOwned
from tenants.unit_events import EventKind


class EventState(StrEnum):
    """Where a reorganisation stands."""

    PLANNED = "planned"
    APPLIED = "applied"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {"planned": "Chờ đến ngày", "applied": "Đã áp dụng", "undone": "Đã hoàn tác"}[self.value]


class UnitEvent(TenantOwned, Base):
    """A merger, split, rename, move, change of rank or end of units on a day.

    `facts` is the event as `tenants.succession` writes it, `ledger` every row that it changed, so that it
    can be undone until `undo_until`; `problem` says why it could not be applied on its day.
    """

    __tablename__ = "unit_event"
    kind: Mapped[EventKind] = mapped_column(choice(EventKind, "kind"))
    effective_on: Mapped[date]
    facts: Mapped[dict[str, Any]]
    state: Mapped[EventState] = mapped_column(choice(EventState, "state"), default=EventState.PLANNED)
    ledger: Mapped[list[Any]] = mapped_column(default=list)
    problem: Mapped[str] = mapped_column(default="")
    planned_by: Mapped[UUID | None]
    planned_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undo_until: Mapped[date | None]
    planner: Mapped[Person | None] = orm.relationship(
        primaryjoin="foreign(UnitEvent.planned_by) == Person.id"
    )
    __table_args__ = (
        tenant_key("planned_by", "person"),
        sa.Index("ix_unit_event_state", "tenant_id", "state", "effective_on"),
    )


class UnitPast(TenantOwned, Base):
    """What a unit was from a day to a day; what it is now stands in the unit itself."""

    __tablename__ = "unit_past"
    unit_id: Mapped[UUID]
    event_id: Mapped[UUID | None]
    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    path: Mapped[str] = mapped_column(PATH)
    setting_id: Mapped[UUID | None]
    block: Mapped[str]
    rank: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "unit_id", "valid_from"),
        tenant_key("unit_id", "unit"),
        tenant_key("event_id", "unit_event"),
        tenant_key("parent_id", "unit"),
        tenant_key("setting_id", "cell_setting"),
        sa.CheckConstraint("valid_to >= valid_from", name="validity"),
        sa.Index("ix_unit_past_event", "tenant_id", "event_id"),
    )


class UnitSuccessor(TenantOwned, Base):
    """Which unit goes on with a unit's work from a day on; `position` 0 is the first of several."""

    __tablename__ = "unit_successor"
    unit_id: Mapped[UUID]
    successor_id: Mapped[UUID]
    event_id: Mapped[UUID]
    since: Mapped[date]
    position: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    successor: Mapped[Unit] = orm.relationship(primaryjoin="foreign(UnitSuccessor.successor_id) == Unit.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "event_id", "unit_id", "successor_id"),
        tenant_key("unit_id", "unit"),
        tenant_key("successor_id", "unit"),
        tenant_key("event_id", "unit_event"),
    )
