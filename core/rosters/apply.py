"""Writing good rows: new ones added, changed ones updated, the same ones left alone (X04)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.rosters.checks import RosterRow
from core.rotation.models import Absence, Official, OfficialArea, RotationLevel
from tenants.access import Role
from tenants.clock import today
from tenants.db import new_id
from tenants.models import Account, Appointment, CellSetting, Person, Unit
from tenants.tree import UnitKind, UnitPath
from tenants.vietnamese import fold, sort_key


@dataclass(frozen=True)
class Applied:
    """How many rows made something new, changed something, or said what was known."""

    created: int
    updated: int
    unchanged: int


def _counted(outcomes: Iterable[str]) -> Applied:
    found = list(outcomes)
    return Applied(found.count("created"), found.count("updated"), found.count("unchanged"))


def _assign(row: Any, values: Mapping[str, Any]) -> bool:
    """Set what differs; whether anything did."""
    changed = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in changed.items():
        setattr(row, key, value)
    return bool(changed)


def _by_code(session: orm.Session, kind: type[Any]) -> dict[str, Any]:
    return {row.code: row for row in session.scalars(sa.select(kind))}


def apply_units(session: orm.Session, rows: tuple[RosterRow, ...]) -> Applied:
    """Units of the tree, parents before children; a unit without a parent lies below the tenant's own."""
    known = _by_code(session, Unit)
    root = next(unit for unit in known.values() if unit.parent_id is None)
    settings = _settings(session, rows)
    outcomes = []
    for row in _parents_first(rows):
        parent = known[row.values.get("parent") or root.code] if row["code"] != root.code else None
        values = _unit_values(row.values, settings) | {"parent_id": parent.id if parent else None}
        unit = known.get(row["code"])
        if unit is None:
            path = (parent or root).tree_path.child(row["code"]).text
            unit = Unit(id=new_id(), code=row["code"], path=path, valid_from=today(), **values)
            known[unit.code] = unit
            session.add(unit)
            outcomes.append("created")
        else:
            outcomes.append("updated" if _assign(unit, values) else "unchanged")
    session.flush()
    _mend_paths(known.values())
    return _counted(outcomes)


def _settings(session: orm.Session, rows: tuple[RosterRow, ...]) -> dict[str, UUID]:
    """The catalogue by name, with what the file names and the catalogue lacks added to it."""
    known = {setting.name: setting.id for setting in session.scalars(sa.select(CellSetting))}
    named = {row.values["setting"] for row in rows if row.values.get("setting")}
    added = [CellSetting(id=new_id(), name=name) for name in sorted(named - known.keys())]
    session.add_all(added)
    session.flush()
    return known | {setting.name: setting.id for setting in added}


def _unit_values(values: Mapping[str, Any], settings: Mapping[str, UUID]) -> dict[str, Any]:
    plain = ("name", "meeting_day", "meeting_slot", "longitude", "latitude")
    found = {key: values[key] for key in plain if key in values}
    found["kind"] = UnitKind(values["kind"])
    found["search_key"] = fold(values["name"])
    if "special" in values:
        found["special"] = values["special"] or 0
    if "former_name" in values:
        found["former_name"] = values["former_name"] or ""
    if "setting" in values:
        found["setting_id"] = settings.get(values["setting"]) if values["setting"] else None
    return found


def _parents_first(rows: tuple[RosterRow, ...]) -> list[RosterRow]:
    parent_of = {row["code"]: row.values.get("parent") for row in rows}

    def depth(code: str | None) -> int:
        return 0 if code not in parent_of else 1 + depth(parent_of[code])

    return sorted(rows, key=lambda row: depth(row["code"]))


def _mend_paths(units: Iterable[Unit]) -> None:
    """Give every unit the path its parents make; only a moved branch changes."""
    by_id = {unit.id: unit for unit in units}

    def path(unit: Unit) -> UnitPath:
        above = by_id.get(unit.parent_id) if unit.parent_id else None
        return path(above).child(unit.code) if above else UnitPath.root(unit.code)

    for unit in by_id.values():
        if unit.path != (now_at := path(unit).text):
            unit.path = now_at


