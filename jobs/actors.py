"""In whose name a job acts: who asked for it, or the tenant's own machinery."""

from sqlalchemy import orm

from jobs.contract import JobFacts
from tenants.access import Actor
from tenants.accounts import load_actor, system_actor
from tenants.conditions import root_path
from tenants.models import Tenant


def actor_of(session: orm.Session, job: JobFacts) -> Actor:
    """The requester with his roles of today; the system where nobody asked or his account is gone.

    What a person may start was asked when he started it; the work is then owed even if he has left.
    """
    system = system_actor(job.tenant_id, root_path(session))
    if job.requested_by is None:
        return system
    asked = load_actor(session, session.get_one(Tenant, job.tenant_id), job.requested_by)
    person_id = asked.person_id if asked else None
    return Actor(job.tenant_id, job.requested_by, person_id, system.name, system.grants)
