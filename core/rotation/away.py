"""Officials' days of absence, told by themselves, and the visits they touch (product R01)."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.notices.work import post
from core.rotation.models import Absence, Official, Visit
from core.rotation.officials import require_over
from core.rotation.refused import Refused
from tenants.access import Actor, NotFound, Permission, require
from tenants.accounts import holders
from tenants.audit import record
from tenants.clock import today
from tenants.scope import new_row
from tenants.vietnamese import nfc

LONGEST = timedelta(days=366)


class AwayError(Refused):
    """The days cannot be taken."""


def away_problems(starts_on: date, ends_on: date, present: date) -> dict[str, str]:
    """What is wrong with a range of days, by field, in Vietnamese."""
    if ends_on < starts_on:
        return {"ends_on": "Ngày cuối phải từ ngày đầu trở đi."}
    if ends_on < present:
        return {"ends_on": "Những ngày này đã qua; chỉ báo bận cho hôm nay và sau đó."}
    if ends_on - starts_on > LONGEST:
        return {"ends_on": "Mỗi lần chỉ báo bận được tối đa một năm."}
    return {}


def own_official(session: orm.Session, actor: Actor) -> Official:
    """The actor as one who attends meetings; NotFound where he does not."""
    query = sa.select(Official).where(Official.person_id == actor.person_id, Official.lasts(today()))
    if actor.person_id is None or (found := session.scalar(query)) is None:
        raise NotFound
    return found


def touched_visits(session: orm.Session, official: Official, starts_on: date, ends_on: date) -> list[Visit]:
    """The official's visits to come on those days, by day."""
    query = sa.select(Visit).where(
        Visit.official_id == official.id, Visit.cancelled_at.is_(None), Visit.settled_at.is_(None),
        Visit.meets_on.between(max(starts_on, today()), ends_on),
    )  # fmt: skip
    query = query.options(orm.joinedload(Visit.cell)).order_by(Visit.meets_on, Visit.id)
    return list(session.scalars(query))


def away_on(session: orm.Session, actor: Actor, day: date) -> bool:
    """Whether the actor has said that he cannot attend on the day."""
    said = sa.exists().where(
        Absence.person_id == actor.person_id, Absence.starts_on <= day, Absence.ends_on >= day
    )
    return bool(session.scalar(sa.select(said)))


def declare(
    session: orm.Session,
    actor: Actor,
    starts_on: date,
    ends_on: date,
    reason: str,
    official: Official | None = None,
) -> list[Visit]:
    """Say when one cannot attend, once; the visits it touches, of which coordinators are told.

    For oneself, or as a coordinator for an `official` of his areas. Raises NotAllowed or AwayError.
    """  # fmt: skip
    if official is None:
        require(actor, Permission.VISITS_REPORT)
        official = own_official(session, actor)
    else:
        require_over(actor, official)
    if problems := away_problems(starts_on, ends_on, today()):
        raise AwayError(problems)
    row = new_row(
        person_id=official.person_id, starts_on=starts_on, ends_on=ends_on, reason=nfc(reason.strip())
    )
    made = insert(Absence).values(row).on_conflict_do_nothing().returning(Absence)
    absence, touched = session.scalar(made), touched_visits(session, official, starts_on, ends_on)
    if absence is not None:
        record(session, actor, "absence:add", absence, starts_on=starts_on, ends_on=ends_on)
        _tell(session, official, absence, touched)
    return touched


def _tell(session: orm.Session, official: Official, absence: Absence, touched: list[Visit]) -> None:
    text = (
        f"Đồng chí {official} bận từ {absence.starts_on:%d/%m/%Y} đến {absence.ends_on:%d/%m/%Y}: "
        f"{len(touched)} lượt dự cần đổi hoặc điều chỉnh lịch."
    )
    over = {p for v in touched for p in holders(session, Permission.SWAPS_DECIDE, at=v.cell.tree_path)}
    post(session, dict.fromkeys(over, text), "absence", f"absence:{absence.id}", "/visits/all?state=coming")


def withdraw(session: orm.Session, actor: Actor, absence: Absence) -> None:
    """Take one's own absence back; the trail keeps its days. NotFound for anybody else's."""
    require(actor, Permission.VISITS_REPORT)
    if absence.person_id != actor.person_id:
        raise NotFound
    record(session, actor, "absence:withdraw", absence, starts_on=absence.starts_on, ends_on=absence.ends_on)
    session.delete(absence)
    session.flush()
