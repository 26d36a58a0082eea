"""Delivering a dispatch into the receiver's scope."""

from sqlalchemy import orm

from core.exchange.service import deliver, mark_delivered
from core.reports.settling import arrived
from jobs.contract import Effect, JobFacts, Progress


def deliver_dispatch(job: JobFacts, progress: Progress) -> Effect:
    """Write the copy on the other side, then mark the sender's; each half may be repeated."""
    dispatch_id = job.subject_id
    if dispatch_id is None:
        raise LookupError("a delivery names its dispatch")
    progress("Đang chuyển văn bản", 50)
    deliver(dispatch_id, arrived)

    def mark(session: orm.Session) -> None:
        mark_delivered(session, dispatch_id)

    return mark
