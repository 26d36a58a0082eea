"""What units were: kept whenever the tree changes, read "theo cơ cấu khi đó" (design: product F01, F02)."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.conditions import valid
from tenants.models import Unit
from tenants.scope import current_tenant
from tenants.tree import UnitPath
from tenants.unit_events import UnitState
from tenants.unit_models import UnitPast

KEPT = ("name", "parent_id", "path", "setting_id", "block", "rank")
STATE = tuple(field.name for field in fields(UnitState))


def _last_changes() -> sa.Subquery:
    """The day of each unit's last change, of those that changed."""
    days = sa.select(UnitPast.unit_id, (sa.func.max(UnitPast.valid_to) + 1).label("day"))
    return days.where(UnitPast.tenant_id == current_tenant()).group_by(UnitPast.unit_id).subquery()


def remember(
    session: orm.Session, which: sa.ColumnElement[bool], day: date, event_id: UUID | None = None
) -> None:
    """Keep what units are in the database as what they were until the day before `day`, on which they
    change. Call it before the change is flushed; who changes twice on a day was never in between."""
    last = _last_changes()
    since = sa.func.coalesce(last.c.day, Unit.valid_from)
    kept = sa.select(
        Unit.tenant_id,
        sa.func.gen_random_uuid(),
        Unit.id,
        sa.literal(event_id, sa.Uuid()),
        *(getattr(Unit, name) for name in KEPT),
        since,
        sa.literal(day, sa.Date()) - 1,
    ).where(Unit.tenant_id == current_tenant(), which, since < day)
    kept = kept.outerjoin(last, last.c.unit_id == Unit.id)
    columns = ["tenant_id", "id", "unit_id", "event_id", *KEPT, "valid_from", "valid_to"]
    with session.no_autoflush:
        session.execute(sa.insert(UnitPast).from_select(columns, kept))


def changed_units(session: orm.Session) -> Collection[UUID]:
    """Ids of the units that the session would change in what is kept."""
    return {
        row.id
        for row in session.dirty
        if isinstance(row, Unit) and any(sa.inspect(row).attrs[name].history.has_changes() for name in KEPT)
    }


def _states(last: sa.Subquery, kept: Callable[[str], Any]) -> sa.Select[Any]:
    """Units as states have them; `kept` says where what is kept stands."""
    columns = {"since": sa.func.coalesce(last.c.day, Unit.valid_from)} | {name: kept(name) for name in KEPT}
    return sa.select(*(columns[name] if name in columns else getattr(Unit, name) for name in STATE))


def units_now(session: orm.Session) -> tuple[UnitState, ...]:
    """Every unit as it stands, those that ended too."""
    last = _last_changes()
    query = _states(last, lambda name: getattr(Unit, name)).outerjoin(last, last.c.unit_id == Unit.id)
    return tuple(UnitState(*row) for row in session.execute(query.order_by(Unit.path)))


class Then:
    """Units as they were on a day, in a query: outer-join `past` on `here`, and ask for `column`s."""

    def __init__(self, unit: Any, day: date) -> None:
        self.unit, self.past = unit, orm.aliased(UnitPast)
        self.here = sa.and_(
            self.past.unit_id == unit.id, self.past.valid_from <= day, self.past.valid_to >= day
        )

    def column(self, name: str) -> sa.ColumnElement[Any]:
        """What was kept under that name, else what is there now."""
        kept, now = getattr(self.past, name), getattr(self.unit, name)
        return sa.case((self.past.id.is_not(None), kept), else_=now).label(name)


def units_on(session: orm.Session, day: date) -> tuple[UnitState, ...]:
    """The tree of a day as it was then, parents before children."""
    then, last = Then(Unit, day), _last_changes()
    query = _states(last, then.column).outerjoin(last, last.c.unit_id == Unit.id)
    query = query.outerjoin(then.past, then.here).where(valid(Unit, day))
    return tuple(UnitState(*row) for row in session.execute(query.order_by(sa.literal_column("path"))))


def reached(states: Iterable[UnitState], paths: Iterable[UnitPath]) -> tuple[UnitState, ...]:
    """The units of a past tree that lie below units reached today: a unit's code never changes."""
    tops, states = {path.codes[-1] for path in paths}, tuple(states)
    return tuple(state for state in states if tops.intersection(UnitPath(state.path).codes))
