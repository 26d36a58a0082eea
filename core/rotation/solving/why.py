"""Why a visit is where it is, and what else its duty could be: "Vì sao?". Design: rotation; product R04."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.rotation.solving.facts import Duty, Level, Official, PlannedVisit
from core.rotation.solving.grid import build, located
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Rule
from core.rotation.solving.solver import Plan
from core.rotation.solving.state import State
from core.rotation.solving.validate import HardRule, broken_by

BEST = 3
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Part:
    """What one visit adds to the objective under one rule; below 0 it helps."""

    rule: Rule
    label_vi: str
    cost: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another cell for the same duty, ``price`` dearer for the whole plan, and the rules that suffer."""

    cell: str
    month: date
    day: date
    price: int
    worse: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Answer to "Vì sao?": hard rules satisfied, score parts, next-best cells from the cheapest."""

    satisfied: tuple[str, ...]
    parts: tuple[Part, ...]
    alternatives: tuple[Alternative, ...]


def why(problem: Problem, plan: Plan, visit: PlannedVisit) -> Why:
    """Why this visit is here. Raises ``LookupError`` when the visit is not in the plan."""
    if visit not in plan.visits:
        raise LookupError("Lượt dự này không còn trong lịch; hãy tải lại trang.")
    grid = build(problem)
    state = State(grid)
    duties, edges, months = located(grid, plan.visits)
    state.place(duties[duties >= 0], edges[duties >= 0], months[duties >= 0])
    duty, edge, month = (int(at[plan.visits.index(visit)]) for at in (duties, edges, months))
    state.lift(np.array([duty]))
    here = _parts(state, edge, month)
    others = _alternatives(state, duty, edge, here, BEST)
    return Why(_satisfied(problem, visit), here, tuple(others))


def suggest(problem: Problem, plan: Plan, duty: Duty, k: int = BEST) -> tuple[Alternative, ...]:
    """The ``k`` cheapest cells for a duty, met or not, with what each would add to the whole plan's price.

    The cell it has now is left out. Raises ``LookupError`` for a duty the problem does not owe.
    """
    mine = problem.duties_of(duty.official)
    if duty not in mine:
        raise LookupError("Kỳ này không còn trong nhiệm vụ của đồng chí; hãy tải lại trang.")
    grid = build(problem)
    state = State(grid)
    d = int(grid.duty_first[problem.official_at[duty.official]]) + mine.index(duty)
    duties, edges, months = located(grid, plan.visits)
    state.place(duties[duties >= 0], edges[duties >= 0], months[duties >= 0])
    edge, month = int(state.edge[d]), int(state.month[d])
    state.lift(np.array([d]))
    here = _parts(state, edge, month) if edge >= 0 else _nothing(problem)
    return tuple(_alternatives(state, d, edge, here, k))


def _nothing(problem: Problem) -> tuple[Part, ...]:
    """The parts of a duty left unmet."""
    rules = [rule for rule in Rule if rule is not Rule.UNMET]
    return (
        *(Part(rule, rule.label, 0) for rule in rules),
        Part(Rule.UNMET, Rule.UNMET.label, problem.weights.unmet),
    )


def _parts(state: State, edge: int, month: int) -> tuple[Part, ...]:
    costs = {rule: int(price[0, month]) for rule, price in state.arc_parts(np.array([edge])).items()}
    return tuple(Part(rule, rule.label, cost) for rule, cost in costs.items())


def _alternatives(
    state: State, duty: int, edge: int, here: tuple[Part, ...], k: int
) -> Iterator[Alternative]:
    grid, problem = state.grid, state.grid.problem
    m, begin, end = grid.duty_official[duty], grid.duty_from[duty], grid.duty_to[duty]
    edges = np.arange(grid.first[m], grid.first[m + 1])
    free = (grid.blocked[edges, begin:end] == 0) & (edges != edge)[:, None]
    if grid.several[m]:
        others = np.arange(grid.duty_first[m], grid.duty_first[m + 1])
        out = state.month[others[state.edge[others] >= 0]]
        free &= ~np.isin(np.arange(begin, end), out)[None, :]
    price = np.where(free, state.arc_cost(edges)[:, begin:end], NEVER)
    for row in np.argsort(price.min(1, initial=NEVER), kind="stable")[:k].tolist():
        if free[row].any():
            t = int(price[row].argmin()) + int(begin)
            there, cell = _parts(state, int(edges[row]), t), problem.cells[grid.cell[edges[row]]]
            worse = tuple(
                Part(new.rule, new.label_vi, new.cost - old.cost)
                for new, old in zip(there, here, strict=False)
                if new.cost > old.cost
            )
            rise = sum(part.cost for part in there) - sum(part.cost for part in here)
            at = problem.calendar[t]
            yield Alternative(cell.id, at, cell.meetings[at].day, rise, worse)


def _satisfied(problem: Problem, visit: PlannedVisit) -> tuple[str, ...]:
    official = problem.official_of[visit.official]
    level = problem.level_of[official.level]
    told = {
        HardRule.PERIOD: f"Đúng định kỳ của {level.name}: {level.cadence_vi}",
        HardRule.AREA: "Trong địa bàn được phân công",
        HardRule.OWN_CELL: _own_cell(official, level, visit),
        HardRule.AWAY: f"Đồng chí không vắng mặt ngày {visit.day:%d/%m/%Y}",
        HardRule.OWN_MEETING: "Không trùng buổi họp của chi bộ nơi đồng chí sinh hoạt",
    }
    if visit.cell == official.own_cell:
        del told[HardRule.OWN_MEETING]
    if (visit.cell, visit.month) in official.pins:
        told[HardRule.PIN] = "Giữ đúng lượt định trước (kế hoạch cá nhân của đồng chí hoặc ghim trên bảng)"
    broken = {found.rule for found in broken_by(problem, [visit])}
    return tuple(sentence for rule, sentence in told.items() if rule not in broken)


def _own_cell(official: Official, level: Level, visit: PlannedVisit) -> str:
    if visit.cell != official.own_cell:
        return "Không phải chi bộ nơi đồng chí sinh hoạt"
    rule = level.own_cell.label
    return f"Là chi bộ nơi đồng chí sinh hoạt; {level.name}: {rule[0].lower()}{rule[1:]}"
