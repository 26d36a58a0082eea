"""A plan published in the background: ordered once, then published whole, or refused with every reason
(S4-03; design: product X09)."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import from_data
from core.notices.models import JobKind
from core.notices.work import owe_again, post
from core.plans.checks import Severity, plan_problems
from core.plans.content import PlanContent
from core.plans.models import Plan
from core.plans.service import PlanError, publish, refuse_unchanged
from tenants.access import Actor, Permission, require

KIND: Final = "plan-publish"
MOST_TOLD: Final = 3
CHANGED: Final = "Dự thảo đã được sửa sau khi bấm ban hành; xin kiểm tra lại rồi ban hành."


def order(session: orm.Session, actor: Actor, plan: Plan) -> UUID:
    """Owe the publishing of the draft as it stands; the job's id, the earlier one's while that is not done.

    Raises PlanError with what is wrong with the plan by itself; what is wrong with its units the job tells.
    """
    require(actor, Permission.PLANS_PUBLISH)
    found = plan_problems(from_data(PlanContent, plan.body))
    if errors := [problem.text for problem in found if problem.severity is Severity.ERROR]:
        raise PlanError(errors)
    refuse_unchanged(session, plan)
    _keep_reasons(session, plan, ())
    return owe_again(session, actor, JobKind.PUBLISH_PLAN, plan.id, revision=plan.revision)


def carry_out(session: orm.Session, actor: Actor, plan: Plan, revision: int, order_id: UUID) -> None:
    """Publish the draft that was ordered, unless it has been edited since, and tell whoever ordered it.

    Of one that cannot be published nothing is written but the reasons."""
    try:
        if plan.revision != revision:
            raise PlanError([CHANGED])
        version = publish(session, actor, plan)
    except PlanError as error:
        _keep_reasons(session, plan, error.problems)
        said = f"Chưa ban hành được kế hoạch “{plan.title}”. {_few(error.problems)}"
        _tell(session, actor, order_id, said, f"/plans/{plan.id}/publish")
    else:
        said = f"Đã ban hành bản {version.number} của kế hoạch “{plan.title}”."
        _tell(session, actor, order_id, said, f"/plans/{plan.id}")


def _keep_reasons(session: orm.Session, plan: Plan, reasons: Iterable[str]) -> None:
    """Why the last order was refused: no edit of the draft, so its revision stays."""
    session.execute(sa.update(Plan).where(Plan.id == plan.id).values(refused=list(reasons)))


def _few(problems: list[str]) -> str:
    more = len(problems) - MOST_TOLD
    return " ".join(problems[:MOST_TOLD]) + (f" Còn {more} chỗ nữa." if more > 0 else "")


def _tell(session: orm.Session, actor: Actor, order_id: UUID, text: str, url: str) -> None:
    if actor.person_id:
        post(session, {actor.person_id: text}, KIND, f"{KIND}:{order_id}", url)
