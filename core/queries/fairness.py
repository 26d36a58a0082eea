"""Fairness over years: visits a person, a cell and an area got (design: product R05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.queries.lines import above
from core.queries.reading import Slice, matches, sliced
from core.rotation.models import Official, OfficialArea, RotationLevel, Visit
from tenants.clock import today
from tenants.conditions import within
from tenants.models import CellSetting, Person, Unit
from tenants.tree import UnitKind, UnitPath
from tenants.vietnamese import fold


@dataclass(frozen=True)
class Load:
    """A person, a cell or an area with its visits of each asked year; `detail` says where it belongs."""

    id: UUID
    name: str
    detail: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All asked years together."""
        return sum(self.counts)


def _counts(years: Iterable[int]) -> list[sa.ColumnElement[int]]:
    """Per year, as columns of a grouped statement: promised visits not missed."""
    good = sa.and_(Visit.cancelled_at.is_(None), Visit.missed_reason.is_(None))
    year = sa.func.extract("year", Visit.month)
    return [sa.func.count(Visit.id).filter(good, year == y).label(f"y{y}") for y in years]


def _loads(session: orm.Session, query: sa.Select[*tuple[object, ...]], number: int) -> Slice[Load]:
    return sliced(session, query, number, lambda row: Load(row[0], row[1], row[2], tuple(row[3:])))


def loads_of_officials(
    session: orm.Session, paths: Iterable[UnitPath], years: tuple[int, ...], name: str, number: int
) -> Slice[Load]:
    """Officials whose areas lie in reach, those with most visits first."""
    mine = (
        sa.select(OfficialArea.official_id).join(Unit, Unit.id == OfficialArea.unit_id).where(within(paths))
    )
    query = (
        sa.select(Official.id, Person.full_name, RotationLevel.name, *_counts(years))
        .join(Person, Person.id == Official.person_id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .outerjoin(Visit, Visit.official_id == Official.id)
        .where(Official.lasts(today()), Official.id.in_(mine))
        .group_by(Official.id, Official.tenant_id, Person.full_name, Person.sort_key, RotationLevel.name)
        .order_by(sa.func.count(Visit.id).desc(), Person.sort_key, Official.id)
    )
    if fold(name):
        query = query.where(matches(Person.search_key, name))
    return _loads(session, query, number)


def loads_of_cells(
    session: orm.Session, paths: Iterable[UnitPath], years: tuple[int, ...], name: str, number: int
) -> Slice[Load]:
    """Residential cells in reach, those with fewest visits first."""
    query = (
        sa.select(Unit.id, Unit.name, sa.func.coalesce(above.name, ""), *_counts(years))
        .join(CellSetting, CellSetting.id == Unit.setting_id)
        .outerjoin(above, above.id == Unit.parent_id)
        .outerjoin(Visit, Visit.cell_id == Unit.id)
        .where(Unit.kind == UnitKind.CELL, Unit.valid_to.is_(None), CellSetting.is_residential, within(paths))
        .group_by(Unit.id, Unit.name, Unit.path, above.name)
        .order_by(sa.func.count(Visit.id), Unit.path)
    )
    if fold(name):
        query = query.where(matches(Unit.search_key, name))
    return _loads(session, query, number)


def loads_of_areas(
    session: orm.Session, paths: Iterable[UnitPath], years: tuple[int, ...], name: str, number: int
) -> Slice[Load]:
    """Organisations in reach with residential cells, in the order of the tree."""
    size = sa.func.count(Unit.id.distinct())
    words = sa.func.concat(sa.cast(size, sa.Text), " chi bộ")
    query = (
        sa.select(above.id, above.name, words, *_counts(years))
        .select_from(Unit)
        .join(above, above.id == Unit.parent_id)
        .join(CellSetting, CellSetting.id == Unit.setting_id)
        .outerjoin(Visit, Visit.cell_id == Unit.id)
        .where(Unit.kind == UnitKind.CELL, Unit.valid_to.is_(None), CellSetting.is_residential, within(paths))
        .group_by(above.id, above.name, above.path)
        .order_by(above.path)
    )
    if fold(name):
        query = query.where(matches(above.search_key, name))
    return _loads(session, query, number)
