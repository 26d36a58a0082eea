"""Count a tenant's rows into TenantHealth: all that the platform sees of it (design: security 15)."""

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.documents.models import Artifact
from core.notices.models import Job, JobState, TenantHealth
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
    def number(column: sa.ColumnElement[int], *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(column).where(*conditions).scalar_subquery()

    waiting = Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    files = sa.func.coalesce(sa.func.sum(Artifact.size), 0)
    uploads = sa.func.coalesce(sa.func.sum(sa.func.octet_length(RosterUpload.content)), 0)
    figures = {
        "units": number(sa.func.count(Unit.id), Unit.valid_to.is_(None)),
        "people": number(sa.func.count(Person.id), Person.left_on.is_(None)),
        "accounts": number(sa.func.count(Account.id), Account.disabled_at.is_(None)),
        "open_jobs": number(sa.func.count(Job.id), waiting, Job.id != job.id),
        "dead_jobs": number(sa.func.count(Job.id), Job.state == JobState.DEAD),
        "stored_bytes": number(files) + number(uploads),
        "signed_in_at": sa.select(sa.func.max(Account.signed_in_at)).scalar_subquery(),
    }
    with transaction() as session:
        found = session.execute(sa.select(*(what.label(name) for name, what in figures.items())))
        return dict(found.mappings().one())
