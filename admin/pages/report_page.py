"""One consolidated report as a page: figures, sources, who is missing, versions, answers (design: D5)."""

from typing import Any

from flask import render_template, url_for

from admin.database import db
from admin.pages.documents import pdf_link
from admin.pages.figures import parts
from admin.pages.listing import chip, chosen_of
from admin.security import current_actor
from core.data import from_data
from core.exchange.service import own_tenant
from core.notices.models import WAITING, Job, JobKind, JobState
from core.plans.deadlines import Standing
from core.plans.periods import Period
from core.queries.reports import MadeVersion, last_job, versions_of
from core.reports.figures import Figures
from core.reports.models import Report, ReportVersion
from core.reports.service import Expected, expected
from tenants.access import Permission, may


def report_page(report: Report) -> str:
    """The report at the asked version; without a version, what is needed to make the first."""
    actor, versions = current_actor(), versions_of(db.session, report.id)
    chosen, below = chosen_of(versions), expected(db.session, report)
    version = db.session.get_one(ReportVersion, chosen.id) if chosen else None
    job, parent = last_job(db.session, report.id), own_tenant(db.session).parent
    return render_template(
        "pages/reports_one.html",
        report=report,
        quarter=Period.parse_quarter(report.period),
        versions=versions,
        chosen=chosen,
        version=version,
        latest=chosen is not None and chosen.id == versions[0].id,
        below=[(item, status_below(item)) for item in below],
        counts=counts_below(below),
        newer=_newer(version, below),
        job=_progress(job, report) if job and job.state in WAITING else None,
        writing=_writing(chosen, report),
        failed=job is not None and job.state is JobState.DEAD,
        parent=parent,
        chip=chip,
        files=_files(chosen),
        may_consolidate=may(actor, Permission.REPORTS_CONSOLIDATE),
        may_submit=parent is not None and may(actor, Permission.REPORTS_SUBMIT),
        **(_figures(version) if version else {}),
    )


def _figures(version: ReportVersion) -> dict[str, Any]:
    figures = from_data(Figures, version.figures)
    incomplete = [
        (row.name, row.level, f"dự {row.attended}/{row.assigned} lượt, vắng {row.missed}")
        for row in figures.incomplete
    ]
    silent = [(row.name, row.level, f"{row.reports_owed} báo cáo") for row in figures.silent]
    return parts(figures) | {"incomplete": incomplete, "silent": silent}


def _files(chosen: MadeVersion | None) -> list[dict[str, str]]:
    if chosen is None or chosen.size is None or chosen.document_id is None:
        return []
    if not may(current_actor(), Permission.DOCUMENTS_READ):
        return []
    return [pdf_link(chosen.document_id, f"Báo cáo số {chosen.document}", chosen.size)]


def _newer(version: ReportVersion | None, below: list[Expected]) -> list[str]:
    """Tenants whose accepted figures are not in the version; it never changes by itself."""
    if version is None:
        return []
    added = {source["dispatch"] for source in version.sources}
    return [item.tenant.name for item in below if item.counted and str(item.counted.id) not in added]


def status_below(item: Expected) -> dict[str, str]:
    """The chip of a tenant below: its decision, else where its report stands by its due day."""
    if item.decision is not None:
        tone = "ok" if item.counted is item.dispatch else "warn"
        return {"tone": tone, "label": item.decision.decision.label}
    if item.dispatch is not None:
        return {"tone": "info", "label": "Chờ tiếp nhận"}
    return {"tone": item.standing.tone, "label": item.standing.label}


def counts_below(below: list[Expected]) -> list[dict[str, Any]]:
    """Expected, received, on time, missing: four numbers, never mixed."""
    received = [item for item in below if item.dispatch]
    on_time = [item for item in received if item.standing is Standing.DONE_ON_TIME]
    missing = len(below) - len(received)
    figures = [
        ("Phải gửi", len(below), None),
        ("Đã nhận", len(received), "ok" if received and not missing else "info"),
        ("Đúng hạn", len(on_time), None),
        ("Chưa gửi", missing, "late" if missing else "ok"),
    ]
    return [
        {"label": label, "number": number, "tone": tone, "link": None, "detail": None}
        for label, number, tone in figures
    ]


def _writing(chosen: MadeVersion | None, report: Report) -> dict[str, Any] | None:
    """The job that makes the version's document, while its file is not there."""
    if chosen is None or chosen.document_id is None or chosen.size is not None:
        return None
    job = last_job(db.session, chosen.document_id, JobKind.RENDER_DOCUMENT)
    return _progress(job, report) if job and job.state in WAITING else None


def _progress(job: Job, report: Report) -> dict[str, Any]:
    watched = may(current_actor(), Permission.JOBS_READ)
    return {
        "stage": job.stage or job.state.label,
        "percent": job.percent,
        "finished": False,
        "url": url_for("jobs.poll", job_id=job.id) if watched else None,
        "refresh_url": url_for("reports.show", report_id=report.id),
    }
