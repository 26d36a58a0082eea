"""A quarter's consolidated report is a task of the plan like any other: due, done, open again (S4-14)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.exchange.envelope import Envelope
from core.exchange.models import DispatchKind
from core.plans.content import Action
from core.plans.task_models import Milestone, Task
from core.reports.models import Report, ReportVersion
from tenants.models import Unit


def report_tasks() -> sa.Select[Task]:
    """The tasks of consolidating a quarter that fall on the tenant's own unit."""
    return (
        sa.select(Task)
        .join(Milestone, Milestone.id == Task.milestone_id)
        .join(Unit, Unit.id == Task.unit_id)
        .where(Milestone.action == Action.CONSOLIDATE, Unit.parent_id.is_(None))
        .where(Task.withdrawn_on.is_(None), sa.func.substr(Task.period, 5, 2) == "-Q")
    )


def report_task(session: orm.Session, plan_id: UUID, period: str) -> Task | None:
    """The task of one quarter's report; None where the plan orders none."""
    query = report_tasks().where(Task.plan_id == plan_id, Task.period == period)
    return session.scalars(query.order_by(Milestone.place).limit(1)).first()


def settle(session: orm.Session, report: Report, done_on: date | None) -> None:
    """Note the day the report was sent, or made where nobody stands above; None opens the task again."""
    task = report_task(session, report.plan_id, report.period)
    if task is not None:
        task.done_on = done_on


def arrived(session: orm.Session, envelope: Envelope) -> None:
    """A report that comes back is owed again (S4-14)."""
    if envelope.kind != DispatchKind.RETURN or envelope.answers_id is None:
        return
    query = sa.select(Report).join(ReportVersion, ReportVersion.report_id == Report.id)
    report = session.scalar(query.where(ReportVersion.dispatch_id == envelope.answers_id))
    if report is not None:
        settle(session, report, None)
