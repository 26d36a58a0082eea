"""Counting a tenant's own records of a period: the database groups, the rules add."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Petition
from core.plans.periods import Period
from core.reports.figures import Figures, HotIssue, LevelFigures, OfficialFigures, UnitFigures
from core.reports.tally import Tally, total
from core.rotation.models import Official, RotationLevel, Visit, VisitReport
from tenants.models import CellSetting, Person, Tenant, Unit
from tenants.people.past import Then
from tenants.tree import UnitKind

LOCAL_DAY = "Asia/Ho_Chi_Minh"


def count(
    session: orm.Session, tenant: Tenant, first_day: date, last_day: date, period: str, today: date
) -> Figures:
    """The tenant's own figures of the days from first to last, as the records stand now."""
    officials = _officials(session, first_day, last_day, today)
    units = _units(session, first_day, last_day)
    cells = total(unit.tally for unit in units)
    return Figures(
        period, tenant.code, tenant.name, _levels(officials), units,
        tuple(row for _, row in officials), _hot_issues(session, last_day),
        total(_tally(row) for _, row in officials) + cells,
    )  # fmt: skip


def _officials(
    session: orm.Session, first: date, last: date, today: date
) -> list[tuple[tuple[str, str], OfficialFigures]]:
    sent_on = sa.cast(sa.func.timezone(LOCAL_DAY, VisitReport.submitted_at), sa.Date)
    due_on = sa.func.coalesce(Visit.attended_on, Visit.meets_on) + RotationLevel.report_days
    owed = sa.and_(Visit.missed_reason.is_(None), VisitReport.id.is_(None), due_on < today)
    columns = [
        sa.func.count(Visit.id),
        sa.func.count(Visit.attended_on),
        sa.func.count(Visit.missed_reason),
        sa.func.count(VisitReport.id).filter(sent_on <= VisitReport.due_on),
        sa.func.count(VisitReport.id).filter(sent_on > VisitReport.due_on),
        sa.func.count(Visit.id).filter(owed),
    ]
    query = (
        sa.select(RotationLevel.code, RotationLevel.name, Person.full_name, *columns)
        .select_from(Official)
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .join(Visit, sa.and_(Visit.official_id == Official.id, _in_period(first, last)))
        .outerjoin(VisitReport, VisitReport.visit_id == Visit.id)
        .group_by(Official.id, RotationLevel.code, RotationLevel.name, Person.full_name, Person.sort_key)
        .order_by(RotationLevel.code, Person.sort_key)
    )
    return [
        ((code, level), OfficialFigures(name, level, *counts))
        for code, level, name, *counts in session.execute(query)
    ]


def _in_period(first: date, last: date) -> sa.ColumnElement[bool]:
    return sa.and_(Visit.cancelled_at.is_(None), Visit.meets_on >= first, Visit.meets_on <= last)


def _tally(row: OfficialFigures) -> Tally:
    return Tally(
        officials=1, officials_complete=int(row.complete), assigned=row.assigned, attended=row.attended,
        missed=row.missed, unsettled=row.assigned - row.attended - row.missed,
        reports_on_time=row.reports_on_time, reports_late=row.reports_late, reports_owed=row.reports_owed,
    )  # fmt: skip


def _levels(officials: list[tuple[tuple[str, str], OfficialFigures]]) -> tuple[LevelFigures, ...]:
    names = sorted({level for level, _ in officials})
    return tuple(
        LevelFigures(code, name, total(_tally(row) for level, row in officials if level == (code, name)))
        for code, name in names
    )


def _units(session: orm.Session, first: date, last: date) -> tuple[UnitFigures, ...]:
    """Coverage and petitions by the committee directly over the cells, as the tree was on the last day."""
    visited = (
        sa.select(Visit.cell_id).where(_in_period(first, last), Visit.attended_on.is_not(None)).distinct()
    )
    seen, parent = visited.subquery(), orm.aliased(Unit)
    cell, over = Then(Unit, last), Then(parent, last)
    named = (parent.id, parent.code, over.column("name"))
    query = (
        sa.select(*named, sa.func.count(Unit.id), sa.func.count(seen.c.cell_id))
        .add_columns(sa.func.count(Unit.id).filter(Unit.special > 0))
        .add_columns(sa.func.count(seen.c.cell_id).filter(Unit.special > 0))
        .outerjoin(cell.past, cell.here)
        .join(CellSetting, CellSetting.id == cell.column("setting_id"))
        .join(parent, parent.id == cell.column("parent_id"))
        .outerjoin(over.past, over.here)
        .outerjoin(seen, seen.c.cell_id == Unit.id)
        .where(Unit.kind == UnitKind.CELL, CellSetting.is_residential)
        .where(Unit.valid_from <= last, sa.or_(Unit.valid_to.is_(None), Unit.valid_to >= first))
        .group_by(*named, over.column("path"))
        .order_by(over.column("path"))
    )
    heard = _petitions(session, first, last)
    return tuple(
        UnitFigures(code, name, Tally(
            cells=cells, cells_visited=met, special_cells=special, special_cells_visited=special_met
        ) + heard.get(unit_id, Tally()))
        for unit_id, code, name, cells, met, special, special_met in session.execute(query)
    )  # fmt: skip


def _petitions(session: orm.Session, first: date, last: date) -> dict[Any, Tally]:
    answered = Petition.answered_at.is_not(None)
    cell = Then(Unit, last)
    query = (
        sa.select(cell.column("parent_id"), sa.func.count(), sa.func.count().filter(answered))
        .add_columns(sa.func.count().filter(sa.not_(answered), Petition.referred_at.is_not(None)))
        .add_columns(sa.func.count().filter(Petition.urgent))
        .select_from(Petition)
        .join(Unit, Unit.id == Petition.cell_id)
        .outerjoin(cell.past, cell.here)
        .where(Petition.raised_on >= first, Petition.raised_on <= last)
        .group_by(cell.column("parent_id"))
    )
    return {
        unit_id: Tally(
            petitions=n, petitions_answered=done, petitions_referred=passed, petitions_urgent=urgent
        )
        for unit_id, n, done, passed, urgent in session.execute(query)
    }


def _hot_issues(session: orm.Session, last: date) -> tuple[HotIssue, ...]:
    query = (
        sa.select(Unit.name, Petition.text)
        .join(Unit, Unit.id == Petition.cell_id)
        .where(Petition.urgent, Petition.answered_at.is_(None), Petition.raised_on <= last)
        .order_by(Petition.raised_on, Petition.id)
    )
    return tuple(HotIssue(unit, text) for unit, text in session.execute(query))


def count_quarter(session: orm.Session, tenant: Tenant, quarter: Period, today: date) -> Figures:
    """The tenant's own figures of a quarter."""
    return count(session, tenant, quarter.first_day, quarter.last_day, quarter.code, today)
