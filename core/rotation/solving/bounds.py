"""What no rotation can better, rule by rule and for all of them together. Design: rotation.

Each rule's bound is the least it can be broken with those after it switched off; the objective's is the
greater of two relaxations, one without dates and one without the ban on repeats.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.grid import Bools, Grid, Ints, build, located
from core.rotation.solving.levelling import choices_of
from core.rotation.solving.multigraph import multigraph
from core.rotation.solving.parts import fall_apart
from core.rotation.solving.problem import Problem
from core.rotation.solving.relaxations import dated, dateless, free_duties, only, pinned
from core.rotation.solving.repeats import crowds, repeats_by_edge, tight, together, unavoidable
from core.rotation.solving.score import Rule, RuleScore
from core.rotation.solving.solver import hopeless
from core.rotation.solving.state import State

DEAR = 10**8
Visits = Iterable[PlannedVisit]


@dataclass(frozen=True, slots=True)
class Bound:
    """Units of a rule that any rotation breaks at least, and why in Vietnamese."""

    broken: int
    because_vi: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least each rule can be broken, and the least the objective can be."""

    rules: Mapping[Rule, Bound]
    objective: int


def lower_bound(problem: Problem, visits: Visits | None = None) -> Bounds:
    """True lower bounds: a commune in milliseconds, a province in about as long as its rotation takes.

    For ``visits`` see ``rule_bounds``.
    """
    grid = build(problem)
    lost = hopeless(grid)
    return Bounds(_rule_bounds(grid, lost, visits), max(dateless(grid, lost).cost, dated(grid, lost)))


def rule_bounds(problem: Problem, visits: Visits | None = None) -> Mapping[Rule, Bound]:
    """The least each rule is broken by any rotation that keeps the rules before it as well as can be.

    Given ``visits``, only where these break a rule is looked for what forces it: far cheaper.
    """
    grid = build(problem)
    return _rule_bounds(grid, hopeless(grid), visits)


def _rule_bounds(grid: Grid, lost: Bools, visits: Visits | None) -> Mapping[Rule, Bound]:
    state = pinned(State(grid))
    free = free_duties(state, lost)
    if visits is not None:
        _follow(state, free, visits)
    levelled = crowds(state, free)
    again = np.ones(len(grid.cell)) if visits is None else repeats_by_edge(state)
    short = visits is None or state.parts()[Rule.SPECIAL] > 0
    return {
        Rule.UNMET: _unmet(lost),
        Rule.CROWDING: _crowding(levelled, free),
        Rule.REPEAT: _repeats(levelled, free, np.unique(grid.official[again > 0])),
        Rule.SPECIAL: _special(grid, lost) if short else Bound(0, ""),
        Rule.COVER: Bound(0, ""),
        Rule.SPACING: _spacing(grid),
        Rule.TRAVEL: _travel(grid, lost),
    }


def _follow(state: State, free: Bools, visits: Visits) -> None:
    """Place the visits that keep the hard rules on their duties."""
    duty, edge, month = located(state.grid, visits)
    kept = (duty >= 0) & (edge >= 0)
    kept[kept] = free[duty[kept]] & state.grid.open[edge[kept], month[kept]]
    state.place(duty[kept], edge[kept], month[kept])


def bounded(scores: tuple[RuleScore, ...], rules: Mapping[Rule, Bound]) -> tuple[RuleScore, ...]:
    """The scores with what each could be at best, and why."""
    return tuple(
        replace(part, bound=rules[part.rule].broken, because_vi=rules[part.rule].because_vi)
        for part in scores
    )


def _unmet(lost: Bools) -> Bound:
    count = int(lost.sum())
    return Bound(count, f"{count} kỳ không có buổi nào đồng chí dự được" if count else "")


def _crowding(levelled: State, free: Bools) -> Bound:
    """Pairs at meetings no rotation that meets all it can is without."""
    over = np.maximum(0, levelled.visitors - levelled.grid.wanted[:, None])
    pairs = int((over * (over + 1) // 2).sum())
    if not pairs:
        return Bound(0, "")
    if not free.any():
        return Bound(pairs, "các lượt định trước đã trùng buổi")
    meetings = len(np.unique(choices_of(levelled, free).meeting))
    held = int((levelled.edge >= 0).sum())
    return Bound(pairs, f"{held} lượt dự chia cho {meetings} buổi họp dự được")


def _repeats(levelled: State, free: Bools, officials: Ints) -> Bound:
    """Repeats forced on these officials, and on those of their units, where crowding is the least."""
    if not len(officials):
        return Bound(0, "")
    narrow = tight(levelled, free)
    unit = fall_apart(levelled.grid, officials).unit
    held = (group for group in together(unit) if np.isin(group, officials).any())
    forced = sum(unavoidable(narrow, group) for group in held)
    because = (
        f"{forced} lượt chỉ có thể trở lại chi bộ đã dự, nếu không thêm đồng chí vào buổi đã có người dự"
    )
    return Bound(forced, because if forced else "")


def _special(grid: Grid, lost: Bools) -> Bound:
    state, free = only(grid, lost, special=1, unmet=DEAR)
    times = multigraph(state, free).times
    visits = state.visits + np.bincount(grid.cell, times, len(grid.least)).astype(np.int64)
    short = int((grid.worth * np.maximum(0, grid.least - visits)).sum())
    return Bound(short, "không đủ lượt dự có thể xếp vào các chi bộ này" if short else "")


def _spacing(grid: Grid) -> Bound:
    may = grid.seen.copy()
    reach = np.zeros((len(grid.problem.cells), grid.problem.months), bool)
    np.logical_or.at(reach, grid.cell, grid.open)
    may = np.concatenate([may, reach], 1)
    empty = int((grid.windows.any(2) & ~(grid.windows & may[:, None, :]).any(2)).sum())
    return Bound(empty, "các tháng này không có buổi nào dự được" if empty else "")


def _travel(grid: Grid, lost: Bools) -> Bound:
    state, free = only(grid, lost, travel=1, repeat=DEAR, unmet=DEAR)
    ways = state.parts()[Rule.TRAVEL] + int((grid.travel * multigraph(state, free).times).sum())
    return Bound(ways, "mọi lượt đều tới các chi bộ gần nhất, chưa xét ngày họp" if ways else "")
