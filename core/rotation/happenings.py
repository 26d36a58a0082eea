"""What has happened since a rotation was published: an event as it is asked for, tried, and written down.

Each kind knows what is wrong with it, how it is said, what it means to the solver (`events`) and which verb
writes it down (`write`); both say the same of the rotation (S4-12, S4-15).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import from_data, to_data
from core.meetings.calendar import usual_meetings
from core.meetings.models import Meeting, MeetingKind
from core.meetings.service import begin_meetings
from core.rotation.away import away_problems, declare
from core.rotation.days import day_problems, register_day
from core.rotation.models import Official, RotationLevel
from core.rotation.officials import leave, leave_problems, transfer, transfer_problems
from core.rotation.refused import Refused
from core.rotation.solving.events import Absent, Event, MeetingMoved, Transferred
from core.rotation.solving.facts import CellMeeting, Slot
from tenants.access import Actor, fetch
from tenants.clock import today
from tenants.conditions import within
from tenants.models import CellSetting, Unit
from tenants.tree import UnitKind

Problems = dict[str, str]


class Happening(Protocol):
    """One event of a list."""

    kind: ClassVar[str]

    def replaces(self, other: "Happening") -> bool:
        """Whether it says anew what the other said: the same subject, or for days away the same days."""

    def problems(self, session: orm.Session) -> Problems:
        """What is wrong with it, by field, in Vietnamese."""

    def said(self, session: orm.Session) -> str:
        """The event as a clause that those concerned may read."""

    def events(self, session: orm.Session) -> tuple[Event, ...]:
        """What it is to the solver."""

    def write(self, session: orm.Session, actor: Actor) -> None:
        """Write it down by the verb of its kind, which asks the right and may raise Refused."""


@dataclass(frozen=True)
class Away:
    """An official is ill or on leave on these days, both included; the reason is for coordinators alone."""

    kind: ClassVar[str] = "away"
    official: UUID
    starts_on: date
    ends_on: date
    reason: str = ""

    def replaces(self, other: Happening) -> bool:
        """The same days of the same official."""
        return self == other

    def problems(self, _session: orm.Session) -> Problems:
        """Days in their order, not all past."""
        return away_problems(self.starts_on, self.ends_on, today())

    def said(self, session: orm.Session) -> str:
        """As "Đồng chí … vắng từ 01/05/2026 đến hết 31/05/2026"."""
        days = f"từ {self.starts_on:%d/%m/%Y} đến hết {self.ends_on:%d/%m/%Y}"
        return f"Đồng chí {fetch(session, Official, self.official)} vắng {days}"

    def events(self, _session: orm.Session) -> tuple[Event, ...]:
        """An absence."""
        return (Absent(str(self.official), self.starts_on, self.ends_on),)

    def write(self, session: orm.Session, actor: Actor) -> None:
        """An absence; those who decide exchanges are told."""
        official = fetch(session, Official, self.official)
        declare(session, actor, self.starts_on, self.ends_on, self.reason, official)


@dataclass(frozen=True)
class Left:
    """From `since` on an official attends no more."""

    kind: ClassVar[str] = "left"
    official: UUID
    since: date

    def replaces(self, other: Happening) -> bool:
        """The same official."""
        return isinstance(other, Left) and self.official == other.official

    def problems(self, _session: orm.Session) -> Problems:
        """A day from today on."""
        return leave_problems(self.since, today())

    def said(self, session: orm.Session) -> str:
        """As "Đồng chí … thôi dự sinh hoạt từ ngày 01/05/2026"."""
        return (
            f"Đồng chí {fetch(session, Official, self.official)} thôi dự sinh hoạt từ {self.since:%d/%m/%Y}"
        )

    def events(self, _session: orm.Session) -> tuple[Event, ...]:
        """A transfer to no area."""
        return (Transferred(str(self.official), self.since),)

    def write(self, session: orm.Session, actor: Actor) -> None:
        """The day he leaves."""
        leave(session, actor, fetch(session, Official, self.official), self.since)


@dataclass(frozen=True)
class Reassigned:
    """From `since` on an official attends the cells of `units` alone, today perhaps at another level."""

    kind: ClassVar[str] = "reassigned"
    official: UUID
    since: date
    units: tuple[UUID, ...]
    level: UUID | None = None

    def replaces(self, other: Happening) -> bool:
        """The same official."""
        return isinstance(other, Reassigned) and self.official == other.official

    def problems(self, session: orm.Session) -> Problems:
        """A day from today on, and units that hold residential cells."""
        official, units = fetch(session, Official, self.official), self._units(session)
        found = transfer_problems(official, units, self.since, self._level(session), today())
        if not self._cells(session):
            found["units"] = "Địa bàn đã chọn không có chi bộ khu dân cư nào; xin chọn đơn vị khác."
        return found

    def said(self, session: orm.Session) -> str:
        """As "Đồng chí … phụ trách Đảng bộ xã Yên Phú từ 01/05/2026"."""
        places, level = ", ".join(unit.name for unit in self._units(session)), self._level(session)
        person, as_level = fetch(session, Official, self.official), f", {level}" if level else ""
        return f"Đồng chí {person} phụ trách {places} từ {self.since:%d/%m/%Y}{as_level}"

    def events(self, session: orm.Session) -> tuple[Event, ...]:
        """A transfer to the residential cells of the units."""
        level, cells = self._level(session), self._cells(session)
        return (Transferred(str(self.official), self.since, cells, level=level.code if level else None),)

    def write(self, session: orm.Session, actor: Actor) -> None:
        """Areas from day to day, and the level."""
        official, units = fetch(session, Official, self.official), self._units(session)
        transfer(session, actor, official, units, self.since, self._level(session))

    def _level(self, session: orm.Session) -> RotationLevel | None:
        return fetch(session, RotationLevel, self.level) if self.level else None

    def _units(self, session: orm.Session) -> list[Unit]:
        return [fetch(session, Unit, key) for key in self.units]

    def _cells(self, session: orm.Session) -> tuple[str, ...]:
        query = sa.select(Unit.id).join(CellSetting, CellSetting.id == Unit.setting_id)
        query = query.where(Unit.kind == UnitKind.CELL, Unit.valid_to.is_(None), CellSetting.is_residential)
        inside = query.where(within(unit.tree_path for unit in self._units(session))).order_by(Unit.path)
        return tuple(map(str, session.scalars(inside)))


@dataclass(frozen=True)
class Postponed:
    """A cell's meeting of a month takes another day or part of the day."""

    kind: ClassVar[str] = "postponed"
    meeting: UUID
    meets_on: date
    slot: str

    def replaces(self, other: Happening) -> bool:
        """The same meeting."""
        return isinstance(other, Postponed) and self.meeting == other.meeting

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
class CellBegun:
    """A cell without days takes part from a month on: it meets on a day (1 to 28) of each of `months`."""

    kind: ClassVar[str] = "cell"
    cell: UUID
    first_month: date
    months: int
    day: int
    slot: str

    def replaces(self, other: Happening) -> bool:
        """The same cell."""
        return isinstance(other, CellBegun) and self.cell == other.cell

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


KINDS: Mapping[str, type[Any]] = {one.kind: one for one in (Away, Left, Reassigned, Postponed, CellBegun)}


def as_asked(session: orm.Session, happening: Happening) -> dict[str, Any]:
    """The event as a list keeps it, with its words as they are today."""
    return {"kind": happening.kind, "facts": to_data(happening), "said": happening.said(session)}


def happening_of(asked: Mapping[str, Any]) -> Happening:
    """The event that a list keeps."""
    found: Happening = from_data(KINDS[asked["kind"]], asked["facts"])
    return found


def require_possible(session: orm.Session, happening: Happening) -> None:
    """Raise Refused where something is wrong with the event."""
    if problems := happening.problems(session):
        raise Refused(problems)
