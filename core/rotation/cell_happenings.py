"""What happens to cells after a rotation is published: a meeting moves, a cell begins (S4-12, S4-15)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.calendar import usual_meetings
from core.meetings.models import Meeting, MeetingKind
from core.meetings.service import begin_meetings
from core.rotation.days import day_problems, register_day
from core.rotation.happening import Happening, Problems
from core.rotation.solving.events import Event, MeetingMoved
from core.rotation.solving.facts import CellMeeting, Slot
from tenants.access import Actor, fetch
from tenants.clock import today
from tenants.models import Unit


@dataclass(frozen=True)
class Postponed(Happening):
    """A cell's meeting of a month takes another day or part of the day."""

    kind, about = "postponed", ("meeting",)
    meeting: UUID
    meets_on: date
    slot: str

    def problems(self, session: orm.Session) -> Problems:
        """A coming meeting, and a day of its month."""
        return day_problems(fetch(session, Meeting, self.meeting), self.meets_on, self.slot, today())

    def said(self, session: orm.Session) -> str:
        """As "Chi bộ số 1 họp buổi tối ngày 09/05/2026"."""
        cell = fetch(session, Meeting, self.meeting).cell
        return f"{cell} họp {Slot(self.slot).label} ngày {self.meets_on:%d/%m/%Y}"

    def events(self, session: orm.Session) -> tuple[Event, ...]:
        """A meeting moved."""
        meeting = fetch(session, Meeting, self.meeting)
        held = CellMeeting(self.meets_on, Slot(self.slot))
        return (MeetingMoved(str(meeting.cell_id), meeting.month, held),)

    def write(self, session: orm.Session, actor: Actor) -> None:
        """The day; the visits follow it and those concerned are told."""
        register_day(session, actor, fetch(session, Meeting, self.meeting), self.meets_on, self.slot)


@dataclass(frozen=True)
class CellBegun(Happening):
    """A cell without days takes part from a month on: it meets on a day (1 to 28) of each of `months`."""

    kind, about = "cell", ("cell",)
    cell: UUID
    first_month: date
    months: int
    day: int
    slot: str

    def problems(self, session: orm.Session) -> Problems:
        """A residential cell, a coming month, a day of every month, and no days set yet."""
        cell = fetch(session, Unit, self.cell)
        if cell.setting is None or not cell.setting.is_residential or cell.valid_to:
            return {"": f"{cell} không phải chi bộ khu dân cư đang hoạt động; xin chọn chi bộ khác."}
        if self.slot not in set(Slot):
            return {"slot": "Xin chọn buổi họp."}
        if self.first_month.replace(day=self.day) < today():
            return {"day": "Ngày họp đầu tiên không thể trước hôm nay; xin chọn tháng sau hoặc ngày khác."}
        known = sa.select(Meeting.month).where(
            Meeting.cell_id == self.cell, Meeting.month >= self.first_month
        )
        if month := session.scalar(known.where(Meeting.kind == MeetingKind.REGULAR).limit(1)):
            return {"first_month": f"Chi bộ đã có ngày họp tháng {month:%m/%Y}; xin dùng “Dời buổi họp”."}
        return {}

    def said(self, session: orm.Session) -> str:
        """As "Chi bộ số 9 nhận đồng chí về dự từ tháng 05/2026"."""
        return f"{fetch(session, Unit, self.cell)} nhận đồng chí về dự từ tháng {self.first_month:%m/%Y}"

    def events(self, _session: orm.Session) -> tuple[Event, ...]:
        """Meetings where there were none."""
        days = usual_meetings(self.first_month, self.months, self.day)
        slot = Slot(self.slot)
        return tuple(MeetingMoved(str(self.cell), month, CellMeeting(day, slot)) for month, day in days)

    def write(self, session: orm.Session, actor: Actor) -> None:
        """The cell's meetings."""
        cell = fetch(session, Unit, self.cell)
        begin_meetings(session, actor, cell, self.first_month, self.months, self.day, self.slot)
