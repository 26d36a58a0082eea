"""Writing good rows of units: the tree grows, and a moved branch takes its paths along (X04)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.rosters.checks import RosterRow
from core.rosters.merge import Applied, Outcome, assign, by_code, counted
from core.rosters.unit_rules import OF_CELLS
from tenants.codes import code_of
from tenants.db import new_id
from tenants.models import CellSetting, Unit
from tenants.people.past import changed_units, remember
from tenants.tree import UnitKind, UnitPath
from tenants.vietnamese import fold

PLAIN = ("name", "meeting_day", "meeting_slot", "longitude", "latitude", "members", "visits_least")
NEVER_BLANK = {
    "special": 0, "former_name": "", "block": "", "rank": "", "rounds_held": 0, "visitors_wanted": 1,
    "visited_first": False,
}  # fmt: skip
NOT_OF: Mapping[UnitKind, Mapping[str, Any]] = {UnitKind.ORGANISATION: OF_CELLS, UnitKind.CELL: {"rank": ""}}
"""What a unit of that kind never has."""


def apply_units(session: orm.Session, rows: tuple[RosterRow, ...], since: date) -> Applied:
    """Units of the tree, parents before children; a unit without a parent lies below the tenant's own.

    A closed unit that is named again is open again; what changed units were before `since` is kept.
    """
    known = by_code(session, Unit)
    root = next(unit for unit in known.values() if unit.parent_id is None)
    settings = _settings(session, rows)
    outcomes = []
    for row in _parents_first(rows):
        unit = known.get(row["code"])
        values = _values(row.values, settings) | _parent(row, unit, known, root)
        if unit is not None:
            outcomes.append(assign(unit, values))
            continue
        unit = Unit(id=new_id(), code=row["code"], path=root.path, valid_from=since, **values)
        known[unit.code] = unit
        session.add(unit)
        outcomes.append(Outcome.CREATED)
    _mend_paths(known.values())
    remember(session, Unit.id.in_(changed_units(session)), since)
    session.flush()
    return counted(outcomes)


def _settings(session: orm.Session, rows: tuple[RosterRow, ...]) -> dict[str, UUID]:
    """The catalogue by name, with what the file names and the catalogue lacks added to it; a name that
    differs by signs alone is the one there is."""
    there = list(session.scalars(sa.select(CellSetting)))
    known, by_code = ({getattr(row, key): row.id for row in there} for key in ("name", "code"))
    named = {row.values["setting"] for row in rows if row.values.get("setting")}
    for name in sorted(named - known.keys()):
        code = code_of(name) or "other"
        if code not in by_code:
            by_code[code] = new_id()
            session.add(CellSetting(id=by_code[code], name=name, code=code))
        known[name] = by_code[code]
    session.flush()
    return known


def _values(values: Mapping[str, Any], settings: Mapping[str, UUID]) -> dict[str, Any]:
    found = {key: values[key] for key in PLAIN if key in values}
    found |= {"kind": UnitKind(values["kind"]), "search_key": fold(values["name"]), "valid_to": None}
    found |= {key: values[key] or blank for key, blank in NEVER_BLANK.items() if key in values}
    if "setting" in values:
        found["setting_id"] = settings.get(values["setting"] or "")
    return found | dict(NOT_OF[found["kind"]])


def _parent(row: RosterRow, unit: Unit | None, known: Mapping[str, Unit], root: Unit) -> dict[str, UUID]:
    """The unit above, where the file says it; a new unit of a file that does not lies below the root."""
    if unit is root or (unit is not None and "parent" not in row.values):
        return {}
    return {"parent_id": known[row.values.get("parent") or root.code].id}


def _parents_first(rows: tuple[RosterRow, ...]) -> list[RosterRow]:
    parent_of = {row["code"]: row.values.get("parent") for row in rows}

    def depth(code: str | None) -> int:
        return 0 if code not in parent_of else 1 + depth(parent_of[code])

    return sorted(rows, key=lambda row: depth(row["code"]))


def _mend_paths(units: Iterable[Unit]) -> None:
    """Give every unit the path its parents make; only new units and moved branches change."""
    by_id = {unit.id: unit for unit in units}

    def path(unit: Unit) -> UnitPath:
        above = by_id.get(unit.parent_id) if unit.parent_id else None
        return path(above).child(unit.code) if above else UnitPath.root(unit.code)

    for unit in by_id.values():
        assign(unit, {"path": path(unit).text})
