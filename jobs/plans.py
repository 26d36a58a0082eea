"""Plans published, and going on: what comes round next is given to the units."""

from sqlalchemy import orm

from core.plans.models import Plan
from core.plans.publishing import carry_out
from core.plans.recomputing import go_on
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress


def publish_plan(job: JobFacts, progress: Progress) -> Effect:
    """Publish the draft that was ordered, in one transaction; it is compiled under the plan's lock, against
    what is true then."""
    progress("Đang ban hành, giao việc cho các đơn vị", 20)

    def keep(session: orm.Session) -> None:
        plan, actor = session.get_one(Plan, job.subject_id), actor_of(session, job)
        carry_out(session, actor, plan, int(job.args["revision"]), job.id)

    return keep


def continue_plans(job: JobFacts, progress: Progress) -> Effect:
    """The tasks of the coming periods of every plan that is not over; nothing where they are there."""
    progress("Đang giao việc định kỳ", 10)

    def keep(session: orm.Session) -> None:
        go_on(session, actor_of(session, job))

    return keep
