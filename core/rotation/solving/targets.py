"""What is fair: each cell's share of visits and its windows, each official's allowance, each way's length.

Source: S4-02; design: rotation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import ceil, floor, sqrt

import numpy as np

from core.rotation.solving.arrays import Ints, ints
from core.rotation.solving.facts import Cell, Official, OwnCell
from core.rotation.solving.problem import Problem

LOOK_BACK = 12


@dataclass(frozen=True, slots=True)
class Target:
    """What a cell should get in the horizon.

    ``share`` visits (fair, may be fractional), at least ``least``, and one visit inside each of
    ``windows``: (start, stop) months counted from the first, negative before it.
    """

    share: float
    least: int
    windows: tuple[tuple[int, int], ...]

    def pull(self, cover: int) -> int:
        """Linear part of the cover price, rounded so that every price is a whole number."""
        return round(2 * cover * self.share)

    def cover_cost(self, visits: int, cover: int) -> int:
        """Price of ``visits`` above the best whole number of visits."""
        pull = self.pull(cover)
        best = (pull + cover) // (2 * cover) if cover else 0
        return cover * visits * visits - pull * visits - (cover * best * best - pull * best)


def targets(problem: Problem) -> Mapping[str, Target]:
    """What each receiving cell should get; expected visits are shared inside a unit, special cells above.

    A special cell of weight s is owed 1 + s/2 times its unit's mean; last year's cells left behind by
    their peers are owed up to one visit more.
    """
    expected, history = _expected_visits(problem), Counter(past.cell for past in problem.history)
    units: dict[str, list[Cell]] = defaultdict(list)
    totals: dict[str, float] = defaultdict(float)
    for cell, visits in zip(problem.cells, expected, strict=True):
        if cell.receives:
            units[cell.unit].append(cell)
            totals[cell.unit] += visits
    return {
        cell.id: target
        for unit, cells in units.items()
        for cell, target in _unit_targets(problem, cells, totals[unit], history)
    }


def _expected_visits(problem: Problem) -> list[float]:
    """[C] visits each cell gets when every official spreads his duties evenly over his usable area."""
    official, cell = _usable(problem)
    duties = ints(len(owed) for owed in problem.owed)
    each = duties / np.maximum(1, np.bincount(official, minlength=len(duties)))
    expected: list[float] = np.bincount(cell, each[official], len(problem.cells)).tolist()
    return expected


def _usable(problem: Problem) -> tuple[Ints, Ints]:
    """Each official with each cell of his area, but his own unless he may visit it like any other."""
    official, cell = problem.areas
    closed = {level.code for level in problem.levels if level.own_cell is not OwnCell.ALLOWED}
    own = [o.own_cell if o.level in closed else None for o in problem.officials]
    number = ints(-1 if one is None else problem.cell_at[one] for one in own)
    other = number[official] != cell
    return official[other], cell[other]


def _unit_targets(
    problem: Problem, cells: list[Cell], total: float, history: Mapping[str, int]
) -> Iterator[tuple[Cell, Target]]:
    mean = total / len(cells)
    least = {cell.id: _least(problem, cell, mean) for cell in cells}
    above = {cell.id for cell in cells if cell.special or cell.least is not None}
    ordinary = sum(1 for cell in cells if cell.id not in above)
    extra = sum(max(least[cell.id], mean) for cell in cells if cell.id in above)
    rest = max(0.0, total - extra) / max(1, ordinary)
    usual = _mean_by_special(cells, history)
    for cell in cells:
        fair = max(least[cell.id], mean) if cell.id in above else rest
        owed = min(1.0, max(-1.0, usual[cell.special] - history[cell.id])) if problem.history else 0.0
        share = max(0.0, fair + owed)
        yield cell, Target(share, least[cell.id], _windows(problem, cell, share))


def _least(problem: Problem, cell: Cell, mean: float) -> int:
    if cell.least is not None:
        return cell.least
    return max(1, min(problem.months, ceil(mean * (1 + cell.special / 2) - 1e-9))) if cell.special else 1


def _mean_by_special(cells: list[Cell], history: Mapping[str, int]) -> Mapping[int, float]:
    groups: dict[int, list[int]] = defaultdict(list)
    for cell in cells:
        groups[cell.special].append(history[cell.id])
    return {special: sum(visits) / len(visits) for special, visits in groups.items()}


def _windows(problem: Problem, cell: Cell, share: float) -> tuple[tuple[int, int], ...]:
    months = problem.months
    length = ceil((months + 1) / (floor(min(share, months)) + 1))
    earliest = -min(LOOK_BACK, length - 1) if problem.history else 0
    return _spread(earliest, months, length, bool(cell.special or cell.first) and length > 1)


@cache
def _spread(earliest: int, months: int, length: int, first: bool) -> tuple[tuple[int, int], ...]:
    """Every run of ``length`` months, and the first month for cells that come first."""
    spread = tuple((start, start + length) for start in range(earliest, months - length + 1))
    return (*spread, (0, 1)) if first else spread


def travel_cost(official: Official, cell: Cell) -> int:
    """Hundreds of metres from the official's base to the cell; 0 when either place is unknown."""
    if official.base is None or cell.xy is None:
        return 0
    east, north = cell.xy[0] - official.base[0], cell.xy[1] - official.base[1]
    return max(1, round(10 * sqrt(east * east + north * north)))


def allowance(duties: int, past: int, usable: int) -> int:
    """Visits an official may pay one cell before it counts as a repeat, last year's included."""
    return -(-(duties + past) // max(1, usable))


def allowances(problem: Problem) -> Mapping[str, int]:
    """Each official's allowance over his usable area."""
    areas = {o.id: frozenset(o.area) for o in problem.officials} if problem.history else {}
    past = Counter(v.official for v in problem.history if v.cell in areas.get(v.official, ()))
    usable = np.bincount(_usable(problem)[0], minlength=len(problem.officials)).tolist()
    return {
        o.id: allowance(len(owed), past[o.id], cells)
        for o, owed, cells in zip(problem.officials, problem.owed, usable, strict=True)
    }
