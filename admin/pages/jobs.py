"""How far a long piece of work is (design: product X09)."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.security import current_actor, page, signed_in
from core.notices.models import Job, JobKind, JobState
from core.notices.work import cancel as cancel_job
from core.notices.work import retry as retry_job
from core.plans.models import Plan
from tenants.access import NotFound, Permission, fetch, may
from tenants.people import over_all

pages = Blueprint("jobs", __name__, url_prefix="/jobs")
ENDED = (JobState.DONE, JobState.DEAD, JobState.CANCELLED)
RESULTS: Mapping[JobKind, Callable[[Job], str]] = {
    JobKind.CHECK_ROSTER: lambda job: url_for("rosters.show", upload_id=job.subject_id),
    JobKind.IMPORT_ROSTER: lambda job: url_for("rosters.show", upload_id=job.subject_id),
    JobKind.CONSOLIDATE: lambda job: url_for("reports.show", report_id=job.subject_id),
    JobKind.TRY_SCENARIOS: lambda job: url_for("trials.show", trial_id=job.subject_id),
    JobKind.PUBLISH_PLAN: lambda job: _plan_result(job.subject_id),
    JobKind.GENERATE_ROTATION: lambda job: url_for("rotation.draft", rotation_id=job.subject_id),
}

ASKED_ON: Mapping[JobKind, Callable[[Job], str]] = {
    JobKind.TRY_SCENARIOS: RESULTS[JobKind.TRY_SCENARIOS],
    JobKind.GENERATE_ROTATION: lambda job: url_for("rotation.show", rotation_id=job.subject_id),
}


def _plan_result(plan_id: UUID | None) -> str:
    """The plan, or where it says why it could not be published."""
    return url_for("plans.publish" if _refused(plan_id) else "plans.show", plan_id=plan_id)


def _refused(plan_id: UUID | None) -> bool:
    return bool(db.session.get_one(Plan, plan_id).refused)


def _stage(job: Job) -> str:
    """What a person reads of it: done is not yet what was asked, where a plan was refused."""
    if job.state is JobState.DONE and job.kind is JobKind.PUBLISH_PLAN and _refused(job.subject_id):
        return "Chưa ban hành được; xem lý do trong kết quả"
    return job.state.label if job.state in ENDED else job.stage or job.state.label


def _shown(job: Job) -> dict[str, object]:
    """What the progress panel and its poll read."""
    result = RESULTS.get(job.kind) if job.state is JobState.DONE else None
    return {
        "state": job.state.value,
        "stage": _stage(job),
        "percent": 100 if job.state is JobState.DONE else job.percent,
        "finished": job.state in ENDED,
        "remaining": "",
        "result_url": result(job) if result else "",
    }


def panel_of(job: Job, here: str) -> dict[str, object]:
    """How far a job is, on the page `here`; kept up to date for whoever may read the job."""
    polled = url_for("jobs.poll", job_id=job.id) if _may_read(job) else None
    return _shown(job) | {"url": polled, "refresh_url": here}


def _may_read(job: Job) -> bool:
    """A job of the tenant for whoever reads them all, else one's own."""
    actor = current_actor()
    return over_all(actor, Permission.JOBS_READ) or job.requested_by == actor.account_id


def _job(job_id: str) -> Job:
    job = fetch(db.session, Job, job_id)
    if not _may_read(job):
        raise NotFound
    return job


@pages.get("/<job_id>")
@signed_in
def show(job_id: str) -> str:
    """Stage and percent; the page asks again by itself, with or without JavaScript."""
    job = _job(job_id)
    shown = panel_of(job, url_for("jobs.show", job_id=job.id))
    if job.kind.may_be_cancelled:
        shown["cancel_url"] = url_for("jobs.cancel", job_id=job.id)
    can_retry = job.state is JobState.DEAD and may(current_actor(), Permission.JOBS_RETRY)
    asked_on = ASKED_ON[job.kind](job) if job.kind in ASKED_ON else None
    return render_template("pages/job.html", job=job, shown=shown, can_retry=can_retry, asked_on=asked_on)


@pages.get("/<job_id>/state.json")
@signed_in
def poll(job_id: str) -> Response:
    """The same as data."""
    return jsonify(_shown(_job(job_id)))


@pages.post("/<job_id>/cancel")
@signed_in
def cancel(job_id: str) -> Response:
    """Take back what one asked for."""
    job = _job(job_id)
    taken = cancel_job(db.session, current_actor(), job)
    db.session.commit()
    if taken:
        flash("Đã hủy; không có gì thay đổi. Khi cần, đồng chí yêu cầu lại được.", "ok")
    else:
        flash("Tác vụ đã kết thúc trước đó, không hủy được nữa.", "error")
    return redirect(url_for("jobs.show", job_id=job.id))


@pages.post("/<job_id>/retry")
@page(Permission.JOBS_RETRY)
def retry(job_id: str) -> Response:
    """Let a job that gave up run again."""
    job = _job(job_id)
    retry_job(db.session, current_actor(), job.id)
    db.session.commit()
    flash("Đã cho chạy lại tác vụ.", "ok")
    return redirect(url_for("jobs.show", job_id=job.id))
