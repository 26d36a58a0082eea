"""Reports of a tenant for a period, their frozen versions, and the decision on those received."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, choice, tenant_key
from tenants.scope import TenantOwned


class Decision(StrEnum):
    """What the level above said of a report."""

    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {"accepted": "Đã tiếp nhận", "sent_back": "Đã trả lại"}[self.value]


class Report(TenantOwned, Base):
    """The consolidated report of a plan for a period such as 2026-Q1."""

    __tablename__ = "report"
    plan_id: Mapped[UUID]
    period: Mapped[str]
    title: Mapped[str]
    due_on: Mapped[date]
    versions: Mapped[list["ReportVersion"]] = orm.relationship(
        primaryjoin="foreign(ReportVersion.report_id) == Report.id",
        order_by="ReportVersion.number",
        back_populates="report",
    )
    __table_args__ = (sa.UniqueConstraint("tenant_id", "plan_id", "period"), tenant_key("plan_id", "plan"))


class ReportVersion(TenantOwned, Base):
    """Figures as they stood, with the hashes of what they were added from; frozen when made.

    `figures` is `core.reports.figures.Figures` as data, `sources` names the versions added up,
    `missing` the units that had not reported, `dispatch_id` where it was sent up.
    """

    __tablename__ = "report_version"
    report_id: Mapped[UUID]
    number: Mapped[int]
    figures: Mapped[dict[str, Any]]
    sources: Mapped[list[Any]]
    missing: Mapped[list[Any]]
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    dispatch_id: Mapped[UUID | None]
    report: Mapped[Report] = orm.relationship(
        primaryjoin="foreign(ReportVersion.report_id) == Report.id", back_populates="versions"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "report_id", "number"),
        tenant_key("report_id", "report"),
        tenant_key("dispatch_id", "dispatch"),
    )


class ReportDecision(TenantOwned, Base):
    """Accepting or sending back one received report; said once."""

    __tablename__ = "report_decision"
    dispatch_id: Mapped[UUID]
    decision: Mapped[Decision] = mapped_column(choice(Decision, "decision"))
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    __table_args__ = (sa.UniqueConstraint("tenant_id", "dispatch_id"), tenant_key("dispatch_id", "dispatch"))
