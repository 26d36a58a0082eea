"""What the plan in force says of a visit's report: after how many days, to whom, by which clause."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from core.data import from_data
from core.plans.content import Cadence, PlanContent
from core.plans.deadlines import DueDate, days_after
from core.plans.due import Anchor, DaysAfter
from core.plans.models import PlanVersion
from core.plans.sentences import sentence
from core.rotation.models import Rotation


def cadences(session: orm.Session, rotation_ids: Iterable[UUID]) -> Mapping[tuple[UUID, str], Cadence]:
    """By rotation and level code: the cadence of the plan's newest version, in one statement."""
    rows = session.execute(
        sa.select(Rotation.id, PlanVersion.body)
        .join(PlanVersion, PlanVersion.plan_id == Rotation.plan_id)
        .where(Rotation.id.in_(set(rotation_ids)))
        .ext(distinct_on(Rotation.id))
        .order_by(Rotation.id, PlanVersion.number.desc())
    )
    contents = ((rotation_id, from_data(PlanContent, body)) for rotation_id, body in rows)
    return {
        (found_id, cadence.level_code): cadence
        for found_id, content in contents
        for cadence in content.cadences
    }


def because(visited_on: date, days: int, cadence: Cadence | None) -> str:
    """Why the report is due when it is, with the plan's clause (S4-10, S4-13)."""
    due = DueDate(days_after(visited_on, days), base_on=visited_on)
    return sentence(DaysAfter(days, Anchor.VISIT), due, cadence.clause if cadence else "")
