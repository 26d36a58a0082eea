"""An official's own plan of a year: cells he wants to attend, kept by the rotation (S4-08, S4-09)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.work import post
from core.rotation.by_hand import Pin
from core.rotation.models import Official, OfficialArea, RotationLevel, Visit
from core.rotation.refused import Refused
from core.rotation.solving.facts import OwnCell
from tenants.access import Actor, NotFound, Permission, Role, may, reach
from tenants.accounts import holders
from tenants.audit import record
from tenants.clock import now, today
from tenants.conditions import within
from tenants.models import CellSetting, Unit
from tenants.tree import UnitKind, UnitPath


class PinError(Refused):
    """The wish cannot be taken."""


def planned_official(actor: Actor, official: Official) -> Official:
    """The official if his plan is the actor's own or the actor coordinates his areas; NotFound otherwise."""
    mine = official.person_id == actor.person_id and may(actor, Permission.VISITS_OWN)
    over = reach(actor, Permission.ROTATION_GENERATE)
    areas = [area.unit.tree_path for area in official.areas]
    if not official.serves or not (mine or any(p.contains(a) for p in over for a in areas)):
        raise NotFound
    return official


def may_change(actor: Actor, official: Official) -> bool:
    """Whether the actor may write the plan of an official whose plan he may see."""
    mine = official.person_id == actor.person_id and may(actor, Permission.VISITS_REPORT)
    return mine or may(actor, Permission.ROTATION_GENERATE)


def choices(session: orm.Session, official: Official) -> tuple[Unit, ...]:
    """The cells the official may choose from: residential, in his areas, his own only where his level may
    visit it like any other; in the tree's order."""
    own = None if official.level.own_cell is OwnCell.ALLOWED else official.own_cell_id
    areas = session.scalars(
        sa.select(Unit.path).join(OfficialArea, OfficialArea.unit_id == Unit.id)
        .where(OfficialArea.official_id == official.id)
        .where(OfficialArea.lasts(today()))
    )  # fmt: skip
    query = (
        sa.select(Unit).join(CellSetting, CellSetting.id == Unit.setting_id)
        .where(Unit.kind == UnitKind.CELL, Unit.valid_to.is_(None), CellSetting.is_residential)
        .where(within([UnitPath(path) for path in areas]), Unit.id != own if own else sa.true())
        .options(orm.joinedload(Unit.parent)).order_by(Unit.path)
    )  # fmt: skip
    return tuple(session.scalars(query))


def pins_of(session: orm.Session, official: Official, year: int) -> list[Pin]:
    """The official's plan of a year, by month."""
    query = sa.select(Pin).where(
        Pin.official_id == official.id, Pin.month >= date(year, 1, 1), Pin.month <= date(year, 12, 1)
    )
    return list(session.scalars(query.options(orm.joinedload(Pin.cell)).order_by(Pin.month, Pin.id)))


def promised_in(session: orm.Session, official: Official, year: int) -> dict[date, str]:
    """Months of the year in which a published rotation already sends the official somewhere, and where."""
    query = sa.select(Visit.month, Unit.name).join(Unit, Unit.id == Visit.cell_id)
    query = query.where(
        Visit.official_id == official.id, Visit.cancelled_at.is_(None),
        Visit.month.between(date(year, 1, 1), date(year, 12, 1)),
    )  # fmt: skip
    return dict(session.execute(query.order_by(Visit.meets_on.desc())).all())


def add_pin(session: orm.Session, actor: Actor, official: Official, cell_id: UUID, month: date) -> Pin:
    """Put a cell into the plan, as a draft until it is sent. Raises PinError."""
    _require_writer(actor, official)
    allowed = {cell.id: cell for cell in choices(session, official)}
    if problems := _problems(official, pins_of(session, official, month.year), cell_id, month, set(allowed)):
        raise PinError(problems)
    pin = Pin(official_id=official.id, cell_id=cell_id, month=month, entered_by=actor.account_id)
    session.add(pin)
    session.flush()
    record(session, actor, "pin:add", pin, month=month)
    return pin


