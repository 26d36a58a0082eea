"""Reminding people of what they owe."""

from sqlalchemy import orm

from core.notices.remind import URL, digests, mail_digests, post_digests
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress
from jobs.mail import link_to
from tenants.clock import today
from tenants.scope import transaction


def remind(job: JobFacts, progress: Progress) -> Effect:
    """Today's digest for each person of the tenant who has one coming."""
    progress("Đang gom việc đến hạn", 20)
    day = today()
    with transaction() as session:
        told = digests(session, day)

    def keep(session: orm.Session) -> None:
        post_digests(session, day, told)
        if link := link_to(URL):
            mail_digests(session, actor_of(session, job), day, told, link)

    return keep
