"""What a published plan asks of each unit, and what became of it: facts alone (design: decision 3)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from core.meetings.kinds import MeetingKind
from core.plans.content import Action
from core.plans.models import Plan
from tenants.clock import now
from tenants.db import Base, choice, tenant_key
from tenants.models import Unit
from tenants.scope import TenantOwned


class Milestone(TenantOwned, Base):
    """A milestone of a published plan as its newest version words it; `body` is `content.Milestone`.

    One that a later version no longer has keeps its row, since tasks done under it refer to it.
    """

    __tablename__ = "milestone"
    plan_id: Mapped[UUID]
    code: Mapped[str]
    place: Mapped[int] = mapped_column(sa.SmallInteger)
    title: Mapped[str]
    action: Mapped[Action] = mapped_column(choice(Action, "action"))
    meeting: Mapped[MeetingKind | None] = mapped_column(choice(MeetingKind, "meeting"))
    clause: Mapped[str]
    body: Mapped[dict[str, Any]]
    plan: Mapped[Plan] = orm.relationship(primaryjoin="foreign(Milestone.plan_id) == Plan.id")
    __table_args__ = (sa.UniqueConstraint("tenant_id", "plan_id", "code"), tenant_key("plan_id", "plan"))

    def __str__(self) -> str:
        return self.title


OPEN = sa.text("done_on IS NULL AND withdrawn_on IS NULL")


class Task(TenantOwned, Base):
    """One unit's task under one milestone (đầu việc), in one period where it comes round.

    `due_on` None waits for its base; `base_on` is the day it was counted from. `route` is the code of the
    plan's routing rule. `withdrawn_on`: no longer asked, by a later version or because the unit ended.
    """

    __tablename__ = "task"
    plan_id: Mapped[UUID]
    milestone_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(default="")
    opens_on: Mapped[date | None]
    due_on: Mapped[date | None]
    base_on: Mapped[date | None]
    extended_to: Mapped[date | None]
    route: Mapped[str] = mapped_column(default="")
    done_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
    withdrawn_on: Mapped[date | None]
    withdrawn_because: Mapped[str] = mapped_column(default="")
    milestone: Mapped[Milestone] = orm.relationship(primaryjoin="foreign(Task.milestone_id) == Milestone.id")
    unit: Mapped[Unit] = orm.relationship(primaryjoin="foreign(Task.unit_id) == Unit.id")
    plan: Mapped[Plan] = orm.relationship(primaryjoin="foreign(Task.plan_id) == Plan.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "milestone_id", "unit_id", "period"),
        tenant_key("plan_id", "plan"),
        tenant_key("milestone_id", "milestone"),
        tenant_key("unit_id", "unit"),
        sa.CheckConstraint("extended_to IS NULL OR extended_to >= due_on", name="extension"),
        sa.Index("ix_task_unit", "tenant_id", "unit_id", "due_on", postgresql_where=OPEN),
        sa.Index(
            "ix_task_due",
            "tenant_id",
            "due_on",
            "unit_id",
            postgresql_include=["extended_to"],
            postgresql_where=OPEN,
        ),
        sa.Index("ix_task_plan", "tenant_id", "plan_id", "unit_id"),
    )

    @property
    def holds_meeting(self) -> bool:
        """Whether doing it is holding a meeting."""
        return self.milestone.action is Action.HOLD and self.milestone.meeting is not None

    @property
    def settled_by_report(self) -> bool:
        """Whether it is the tenant's own quarterly report, done by sending that (S4-14)."""
        consolidates = self.milestone.action is Action.CONSOLIDATE and self.unit.parent_id is None
        return consolidates and self.period[4:6] == "-Q"


class DueChange(TenantOwned, Base):
    """That a task's due day moved: from, to, and why; rows are only ever added (domain: rules, deadlines)."""

    __tablename__ = "due_change"
    task_id: Mapped[UUID]
    due_from: Mapped[date | None]
    due_to: Mapped[date | None]
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[UUID | None]
    __table_args__ = (tenant_key("task_id", "task"), sa.Index("ix_due_change_task", "tenant_id", "task_id"))


class Extension(TenantOwned, Base):
    """A unit asks for more time, with a reason; the level above decides (design: product F05).

    `granted` is None until then. A granted one ends by itself on `until`.
    """

    __tablename__ = "extension"
    task_id: Mapped[UUID]
    until: Mapped[date]
    reason: Mapped[str]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    granted: Mapped[bool | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    task: Mapped[Task] = orm.relationship(primaryjoin="foreign(Extension.task_id) == Task.id")
    __table_args__ = (
        tenant_key("task_id", "task"),
        sa.Index(
            "uq_extension_asked",
            "tenant_id",
            "task_id",
            unique=True,
            postgresql_where=sa.text("granted IS NULL"),
        ),
    )


class PlanPilot(TenantOwned, Base):
    """A cell chosen to be held first under a plan, for which kind of meeting (S0-18, S2-08, S3-20)."""

    __tablename__ = "plan_pilot"
    plan_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    meeting: Mapped[MeetingKind | None] = mapped_column(choice(MeetingKind, "meeting"))
    chosen_on: Mapped[date]
    unit: Mapped[Unit] = orm.relationship(primaryjoin="foreign(PlanPilot.unit_id) == Unit.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "plan_id", "unit_id"),
        tenant_key("plan_id", "plan"),
        tenant_key("unit_id", "unit"),
    )
