"""Cells that receive visitors, and what each asks of the rotation (S4-02, S4-11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.queries.lines import ABOVE, above
from core.queries.reading import Rows, Slice, matches, sliced
from tenants.codes import SPECIAL
from tenants.conditions import within
from tenants.models import CellSetting, Unit
from tenants.tree import UnitKind, UnitPath
from tenants.vietnamese import fold

MARKED = sa.or_(
    Unit.special > 0, Unit.visitors_wanted > 1, Unit.visits_least.is_not(None), Unit.visited_first
)


@dataclass(frozen=True)
class CellWishes:
    """A cell and what it asks for, as the unit keeps it."""

    id: UUID
    cell: str
    above: str
    special: int
    visitors_wanted: int
    visits_least: int | None
    visited_first: bool

    @property
    def words_vi(self) -> str:
        """As "Đặc thù; ít nhất 04 lượt một năm"; empty where it asks for nothing of its own."""
        said = (
            SPECIAL[self.special] if self.special else "",
            f"{self.visitors_wanted:02d} đồng chí cùng buổi" if self.visitors_wanted > 1 else "",
            f"ít nhất {self.visits_least:02d} lượt một năm" if self.visits_least else "",
            "dự ngay tháng đầu" if self.visited_first else "",
        )
        words = "; ".join(filter(None, said))
        return words[:1].upper() + words[1:]


def receiving(paths: Iterable[UnitPath], name: str = "", marked: bool = False) -> Rows:
    """The open residential cells in reach, by what is typed of their name or the unit's above; `marked`:
    only those that ask for something. In the order of the tree."""
    query = (
        sa.select(Unit.id, Unit.name.label("cell"), ABOVE)
        .add_columns(Unit.special, Unit.visitors_wanted, Unit.visits_least, Unit.visited_first)
        .join(CellSetting, CellSetting.id == Unit.setting_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .where(Unit.kind == UnitKind.CELL, Unit.valid_to.is_(None), CellSetting.is_residential)
        .where(within(paths))
        .order_by(Unit.path)
    )
    if fold(name):
        query = query.where(sa.or_(matches(Unit.search_key, name), matches(above.search_key, name)))
    return query.where(MARKED) if marked else query


def cells_asking(session: orm.Session, found: Rows, number: int) -> Slice[CellWishes]:
    """One page of the cells found."""
    return sliced(session, found, number, lambda row: CellWishes(*row))


def ids_of(session: orm.Session, found: Rows) -> frozenset[UUID]:
    """All the cells found."""
    return frozenset(session.scalars(found.order_by(None).with_only_columns(Unit.id)))
