"""What happens to officials after a rotation is published, and every kind of event as a list keeps it.

Source: S4-12, S4-15.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import from_data, to_data
from core.rotation.away import away_problems, declare
from core.rotation.cell_happenings import CellBegun, Postponed
from core.rotation.happening import Happening, Problems
from core.rotation.models import Official, RotationLevel
from core.rotation.officials import leave, leave_problems, transfer, transfer_problems
from core.rotation.refused import Refused
from core.rotation.solving.events import Absent, Event, Transferred
from tenants.access import Actor, fetch
from tenants.clock import today
from tenants.conditions import within
from tenants.models import CellSetting, Unit
from tenants.tree import UnitKind


@dataclass(frozen=True)
class Away(Happening):
    """An official is ill or on leave on these days, both included; the reason is for coordinators alone."""

    kind, about = "away", ("official", "starts_on", "ends_on")
    official: UUID
    starts_on: date
    ends_on: date
    reason: str = ""

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
class Left(Happening):
    """From `since` on an official attends no more."""

    kind, about = "left", ("official",)
    official: UUID
    since: date

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
class Reassigned(Happening):
    """From `since` on an official attends the cells of `units` alone, today perhaps at another level."""

    kind, about = "reassigned", ("official",)
    official: UUID
    since: date
    units: tuple[UUID, ...]
    level: UUID | None = None

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


KINDS: Mapping[str, type[Happening]] = {
    one.kind: one for one in (Away, Left, Reassigned, Postponed, CellBegun)
}


def as_asked(session: orm.Session, happening: Happening) -> dict[str, Any]:
    """The event as a list keeps it, with its words as they are today."""
    return {"kind": happening.kind, "facts": to_data(happening), "said": happening.said(session)}


def happening_of(asked: Mapping[str, Any]) -> Happening:
    """The event that a list keeps."""
    return from_data(KINDS[asked["kind"]], asked["facts"])


def require_possible(session: orm.Session, happening: Happening) -> None:
    """Raise Refused where something is wrong with the event."""
    if problems := happening.problems(session):
        raise Refused(problems)