def apply_people(session: orm.Session, rows: tuple[RosterRow, ...]) -> Applied:
    """People, one appointment a row, and an account where a login is given."""
    people, units = _by_code(session, Person), _by_code(session, Unit)
    held = _open_appointments(session)
    accounts = {account.person_id: account for account in session.scalars(sa.select(Account))}
    found = [(row, *_person(session, people, row.values)) for row in rows]
    session.flush()
    outcomes = []
    for row, person, outcome in found:
        key = (person.id, units[row["unit"]].id, Role(row["role"]))
        if key not in held:
            held.add(key)
            session.add(_appointed(*key))
            outcome = "created" if outcome == "created" else "updated"
        if (login := row.values.get("login")) and person.id not in accounts:
            accounts[person.id] = Account(person_id=person.id, login=login)
            session.add(accounts[person.id])
        outcomes.append(outcome)
    session.flush()
    return _counted(outcomes)


def _person(session: orm.Session, people: dict[str, Person], values: Mapping[str, Any]) -> tuple[Person, str]:
    name = values["full_name"]
    found = {"full_name": name, "sort_key": sort_key(name), "search_key": fold(name)}
    found |= {key: values[key] or "" for key in ("phone", "email") if key in values}
    found |= {"born_on": values["born_on"]} if "born_on" in values else {}
    person = people.get(values["person"])
    if person is not None:
        return person, "updated" if _assign(person, found) else "unchanged"
    person = Person(id=new_id(), code=values["person"], **found)
    people[person.code] = person
    session.add(person)
    return person, "created"


def _open_appointments(session: orm.Session) -> set[tuple[UUID, UUID, Role]]:
    query = sa.select(Appointment.person_id, Appointment.unit_id, Appointment.role)
    still = sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today())
    return {(person, unit, role) for person, unit, role in session.execute(query.where(still))}


def apply_officials(session: orm.Session, rows: tuple[RosterRow, ...]) -> Applied:
    """Officials with level, own cell and areas, and the role that lets them see and report their visits."""
    people, units = _by_code(session, Person), _by_code(session, Unit)
    levels = _by_code(session, RotationLevel)
    root = next(unit for unit in units.values() if unit.parent_id is None)
    officials = session.scalars(sa.select(Official).options(orm.selectinload(Official.areas)))
    known, held = {official.person_id: official for official in officials}, _open_appointments(session)
    outcomes = []
    for row in rows:
        person = people[row["person"]]
        own = units[row["own_cell"]].id if row.values.get("own_cell") else None
        values = {"level_id": levels[row["level"]].id, "own_cell_id": own, "retired_on": None}
        areas = [units[code].id for code in row["area"]]
        outcomes.append(_official(session, known.get(person.id), person.id, values, areas))
        if (person.id, root.id, Role.OFFICIAL) not in held:
            session.add(_appointed(person.id, root.id, Role.OFFICIAL))
    session.flush()
    return _counted(outcomes)


def _appointed(person_id: UUID, unit_id: UUID, role: Role) -> Appointment:
    return Appointment(person_id=person_id, unit_id=unit_id, role=role, valid_from=today())


def _official(
    session: orm.Session, known: Official | None, person_id: UUID, values: dict[str, Any], areas: list[UUID]
) -> str:
    if known is None:
        official = Official(person_id=person_id, **values)
        official.areas = [OfficialArea(unit_id=unit_id) for unit_id in areas]
        session.add(official)
        return "created"
    moved = {area.unit_id for area in known.areas} != set(areas)
    if moved:
        known.areas = [area for area in known.areas if area.unit_id in areas]
        have = {area.unit_id for area in known.areas}
        known.areas += [OfficialArea(unit_id=unit_id) for unit_id in areas if unit_id not in have]
    return "updated" if _assign(known, values) or moved else "unchanged"


def apply_absences(session: orm.Session, rows: tuple[RosterRow, ...]) -> Applied:
    """Days away; the same days of the same person are one absence."""
    people = _by_code(session, Person)
    known = {(a.person_id, a.starts_on, a.ends_on): a for a in session.scalars(sa.select(Absence))}
    outcomes = []
    for row in rows:
        key = (people[row["person"]].id, row["starts_on"], row["ends_on"])
        reason = {"reason": row.values.get("reason") or ""}
        if key in known:
            outcomes.append("updated" if _assign(known[key], reason) else "unchanged")
            continue
        known[key] = Absence(person_id=key[0], starts_on=key[1], ends_on=key[2], **reason)
        session.add(known[key])
        outcomes.append("created")
    session.flush()
    return _counted(outcomes)


APPLY: dict[str, Callable[[orm.Session, tuple[RosterRow, ...]], Applied]] = {
    "units": apply_units,
    "people": apply_people,
    "officials": apply_officials,
    "absences": apply_absences,
}
