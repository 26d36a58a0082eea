"""Why no perfect schedule exists, and why a visit is where it is, in sentences an organiser can check.

Source: S4-02, S4-11; design: rotation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from core.rotation.facts import PlannedVisit, Reason, Unmet, month_label
from core.rotation.grid import Grid, build, located
from core.rotation.hall import short_groups
from core.rotation.problem import Problem
from core.rotation.score import Rule
from core.rotation.targets import targets
from core.rotation.solver import Plan
from core.rotation.state import State
from core.rotation.validate import HardRule, validate

NAMED = 6
BEST = 3
REMEDIES = {
    Reason.AWAY: "điều chỉnh lịch vắng hoặc mở rộng địa bàn của đồng chí",
    Reason.OWN_MEETING: "mở rộng địa bàn sang chi bộ họp vào giờ khác",
    Reason.OWN_CELL: "phân công thêm chi bộ ngoài chi bộ nơi đồng chí sinh hoạt",
    Reason.NO_MEETING: "nhập ngày họp của chi bộ hoặc mở rộng địa bàn của đồng chí",
    Reason.PAST: "cho đồng chí hoãn lượt dự của kỳ này",
    Reason.OVERFULL: "mở rộng địa bàn hoặc tăng trọng số “kỳ chưa có lượt dự”",
    Reason.AREA_EMPTY: "phân công địa bàn cho đồng chí",
}


class ShortfallKind(StrEnum):
    """What is missing."""

    CROWDED = "crowded"
    UNMET = "unmet"
    SPECIAL = "special"
    UNVISITED = "unvisited"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One thing the plan cannot give, the arithmetic that proves it and what would mend it.

    ``lacking`` counts meetings, visits or duties, after the kind.
    """

    kind: ShortfallKind
    sentence_vi: str
    remedy_vi: str
    lacking: int
    officials: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    month: date | None = None


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


