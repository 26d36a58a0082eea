"""A version of a rotation as its document prints it, and the document itself (S4-15)."""

import sqlalchemy as sa
from sqlalchemy import orm

from core.documents.models import Artifact, OfficialDocument
from core.plans.models import Plan, PlanVersion
from core.queries.lines import lines
from core.rotation.document import Line
from core.rotation.models import PlannedVisit, RotationVersion
from tenants.db import hashed_joins
from tenants.models import Unit


def schedule_of(session: orm.Session, version: RotationVersion) -> tuple[str, tuple[Line, ...]]:
    """The plan it carries out and every visit in the order of the tree."""
    query = lines(PlannedVisit).where(PlannedVisit.version_id == version.id)
    with hashed_joins(session):
        rows = session.execute(query.order_by(Unit.path, PlannedVisit.meets_on, PlannedVisit.id))
        found = tuple(Line(row.above, row.cell, row.meets_on, row.slot, row.official) for row in rows)
    return _plan(session, version), found


def _plan(session: orm.Session, version: RotationVersion) -> str:
    plan = session.get_one(Plan, version.rotation.plan_id)
    newest = (
        sa.select(OfficialDocument)
        .join(PlanVersion, PlanVersion.id == OfficialDocument.subject_id)
        .where(PlanVersion.plan_id == plan.id, PlanVersion.published_at <= version.published_at)
        .order_by(PlanVersion.number.desc())
        .limit(1)
    )
    document = session.scalar(newest)
    said = plan.title[:1].lower() + plan.title[1:]
    return f"Kế hoạch số {document.number_line} về {said}" if document else f"Kế hoạch {said}"


def printed(session: orm.Session, version: RotationVersion) -> tuple[OfficialDocument, int | None] | None:
    """The version's document and the size of its PDF, once that is made; None where none was issued."""
    query = sa.select(OfficialDocument, Artifact.size).outerjoin(
        Artifact, Artifact.document_id == OfficialDocument.id
    )
    row = session.execute(query.where(OfficialDocument.subject_id == version.id)).one_or_none()
    return (row[0], row[1]) if row else None
