"""Issuing a published rotation as a numbered document (S0-01, S4-15)."""

import sqlalchemy as sa
from sqlalchemy import orm

from core.documents.models import OfficialDocument
from core.documents.numbering import DocumentType
from core.documents.register import Letterhead, archive_of, issue
from core.exchange.service import own_tenant
from core.meetings.calendar import months_from
from core.plans.service import content_of, published
from core.rotation.document import MOST_CELLS
from core.rotation.models import PlannedVisit, RotationVersion
from core.rotation.service import RotationError
from tenants.access import Actor, Permission, require
from tenants.clock import today


def issue_schedule(session: orm.Session, actor: Actor, version: RotationVersion) -> OfficialDocument:
    """Number the version's schedule, signed as its plan is, and owe its PDF; asked again, the same one.

    Raises RotationError for a draft and for more cells than one document can hold.
    """
    require(actor, Permission.ROTATION_PUBLISH)
    plan = published(session, version.rotation.plan_id)
    if version.published_at is None or plan is None:
        raise RotationError("Chỉ ban hành được lịch đã công bố.")
    query = sa.select(sa.func.count(PlannedVisit.cell_id.distinct()))
    cells = session.scalar(query.where(PlannedVisit.version_id == version.id)) or 0
    if cells > MOST_CELLS:
        raise RotationError(
            f"Lịch có {cells} chi bộ, nhiều hơn {MOST_CELLS} chi bộ một văn bản in được; "
            "xin dùng bảng Excel hoặc lập lịch theo từng đảng bộ."
        )
    said = content_of(plan)
    recipients = ("Các đồng chí được phân công", "Các chi bộ", archive_of(own_tenant(session).committee_name))
    head = Letterhead(said.authority, said.signer_title, said.signer, recipients)
    kind = DocumentType.ANNOUNCEMENT
    return issue(session, actor, kind, subject_of(version), version.id, head, today())


def subject_of(version: RotationVersion) -> str:
    """What the document is about, with its months and version."""
    months = months_from(version.rotation.first_month, version.rotation.months)
    until = f" đến tháng {months[-1]:%m/%Y}" if len(months) > 1 else ""
    return f"Lịch dự sinh hoạt chi bộ tháng {months[0]:%m/%Y}{until} (bản {version.number})"
