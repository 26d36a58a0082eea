"""Writing good rows of people, officials and absences (X04)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.rosters.checks import RosterRow
from core.rosters.merge import Applied, Outcome, assign, by_code, counted
from core.rotation.models import Absence, Official, OfficialArea, RotationLevel
from tenants.access import Role
from tenants.clock import today
from tenants.db import new_id
from tenants.models import Account, Appointment, Person, Unit
from tenants.vietnamese import fold, sort_key

DESCRIPTION = ("full_name", "born_on", "phone", "email", "login")

Post = tuple[UUID, UUID, Role]


def open_appointments() -> sa.ColumnElement[bool]:
    """Whether an appointment still holds, today or from a later day on."""
    return sa.or_(Appointment.valid_to.is_(None), Appointment.valid_to >= today())


def _held(session: orm.Session) -> set[Post]:
    query = sa.select(Appointment.person_id, Appointment.unit_id, Appointment.role)
    return {
        (row.person_id, row.unit_id, row.role) for row in session.execute(query.where(open_appointments()))
    }


def _appoint(session: orm.Session, held: set[Post], post: Post, since: date) -> bool:
    """Give a post to whoever does not hold it; whether it was given."""
    if post in held:
        return False
    held.add(post)
    person_id, unit_id, role = post
    session.add(Appointment(person_id=person_id, unit_id=unit_id, role=role, valid_from=since))
    return True


def apply_people(session: orm.Session, rows: tuple[RosterRow, ...], since: date) -> Applied:
    """People, a post a row, and an account where a login is given and there is none.

    A row with a new post is created; one whose person changed is updated.
    """
    people, units, held = by_code(session, Person), by_code(session, Unit), _held(session)
    accounts = set(session.scalars(sa.select(Account.person_id)))
    changed = {
        code: _person(session, people, accounts, code, told) for code, told in _descriptions(rows).items()
    }
    session.flush()
    outcomes = []
    for row in rows:
        post = (people[row["person"]].id, units[row["unit"]].id, Role(row["role"]))
        new = _appoint(session, held, post, since)
        outcomes.append(Outcome.CREATED if new else changed[row["person"]])
    session.flush()
    return counted(outcomes)


def _descriptions(rows: tuple[RosterRow, ...]) -> dict[str, dict[str, Any]]:
    """What the rows of each person say together: a blank beside another row's word says nothing."""
    told: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        for key in DESCRIPTION:
            if key in row.values:
                told[row["person"]][key] = told[row["person"]].get(key) or row.values[key]
    return told


def _person(
    session: orm.Session, people: dict[str, Person], accounts: set[UUID], code: str, told: Mapping[str, Any]
) -> Outcome:
    name = told["full_name"]
    values = {"full_name": name, "sort_key": sort_key(name), "search_key": fold(name), "left_on": None}
    values |= {key: told[key] or "" for key in ("phone", "email") if key in told}
    values |= {"born_on": told["born_on"]} if "born_on" in told else {}
    person = people.get(code)
    if person is None:
        person = people[code] = Person(id=new_id(), code=code, **values)
        session.add(person)
        outcome = Outcome.CREATED
    else:
        outcome = assign(person, values)
    if told.get("login") and person.id not in accounts:
        session.add(Account(person_id=person.id, login=told["login"]))
        outcome = Outcome.UPDATED if outcome is Outcome.UNCHANGED else outcome
    return outcome


def apply_officials(session: orm.Session, rows: tuple[RosterRow, ...], since: date) -> Applied:
    """Officials with level, own cell and areas, and the role that lets them see and report their visits."""
    people, units, held = by_code(session, Person), by_code(session, Unit), _held(session)
    levels = by_code(session, RotationLevel)
    root = next(unit for unit in units.values() if unit.parent_id is None)
    officials = session.scalars(sa.select(Official).options(orm.selectinload(Official.areas)))
    known = {official.person_id: official for official in officials}
    outcomes = []
    for row in rows:
        person_id = people[row["person"]].id
        values: dict[str, Any] = {"level_id": levels[row["level"]].id}
        if (served := known.get(person_id)) and not served.serves:
            values["retired_on"] = None
        if "own_cell" in row.values:
            values["own_cell_id"] = units[row["own_cell"]].id if row["own_cell"] else None
        areas = [units[code].id for code in row["area"]]
        outcome = _official(session, known.get(person_id), person_id, values, areas)
        given = _appoint(session, held, (person_id, root.id, Role.OFFICIAL), since)
        outcomes.append(Outcome.UPDATED if given and outcome is Outcome.UNCHANGED else outcome)
    session.flush()
    return counted(outcomes)


def _official(
    session: orm.Session, known: Official | None, person_id: UUID, values: dict[str, Any], areas: list[UUID]
) -> Outcome:
    if known is None:
        made = [OfficialArea(unit_id=unit_id) for unit_id in areas]
        session.add(Official(person_id=person_id, areas=made, **values))
        return Outcome.CREATED
    before = {area.unit_id: area for area in known.areas if area.valid_to is None or area.valid_to >= today()}
    if before.keys() == set(areas):
        return assign(known, values)
    known.areas = [before.get(unit_id) or OfficialArea(unit_id=unit_id) for unit_id in areas]
    assign(known, values)
    return Outcome.UPDATED


def apply_absences(session: orm.Session, rows: tuple[RosterRow, ...], _since: date) -> Applied:
    """Days away; the same days of the same person are one absence."""
    people = by_code(session, Person)
    known = {(a.person_id, a.starts_on, a.ends_on): a for a in session.scalars(sa.select(Absence))}
    outcomes = []
    for row in rows:
        person_id, reason = people[row["person"]].id, row.values.get("reason") or ""
        absence = known.get((person_id, row["starts_on"], row["ends_on"]))
        if absence is not None:
            outcomes.append(assign(absence, {"reason": reason} if "reason" in row.values else {}))
            continue
        days = {"starts_on": row["starts_on"], "ends_on": row["ends_on"]}
        session.add(Absence(person_id=person_id, reason=reason, **days))
        outcomes.append(Outcome.CREATED)
    session.flush()
    return counted(outcomes)
