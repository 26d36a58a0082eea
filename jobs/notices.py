"""Reminding people of what they owe."""

from sqlalchemy import orm

from core.notices.remind import URL, digests, is_due, post_digests
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress
from jobs.mail import link_to
from tenants.clock import local, now
from tenants.scope import transaction


def remind(job: JobFacts, progress: Progress) -> Effect:
    """The day's digests, once the tenant's hour has come; at any other hour nothing."""
    moment = now()
    day = local(moment).date()
    with transaction() as session:
        if not is_due(session, moment):
            return lambda _session: None
    progress("Đang gom việc đến hạn", 20)
    with transaction() as session:
        told = digests(session, day)

    def keep(session: orm.Session) -> None:
        post_digests(session, actor_of(session, job), day, told, link_to(URL))

    return keep
