"""How good a rotation is: the soft rules in order, what breaks each, and one integer objective.

Source: S4-02, S4-11; design: rotation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, hypot

from core.rotation.facts import Cell, Official, PlannedVisit, Ref, ordinal
from core.rotation.problem import Problem

LOOK_BACK = 12


class Rule(StrEnum):
    """The soft rules, the most important first; the label says what one broken unit is."""

    UNMET = "unmet"
    CROWDING = "crowding"
    REPEAT = "repeat"
    SPECIAL = "special"
    COVER = "cover"
    SPACING = "spacing"
    TRAVEL = "travel"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return RULE_LABELS[self]


RULE_LABELS = {
    Rule.UNMET: "Kỳ chưa có lượt dự",
    Rule.CROWDING: "Cặp đồng chí dự cùng một buổi",
    Rule.REPEAT: "Lượt dự lặp lại chi bộ cũ",
    Rule.SPECIAL: "Lượt còn thiếu ở chi bộ đặc thù, chi bộ chưa được dự",
    Rule.COVER: "Chênh lệch số lượt giữa các chi bộ",
    Rule.SPACING: "Khoảng thời gian chi bộ không có đồng chí dự",
    Rule.TRAVEL: "Quãng đường đi lại (100 m)",
}


@dataclass(frozen=True, slots=True)
class RuleScore:
    """One soft rule: broken units, their price together, and what each item is about.

    Cover's units are cells off their best number of visits; its price is the weighted rise of
    (visits − share)².
    """

    rule: Rule
    label_vi: str
    broken: int
    cost: int
    items: tuple[Ref, ...] = ()


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
    for cell in problem.cells:
        if cell.receives:
            units[cell.unit].append(cell)
    return {
        cell.id: target
        for cells in units.values()
        for cell, target in _unit_targets(problem, cells, sum(expected[c.id] for c in cells), history)
    }


def _expected_visits(problem: Problem) -> Mapping[str, float]:
    owed = Counter(duty.official for duty in problem.duties)
    expected: dict[str, float] = defaultdict(float)
    for official in problem.officials:
        usable = usable_area(official)
        for cell in usable:
            expected[cell] += owed[official.id] / len(usable)
    return expected


def usable_area(official: Official) -> tuple[str, ...]:
    """The official's area without his own cell."""
    return tuple(cell for cell in official.area if cell != official.own_cell)


def _unit_targets(
    problem: Problem, cells: list[Cell], total: float, history: Mapping[str, int]
) -> Iterator[tuple[Cell, Target]]:
    mean = total / len(cells)
    least = {cell.id: _least(problem, cell, mean) for cell in cells}
    ordinary = sum(1 for cell in cells if not cell.special)
    extra = sum(max(least[cell.id], mean) for cell in cells if cell.special)
    rest = max(0.0, total - extra) / max(1, ordinary)
    usual = _mean_by_special(cells, history)
    for cell in cells:
        fair = max(least[cell.id], mean) if cell.special else rest
        owed = min(1.0, max(-1.0, usual[cell.special] - history[cell.id])) if problem.history else 0.0
        share = max(0.0, fair + owed)
        yield cell, Target(share, least[cell.id], _windows(problem, cell, share))


def _least(problem: Problem, cell: Cell, mean: float) -> int:
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
    spread = tuple((start, start + length) for start in range(earliest, months - length + 1))
    return (*spread, (0, 1)) if cell.special and length > 1 else spread


def travel_cost(official: Official, cell: Cell) -> int:
    """Hundreds of metres from the official's base to the cell; 0 when either place is unknown."""
    if official.base is None or cell.xy is None:
        return 0
    return max(1, round(10 * hypot(cell.xy[0] - official.base[0], cell.xy[1] - official.base[1])))


