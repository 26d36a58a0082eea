"""Checking and importing roster files in the background. A file that was discarded is no work."""

from uuid import UUID

from sqlalchemy import orm

from core.rosters.findings import examine
from core.rosters.known import load_known
from core.rosters.models import RosterUpload
from core.rosters.service import import_rows, keep_findings, sheet_of
from core.rosters.sheets import Sheet
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress
from tenants.scope import transaction


def _kept(upload_id: UUID | None) -> RosterUpload | None:
    """The upload with its file, read in one short transaction."""
    with transaction() as session:
        with_file = [orm.undefer(RosterUpload.content)]
        return session.get(RosterUpload, upload_id, options=with_file)


def _nothing(_session: orm.Session) -> None:
    """The effect of work nobody waits for any more."""


def check_roster(job: JobFacts, progress: Progress) -> Effect:
    """Find every fault of a kept file."""
    progress("Đang đọc tệp", 10)
    kept = _kept(job.subject_id)
    if kept is None:
        return _nothing
    sheet = sheet_of(kept)
    progress("Đang kiểm tra từng dòng", 40)
    with transaction() as session:
        known = load_known(session)
    found, upload_id = examine(kept, sheet, known), kept.id
    progress("Đang ghi kết quả", 90)
    return lambda session: keep_findings(session, upload_id, found)


def import_roster(job: JobFacts, progress: Progress) -> Effect:
    """Write a file's good rows, or nothing."""
    progress("Đang đọc tệp", 10)
    kept = _kept(job.subject_id)
    if kept is None:
        return _nothing
    sheet: Sheet = sheet_of(kept)
    progress("Đang nhập", 40)

    def write(session: orm.Session) -> None:
        row = session.get(RosterUpload, job.subject_id)
        if row is not None:
            only_good = bool(job.args.get("only_good"))
            import_rows(session, actor_of(session, job), row, sheet, only_good=only_good)

    return write