def _require_writer(actor: Actor, official: Official) -> None:
    planned_official(actor, official)
    if not may_change(actor, official):
        raise NotFound


def _problems(
    official: Official, pins: Iterable[Pin], cell_id: UUID, month: date, allowed: set[UUID]
) -> dict[str, str]:
    if cell_id not in allowed:
        return {"cell": "Chi bộ này không thuộc địa bàn của đồng chí hoặc là chi bộ nơi đồng chí sinh hoạt."}
    if month.day != 1 or month < today().replace(day=1):
        return {"month": "Xin chọn tháng này hoặc tháng sau."}
    if problem := _cadence_problem(official.level, list(pins), month):
        return {"month": problem}
    return {}


def _cadence_problem(level: RotationLevel, pins: list[Pin], month: date) -> str:
    """Why the level's cadence leaves no room for one more wish that month; empty where it does."""
    length = level.period_months or 1
    for pin in pins:
        if _period(pin.month, length) == _period(month, length):
            said = f"Đã ghi {pin.cell} tháng {pin.month:%m/%Y}"
            return f"{said}; định kỳ {level.cadence_vi}, mỗi {'tháng' if level.per_year else 'kỳ'} một lượt."
    if level.per_year and len(pins) >= level.per_year:
        return f"Năm {month.year} đã ghi đủ {level.per_year:02d} lượt; xin bỏ một lượt trước khi thêm."
    return ""


def _period(month: date, length: int) -> int:
    return (month.year * 12 + month.month - 1) // length


def remove_pin(session: orm.Session, actor: Actor, pin: Pin) -> None:
    """Take a cell out of the plan."""
    _require_writer(actor, pin.official)
    record(session, actor, "pin:remove", pin, month=pin.month, cell=pin.cell_id)
    session.delete(pin)
    session.flush()


def send_plan(session: orm.Session, actor: Actor, official: Official, year: int) -> int:
    """Send the year's plan to the standing body and the bodies over its cells; how many people are told.

    From then on the rotation keeps it. Raises PinError where nothing waits to be sent.
    """
    _require_writer(actor, official)
    pins = pins_of(session, official, year)
    if not [pin for pin in pins if pin.sent_at is None]:
        raise PinError({"": "Kế hoạch chưa có gì mới để gửi."})
    for pin in pins:
        pin.sent_at = pin.sent_at or now()
    session.flush()
    record(session, actor, "pin:send", official, number=len(pins))
    text = f"Kế hoạch dự sinh hoạt năm {year} của đồng chí {official}: " + "; ".join(
        f"tháng {pin.month.month} {pin.cell}" for pin in pins
    )
    told = {p for pin in pins for p in holders(session, Permission.SWAPS_DECIDE, at=pin.cell.tree_path)}
    told |= holders(session, Permission.ROTATION_PUBLISH, leave_out=Role.TENANT_ADMIN)
    key = f"pin:{official.id}:{year}:{now():%Y%m%d%H%M%S}"
    return post(session, dict.fromkeys(told - {actor.person_id}, f"{text}."), "own_plan", key, "/rotation/")


def others_there(session: orm.Session, pins: Iterable[Pin]) -> dict[UUID, tuple[str, ...]]:
    """By pin: other officials whose sent plans ask for the same meeting."""
    other, mine = orm.aliased(Pin), [pin.id for pin in pins]
    query = (
        sa.select(Pin.id, other)
        .join(other, sa.and_(other.cell_id == Pin.cell_id, other.month == Pin.month, other.id != Pin.id))
        .where(Pin.id.in_(mine), other.sent_at.is_not(None))
        .options(orm.joinedload(other.official).joinedload(Official.person))
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for pin_id, there in session.execute(query):
        found[pin_id] = (*found.get(pin_id, ()), str(there.official))
    return found