def allowance(duties: int, past: int, usable: int) -> int:
    """Visits an official may pay one cell before it counts as a repeat, last year's included."""
    return -(-(duties + past) // max(1, usable))


def score(problem: Problem, visits: Iterable[PlannedVisit]) -> tuple[RuleScore, ...]:
    """Every soft rule in order, from scratch; visits may break hard rules (see ``validate``)."""
    every, goal, weights = tuple(visits), targets(problem), problem.weights
    held = Counter(visit.cell for visit in every)
    return (
        _rule(Rule.UNMET, weights.unmet, _unmet(problem, every)),
        _rule(Rule.CROWDING, weights.crowding, _crowded(every)),
        _rule(Rule.REPEAT, weights.repeat, _repeats(problem, every)),
        _rule(Rule.SPECIAL, weights.special, _short(problem, held, goal)),
        _cover(problem, held, goal),
        _rule(Rule.SPACING, weights.spacing, _empty_windows(problem, every, goal)),
        _travel(problem, every),
    )


def objective(scores: Iterable[RuleScore]) -> int:
    """The one number the solver lowers."""
    return sum(part.cost for part in scores)


def _rule(rule: Rule, price: int, broken: Iterable[tuple[Ref, int]]) -> RuleScore:
    items = tuple((ref, units) for ref, units in broken if units)
    units = sum(units for _, units in items)
    return RuleScore(rule, rule.label, units, price * units, tuple(ref for ref, _ in items))


def _unmet(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[tuple[Ref, int]]:
    met = {(visit.official, problem.period(visit.official, visit.month)) for visit in visits}
    for duty in problem.duties:
        missing = (duty.official, problem.period(duty.official, duty.months[0])) not in met
        yield Ref(official=duty.official, month=duty.months[0]), int(missing)


def _crowded(visits: tuple[PlannedVisit, ...]) -> Iterator[tuple[Ref, int]]:
    for (cell, month), visitors in Counter((visit.cell, visit.month) for visit in visits).items():
        yield Ref(cell=cell, month=month), visitors * (visitors - 1) // 2


def _repeats(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[tuple[Ref, int]]:
    past = Counter((visit.official, visit.cell) for visit in problem.history)
    allowed = allowances(problem)
    for (official, cell), times in Counter((visit.official, visit.cell) for visit in visits).items():
        before = past[official, cell]
        over = max(0, before + times - allowed[official]) - max(0, before - allowed[official])
        yield Ref(official=official, cell=cell), over


def allowances(problem: Problem) -> Mapping[str, int]:
    """Each official's allowance over his usable area."""
    owed = Counter(duty.official for duty in problem.duties)
    past = Counter(v.official for v in problem.history if _in_area(problem, v.official, v.cell))
    return {o.id: allowance(owed[o.id], past[o.id], len(usable_area(o))) for o in problem.officials}


def _in_area(problem: Problem, official: str, cell: str) -> bool:
    return official in problem.official_of and cell in problem.official_of[official].area


def _short(
    problem: Problem, held: Mapping[str, int], goal: Mapping[str, Target]
) -> Iterator[tuple[Ref, int]]:
    for cell, target in goal.items():
        worth = max(1, problem.cell_of[cell].special)
        yield Ref(cell=cell), worth * max(0, target.least - held[cell])


def _cover(problem: Problem, held: Mapping[str, int], goal: Mapping[str, Target]) -> RuleScore:
    price = problem.weights.cover
    costs = {cell: target.cover_cost(held[cell], price) for cell, target in goal.items()}
    items = tuple(Ref(cell=cell) for cell, cost in costs.items() if cost)
    return RuleScore(Rule.COVER, Rule.COVER.label, len(items), sum(costs.values()), items)


def _empty_windows(
    problem: Problem, visits: tuple[PlannedVisit, ...], goal: Mapping[str, Target]
) -> Iterator[tuple[Ref, int]]:
    start, seen = ordinal(problem.first_month), defaultdict[str, set[int]](set)
    met = [(past.cell, past.month) for past in problem.history]
    for cell, month in met + [(visit.cell, visit.month) for visit in visits]:
        seen[cell].add(ordinal(month) - start)
    for cell, target in goal.items():
        empty = sum(seen[cell].isdisjoint(range(a, b)) for a, b in target.windows)
        yield Ref(cell=cell), empty


def _travel(problem: Problem, visits: tuple[PlannedVisit, ...]) -> RuleScore:
    metres = sum(
        travel_cost(problem.official_of[visit.official], problem.cell_of[visit.cell])
        for visit in visits
        if visit.official in problem.official_of and visit.cell in problem.cell_of
    )
    return RuleScore(Rule.TRAVEL, Rule.TRAVEL.label, metres, problem.weights.travel * metres)
