"""The tree as people read it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor, Permission, reach
from tenants.conditions import valid
from tenants.models import Appointment
from tenants.people.past import reached, units_on
from tenants.tree import UnitKind
from tenants.unit_events import UnitState
from tenants.vietnamese import fold


@dataclass(frozen=True)
class UnitNode:
    """A unit with what lies below it; `people` hold a post there, `cells` counts itself where it is one."""

    id: UUID
    code: str
    name: str
    kind: UnitKind
    search_key: str
    people: int
    cells: int
    children: tuple["UnitNode", ...]


def unit_tree(session: orm.Session, actor: Actor, on: date) -> tuple[UnitNode, ...]:
    """The units in the actor's reach as they were on a day, as trees, in the order of their paths."""
    units = reached(units_on(session, on), reach(actor, Permission.UNITS_READ))
    posts = sa.select(Appointment.unit_id, sa.func.count(Appointment.person_id.distinct()))
    people = dict(session.execute(posts.where(valid(Appointment, on)).group_by(Appointment.unit_id)).all())
    below: dict[UUID | None, list[UnitState]] = {}
    for unit in units:
        below.setdefault(unit.parent_id, []).append(unit)

    def grow(unit: UnitState) -> UnitNode:
        children = tuple(grow(child) for child in below.get(unit.id, ()))
        cells = sum(child.cells for child in children) + (unit.kind is UnitKind.CELL)
        facts = (unit.id, unit.code, unit.name, unit.kind, fold(unit.name))
        return UnitNode(*facts, people.get(unit.id, 0), cells, children)

    shown = {unit.id for unit in units}
    return tuple(grow(unit) for unit in units if unit.parent_id not in shown)
