"""What the tenant already has, as the checks want to know it."""

import sqlalchemy as sa
from sqlalchemy import orm

from core.rosters.drafts import Known, KnownPerson, KnownUnit
from core.rotation.models import RotationLevel
from core.rotation.solving.facts import OwnCell
from tenants.clock import today
from tenants.models import Account, CellSetting, Person, Unit


def load_known(session: orm.Session) -> Known:
    """Units, people, levels and settings of the tenant, by code or name."""
    return Known(
        today(),
        _units(session),
        _people(session),
        {row.code: row.own_cell is not OwnCell.EXCLUDED for row in session.scalars(sa.select(RotationLevel))},
        frozenset(session.scalars(sa.select(CellSetting.name))),
    )


def _units(session: orm.Session) -> dict[str, KnownUnit]:
    parent = orm.aliased(Unit)
    query = sa.select(Unit.code, Unit.kind, parent.code).outerjoin(parent, parent.id == Unit.parent_id)
    rows = session.execute(query.where(Unit.valid_to.is_(None)))
    return {code: KnownUnit(kind, above) for code, kind, above in rows}


def _people(session: orm.Session) -> dict[str, KnownPerson]:
    query = sa.select(Person.code, Person.search_key, Person.born_on, Account.login, Person.left_on)
    rows = session.execute(query.outerjoin(Account, Account.person_id == Person.id))
    return {code: KnownPerson(key, born, login, left is not None) for code, key, born, login, left in rows}
