"""Dispatches as pages show them: in and out, the seal looked at, what came of each (design: decision 1)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from core.exchange.envelope import BrokenSealError, check_seal
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.exchange.service import envelope_of, own_tenant
from core.plans.models import Plan
from core.queries.reading import Slice, folded, matches, sliced
from core.reports.models import ReportDecision
from tenants.models import Account, Person, Tenant


@dataclass(frozen=True)
class DispatchRow:
    """A dispatch in a list; `intact` says whether its content still carries its seal."""

    id: UUID
    direction: Direction
    kind: DispatchKind
    counterpart: str
    subject: str
    number: int
    sha256: str
    intact: bool
    sent_at: datetime
    delivered_at: datetime | None
    received_at: datetime | None

    @property
    def label(self) -> str:
        """Whether it arrived or was received, in Vietnamese."""
        if self.direction is Direction.IN:
            return "Đã tiếp nhận" if self.received_at else "Mới đến"
        return "Đã chuyển đến" if self.delivered_at else "Đang chuyển"

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        return "ok" if self.received_at or self.delivered_at else "warn"


def dispatches_in(
    session: orm.Session, direction: Direction, kind: DispatchKind | None, text: str, number: int
) -> Slice[DispatchRow]:
    """A page of what came or went, newest first."""
    query = sa.select(Dispatch).where(Dispatch.direction == direction)
    query = query.order_by(Dispatch.sent_at.desc(), Dispatch.id.desc())
    if kind is not None:
        query = query.where(Dispatch.kind == kind)
    if text.strip():
        wanted = (Dispatch.subject, Dispatch.counterpart_name)
        query = query.where(sa.or_(*(matches(folded(column), text) for column in wanted)))
    own = own_tenant(session)
    return sliced(session, query, number, lambda row: row_of(own, row[0]))


def answers() -> sa.Subquery:
    """What was last answered to each dispatch of ours (S4-14)."""
    came = sa.select(Dispatch).where(Dispatch.direction == Direction.IN, Dispatch.answers_id.is_not(None))
    last = came.ext(distinct_on(Dispatch.answers_id))
    return last.order_by(Dispatch.answers_id, Dispatch.sent_at.desc()).subquery()


def row_of(own: Tenant, dispatch: Dispatch) -> DispatchRow:
    """A stored dispatch as a list shows it, its seal checked."""
    return DispatchRow(
        dispatch.id, dispatch.direction, dispatch.kind, dispatch.counterpart_name, dispatch.subject,
        dispatch.number, dispatch.sha256, is_intact(own, dispatch), dispatch.sent_at,
        dispatch.delivered_at, dispatch.received_at,
    )  # fmt: skip


def is_intact(own: Tenant, dispatch: Dispatch) -> bool:
    """Whether the stored content still carries its seal."""
    try:
        check_seal(envelope_of(dispatch, own), dispatch.sha256)
    except BrokenSealError:
        return False
    return True


def new_counts(session: orm.Session) -> dict[Direction, int]:
    """How many dispatches came but were not received, and went but did not arrive."""
    query = sa.select(Dispatch.direction, sa.func.count()).group_by(Dispatch.direction)
    waits = sa.case(
        (Dispatch.direction == Direction.IN, Dispatch.received_at), else_=Dispatch.delivered_at
    ).is_(None)
    return {row[0]: row[1] for row in session.execute(query.where(waits))}


def plan_after(session: orm.Session, dispatch: Dispatch) -> Plan | None:
    """The tenant's own plan made after a received one."""
    return session.scalar(sa.select(Plan).where(Plan.implements_id == dispatch.id))


def decision_on(session: orm.Session, dispatch: Dispatch) -> tuple[ReportDecision, str | None] | None:
    """What was decided on a received report, and by whom."""
    query = (
        sa.select(ReportDecision, Person.full_name)
        .outerjoin(Account, Account.id == ReportDecision.decided_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(ReportDecision.dispatch_id == dispatch.id)
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def report_before(session: orm.Session, dispatch: Dispatch) -> Dispatch | None:
    """The report of the same period which the same tenant sent before this one."""
    query = sa.select(Dispatch).where(
        Dispatch.direction == dispatch.direction,
        Dispatch.kind == DispatchKind.REPORT,
        Dispatch.counterpart_id == dispatch.counterpart_id,
        Dispatch.body["period"].astext == dispatch.body["period"],
        Dispatch.number < dispatch.number,
    )
    return session.scalar(query.order_by(Dispatch.number.desc()).limit(1))


def later_one(session: orm.Session, dispatch: Dispatch) -> Dispatch | None:
    """A later dispatch of the same kind, subject and counterpart, which takes the place of this one."""
    query = sa.select(Dispatch).where(
        Dispatch.direction == dispatch.direction,
        Dispatch.kind == dispatch.kind,
        Dispatch.counterpart_id == dispatch.counterpart_id,
        Dispatch.subject == dispatch.subject,
        Dispatch.number > dispatch.number,
    )
    return session.scalar(query.order_by(Dispatch.number.desc()).limit(1))
