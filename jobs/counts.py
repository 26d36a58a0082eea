"""Count a tenant's rows into TenantHealth: all that the platform sees of it (design: security 15)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.documents.models import Artifact
from core.notices.models import WAITING, Job, JobState, TenantHealth
from core.rosters.models import RosterUpload
from jobs.contract import Effect, JobFacts, Progress
from tenants.db import new_id
from tenants.models import Account, Person, Unit
from tenants.scope import transaction


def count_tenant(job: JobFacts, _progress: Progress) -> Effect:
    """The figures as they stand now; the row of the tenant is made or overwritten."""
    row = {"tenant_id": job.tenant_id, "counted_at": sa.func.clock_timestamp(), **_figures(job)}

    def keep(session: orm.Session) -> None:
        made = insert(TenantHealth).values(id=new_id(), **row)
        session.execute(made.on_conflict_do_update(index_elements=["tenant_id"], set_=row))

    return keep


def _figures(job: JobFacts) -> dict[str, object]:
    waiting = Job.state.in_(WAITING)
    files = sa.func.coalesce(sa.func.sum(Artifact.size), 0)
    uploads = sa.func.coalesce(sa.func.sum(sa.func.octet_length(RosterUpload.content)), 0)
    figures: dict[str, sa.Select[Any]] = {
        "units": sa.select(sa.func.count(Unit.id)).where(Unit.valid_to.is_(None)),
        "people": sa.select(sa.func.count(Person.id)).where(Person.left_on.is_(None)),
        "accounts": sa.select(sa.func.count(Account.id)).where(Account.disabled_at.is_(None)),
        "open_jobs": sa.select(sa.func.count(Job.id)).where(waiting, Job.id != job.id),
        "dead_jobs": sa.select(sa.func.count(Job.id)).where(Job.state == JobState.DEAD),
        "stored_bytes": sa.select(files + sa.select(uploads).scalar_subquery()),
        "signed_in_at": sa.select(sa.func.max(Account.signed_in_at)),
    }
    with transaction() as session:
        return {name: session.scalar(figure) for name, figure in figures.items()}
