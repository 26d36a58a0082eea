"""The day's digests of a tenant: gathered from facts, posted once a day and person (design: product F09)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Petition
from core.notices.mailing import write_letters
from core.notices.reminders import Duty, Reminder, digest
from core.notices.work import post
from core.plans.deadlines import days_after
from core.rotation.models import Official, RotationLevel, Visit, VisitReport
from tenants.access import PERMISSIONS, Actor, Permission
from tenants.conditions import valid
from tenants.models import Appointment, Person, Unit

KIND: Final = "reminder"
URL: Final = "/tasks/"
LOOKED_BACK: Final = timedelta(days=92)


def digests(session: orm.Session, day: date) -> dict[UUID, str]:
    """What each person of the tenant is to be told on a day."""
    owed: dict[UUID, list[Reminder]] = defaultdict(list)
    for found in (_visits(session, day), _urgent_petitions(session, day)):
        for person_id, reminder in found:
            owed[person_id].append(reminder)
    told = {person_id: digest(reminders, day) for person_id, reminders in owed.items()}
    return {person_id: text for person_id, text in told.items() if text}


def post_digests(session: orm.Session, day: date, told: Mapping[UUID, str]) -> None:
    """One notice a person and day, however often it is asked."""
    post(session, told, KIND, f"{KIND}:{day}", URL)


def mail_digests(session: orm.Session, actor: Actor, day: date, told: Mapping[UUID, str], link: str) -> int:
    """The same words by mail, one letter a person and day, to those who take mail; how many are new."""
    return write_letters(session, actor, told, f"Nhắc việc ngày {day:%d/%m/%Y}", f"{KIND}:{day}", link)


def _visits(session: orm.Session, day: date) -> Iterator[tuple[UUID, Reminder]]:
    """Visits to come, and the reports of those whose day has come."""
    query = (
        sa.select(Person.id, Unit.name, Visit.meets_on, Visit.attended_on, RotationLevel.report_days)
        .join(Official, Official.id == Visit.official_id)
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .join(Unit, Unit.id == Visit.cell_id)
        .outerjoin(VisitReport, VisitReport.visit_id == Visit.id)
        .where(VisitReport.id.is_(None), Visit.cancelled_at.is_(None), Visit.missed_reason.is_(None))
        .where(Visit.meets_on.between(day - LOOKED_BACK, day + timedelta(days=Duty.VISIT.days_ahead)))
        .where(Person.left_on.is_(None))
    )
    for row in session.execute(query):
        held_on = row.attended_on or row.meets_on
        yield row.id, Reminder(Duty.VISIT, row.name, row.meets_on)
        if held_on <= day:
            yield row.id, Reminder(Duty.VISIT_REPORT, row.name, days_after(held_on, row.report_days))


def _urgent_petitions(session: orm.Session, day: date) -> Iterator[tuple[UUID, Reminder]]:
    """Urgent petitions without an answer, for everyone whose right to answer reaches the cell."""
    open_ones = session.execute(
        sa.select(Unit.path, Unit.name, Petition.raised_on)
        .join(Unit, Unit.id == Petition.cell_id)
        .where(Petition.urgent, Petition.answered_at.is_(None), Petition.raised_on >= day - LOOKED_BACK)
    ).all()
    for person_id, over in _answerers(session, day) if open_ones else ():
        for row in open_ones:
            if row.path.startswith(over):
                yield person_id, Reminder(Duty.URGENT_PETITION, row.name, row.raised_on)


def _answerers(session: orm.Session, day: date) -> set[tuple[UUID, str]]:
    """People who may answer petitions, each with the highest path where; a role below it adds nothing."""
    roles = [role for role, rights in PERMISSIONS.items() if Permission.PETITIONS_ANSWER in rights]
    query = (
        sa.select(Appointment.person_id, Unit.path)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.role.in_(roles), valid(Appointment, day), Person.left_on.is_(None))
    )
    found = {(person_id, path) for person_id, path in session.execute(query)}
    return {
        (who, path)
        for who, path in found
        if not any(other == who and over != path and path.startswith(over) for other, over in found)
    }
