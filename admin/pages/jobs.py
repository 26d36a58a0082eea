"""How far a long piece of work is (design: product X09)."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.security import current_actor, page
from core.notices.models import Job, JobKind, JobState
from core.notices.work import retry as retry_job
from tenants.access import NotFound, Permission, fetch, may
from tenants.people import over_all

pages = Blueprint("jobs", __name__, url_prefix="/jobs")
ENDED = (JobState.DONE, JobState.DEAD)
RESULTS: Mapping[JobKind, Callable[[Job], str]] = {
    JobKind.CHECK_ROSTER: lambda job: url_for("rosters.show", upload_id=job.subject_id),
    JobKind.IMPORT_ROSTER: lambda job: url_for("rosters.show", upload_id=job.subject_id),
    JobKind.CONSOLIDATE: lambda job: url_for("reports.show", report_id=job.subject_id),
    JobKind.TRY_SCENARIOS: lambda job: url_for("trials.show", trial_id=job.subject_id),
    JobKind.GENERATE_ROTATION: lambda job: url_for("rotation.draft", rotation_id=job.subject_id),
}


def _shown(job: Job) -> dict[str, object]:
    """What the progress panel and its poll read."""
    result = RESULTS.get(job.kind) if job.state is JobState.DONE else None
    return {
        "state": job.state.value,
        "stage": job.state.label if job.state in ENDED else job.stage or job.state.label,
        "percent": 100 if job.state is JobState.DONE else job.percent,
        "finished": job.state in ENDED,
        "remaining": "",
        "result_url": result(job) if result else "",
    }


def _job(job_id: str) -> Job:
    """A job of the tenant for whoever reads them all, else one's own; NotFound otherwise."""
    job, actor = fetch(db.session, Job, job_id), current_actor()
    if not over_all(actor, Permission.JOBS_READ) and job.requested_by != actor.account_id:
        raise NotFound
    return job


@pages.get("/<job_id>")
@page(Permission.JOBS_READ)
def show(job_id: str) -> str:
    """Stage and percent; the page asks again by itself, with or without JavaScript."""
    job = _job(job_id)
    shown = _shown(job) | {
        "url": url_for("jobs.poll", job_id=job.id),
        "refresh_url": url_for("jobs.show", job_id=job.id),
    }
    can_retry = job.state is JobState.DEAD and may(current_actor(), Permission.JOBS_RETRY)
    return render_template("pages/job.html", job=job, shown=shown, can_retry=can_retry)


@pages.get("/<job_id>/state.json")
@page(Permission.JOBS_READ)
def poll(job_id: str) -> Response:
    """The same as data."""
    return jsonify(_shown(_job(job_id)))


@pages.post("/<job_id>/retry")
@page(Permission.JOBS_RETRY)
def retry(job_id: str) -> Response:
    """Let a job that gave up run again."""
    job = _job(job_id)
    retry_job(db.session, current_actor(), job.id)
    db.session.commit()
    flash("Đã cho chạy lại tác vụ.", "ok")
    return redirect(url_for("jobs.show", job_id=job.id))
