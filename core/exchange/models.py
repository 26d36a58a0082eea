"""A dispatch: a frozen, hashed copy that passed between two tenants."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, choice, tenant_key
from tenants.scope import TenantOwned


class Direction(StrEnum):
    """Whether the copy left or came."""

    OUT = "out"
    IN = "in"


class DispatchKind(StrEnum):
    """What a dispatch carries."""

    PLAN = "plan"
    REPORT = "report"
    ACCEPTANCE = "acceptance"
    RETURN = "return"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {
            "plan": "Kế hoạch",
            "report": "Báo cáo",
            "acceptance": "Tiếp nhận báo cáo",
            "return": "Trả lại báo cáo",
        }[self.value]


class Dispatch(TenantOwned, Base):
    """Sent or received; the id is the same on both sides, so a delivery repeated is one row.

    `body` is canonical JSON under `sha256`; `previous_sha256` chains the sender's dispatches to this
    counterpart. The app may write the frozen columns once and never change them (design: security 14).
    """

    __tablename__ = "dispatch"
    direction: Mapped[Direction] = mapped_column(choice(Direction, "direction"))
    kind: Mapped[DispatchKind] = mapped_column(choice(DispatchKind, "kind"))
    counterpart_id: Mapped[UUID]
    counterpart_name: Mapped[str]
    subject: Mapped[str]
    body: Mapped[dict[str, Any]]
    number: Mapped[int]
    sha256: Mapped[str]
    previous_sha256: Mapped[str]
    answers_id: Mapped[UUID | None]
    sent_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    received_by: Mapped[UUID | None]
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "direction", "counterpart_id", "number"),
        tenant_key("answers_id", "dispatch"),
        sa.Index("ix_dispatch_answers", "tenant_id", "answers_id"),
        sa.Index("ix_dispatch_inbox", "tenant_id", "direction", "kind", "sent_at"),
    )

    def __str__(self) -> str:
        return self.subject
