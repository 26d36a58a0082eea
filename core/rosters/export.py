"""The tenant's rosters as files that import again and change nothing (X04)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import orm

from core.rosters.kinds import KINDS, ROLES
from core.rosters.merge_people import open_appointments
from core.rosters.sheets import write_sheet
from core.rotation.models import Absence, Official, OfficialArea, RotationLevel
from tenants.clock import today
from tenants.models import Account, Appointment, CellSetting, Person, Unit

Values = Mapping[Any, Any]


def template(kind_code: str) -> bytes:
    """An empty file with the headings, and what to write in each column on its second sheet."""
    kind = KINDS[kind_code]
    return write_sheet(kind.title_vi, kind.headers, (), kind.guide)


def export(session: orm.Session, kind_code: str) -> tuple[bytes, int]:
    """What the tenant has now as a file of that kind, and how many rows it holds."""
    kind = KINDS[kind_code]
    rows = [kind.cells(values) for values in EXPORTS[kind_code](session)]
    return write_sheet(kind.title_vi, kind.headers, rows, kind.guide), len(rows)


def _values(rows: Iterable[sa.Row[Any]]) -> list[Values]:
    return [row._mapping for row in rows]


def _units(session: orm.Session) -> list[Values]:
    """Open units below the tenant's own, from the top down; directly below it the parent is blank."""
    above = orm.aliased(Unit)
    parent = sa.case((above.parent_id.is_(None), None), else_=above.code).label("parent")
    query = (
        sa.select(
            Unit.code, Unit.name, Unit.kind, parent, CellSetting.name.label("setting"), Unit.special,
            Unit.meeting_day, Unit.meeting_slot, Unit.former_name, Unit.longitude, Unit.latitude,
            Unit.block, sa.func.nullif(Unit.rank, "").label("rank"), Unit.members, Unit.rounds_held,
            Unit.visitors_wanted, Unit.visits_least, Unit.visited_first,
        )
        .join(above, above.id == Unit.parent_id)
        .outerjoin(CellSetting, CellSetting.id == Unit.setting_id)
        .where(Unit.valid_to.is_(None))
    )  # fmt: skip
    return _values(session.execute(query.order_by(Unit.path)))


def _people(session: orm.Session) -> list[Values]:
    """Open posts that the file knows, of people on the roster, by name and code."""
    columns = (
        Person.code.label("person"), Person.full_name, Person.born_on, Person.phone, Person.email,
        Unit.code.label("unit"), Appointment.role, Account.login,
    )  # fmt: skip
    query = (
        sa.select(*columns)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(open_appointments(), Appointment.role.in_(ROLES.values()))
        .where(Person.left_on.is_(None), Unit.valid_to.is_(None))
        .group_by(Person.sort_key, Unit.path, *columns)
    )
    return _values(session.execute(query.order_by(Person.sort_key, Person.code, Unit.path, Appointment.role)))


def _officials(session: orm.Session) -> list[Values]:
    """Officials not retired, with the open units of their areas."""
    own = orm.aliased(Unit)
    areas = sa.func.array_agg(sa.distinct(Unit.code))
    query = (
        sa.select(Person.code.label("person"), RotationLevel.code.label("level"), own.code.label("own_cell"))
        .add_columns(areas.label("area"))
        .join(Official, Official.person_id == Person.id)
        .join(RotationLevel, RotationLevel.id == Official.level_id)
        .join(OfficialArea, OfficialArea.official_id == Official.id)
        .where(OfficialArea.lasts(today()))
        .join(Unit, sa.and_(Unit.id == OfficialArea.unit_id, Unit.valid_to.is_(None)))
        .outerjoin(own, sa.and_(own.id == Official.own_cell_id, own.valid_to.is_(None)))
        .where(Person.left_on.is_(None), Official.lasts(today()))
        .group_by(Person.sort_key, Person.code, RotationLevel.code, own.code)
    )
    return _values(session.execute(query.order_by(Person.sort_key, Person.code)))


def _absences(session: orm.Session) -> list[Values]:
    query = (
        sa.select(Person.code.label("person"), Absence.starts_on, Absence.ends_on, Absence.reason)
        .join(Absence, Absence.person_id == Person.id)
        .where(Person.left_on.is_(None))
    )
    return _values(session.execute(query.order_by(Absence.starts_on, Person.sort_key, Person.code)))


EXPORTS: Final[Mapping[str, Callable[[orm.Session], list[Values]]]] = {
    "units": _units,
    "people": _people,
    "officials": _officials,
    "absences": _absences,
}
