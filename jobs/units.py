"""Reorganisations whose day has come."""

from sqlalchemy import orm

from core.following import FOLLOWS
from core.notices.work import post
from jobs.contract import Effect, JobFacts, Progress
from tenants.accounts import system_actor
from tenants.clock import today
from tenants.conditions import root_path
from tenants.people import apply_due
from tenants.scope import current_tenant
from tenants.unit_models import UnitEvent


def apply_events(_job: JobFacts, progress: Progress) -> Effect:
    """Apply them in their order; whoever planned one that cannot be is told why. Twice is once."""
    progress("Đang sắp xếp tổ chức", 20)

    def keep(session: orm.Session) -> None:
        actor = system_actor(current_tenant(), root_path(session))
        for failed in apply_due(session, actor, FOLLOWS, today()):
            _tell(session, failed)

    return keep


def _tell(session: orm.Session, event: UnitEvent) -> None:
    if event.planned_by:
        day = f"{event.effective_on:%d/%m/%Y}"
        text = f"Chưa áp dụng được việc {event.kind.label.lower()} ngày {day}: {event.problem}"
        post(
            session,
            {event.planned_by: text},
            "reorganisation",
            f"reorganise:{event.id}",
            f"/reorganise/{event.id}",
        )
