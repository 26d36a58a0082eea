"""Reminding people of what they owe."""

from sqlalchemy import orm

from core.notices.remind import digests, post_digests
from jobs.contract import Effect, JobFacts, Progress
from tenants.clock import today
from tenants.scope import transaction


def remind(_job: JobFacts, progress: Progress) -> Effect:
    """Today's digest for each person of the tenant who has one coming."""
    progress("Đang gom việc đến hạn", 20)
    day = today()
    with transaction() as session:
        told = digests(session, day)

    def keep(session: orm.Session) -> None:
        post_digests(session, day, told)

    return keep
