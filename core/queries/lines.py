"""What a line of a rotation shows, planned or promised: who goes where and when (S4-01, S4-02)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Meeting, MeetingKind
from core.queries.reading import Rows
from core.rotation.models import Official, PlannedVisit, RotationLevel, Visit
from core.rotation.solving.facts import Slot
from tenants.models import Person, Unit

above = orm.aliased(Unit)
ABOVE = sa.func.coalesce(above.name, "").label("above")


class AtMeeting:
    """A line with the part of the day of its meeting, and whether the cell has registered its day (S4-12)."""

    slot: str
    fixed: bool

    @property
    def slot_label(self) -> str:
        """The part of the day, in Vietnamese; empty where the meeting is not known."""
        return Slot(self.slot).label if self.slot else ""


def lines(kind: type[PlannedVisit] | type[Visit], *more: Any) -> Rows:
    """Every line of the kind with its names and what else is asked: add conditions and an order."""
    meeting = sa.and_(
        Meeting.cell_id == kind.cell_id, Meeting.month == kind.month, Meeting.kind == MeetingKind.REGULAR
    )
    return (
        sa.select(
            kind.id, kind.official_id, Person.full_name.label("official"), RotationLevel.name.label("level"),
            kind.cell_id, Unit.name.label("cell"), ABOVE, kind.month, kind.meets_on,
            sa.func.coalesce(Meeting.slot, "").label("slot"),
            Meeting.registered_at.is_not(None).label("fixed"), *more,
        )
        .join(Official, Official.id == kind.official_id)
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .join(Unit, Unit.id == kind.cell_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .outerjoin(Meeting, meeting)
    )  # fmt: skip
