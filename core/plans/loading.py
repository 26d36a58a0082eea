"""What a plan is compiled against, read from the tenant's rows: tree, roster, meetings, calendar."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.exchange.service import own_tenant
from core.meetings.models import Meeting
from core.plans.calendars import work_calendar
from core.plans.compiler import Circumstances
from core.plans.content import PlanContent
from core.plans.deadlines import MeetingFact
from core.plans.guests import Post
from core.plans.selectors import PlanUnit, UnitTree
from core.plans.task_models import Milestone, PlanPilot, Task
from tenants.clock import today
from tenants.codes import rank_of
from tenants.conditions import valid
from tenants.models import Appointment, CellSetting, Department, Person, Unit
from tenants.tree import UnitPath

AHEAD: Final = timedelta(days=366)
BEHIND: Final = timedelta(days=400)


def circumstances(
    session: orm.Session,
    content: PlanContent,
    issued_on: date,
    plan_id: UUID | None = None,
    around: UnitPath | None = None,
) -> Circumstances:
    """Everything the plan is compiled against on this day; of the tree only what lies above and below
    `around`, where one unit alone is compiled anew."""
    tree = unit_tree(session, plan_id, around)
    return Circumstances(
        tree,
        work_calendar(session),
        today(),
        today() + AHEAD,
        issued_on,
        meetings_known(session, content, around),
        done_days(session, plan_id, around),
    )


def done_days(
    session: orm.Session, plan_id: UUID | None, around: UnitPath | None = None
) -> dict[tuple[str, str], date]:
    """By unit and milestone the day on which what comes once was done: others may count from it (F04)."""
    query = (
        sa.select(Unit.code, Milestone.code, Task.done_on)
        .join(Unit, Unit.id == Task.unit_id)
        .join(Milestone, Milestone.id == Task.milestone_id)
        .where(Task.plan_id == plan_id, Task.period == "", Task.withdrawn_on.is_(None), _near(around))
        .where(Task.done_on.is_not(None))
    )
    return {(unit, milestone): day for unit, milestone, day in session.execute(query) if day}


def unit_tree(session: orm.Session, plan_id: UUID | None = None, around: UnitPath | None = None) -> UnitTree:
    """The units valid today as rules see them, parents first; the root has its tenant's rank by default."""
    above = orm.aliased(Unit)
    chosen = sa.and_(PlanPilot.unit_id == Unit.id, PlanPilot.plan_id == plan_id)
    query = (
        sa.select(Unit.code, Unit.name, Unit.kind, sa.func.coalesce(above.code, ""))
        .add_columns(sa.func.coalesce(CellSetting.code, ""), Unit.block, Unit.rank, Unit.members)
        .add_columns(PlanPilot.id.is_not(None), Unit.rounds_held, Unit.special, PlanPilot.meeting)
        .outerjoin(above, above.id == Unit.parent_id)
        .outerjoin(CellSetting, CellSetting.id == Unit.setting_id)
        .outerjoin(PlanPilot, chosen)
        .where(valid(Unit, today()), _near(around))
        .order_by(Unit.path)
    )
    units = tuple(PlanUnit(*row) for row in session.execute(query))
    return UnitTree(tuple(_ranked(session, unit) for unit in units))


def _ranked(session: orm.Session, unit: PlanUnit) -> PlanUnit:
    if unit.parent_code or unit.rank:
        return unit
    with suppress(ValueError):
        return replace(unit, rank=rank_of(own_tenant(session).level.name))
    return unit


def _near(around: UnitPath | None) -> sa.ColumnElement[bool]:
    if around is None:
        return sa.true()
    above = [path.text for path in around.ancestors]
    return sa.or_(Unit.path.in_(above), sa.and_(Unit.path >= around.text, Unit.path < around.end))


def meetings_known(
    session: orm.Session, content: PlanContent, around: UnitPath | None = None
) -> tuple[MeetingFact, ...]:
    """Meetings held, or set for a day, in the plan's time and of the kinds it speaks of."""
    since = content.starts_on or today() - BEHIND
    query = (
        sa.select(Unit.code, Meeting.kind, Meeting.meets_on, Meeting.held_on, Meeting.concluded)
        .join(Unit, Unit.id == Meeting.cell_id)
        .where(sa.func.coalesce(Meeting.held_on, Meeting.meets_on) >= since, _near(around))
    )
    return tuple(
        MeetingFact(row.code, row.kind, row.held_on or row.meets_on, row.concluded, row.held_on is not None)
        for row in session.execute(query)
    )


def roster_posts(session: orm.Session, around: UnitPath | None = None) -> tuple[Post, ...]:
    """Who holds which post today, as rules on guests ask; only around a unit if one is given."""
    function = sa.func.coalesce(sa.type_coerce(Department.function, sa.Text()), "")
    query = (
        sa.select(Unit.code, Appointment.role, function, Person.full_name)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(Department, Department.id == Appointment.department_id)
        .where(valid(Appointment, today()), Person.left_on.is_(None), _near(around))
        .order_by(Unit.path, Person.sort_key)
    )
    return tuple(
        Post(code, str(role), str(function), name) for code, role, function, name in session.execute(query)
    )


def unit_ids(session: orm.Session, codes: Iterable[str]) -> dict[str, UUID]:
    """The units' ids by code."""
    wanted = list(codes)
    query = sa.select(Unit.code, Unit.id).where(Unit.code == sa.any_(sa.literal(wanted, sa.ARRAY(sa.Text()))))
    return dict(session.execute(query).all())
