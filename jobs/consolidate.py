"""Adding up a report."""

from datetime import date

from sqlalchemy import orm

from core.reports.models import Report
from core.reports.service import make_version
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress


def consolidate_report(job: JobFacts, progress: Progress) -> Effect:
    """Count and freeze in one transaction, so that the inputs and the version agree."""
    progress("Đang cộng số liệu", 30)
    as_of = date.fromisoformat(job.args["as_of"])

    def freeze(session: orm.Session) -> None:
        report = session.get_one(Report, job.subject_id)
        make_version(session, actor_of(session, job), report, as_of)

    return freeze
