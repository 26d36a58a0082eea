"""Plans go on: what comes round next is given to the units."""

from sqlalchemy import orm

from core.plans.recomputing import go_on
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress


def continue_plans(job: JobFacts, progress: Progress) -> Effect:
    """The tasks of the coming periods of every plan that is not over; nothing where they are there."""
    progress("Đang giao việc định kỳ", 10)

    def keep(session: orm.Session) -> None:
        go_on(session, actor_of(session, job))

    return keep
