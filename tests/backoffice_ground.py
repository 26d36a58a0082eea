"""One row of every noun of the back office, with a given text in every column that takes text."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Meeting, MeetingKind
from core.notices.models import Job, JobKind
from core.notices.reminder_models import ReminderSetting
from core.plans.calendars import CalendarDay
from core.plans.models import Plan, PlanVersion
from core.plans.workdays import DayKind
from core.rotation.models import Absence, Official, OfficialArea, Rotation, RotationLevel, RotationVersion
from tenants.access import Actor, DepartmentFunction, Role
from tenants.audit import record
from tenants.clock import now, today
from tenants.models import Account, Appointment, AuditEntry, CellSetting, Department, Person, Unit
from tenants.tree import UnitKind
from tenants.vietnamese import fold, sort_key
from tests.cast import OPENED


def one_of_each(session: orm.Session, actor: Actor, text: str, number: int = 1) -> dict[str, UUID]:
    """Ids of new rows by the slug of their view; everything lies below XA-1."""
    commune = session.scalars(sa.select(Unit).where(Unit.code == "XA-1")).one()
    setting, department = (
        CellSetting(name=f"{text}{number}"),
        Department(name=f"{text}{number}", function=DepartmentFunction.OFFICE),
    )
    level = RotationLevel(code=f"{text}{number}", name=text, period_months=3, report_days=3)
    rest = CalendarDay(day=date(2031, 1, 1) + timedelta(number), kind=DayKind.OFF, label=text)
    person = Person(
        code=f"P-{number}",
        full_name=text,
        sort_key=sort_key(text),
        search_key=fold(text),
        phone=text,
        email=text,
    )
    session.add_all([setting, department, level, rest, person])
    session.flush()
    unit = Unit(
        code=f"U-{number}", name=text, search_key=fold(text), kind=UnitKind.CELL, parent_id=commune.id,
        path=f"{commune.path}U-{number}/", setting_id=setting.id, former_name=text, valid_from=OPENED,
    )  # fmt: skip
    account = Account(person_id=person.id, login=f"{text}{number}")
    session.add_all([unit, account])
    session.flush()
    appointment = Appointment(
        person_id=person.id, unit_id=unit.id, role=Role.MEMBER, department_id=department.id, valid_from=OPENED
    )
    official = Official(person_id=person.id, level_id=level.id, own_cell_id=unit.id)
    absence = Absence(person_id=person.id, starts_on=today(), ends_on=today(), reason=text)
    meeting = Meeting(
        cell_id=unit.id,
        kind=MeetingKind.REGULAR,
        month=today().replace(day=1),
        meets_on=today(),
        slot="evening",
    )
    plan = Plan(title=f"{text}{number}", year=2026, body={})
    job = Job(
        kind=JobKind.REMIND, args={}, dedup_key=f"{text}{number}", stage=text, requested_by=actor.account_id
    )
    session.add_all([appointment, official, absence, meeting, plan, job])
    session.flush()
    session.add(OfficialArea(official_id=official.id, unit_id=commune.id))
    version = _published(session, plan, text, number)
    record(session, actor, "unit:rename", unit, note=text)
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    return {
        "units": unit.id, "people": person.id, "appointments": appointment.id, "accounts": account.id,
        "cell-settings": setting.id, "departments": department.id, "rotation-levels": level.id,
        "calendar-days": rest.id, "reminder-settings": _reminding(session),
        "officials": official.id, "absences": absence.id, "meetings": meeting.id,
        "rotation-versions": version.id, "plans": plan.id, "audit": entry.id, "jobs": job.id,
    }  # fmt: skip


def _reminding(session: orm.Session) -> UUID:
    """The tenant's one row of rules."""
    known = session.scalars(sa.select(ReminderSetting)).one_or_none() or ReminderSetting()
    session.add(known)
    session.flush()
    return known.id


def _published(session: orm.Session, plan: Plan, text: str, number: int) -> RotationVersion:
    rotation = Rotation(plan_id=plan.id, first_month=date(2026, 1, 1) + timedelta(31 * number), months=3)
    session.add(rotation)
    session.flush()
    version = RotationVersion(
        rotation_id=rotation.id,
        number=1,
        reason=text,
        scores=[],
        shortfalls=[],
        changes={},
        published_at=now(),
    )
    issued = PlanVersion(
        plan_id=plan.id, number=1, body={}, sha256="0" * 64, issued_on=today(), published_at=now()
    )
    session.add_all([version, issued])
    session.flush()
    return version
