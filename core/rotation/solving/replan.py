"""Re-planning a published rotation: the past stands, what still holds is kept, little else moves.

Source: S4-12, S4-15; design: rotation.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import compress, zip_longest
from operator import attrgetter, not_

import numpy as np

from core.rotation.solving.descent import descend
from core.rotation.solving.events import Event, happened
from core.rotation.solving.facts import PlannedVisit, Source, Unmet, Weights
from core.rotation.solving.grid import Bools, Grid, Ints, build, located
from core.rotation.solving.parts import deal
from core.rotation.solving.problem import Problem
from core.rotation.solving.solver import keep_pins, movable, planned_visits, unmet_duties
from core.rotation.solving.state import State
from core.rotation.solving.validate import broken_by

EXTRA = "Đổi thêm để các đồng chí khác có lượt dự hợp lý"
NEW = "Kỳ này trước đây chưa có lượt dự"
DAY_MOVED = "Chi bộ đổi ngày họp"
GONE = "Lượt dự không còn thuộc nhiệm vụ của đồng chí"


@dataclass(frozen=True, slots=True)
class Change:
    """One official's visit before and after; ``forced`` when the published visit could not stand."""

    official: str
    before: PlannedVisit | None
    after: PlannedVisit | None
    forced: bool
    reason_vi: str


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """The new visits, the duties left unmet and every difference from the published ones."""

    visits: tuple[PlannedVisit, ...]
    unmet: tuple[Unmet, ...]
    kept: tuple[PlannedVisit, ...]
    removed: tuple[Change, ...]
    added: tuple[Change, ...]
    moved: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Removed, added and moved together."""
        return self.removed + self.added + self.moved

    @property
    def forced(self) -> tuple[Change, ...]:
        """Changes of visits that could not stand, and of duties that had none."""
        return tuple(change for change in self.changes if change.forced)

    @property
    def extra(self) -> tuple[Change, ...]:
        """Changes made only so that the others come out well."""
        return tuple(change for change in self.changes if not change.forced)

    @property
    def told(self) -> tuple[str, ...]:
        """Officials with a change, each once."""
        return tuple(dict.fromkeys(change.official for change in self.changes))


Key = tuple[str, str, date, date]


class Policy(StrEnum):
    """What counts more when not both can be had."""

    KEEP = "keep"
    ALONE = "alone"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {"keep": "Giữ lịch đã công bố", "alone": "Giữ mỗi buổi một đồng chí"}[self.value]

    def price(self, weights: Weights) -> Weights:
        """The weights under the policy: a change of a published visit dearer, or not, than a crowd."""
        if self is Policy.ALONE:
            return weights
        dear = max(weights.change, 10 * weights.crowding, 10 * weights.repeat)
        return replace(weights, change=min(dear, max(weights.change, weights.unmet // 2)))


def _key(visit: PlannedVisit) -> Key:
    return visit.official, visit.cell, visit.month, visit.day


def replan(
    problem: Problem,
    published: Iterable[PlannedVisit],
    events: Iterable[Event],
    today: date,
    policy: Policy = Policy.ALONE,
) -> PlanDiff:
    """The published visits mended once the events have happened; one that still holds is untouched.

    Meetings before ``today`` stand as they were. Each other visit that breaks a hard rule is replaced,
    and changing one more published visit costs ``weights.change``. Raises ``ProblemError`` for an event
    about someone or something unknown.
    """
    problem = happened(problem, events)
    if (weights := policy.price(problem.weights)) != problem.weights:
        problem = replace(problem, weights=weights)
    desk = _Desk(build(problem, today), tuple(published), today)
    if len(stuck := desk.open_duties()):
        free = desk.neighbourhood(stuck)
        part = np.zeros(len(desk.grid.several), np.int64)
        part[desk.grid.duty_official[free]] = 1
        descend(desk.state, free, part, tuple(deal(desk.grid, np.flatnonzero(part))))
    return desk.told()


def _period(problem: Problem, visit: PlannedVisit) -> int:
    return problem.period(visit.official, visit.month) if visit.official in problem.official_of else -1


class _Desk:
    """The published rotation laid on the problem: what stands, what is kept dear, what is forced off."""

    def __init__(self, grid: Grid, published: tuple[PlannedVisit, ...], today: date) -> None:
        self.grid, self.state = grid, State(grid)
        self.done: Bools = np.zeros(len(grid.duty_official), bool)
        self.forced: dict[PlannedVisit, str] = {}
        self.standing: Ints = np.full(len(grid.duty_official), -1, np.int64)
        over = [visit.day < today and _is_past(grid.problem, visit, today) for visit in published]
        self.past = tuple(compress(published, over))
        self.coming = tuple(compress(published, map(not_, over)))
        duty, edge, month = located(grid, (*self.past, *self.coming))
        n = len(self.past)
        self._stand(duty[:n], edge[:n], month[:n])
        self._keep(duty[n:], edge[n:], month[n:])
        keep_pins(self.state, ~self.done)

    def _stand(self, duty: Ints, edge: Ints, month: Ints) -> None:
        """What was visited is done; a visit to a cell since out of the area is done all the same."""
        met = duty >= 0
        self.done[duty[met]] = True
        self.state.place(duty[met], edge[met], month[met])
        who = self.grid.problem.official_at
        for at in np.flatnonzero((edge < 0) & (month >= 0)).tolist():
            if (m := who.get(self.past[at].official)) is not None:
                owed = self.grid.duties_at(m, int(month[at]))
                self.done[owed[~self.done[owed]][:1]] = True

    def _keep(self, duty: Ints, edge: Ints, month: Ints) -> None:
        grid, holds = self.grid, self._holds(duty, edge, month)
        for at in np.flatnonzero(~holds).tolist():
            visit = self.coming[at]
            self.forced[visit] = self._why_not(visit, int(duty[at]), int(edge[at]), int(month[at]))
        place, kept, on, then = np.flatnonzero(holds), duty[holds], edge[holds], month[holds]
        day = np.fromiter((visit.day.toordinal() for visit in self.coming), np.int64)[place]
        pinned = np.fromiter((visit.source is Source.PIN for visit in self.coming), bool)[place]
        same_day = day == grid.day[grid.cell[on], then]
        self.forced |= {self.coming[one]: DAY_MOVED for one in place[~same_day].tolist()}
        stands = same_day & (pinned == (grid.pin_edge[kept] >= 0))
        self.standing[kept[stands]] = place[stands]
        self.state.place(kept, on, then)
        self.state.kept_edge[kept], self.state.kept_month[kept] = on, then

    def _holds(self, duty: Ints, edge: Ints, month: Ints) -> Bools:
        """[n] whether each visit has a duty still to do, on an open arc, and no pin elsewhere."""
        grid = self.grid
        holds: Bools = duty >= 0
        holds[holds] = ~self.done[duty[holds]]
        at, e, t = duty[holds], edge[holds], month[holds]
        pin = grid.pin_edge[at]
        holds[holds] = (grid.blocked[e, t] == 0) & ((pin < 0) | ((pin == e) & (grid.pin_month[at] == t)))
        return holds

    def _why_not(self, visit: PlannedVisit, duty: int, edge: int, month: int) -> str:
        grid = self.grid
        if duty < 0 or grid.blocked[edge, month]:
            broken = broken_by(grid.problem, [visit])
            return broken[0].sentence_vi.rstrip(".") if broken else GONE
        if grid.pin_edge[duty] >= 0 and (grid.pin_edge[duty], grid.pin_month[duty]) != (edge, month):
            return "Đồng chí đã đổi kế hoạch cá nhân"
        return GONE

    def open_duties(self) -> Ints:
        """[n] duties without a visit that could have one."""
        grid = self.grid
        duties = np.flatnonzero(movable(grid) & ~self.done & (self.state.edge < 0))
        return np.array([d for d in duties.tolist() if self._possible(d)], np.int64)

    def _possible(self, d: int) -> bool:
        grid, m = self.grid, self.grid.duty_official[d]
        rows = slice(grid.first[m], grid.first[m + 1])
        return bool((grid.blocked[rows, grid.duty_from[d] : grid.duty_to[d]] == 0).any())

    def neighbourhood(self, duties: Ints) -> Bools:
        """[D] duties to come, in the months of ``duties``, of the officials whose areas meet theirs."""
        grid = self.grid
        months = np.zeros(grid.problem.months + 1, np.int64)
        for d in duties.tolist():
            months[grid.duty_from[d] : grid.duty_to[d]] = 1
        until = np.concatenate([[0], months.cumsum()])
        then = until[grid.duty_to] > until[grid.duty_from]
        near, cells = np.zeros(len(grid.several), bool), np.zeros(len(grid.wanted), bool)
        near[grid.duty_official[duties]] = True
        cells[grid.cell[near[grid.official]]] = True
        near[grid.official[cells[grid.cell]]] = True
        free: Bools = movable(grid) & ~self.done & then & near[grid.duty_official]
        return free

    def told(self) -> PlanDiff:
        """The visits by day, the past and what stands as published, and what differs."""
        state, problem = self.state, self.grid.problem
        same = (self.standing >= 0) & (state.edge == state.kept_edge) & (state.month == state.kept_month)
        stands = np.zeros(len(self.coming), bool)
        stands[self.standing[same]] = True
        kept = (*self.past, *compress(self.coming, stands.tolist()))
        gone = compress(self.coming, (~stands).tolist())
        new = planned_visits(state, ~self.done & ~same)
        found = diff(gone, new, lambda visit: (visit.official, _period(problem, visit)), self.forced)
        unmet = unmet_duties(self.grid, ~self.done & (state.edge < 0))
        every, kept = _by_day((*kept, *new)), _by_day((*kept, *found.kept))
        return PlanDiff(every, unmet, kept, found.removed, found.added, found.moved)


def _by_day(visits: tuple[PlannedVisit, ...]) -> tuple[PlannedVisit, ...]:
    return tuple(sorted(visits, key=attrgetter("day")))


def _is_past(problem: Problem, visit: PlannedVisit, today: date) -> bool:
    cell = problem.cell_of.get(visit.cell)
    meeting = cell.meetings.get(visit.month) if cell else None
    return meeting is None or meeting.day < today


def same_month(visit: PlannedVisit) -> tuple[str, object]:
    """The official and month: what pairs two visits when periods are not known."""
    return visit.official, visit.month


def diff(
    old: Iterable[PlannedVisit],
    new: Iterable[PlannedVisit],
    duty: Callable[[PlannedVisit], tuple[str, object]] = same_month,
    forced: Mapping[PlannedVisit, str] | None = None,
) -> PlanDiff:
    """What changed for whom; visits of one ``duty`` are paired, ``forced`` gives reasons by old visit."""
    old, new, reasons = tuple(old), tuple(new), forced or {}
    before, after = {_key(visit): visit for visit in old}, {_key(visit): visit for visit in new}
    gone, come = defaultdict[object, list[PlannedVisit]](list), defaultdict[object, list[PlannedVisit]](list)
    for key, visit in before.items():
        if key not in after:
            gone[duty(visit)].append(visit)
    for key, visit in after.items():
        if key not in before:
            come[duty(visit)].append(visit)
    changes = [
        change for at in dict.fromkeys((*gone, *come)) for change in _pair(gone[at], come[at], reasons)
    ]
    return PlanDiff(
        visits=new,
        unmet=(),
        kept=tuple(visit for key, visit in after.items() if key in before),
        removed=tuple(change for change in changes if change.after is None),
        added=tuple(change for change in changes if change.before is None),
        moved=tuple(change for change in changes if change.before and change.after),
    )


def _pair(
    gone: list[PlannedVisit], come: list[PlannedVisit], reasons: Mapping[PlannedVisit, str]
) -> Iterator[Change]:
    for before, after in zip_longest(gone, come):
        if before is None:
            yield Change(after.official, None, after, True, NEW)
        else:
            reason = reasons.get(before)
            yield Change(before.official, before, after, reason is not None, reason or EXTRA)
