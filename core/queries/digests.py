"""Who is going to be told what on a day; looking sends nothing (design: product F09)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.mailing import mail_boxes
from core.notices.remind import digests
from core.notices.reminder_models import DigestDay, ladder_of
from core.notices.reminders import Ladder
from core.plans.calendars import work_calendar
from core.queries.reading import Slice, matches, slice_of
from tenants.access import Actor, Permission, require
from tenants.clock import today
from tenants.conditions import root_path
from tenants.models import Person

FURTHEST: Final = timedelta(days=31)


@dataclass(frozen=True)
class Told:
    """One person's digest. `by_mail` says that he takes mail, where the deployment sends any."""

    name: str
    text: str
    by_mail: bool


@dataclass(frozen=True)
class Preview:
    """A day's digests. `went_out` is how many people were told already; None where it is still to come."""

    day: date
    ladder: Ladder
    is_quiet: bool
    went_out: int | None
    people: Slice[Told]


def preview(session: orm.Session, actor: Actor, day: date, typed: str, number: int) -> Preview:
    """What the tenant's people will be told on a day, by name; raises NotAllowed.

    A day in the past or more than FURTHEST ahead gives the nearest one that can be foretold.
    """
    require(actor, Permission.CATALOGUES_EDIT, root_path(session))
    day, ladder = min(max(day, today()), today() + FURTHEST), ladder_of(session)
    is_quiet = ladder.is_quiet_on(day, work_calendar(session))
    went_out = session.scalar(sa.select(DigestDay.people).where(DigestDay.day == day))
    return Preview(day, ladder, is_quiet, went_out, _people(session, day, typed, number))


def _people(session: orm.Session, day: date, typed: str, number: int) -> Slice[Told]:
    told = digests(session, day)
    named = sa.select(Person).where(Person.id.in_(list(told)), matches(Person.search_key, typed))
    found = slice_of(list(session.scalars(named.order_by(Person.sort_key, Person.id))), number)
    boxes = mail_boxes(session, (person.id for person in found.items))
    rows = (
        Told(person.full_name, told[person.id], person.id in boxes and boxes[person.id].takes_mail)
        for person in found.items
    )
    return Slice(tuple(rows), found.number, found.size, found.total)
