"""What people settle by hand around a rotation: their own yearly plans, visits they exchange."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from core.rotation.models import Official, Visit
from tenants.clock import now
from tenants.db import Base, choice, tenant_key
from tenants.models import Unit
from tenants.scope import TenantOwned


class Pin(TenantOwned, Base):
    """A cell an official wants to attend in a month, of his own yearly plan (S4-08, S4-09).

    It binds the rotation once it is sent; until then it is his draft.
    """

    __tablename__ = "pin"
    official_id: Mapped[UUID]
    cell_id: Mapped[UUID]
    month: Mapped[date]
    entered_by: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    official: Mapped[Official] = orm.relationship(primaryjoin="foreign(Pin.official_id) == Official.id")
    cell: Mapped[Unit] = orm.relationship(primaryjoin="foreign(Pin.cell_id) == Unit.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "official_id", "cell_id", "month"),
        tenant_key("official_id", "official"),
        tenant_key("cell_id", "unit"),
    )


class SwapState(StrEnum):
    """How far an exchange of two visits has come."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    DECLINED = "declined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return SWAP_WORDS[self][0]

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        return SWAP_WORDS[self][1]


SWAP_WORDS = {
    SwapState.ASKED: ("Chờ đồng chí được đề nghị trả lời", "info"),
    SwapState.ACCEPTED: ("Chờ duyệt", "warn"),
    SwapState.APPROVED: ("Đã đổi", "ok"),
    SwapState.DECLINED: ("Không nhận đổi", "muted"),
    SwapState.REFUSED: ("Không duyệt", "late"),
    SwapState.WITHDRAWN: ("Đã rút", "muted"),
    SwapState.UNDONE: ("Đã hoàn tác", "muted"),
}
OPEN_SWAPS = (SwapState.ASKED, SwapState.ACCEPTED)


class Swap(TenantOwned, Base):
    """Two officials' wish to exchange a visit: asked, accepted, approved; both rows name the visits as they
    were before (product R06, R07)."""

    __tablename__ = "swap"
    visit_id: Mapped[UUID]
    other_visit_id: Mapped[UUID]
    reason: Mapped[str]
    state: Mapped[SwapState] = mapped_column(choice(SwapState, "state"), default=SwapState.ASKED)
    answer: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    visit: Mapped[Visit] = orm.relationship(primaryjoin="foreign(Swap.visit_id) == Visit.id")
    other: Mapped[Visit] = orm.relationship(primaryjoin="foreign(Swap.other_visit_id) == Visit.id")
    __table_args__ = (
        tenant_key("visit_id", "visit"),
        tenant_key("other_visit_id", "visit"),
        sa.Index("ix_swap_visit", "tenant_id", "visit_id"),
        sa.Index("ix_swap_other_visit", "tenant_id", "other_visit_id"),
    )
