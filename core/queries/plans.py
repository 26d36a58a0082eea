"""Plans as pages show them: the list, one plan's versions with their documents (S4-03, S4-08)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.documents.models import Artifact, OfficialDocument
from core.exchange.models import Dispatch
from core.notices.models import WAITING, Job, JobKind
from core.plans.models import Plan, PlanVersion
from core.queries.reading import Slice, folded, matches, newest_of, sliced
from tenants.codes import name_of
from tenants.models import Account, CellSetting, Person, TenantLevel, Unit


@dataclass(frozen=True)
class PlanRow:
    """A plan in a list; without `number` nothing of it is published, `changed` tells of a newer draft."""

    id: UUID
    title: str
    year: int
    above: str | None
    number: int | None
    issued_on: date | None
    changed: bool
    publishing: bool = False

    @property
    def label(self) -> str:
        """Where it stands, in Vietnamese."""
        if self.publishing:
            return "Đang ban hành"
        if self.number is None:
            return "Dự thảo"
        return f"Đã ban hành bản {self.number}" + (", đang sửa" if self.changed else "")

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        if self.publishing:
            return "info"
        return "ok" if self.number and not self.changed else "warn"


@dataclass(frozen=True)
class IssuedVersion:
    """A frozen version with its document; `size` in bytes, None until the file is made."""

    id: UUID
    number: int
    sha256: str
    issued_on: date
    published_at: datetime
    by: str | None
    document_id: UUID | None
    document: str
    size: int | None


def plans_in(session: orm.Session, drafts: bool, text: str, number: int) -> Slice[PlanRow]:
    """A page of the plans, newest year first; those never published only where drafts may be seen."""
    newest = newest_of(PlanVersion.plan_id)
    query = (
        sa.select(Plan.id, Plan.title, Plan.year, Dispatch.counterpart_name, newest.c.number)
        .add_columns(newest.c.issued_on, newest.c.body != Plan.body)
        .add_columns(sa.exists().where(_publishes(Plan.id)).correlate(Plan))
        .outerjoin(newest, newest.c.plan_id == Plan.id)
        .outerjoin(Dispatch, Dispatch.id == Plan.implements_id)
        .order_by(Plan.year.desc(), Plan.title, Plan.id)
    )
    if not drafts:
        query = query.where(newest.c.number.is_not(None))
    if text.strip():
        query = query.where(matches(folded(Plan.title), text))
    return sliced(session, query, number, lambda row: _plan_row(row, drafts))


def _plan_row(row: Any, drafts: bool) -> PlanRow:
    plan_id, title, year, above, number, issued_on, changed, publishing = row
    shown = bool(changed) and drafts, publishing and drafts
    return PlanRow(plan_id, title, year, above, number, issued_on, *shown)


def publishing_job(session: orm.Session, plan_id: UUID) -> Job | None:
    """The job that is to publish the plan, while it waits or runs."""
    return session.scalars(sa.select(Job).where(_publishes(plan_id)).limit(1)).one_or_none()


def _publishes(plan_id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(Job.subject_id == plan_id, Job.kind == JobKind.PUBLISH_PLAN, Job.state.in_(WAITING))


def versions_of(session: orm.Session, plan_id: UUID) -> tuple[IssuedVersion, ...]:
    """The plan's versions, newest first, each with its document and file; one statement."""
    query = (
        sa.select(PlanVersion, Person.full_name, OfficialDocument, Artifact.size)
        .outerjoin(OfficialDocument, OfficialDocument.subject_id == PlanVersion.id)
        .outerjoin(Artifact, Artifact.document_id == OfficialDocument.id)
        .outerjoin(Account, Account.id == PlanVersion.published_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(PlanVersion.plan_id == plan_id)
        .order_by(PlanVersion.number.desc())
    )
    return tuple(_issued(row) for row in session.execute(query))


def _issued(row: Any) -> IssuedVersion:
    version, by, document, size = row
    return IssuedVersion(
        version.id,
        version.number,
        version.sha256,
        version.issued_on,
        version.published_at,
        by,
        document.id if document else None,
        document.number_line if document else "",
        size,
    )


def levels_known(session: orm.Session) -> tuple[tuple[str, str], ...]:
    """Codes and names of the levels of committee, the highest first."""
    query = sa.select(TenantLevel.code, TenantLevel.name).order_by(TenantLevel.rank)
    return tuple((code, name) for code, name in session.execute(query))


@dataclass(frozen=True)
class TenantWords:
    """Codes that a tenant's plans may name, with their names; of blocks the codes alone."""

    levels: tuple[tuple[str, str], ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    blocks: tuple[str, ...] = ()


def words_known(session: orm.Session) -> TenantWords:
    """The tenant's levels, kinds of cells and blocks; three statements."""
    settings = session.execute(sa.select(CellSetting.code, CellSetting.name).order_by(CellSetting.name))
    blocks = session.scalars(sa.select(Unit.block).where(Unit.block != "").distinct())
    return TenantWords(
        levels_known(session),
        tuple((code, name) for code, name in settings),
        tuple(sorted(blocks, key=name_of)),
    )
