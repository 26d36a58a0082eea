"""An official leaves the rotation, or gets other areas or another level, from a day on (S4-02, S4-12)."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from sqlalchemy import orm

from core.rotation.models import Official, OfficialArea, RotationLevel
from core.rotation.refused import Refused
from tenants.access import Actor, Permission, require
from tenants.audit import record
from tenants.clock import today
from tenants.models import Unit

PAST = "Buổi đã qua giữ nguyên; xin ghi từ hôm nay trở đi."


class OfficialError(Refused):
    """The change cannot be taken."""


def require_over(actor: Actor, official: Official, more: Iterable[Unit] = ()) -> None:
    """Raise NotAllowed unless the actor coordinates each of the official's areas and `more` units."""
    require(actor, Permission.ROTATION_GENERATE)
    for unit in (*(area.unit for area in official.areas), *more):
        require(actor, Permission.ROTATION_GENERATE, unit.tree_path)


def leave_problems(since: date, present: date) -> dict[str, str]:
    """What is wrong with the day from which an official attends no more, by field, in Vietnamese."""
    return {"since": PAST} if since < present else {}


def leave(session: orm.Session, actor: Actor, official: Official, since: date) -> None:
    """From `since` on the official attends no more; his visits before stand. OfficialError, NotAllowed."""
    require_over(actor, official)
    if problems := leave_problems(since, today()):
        raise OfficialError(problems)
    official.retired_on = since
    session.flush()
    record(session, actor, "official:leave", official, since=since)


def transfer_problems(
    official: Official, units: Collection[Unit], since: date, level: RotationLevel | None, present: date
) -> dict[str, str]:
    """What is wrong with a transfer, by field, in Vietnamese: an area holds from one day to one other."""
    if since < present:
        return {"since": PAST}
    if level not in (None, official.level) and since != present:
        return {"since": "Đổi cấp chỉ ghi được từ hôm nay; đến ngày ấy xin ghi sau, hoặc chỉ đổi địa bàn."}
    for area in official.areas:
        if area.unit in units and area.valid_to and present <= area.valid_to < since - timedelta(1):
            ends = f"{area.unit} đã ghi là thôi phụ trách sau ngày {area.valid_to:%d/%m/%Y}"
            return {"since": f"{ends}; việc trở lại xin ghi sau ngày đó, hoặc từ ngày liền sau."}
    return {}


def transfer(
    session: orm.Session,
    actor: Actor,
    official: Official,
    units: Collection[Unit],
    since: date,
    level: RotationLevel | None = None,
) -> None:
    """From `since` on the official attends the cells of `units` alone, and with `level` at its cadence.

    Areas that end keep their days, so that the visits before stand. Raises OfficialError, NotAllowed.
    """
    require_over(actor, official, units)
    if problems := transfer_problems(official, units, since, level, today()):
        raise OfficialError(problems)
    official.areas = [*_lasting(official, units, since), *_begun(official, units, since)]
    official.level = level or official.level
    session.flush()
    record(session, actor, "official:transfer", official, since=since, areas=[unit.code for unit in units])


def _lasting(official: Official, units: Collection[Unit], since: date) -> Iterable[OfficialArea]:
    """The areas there are: those that stay, and the others up to the day before."""
    eve = since - timedelta(1)
    for area in official.areas:
        if area.unit in units:
            area.valid_from, area.valid_to = area.valid_from and min(area.valid_from, since), None
        elif area.valid_to is None or area.valid_to >= since:
            area.valid_to = eve
        if area.valid_from is None or area.valid_to is None or area.valid_from <= area.valid_to:
            yield area


def _begun(official: Official, units: Collection[Unit], since: date) -> Iterable[OfficialArea]:
    known = [area.unit for area in official.areas]
    return [OfficialArea(unit=unit, valid_from=since) for unit in units if unit not in known]
