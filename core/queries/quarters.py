"""The quarters for which the tenant owes a consolidated report, and how far each has come (S4-14)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.exchange.models import Dispatch, DispatchKind
from core.exchange.service import own_tenant
from core.plans.models import Plan
from core.plans.periods import Period
from core.plans.task_models import Task
from core.queries.dispatches import answers
from core.queries.reading import newest_of
from core.reports.models import Report, ReportVersion
from core.reports.settling import report_tasks
from tenants.clock import local


@dataclass(frozen=True)
class OwedReport:
    """One quarter's report: made (newest version), sent up, sent back with a reason; None where not."""

    quarter: Period
    due_on: date
    parent: str
    report_id: UUID | None = None
    made_at: datetime | None = None
    sent_at: datetime | None = None
    returned: str | None = None

    @property
    def done_on(self) -> date | None:
        """When it was sent up, or made where nobody stands above; None while something is owed."""
        if self.returned is not None:
            return None
        done = self.sent_at if self.parent else self.made_at
        return local(done).date() if done else None


def owed_reports(session: orm.Session, day: date) -> Iterator[OwedReport]:
    """The quarters begun by a day whose report a plan of this year or the last asks for; four statements."""
    above = own_tenant(session).parent
    parent, reports = above.committee_name if above else "", _reports(session)
    query = report_tasks().where(Task.opens_on <= day, Task.due_on.is_not(None))
    query = query.join(Plan, Plan.id == Task.plan_id).where(Plan.year.in_((day.year - 1, day.year)))
    for task in session.scalars(query.order_by(Task.plan_id, Task.period)):
        facts = reports.get((task.plan_id, task.period), {})
        if task.due_on:
            yield OwedReport(Period.parse_quarter(task.period), task.due_on, parent, **facts)


def _reports(session: orm.Session) -> Mapping[tuple[UUID, str], dict[str, Any]]:
    newest, answer = newest_of(ReportVersion.report_id), answers()
    query = (
        sa.select(
            Report.plan_id, Report.period, Report.id, newest.c.made_at, Dispatch.sent_at, answer.c.kind,
            answer.c.body,
        )
        .outerjoin(newest, newest.c.report_id == Report.id)
        .outerjoin(Dispatch, Dispatch.id == newest.c.dispatch_id)
        .outerjoin(answer, answer.c.answers_id == Dispatch.id)
    )  # fmt: skip
    return {
        (row.plan_id, row.period): {
            "report_id": row.id,
            "made_at": row.made_at,
            "sent_at": row.sent_at,
            "returned": row.body.get("reason", "") if row.kind is DispatchKind.RETURN else None,
        }
        for row in session.execute(query)
    }
