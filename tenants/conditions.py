"""What many queries ask of the tenant's tree: valid on a day, within a reach, where it begins."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.models import Appointment, Unit
from tenants.tree import UnitPath


def valid(kind: type[Unit] | type[Appointment], on: date) -> sa.ColumnElement[bool]:
    """That a unit or appointment is valid on a day; its last day counts (design: security 45)."""
    return sa.and_(kind.valid_from <= on, sa.or_(kind.valid_to.is_(None), kind.valid_to >= on))


def within(paths: Iterable[UnitPath]) -> sa.ColumnElement[bool]:
    """That a unit lies in any of the subtrees; in none where there are none."""
    inside = (sa.and_(Unit.path >= over.text, Unit.path < over.end) for over in paths)
    return sa.or_(sa.false(), *inside)


def root_path(session: orm.Session) -> UnitPath:
    """The path of the tenant's own unit, from which every other one hangs."""
    return UnitPath(session.scalars(sa.select(Unit.path).where(Unit.parent_id.is_(None))).one())
