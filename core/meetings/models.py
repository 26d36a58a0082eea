"""When cells meet, and the petitions raised there."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from core.meetings.kinds import MeetingKind as MeetingKind
from tenants.db import Base, choice, tenant_key
from tenants.models import Unit
from tenants.scope import TenantOwned


class Meeting(TenantOwned, Base):
    """A unit's meeting of a month: the day it is set for; a regular one moves the cell's usual day.

    `held_on` is the day it was held; `concluded` whether it came to its conclusion, None where nobody has
    said (S0-35). `plan_id` is the plan it is held under. Until `registered_at` its day is the usual one
    and may change (S4-12).
    """

    __tablename__ = "meeting"
    cell_id: Mapped[UUID]
    kind: Mapped[MeetingKind] = mapped_column(choice(MeetingKind, "kind"))
    month: Mapped[date]
    meets_on: Mapped[date]
    slot: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    held_on: Mapped[date | None]
    concluded: Mapped[bool | None]
    plan_id: Mapped[UUID | None]
    registered_at: Mapped[datetime | None]
    cell: Mapped[Unit] = orm.relationship(primaryjoin="foreign(Meeting.cell_id) == Unit.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "cell_id", "kind", "month"),
        tenant_key("cell_id", "unit"),
        tenant_key("plan_id", "plan"),
    )


class Petition(TenantOwned, Base):
    """A wish or complaint raised at a meeting and followed until it is answered (S4-04, S4-17)."""

    __tablename__ = "petition"
    visit_id: Mapped[UUID]
    cell_id: Mapped[UUID]
    text: Mapped[str]
    field: Mapped[str] = mapped_column(default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    raised_on: Mapped[date]
    referred_to: Mapped[str | None]
    referred_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    cell: Mapped[Unit] = orm.relationship(primaryjoin="foreign(Petition.cell_id) == Unit.id")
    __table_args__ = (
        tenant_key("visit_id", "visit"),
        tenant_key("cell_id", "unit"),
        sa.Index(
            "ix_petition_open", "tenant_id", "raised_on", postgresql_where=sa.text("answered_at IS NULL")
        ),
    )
