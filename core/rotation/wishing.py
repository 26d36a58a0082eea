"""What cells ask of the rotation, set for many at once by those who draw it up (S4-02, S4-11)."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.queries.wishes import receiving
from tenants.access import Actor, NotFound, Permission, reach, require
from tenants.audit import record
from tenants.models import Unit
from tenants.people import PeopleError
from tenants.people.units import visit_problems

SHARE = 0
"""Asked for as `visits_least`: the fair share, like any other cell."""


@dataclass(frozen=True)
class Wishes:
    """What to set, as a unit keeps it; None leaves it as it is."""

    special: int | None = None
    visitors_wanted: int | None = None
    visits_least: int | None = None
    visited_first: bool | None = None

    @property
    def values(self) -> dict[str, int | bool | None]:
        """The columns to set."""
        asked = {name: value for name, value in asdict(self).items() if value is not None}
        return asked | ({"visits_least": None} if self.visits_least == SHARE else {})


def set_wishes(session: orm.Session, actor: Actor, cell_ids: Collection[UUID], wishes: Wishes) -> int:
    """Set what the cells ask of the rotations to come; how many cells this changed.

    Raises NotFound for what is not a cell that receives visitors in the actor's reach, PeopleError by field.
    """
    require(actor, Permission.ROTATION_GENERATE)
    if problems := _problems(cell_ids, wishes):
        raise PeopleError(problems)
    mine = receiving(reach(actor, Permission.ROTATION_GENERATE)).where(Unit.id.in_(cell_ids))
    if set(session.scalars(mine.with_only_columns(Unit.id))) != set(cell_ids):
        raise NotFound
    columns = [getattr(Unit, name).is_distinct_from(value) for name, value in wishes.values.items()]
    query = sa.update(Unit).where(Unit.id.in_(cell_ids), sa.or_(*columns))
    query = query.values(**wishes.values, revision=Unit.revision + 1).returning(Unit.id)
    changed = session.scalars(query, execution_options={"synchronize_session": False}).all()
    session.expire_all()
    record(session, actor, "unit:wish", None, **wishes.values, cells=sorted(map(str, changed)))
    return len(changed)


def _problems(cell_ids: Collection[UUID], wishes: Wishes) -> dict[str, str]:
    if not cell_ids:
        return {"": "Xin đánh dấu chi bộ cần đặt."}
    if not wishes.values:
        return {"": "Xin chọn điều cần đặt; mọi ô đang để “Giữ nguyên”."}
    problems = visit_problems(wishes.visitors_wanted or 1, wishes.visits_least or None)
    if wishes.special is not None and not 0 <= wishes.special <= 3:
        problems["special"] = "Mức đặc thù từ 0 đến 3."
    return {name: said for name, said in problems.items() if said}
