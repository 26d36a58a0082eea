"""What people settle by hand around a rotation: their own yearly plans, visits they exchange."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
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
    """A visit settled beforehand: of an official's own yearly plan or pinned on the board (S4-08, S4-09).

    It binds the rotation once it is sent, on the board at once; until then it is his draft. Either is shown
    with, and taken out of, his plan; nothing tells them apart.
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


class BoardEdit(TenantOwned, Base):
    """One change of a draft by hand: visits taken out and put in, what it cost, what it was warned of.

    `gone` and `come` list [official, cell, month, day]; `warned` the hard rules it breaks, in words, for
    `reason` (product R03).
    """

    __tablename__ = "board_edit"
    version_id: Mapped[UUID]
    gone: Mapped[list[Any]]
    come: Mapped[list[Any]]
    price: Mapped[int] = mapped_column(sa.BigInteger)
    deltas: Mapped[list[Any]]
    warned: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]
    __table_args__ = (
        tenant_key("version_id", "rotation_version", ondelete="CASCADE"),
        sa.Index("ix_board_edit_version", "tenant_id", "version_id", "made_at"),
    )


class RuleWeights(TenantOwned, Base):
    """The tenant's prices of the soft rules, by name; a rule that is not in it has its usual price."""

    __tablename__ = "rule_weights"
    weights: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (sa.UniqueConstraint("tenant_id"),)


class TrialKind(StrEnum):
    """What is tried: scenarios side by side, or events before they are written down."""

    SCENARIOS = "scenarios"
    EVENTS = "events"


class Trial(TenantOwned, Base):
    """What if, tried on a rotation; nothing published is touched (product R11; S4-12, S4-15).

    `asked` holds the scenarios' settings or the list of events, `outcomes` what came of them once the job
    is done; `settled_at` is when the events were confirmed, written down and the next version asked for.
    """

    __tablename__ = "trial"
    rotation_id: Mapped[UUID]
    kind: Mapped[TrialKind] = mapped_column(choice(TrialKind, "kind"), default=TrialKind.SCENARIOS)
    asked: Mapped[list[Any]]
    outcomes: Mapped[list[Any] | None]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    done_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        tenant_key("rotation_id", "rotation"),
        sa.Index("ix_trial_rotation", "tenant_id", "rotation_id"),
    )
