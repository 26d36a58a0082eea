"""Due days computed anew when a base moves, a unit changes or time goes on (domain: rules, deadlines)."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from core.data import from_data
from core.plans.compiler import compile_plan
from core.plans.content import PlanContent
from core.plans.issuing import Issued, issue, lock_plan
from core.plans.loading import circumstances
from core.plans.models import Plan, PlanVersion
from core.plans.telling import tell_units
from tenants.access import Actor
from tenants.clock import today
from tenants.tree import UnitPath

GOES_ON = "Tính lại theo kỳ mới và cơ cấu tổ chức hiện nay."


def in_force(session: orm.Session, plan_id: UUID) -> PlanContent | None:
    """What the plan's newest version says; None where nothing of it is published."""
    return contents_in_force(session, [plan_id]).get(plan_id)


def contents_in_force(session: orm.Session, plan_ids: Iterable[UUID]) -> dict[UUID, PlanContent]:
    """The same of several plans; one statement."""
    newest = sa.select(PlanVersion.plan_id, PlanVersion.body).ext(distinct_on(PlanVersion.plan_id))
    query = newest.where(PlanVersion.plan_id.in_(set(plan_ids)))
    query = query.order_by(PlanVersion.plan_id, PlanVersion.number.desc())
    return {plan_id: from_data(PlanContent, body) for plan_id, body in session.execute(query)}


def recompute(
    session: orm.Session, actor: Actor, plan: Plan, around: UnitPath | None, why: str, withdraws: bool = True
) -> Issued | None:
    """Compile the plan in force anew, for one unit and what is below it or for all; None without one.
    Rows that the session holds are read again at their next use."""
    lock_plan(session, plan.id)
    content = in_force(session, plan.id)
    if content is None:
        return None
    issued_on = session.scalar(
        sa.select(sa.func.min(PlanVersion.issued_on)).where(PlanVersion.plan_id == plan.id)
    )
    facts = circumstances(session, content, issued_on or today(), plan.id, around)
    issued = issue(session, actor, plan, content, compile_plan(content, facts).tasks, why, around, withdraws)
    session.expire_all()
    return issued


def go_on(session: orm.Session, actor: Actor) -> int:
    """Issue what comes round next of every plan that is not over; how many tasks were added. Repeating it
    adds nothing, and nothing is taken back: open tasks may have followed their unit into a successor."""
    newest = sa.select(PlanVersion.plan_id, PlanVersion.body).ext(distinct_on(PlanVersion.plan_id))
    added = 0
    for plan_id, body in session.execute(
        newest.order_by(PlanVersion.plan_id, PlanVersion.number.desc())
    ).all():
        if not _is_over(from_data(PlanContent, body)):
            plan = session.get_one(Plan, plan_id)
            issued = recompute(session, actor, plan, None, GOES_ON, withdraws=False)
            if issued is not None and issued.added:
                tell_units(session, plan, issued)
                added += issued.added
    return added


def _is_over(content: PlanContent) -> bool:
    return content.ends_on is not None and content.ends_on < today()
