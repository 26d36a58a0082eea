"""Checking and importing roster files in the background."""

from sqlalchemy import orm

from core.rosters.models import RosterUpload
from core.rosters.service import import_rows, keep_preview, sheet_of
from core.rosters.sheets import Sheet
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress
from tenants.scope import transaction


def _sheet(job: JobFacts) -> Sheet:
    with transaction() as session:
        return sheet_of(session.get_one(RosterUpload, job.subject_id))


def check_roster(job: JobFacts, progress: Progress) -> Effect:
    """Find every fault of a kept file."""
    progress("Đang đọc tệp", 10)
    sheet = _sheet(job)
    progress("Đang kiểm tra từng dòng", 40)

    def keep(session: orm.Session) -> None:
        keep_preview(session, session.get_one(RosterUpload, job.subject_id), sheet)

    return keep


def import_roster(job: JobFacts, progress: Progress) -> Effect:
    """Write a file's good rows, or nothing."""
    progress("Đang đọc tệp", 10)
    sheet = _sheet(job)
    progress("Đang nhập", 40)

    def write(session: orm.Session) -> None:
        kept = session.get_one(RosterUpload, job.subject_id)
        import_rows(session, actor_of(session, job), kept, sheet, only_good=bool(job.args.get("only_good")))

    return write
