"""Rendering a registered document into a file kept beside it."""

import hashlib
from collections.abc import Callable

from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.data import from_data
from core.documents.form import DocumentSheet
from core.documents.letterhead import Verification
from core.documents.models import Artifact, OfficialDocument
from core.documents.numbering import DocumentType, number_text
from core.documents.render import render_pdf
from core.documents.sheets import sheet_of
from core.exchange.service import own_tenant
from core.plans.content import PlanContent
from core.plans.document import plan_body
from core.plans.models import PlanVersion
from core.queries.schedule import schedule_of
from core.reports.document import report_body
from core.reports.figures import Figures
from core.reports.models import ReportVersion
from core.rotation.document import schedule_body
from core.rotation.models import RotationVersion
from jobs.contract import Effect, JobFacts, Progress
from tenants.clock import now
from tenants.scope import new_row, transaction

PDF = "application/pdf"


def _plan(session: orm.Session, document: OfficialDocument) -> DocumentSheet:
    version = session.get_one(PlanVersion, document.subject_id)
    body = plan_body(from_data(PlanContent, version.body))
    return sheet_of(document, own_tenant(session), body, Verification(version.number, version.sha256))


def _report(session: orm.Session, document: OfficialDocument) -> DocumentSheet:
    version = session.get_one(ReportVersion, document.subject_id)
    body = report_body(from_data(Figures, version.figures), tuple(version.missing))
    return sheet_of(document, own_tenant(session), body, Verification(version.number, version.sha256))


def _schedule(session: orm.Session, document: OfficialDocument) -> DocumentSheet:
    version = session.get_one(RotationVersion, document.subject_id)
    body = schedule_body(*schedule_of(session, version))
    return sheet_of(document, own_tenant(session), body, Verification(version.number, version.sha256))


COMPOSERS: dict[DocumentType, Callable[[orm.Session, OfficialDocument], DocumentSheet]] = {
    DocumentType.PLAN: _plan,
    DocumentType.GUIDANCE: _plan,
    DocumentType.REPORT: _report,
    DocumentType.ANNOUNCEMENT: _schedule,
}


def render_document(job: JobFacts, progress: Progress) -> Effect:
    """The document's PDF, once; its SHA-256 is kept with it and checked when it is read."""
    progress("Đang lập văn bản", 10)
    with transaction() as session:
        document = session.get_one(OfficialDocument, job.subject_id)
        sheet = COMPOSERS[document.type](session, document)
        name = f"{number_text(document.number)}-{document.type.symbol}-{document.symbol}.pdf"
    progress("Đang tạo tệp PDF", 40)
    content = render_pdf(sheet)
    row = new_row(
        document_id=document.id,
        media_type=PDF,
        file_name=name,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=now(),
    )

    def keep(session: orm.Session) -> None:
        session.execute(insert(Artifact).values(row).on_conflict_do_nothing())

    return keep
