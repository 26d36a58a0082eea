"""Invented years of any size, like the real ones in what makes them hard, for measuring and for trials.

60 % of meetings on the 3rd to 5th, 80 % in the evening, 12 % special cells, 2 % pins, three absences a year
each, 1 % whole-month leave. The same scale and seed give the same year. Design: rotation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from core.rotation.solving.facts import Cell, CellMeeting, Level, Official, Slot
from core.rotation.solving.problem import Problem

LEVELS = (Level("commune", 1, "cấp xã"), Level("district", 3, "cấp huyện"), Level("province", 6, "cấp tỉnh"))
MONTHS = tuple(date(2025, month, 1) for month in range(1, 13))
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """How many districts, communes in each, cells in each, and officials of each level."""

    districts: int
    communes: int
    cells: int
    commune_officials: int
    district_officials: int
    province_officials: int


SCALES = {
    "commune": Scale(1, 1, 32, 20, 4, 1),
    "district": Scale(1, 12, 26, 500, 45, 3),
    "province": Scale(10, 12, 25, 5000, 45, 50),
    "large": Scale(20, 15, 30, 10000, 45, 50),
}


def instance(scale: Scale, seed: int) -> Problem:
    """One invented year."""
    rng = np.random.default_rng(seed)
    units = [f"u{k}" for k in range(scale.districts * scale.communes)]
    cells = tuple(cell for unit in units for cell in _cells(rng, scale, unit))
    by_unit = {unit: [cell for cell in cells if cell.unit == unit] for unit in units}
    officials = tuple(_officials(rng, scale, units, by_unit))
    return Problem(MONTHS[0], 12, LEVELS, cells, officials)


def _cells(rng: np.random.Generator, scale: Scale, unit: str) -> Iterable[Cell]:
    size = max(13, int(rng.poisson(scale.cells))) if scale.communes > 1 else scale.cells
    centre = rng.random(2) * 60
    for c in range(size):
        usual = int(rng.integers(3, 6) if rng.random() < 0.6 else rng.integers(1, 29))
        slot = Slot.EVENING if rng.random() < 0.8 else Slot.AFTERNOON
        east, north = (centre + rng.normal(0, 2.5, 2)).tolist()
        meetings = {month: CellMeeting(month.replace(day=_day(rng, usual)), slot) for month in MONTHS}
        special = int(rng.random() < 0.12)
        yield Cell(f"{unit}c{c}", unit, f"Chi bộ {c + 1}", special, meetings, (east, north))


def _day(rng: np.random.Generator, usual: int) -> int:
    return min(28, max(1, usual + int(rng.integers(-2, 3)))) if rng.random() < 0.1 else usual


def _officials(
    rng: np.random.Generator, scale: Scale, units: list[str], by_unit: dict[str, list[Cell]]
) -> Iterable[Official]:
    for i in range(scale.commune_officials):
        area = by_unit[units[i * len(units) // scale.commune_officials]]
        own = area[int(rng.integers(len(area)))] if rng.random() < 0.5 else None
        yield _official(rng, f"x{i}", LEVELS[0], area, own)
    for district in range(scale.districts):
        inside = units[district * scale.communes : (district + 1) * scale.communes]
        for i in range(scale.district_officials):
            chosen = rng.choice(inside, min(2, len(inside)), replace=False)
            yield _official(rng, f"h{district}.{i}", LEVELS[1], [c for u in chosen for c in by_unit[u]], None)
    for i in range(scale.province_officials):
        first = int(rng.integers(scale.districts)) * scale.communes
        area = [cell for unit in units[first : first + scale.communes] for cell in by_unit[unit]]
        yield _official(rng, f"t{i}", LEVELS[2], area, None)


def _official(
    rng: np.random.Generator, who: str, level: Level, area: list[Cell], own: Cell | None
) -> Official:
    mine = tuple(cell.id for cell in area if cell is not own)
    middle = np.mean([cell.xy for cell in area if cell.xy], axis=0) + rng.normal(0, 2, 2)
    away = tuple(_absence(rng) for _ in range(3))
    if rng.random() < 0.01:
        month = MONTHS[int(rng.integers(12))]
        away += ((month, month + timedelta(27)),)
    pins = tuple(_pins(rng, level, [cell for cell in area if cell is not own], own, away))
    base = (float(middle[0]), float(middle[1]))
    return Official(who, who, level.code, mine, own.id if own else None, away, base, pins)


def _pins(
    rng: np.random.Generator,
    level: Level,
    area: list[Cell],
    own: Cell | None,
    away: tuple[tuple[date, date], ...],
) -> Iterable[tuple[str, date]]:
    """His own plan: meetings he can attend, each of a different cell."""
    wanted = [at for at in range(0, 12, level.period_months) if rng.random() < 0.02]
    for at, c in zip(wanted, rng.permutation(len(area)), strict=False):
        meeting = area[c].meetings[MONTHS[at]]
        free = not any(start <= meeting.day <= end for start, end in away)
        if free and (own is None or own.meetings[MONTHS[at]] != meeting):
            yield area[c].id, MONTHS[at]


def _absence(rng: np.random.Generator) -> tuple[date, date]:
    start = MONTHS[int(rng.integers(12))] + timedelta(int(rng.integers(0, 27)))
    return start, start + timedelta(int(rng.integers(2, 10)))
