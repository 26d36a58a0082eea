"""What officials still name of units that have ended without a successor (S4-07, S4-08)."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.calendar import months_from
from core.rotation.by_hand import Pin
from core.rotation.models import Official, OfficialArea, Rotation
from core.rotation.solving.facts import Ended, Named
from tenants.clock import today
from tenants.models import Unit


def ended_units(session: orm.Session, rotation: Rotation) -> tuple[Ended, ...]:
    """Pins of the rotation's months from this one on, own cells and areas of officials who serve."""
    query = sa.union_all(*_named(rotation)).order_by("name", "official", "month")
    return tuple(
        Ended(str(row.official), Named(row.named), row.name, row.valid_to, row.month)
        for row in session.execute(query)
    )


def _named(rotation: Rotation) -> tuple[sa.Select[*tuple[Any, ...]], ...]:
    last = months_from(rotation.first_month, rotation.months)[-1]
    first = max(rotation.first_month, today().replace(day=1))
    pin = sa.and_(Pin.official_id == Official.id, Pin.sent_at.is_not(None), Pin.month.between(first, last))
    area = sa.and_(OfficialArea.official_id == Official.id, OfficialArea.lasts(first))
    named = (
        _of(Named.PIN, Pin.month).join(Pin, pin).join(Unit, Unit.id == Pin.cell_id),
        _of(Named.OWN_CELL).join(Unit, Unit.id == Official.own_cell_id),
        _of(Named.AREA).join(OfficialArea, area).join(Unit, Unit.id == OfficialArea.unit_id),
    )
    return tuple(query.where(Official.lasts(first)) for query in named)


def _of(named: Named, month: object = sa.null()) -> sa.Select[*tuple[Any, ...]]:
    query = sa.select(
        Official.id.label("official"), sa.literal(named.value).label("named"), Unit.name, Unit.valid_to,
        sa.cast(month, sa.Date).label("month"),
    )  # fmt: skip
    return query.select_from(Official).where(Unit.valid_to.is_not(None))
