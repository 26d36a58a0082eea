"""The day of a cell's meeting: registered or moved, and the visits that follow it (S4-12, S4-15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Meeting, MeetingKind
from core.notices.work import post
from core.rotation.models import Absence, Official, Visit
from core.rotation.promises import move
from core.rotation.refused import Refused
from core.rotation.solving.facts import Slot
from tenants.access import Actor, NotAllowed, Permission, Role, may
from tenants.accounts import holders
from tenants.audit import record
from tenants.clock import now, today
from tenants.conditions import valid
from tenants.models import Appointment, Person, Unit


class DayError(Refused):
    """The day cannot be taken."""


@dataclass(frozen=True)
class Followed:
    """What came of a day: how many officials' visits follow it, and who cannot come then."""

    officials: int
    hindered: tuple[str, ...]


def day_problems(meeting: Meeting, day: date, slot: str, present: date) -> dict[str, str]:
    """What is wrong with a new day, by field, in Vietnamese."""
    if slot not in set(Slot):
        return {"slot": "Xin chọn buổi họp."}
    if meeting.meets_on < present:
        return {"meets_on": f"Buổi họp ngày {meeting.meets_on:%d/%m/%Y} đã qua nên không dời được nữa."}
    if day < present:
        return {"meets_on": "Ngày họp không thể trước hôm nay."}
    if day.replace(day=1) != meeting.month:
        return {"meets_on": f"Chỉ chọn được ngày trong tháng {meeting.month:%m/%Y}."}
    return {}


def register_day(session: orm.Session, actor: Actor, meeting: Meeting, day: date, slot: str) -> Followed:
    """Set the day of a coming meeting within its month; its visits follow and those concerned are told.

    By whoever registers the cell's meetings, or by an official who is to attend it. Raises NotAllowed or
    DayError.
    """
    _require(session, actor, meeting)
    session.refresh(meeting, with_for_update=True)
    if problems := day_problems(meeting, day, slot, today()):
        raise DayError(problems)
    moved = meeting.meets_on != day
    meeting.meets_on, meeting.slot, meeting.registered_at = day, slot, now()
    record(session, actor, "meeting:register", meeting, meets_on=day, slot=slot, moved=moved)
    return follow(session, actor, meeting)


def _require(session: orm.Session, actor: Actor, meeting: Meeting) -> None:
    if may(actor, Permission.MEETINGS_REGISTER, meeting.cell.tree_path):
        return
    mine = _open_visits(meeting).where(Official.person_id == actor.person_id)
    if not may(actor, Permission.VISITS_REPORT) or session.scalar(mine.limit(1)) is None:
        raise NotAllowed(Permission.MEETINGS_REGISTER)


def _open_visits(meeting: Meeting) -> sa.Select[Official]:
    query = sa.select(Official).join(Visit, Visit.official_id == Official.id)
    return query.where(
        Visit.cell_id == meeting.cell_id, Visit.month == meeting.month,
        Visit.cancelled_at.is_(None), Visit.settled_at.is_(None),
    )  # fmt: skip


def follow(session: orm.Session, actor: Actor, meeting: Meeting) -> Followed:
    """Let a regular meeting's visits take its day; tell officials, the cell's secretary and those over it."""
    if meeting.kind is not MeetingKind.REGULAR:
        return Followed(0, ())
    going = session.scalars(_open_visits(meeting)).all()
    hindered = _hindered(session, meeting, going)
    move(session, meeting.cell_id, meeting.month, meeting.meets_on)
    _tell(session, actor, meeting, going, hindered)
    return Followed(len(going), hindered)


def _hindered(session: orm.Session, meeting: Meeting, going: Iterable[Official]) -> tuple[str, ...]:
    away = sa.select(Absence.person_id).where(
        Absence.person_id.in_([o.person_id for o in going]),
        Absence.starts_on <= meeting.meets_on, Absence.ends_on >= meeting.meets_on,
    )  # fmt: skip
    own = sa.select(Meeting.cell_id).where(
        Meeting.cell_id.in_([o.own_cell_id for o in going if o.own_cell_id]), Meeting.slot == meeting.slot,
        Meeting.meets_on == meeting.meets_on, Meeting.kind == MeetingKind.REGULAR,
    )  # fmt: skip
    busy, meets = set(session.scalars(away)), set(session.scalars(own))
    return tuple(o.person.full_name for o in going if o.person_id in busy or o.own_cell_id in meets)


def _tell(
    session: orm.Session, actor: Actor, meeting: Meeting, going: Iterable[Official], hindered: tuple[str, ...]
) -> None:
    said = f"{meeting.cell} họp {Slot(meeting.slot).label} ngày {meeting.meets_on:%d/%m/%Y}"
    key = f"meeting:{meeting.id}:{meeting.meets_on}:{meeting.slot}"
    cells = (*secretaries_of(session, meeting.cell), *_over(session, meeting.cell) * bool(hindered))
    blocked = f" Không dự được ngày này: {', '.join(hindered)}." if hindered else ""
    texts = dict.fromkeys(cells, f"{said}.{blocked}") | {
        o.person_id: f"{said}. Lượt dự của đồng chí theo ngày này." for o in going
    }
    post(session, {p: text for p, text in texts.items() if p != actor.person_id}, "meeting", key, "/tasks/")


def secretaries_of(session: orm.Session, cell: Unit) -> tuple[UUID, ...]:
    """Who is secretary of the cell today."""
    query = sa.select(Appointment.person_id).join(Person, Person.id == Appointment.person_id)
    query = query.where(Appointment.unit_id == cell.id, Appointment.role == Role.SECRETARY)
    return tuple(session.scalars(query.where(valid(Appointment, today()), Person.left_on.is_(None))))


def _over(session: orm.Session, cell: Unit) -> tuple[UUID, ...]:
    return tuple(holders(session, Permission.SWAPS_DECIDE, at=cell.tree_path))