def shortfalls(problem: Problem, plan: Plan) -> tuple[Shortfall, ...]:
    """Everything missing: crowded months with their Hall certificate, unmet duties, neglected cells."""
    grid = build(problem)
    place = {official.id: m for m, official in enumerate(problem.officials)}
    by_month: dict[date, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for visit in plan.visits:
        by_month[visit.month][visit.official] = _choices(grid, place[visit.official], visit)
    return (
        *(found for month in problem.calendar for found in _crowded(problem, month, by_month[month])),
        *(_unmet(problem, unmet) for unmet in plan.unmet),
        *_neglected(problem, plan.visits),
    )


def _crowded(problem: Problem, month: date, choices: Mapping[str, tuple[str, ...]]) -> Iterator[Shortfall]:
    for officials, cells in short_groups(choices):
        lacking = len(officials) - len(cells)
        who = _names(problem.official_of[o].name for o in officials)
        where = _names(problem.cell_of[c].name for c in cells)
        yield Shortfall(
            ShortfallKind.CROWDED,
            f"{month_label(month)}: {len(officials)} đồng chí ({who}) chỉ có thể dự {len(cells)} buổi"
            f" ({where}): thiếu {lacking} buổi.",
            f"Cho {lacking} lượt dự chung buổi với đồng chí khác, hoặc đổi ngày họp, mở rộng địa bàn,"
            f" hoặc cho hoãn {lacking} lượt.",
            lacking,
            officials,
            cells,
            month,
        )


def _choices(grid: Grid, m: int, visit: PlannedVisit) -> tuple[str, ...]:
    """Cells whose meeting of the visit's month the official could attend; only his pin when he has one."""
    problem = grid.problem
    if (visit.cell, visit.month) in problem.officials[m].pins:
        return (visit.cell,)
    edges, t = grid.edges_of(m), problem.calendar.index(visit.month)
    return tuple(problem.cells[c].id for c in grid.cell[edges][grid.blocked[edges, t] == 0].tolist())


def _unmet(problem: Problem, unmet: Unmet) -> Shortfall:
    official = problem.official_of[unmet.duty.official]
    first, last = unmet.duty.months[0], unmet.duty.months[-1]
    months = month_label(first).lower() if first == last else f"{month_label(first).lower()} đến {last:%m/%Y}"
    main = max(unmet.reasons, key=lambda reason: reason[1])[0]
    if unmet.pin:
        cell, month = unmet.pin
        what = f"Đồng chí {official.name}: kế hoạch cá nhân dự {problem.cell_of[cell].name}"
        sentence = f"{what} {month_label(month).lower()} không thực hiện được: {main.label}."
        remedy = f"Đề nghị đồng chí sửa kế hoạch cá nhân, hoặc {REMEDIES[main]}."
    else:
        sentence = f"Đồng chí {official.name} không có buổi nào để dự {months}: {_reasons(unmet)}."
        remedy = f"{REMEDIES[main][0].upper()}{REMEDIES[main][1:]}."
    cells = (unmet.pin[0],) if unmet.pin else ()
    return Shortfall(ShortfallKind.UNMET, sentence, remedy, 1, (official.id,), cells, first)


def _reasons(unmet: Unmet) -> str:
    if unmet.reasons[0][0] is Reason.AREA_EMPTY:
        return Reason.AREA_EMPTY.label
    return "; ".join(f"{count} buổi {reason.label}" for reason, count in unmet.reasons)


def _neglected(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[Shortfall]:
    held, goal = Counter(visit.cell for visit in visits), targets(problem)
    assigned = {cell for official in problem.officials for cell in official.area}
    for cell in problem.cells:
        least = goal[cell.id].least if cell.id in goal else 0
        if held[cell.id] >= least:
            continue
        lacking = least - held[cell.id]
        none = "" if cell.id in assigned else "; chưa có đồng chí nào được phân công địa bàn này"
        if cell.special:
            kind = ShortfallKind.SPECIAL
            sentence = f"{cell.name} (địa bàn đặc thù) có {held[cell.id]}/{least} lượt dự: thiếu {lacking}"
        else:
            kind = ShortfallKind.UNVISITED
            sentence = f"{cell.name} chưa có đồng chí nào dự"
        remedy = "Phân công thêm đồng chí vào địa bàn hoặc ghim một lượt dự vào chi bộ này."
        yield Shortfall(kind, f"{sentence}{none}.", remedy, lacking, (), (cell.id,))


def _names(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:NAMED]) + (", …" if len(every) > NAMED else "")


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
    return Why(_satisfied(problem, visit), here, tuple(_alternatives(state, duty, edge, here)))


def _parts(state: State, edge: int, month: int) -> tuple[Part, ...]:
    costs = {rule: int(price[0, month]) for rule, price in state.arc_parts(np.array([edge])).items()}
    return tuple(Part(rule, rule.label, cost) for rule, cost in costs.items())


def _alternatives(state: State, duty: int, edge: int, here: tuple[Part, ...]) -> Iterator[Alternative]:
    grid, problem = state.grid, state.grid.problem
    m, begin, end = grid.duty_official[duty], grid.duty_from[duty], grid.duty_to[duty]
    edges = np.arange(grid.first[m], grid.first[m + 1])
    free = (grid.blocked[edges, begin:end] == 0) & (edges != edge)[:, None]
    price = np.where(free, state.arc_cost(edges)[:, begin:end], np.iinfo(np.int64).max)
    for row in np.argsort(price.min(1, initial=np.iinfo(np.int64).max), kind="stable")[:BEST].tolist():
        if free[row].any():
            t = int(price[row].argmin()) + int(begin)
            there, cell = _parts(state, int(edges[row]), t), problem.cells[grid.cell[edges[row]]]
            worse = tuple(
                Part(new.rule, new.label_vi, new.cost - old.cost)
                for new, old in zip(there, here, strict=True)
                if new.cost > old.cost
            )
            rise = sum(part.cost for part in there) - sum(part.cost for part in here)
            at = problem.calendar[t]
            yield Alternative(cell.id, at, cell.meetings[at].day, rise, worse)


def _satisfied(problem: Problem, visit: PlannedVisit) -> tuple[str, ...]:
    official = problem.official_of[visit.official]
    level = problem.level_of[official.level]
    told = {
        HardRule.PERIOD: f"Đúng định kỳ của {level.name}: {level.period_months} tháng một lượt",
        HardRule.AREA: "Trong địa bàn được phân công",
        HardRule.OWN_CELL: "Không phải chi bộ nơi đồng chí sinh hoạt",
        HardRule.AWAY: f"Đồng chí không vắng mặt ngày {visit.day:%d/%m/%Y}",
        HardRule.OWN_MEETING: "Không trùng buổi họp của chi bộ nơi đồng chí sinh hoạt",
    }
    if (visit.cell, visit.month) in official.pins:
        told[HardRule.PIN] = "Giữ đúng kế hoạch cá nhân của đồng chí"
    broken = {found.rule for found in validate(problem, [visit]) if found.ref.month == visit.month}
    return tuple(sentence for rule, sentence in told.items() if rule not in broken)
