"""The day's digests of a tenant: gathered from facts, posted once a day and person (design: product F09)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.notices.duties import SOURCES, holders_by_path, level_above
from core.notices.mailing import write_letters
from core.notices.reminder_models import DigestDay, ladder_of, told_on
from core.notices.reminders import Duty, Ladder, Turn, digest
from core.notices.work import post
from core.plans.calendars import work_calendar
from tenants.access import Actor, Permission
from tenants.clock import local, today
from tenants.scope import new_row

KIND: Final = "reminder"
URL: Final = "/tasks/"


def digests(session: orm.Session, day: date) -> dict[UUID, str]:
    """What each person of the tenant is to be told on a day; nothing on a quiet one."""
    ladder, calendar = ladder_of(session), work_calendar(session)
    turn = ladder.turn(day, calendar)
    if turn and turn.since < today():
        turn = ladder.turn(day, calendar, told_on(session, day))
    return _digests(session, ladder, turn) if turn else {}


def _digests(session: orm.Session, ladder: Ladder, turn: Turn) -> dict[UUID, str]:
    own, below = defaultdict[UUID, list[Duty]](list), defaultdict[UUID, list[Duty]](list)
    over = holders_by_path(session, Permission.VISITS_READ, turn.today)
    last = turn.until + ladder.days_ahead
    for duty, people in (owed for source in SOURCES for owed in source(session, turn.today, last)):
        for person_id in people:
            own[person_id].append(duty)
        for person_id in level_above(duty.place.path, over) if duty.due_on < turn.today else ():
            below[person_id].append(duty)
    told = {
        person_id: digest(own.get(person_id, ()), below.get(person_id, ()), ladder, turn)
        for person_id in own.keys() | below.keys()
    }
    return {person_id: text for person_id, text in told.items() if text}


def is_due(session: orm.Session, moment: datetime) -> bool:
    """Whether the day's digests go out now: their hour has come, it is not quiet, and none went yet."""
    here, ladder = local(moment), ladder_of(session)
    if here.hour < ladder.hour or ladder.is_quiet_at(here.hour):
        return False
    if ladder.is_quiet_on(here.date(), work_calendar(session)):
        return False
    return session.scalar(sa.select(DigestDay.id).where(DigestDay.day == here.date())) is None


def post_digests(
    session: orm.Session, actor: Actor, day: date, told: Mapping[UUID, str], link: str | None = None
) -> bool:
    """One notice a person and day, and with a `link` the same words by mail; False where the day's went out
    before."""
    gone = insert(DigestDay).values(new_row(day=day, people=len(told))).on_conflict_do_nothing()
    if session.scalar(gone.returning(DigestDay.id)) is None:
        return False
    post(session, told, KIND, f"{KIND}:{day}", URL)
    if link:
        write_letters(session, actor, told, f"Nhắc việc ngày {day:%d/%m/%Y}", f"{KIND}:{day}", link)
    return True
