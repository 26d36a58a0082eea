"""The quarters for which the tenant owes a consolidated report, and how far each has come (S4-14)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from core.exchange.models import Dispatch, DispatchKind
from core.exchange.service import own_tenant
from core.plans.deadlines import days_after
from core.plans.models import Plan, PlanVersion
from core.plans.periods import Period
from core.queries.dispatches import answers
from core.queries.reading import newest_of
from core.reports.models import Report, ReportVersion
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
    """The quarters begun by a day and not over before their plan was first issued; four statements.

    Plans of this year and the last are looked at.
    """
    above = own_tenant(session).parent
    parent, reports = above.committee_name if above else "", _reports(session)
    for plan_id, year, days, issued_on in _plans(session, day):
        for quarter in (Period.quarter(year, number) for number in range(1, 5)):
            if quarter.first_day <= day and quarter.last_day >= issued_on:
                due_on = days_after(quarter.last_day, days)
                facts = reports.get((plan_id, quarter.code), {})
                yield OwedReport(quarter, due_on, parent, **facts)


def _plans(session: orm.Session, day: date) -> list[tuple[UUID, int, int, date]]:
    days = PlanVersion.body["report_due_days"].as_integer()
    issued_on = sa.func.min(PlanVersion.issued_on).over(partition_by=Plan.id)
    query = sa.select(Plan.id, Plan.year, days, issued_on).join(PlanVersion, PlanVersion.plan_id == Plan.id)
    query = query.where(Plan.year.in_((day.year - 1, day.year)))
    query = query.ext(distinct_on(Plan.id)).order_by(Plan.id, PlanVersion.number.desc())
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)]


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
