"""Writing good rows: new ones added, changed ones updated, the same ones left alone (X04)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from sqlalchemy import orm

from core.rosters.checks import RosterRow
from core.rosters.merge import Applied as Applied
from core.rosters.merge_people import apply_absences, apply_officials, apply_people
from core.rosters.merge_units import apply_units

APPLY: Final[Mapping[str, Callable[[orm.Session, tuple[RosterRow, ...], date], Applied]]] = {
    "units": apply_units,
    "people": apply_people,
    "officials": apply_officials,
    "absences": apply_absences,
}
"""By kind of roster; what is new holds from the given day on."""
