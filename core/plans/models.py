"""A plan and its frozen versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from core.exchange.models import Dispatch
from tenants.db import Base, tenant_key
from tenants.scope import TenantOwned


class Plan(TenantOwned, Base):
    """A committee's plan (kế hoạch). `body` is the draft; what is published stands in versions;
    `refused` says why it could not be published when that was last ordered.

    The body's shape is `core.plans.content.PlanContent`.
    """

    __tablename__ = "plan"
    title: Mapped[str]
    year: Mapped[int]
    body: Mapped[dict[str, Any]]
    implements_id: Mapped[UUID | None]
    revision: Mapped[int] = mapped_column(default=1)
    refused: Mapped[list[str]] = mapped_column(default=list)
    implements: Mapped[Dispatch | None] = orm.relationship(
        primaryjoin="foreign(Plan.implements_id) == Dispatch.id"
    )
    versions: Mapped[list["PlanVersion"]] = orm.relationship(
        primaryjoin="foreign(PlanVersion.plan_id) == Plan.id",
        order_by="PlanVersion.number",
        back_populates="plan",
    )
    __table_args__ = (
        tenant_key("implements_id", "dispatch"),
        sa.UniqueConstraint("tenant_id", "year", "title"),
        sa.UniqueConstraint("tenant_id", "implements_id"),
    )

    def __str__(self) -> str:
        return self.title


class PlanVersion(TenantOwned, Base):
    """What was published, word for word, under its SHA-256."""

    __tablename__ = "plan_version"
    plan_id: Mapped[UUID]
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    issued_on: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    plan: Mapped[Plan] = orm.relationship(
        primaryjoin="foreign(PlanVersion.plan_id) == Plan.id", back_populates="versions"
    )
    __table_args__ = (sa.UniqueConstraint("tenant_id", "plan_id", "number"), tenant_key("plan_id", "plan"))
