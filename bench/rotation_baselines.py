"""What committees do today, for comparison: the Excel round robin and a careful organiser's greedy."""

from collections import Counter, defaultdict
from datetime import date

import numpy as np

from core.rotation.solving.descent import fill_month, one_a_month
from core.rotation.solving.facts import Duty, Official, PlannedVisit, Source
from core.rotation.solving.grid import build
from core.rotation.solving.problem import Problem
from core.rotation.solving.solver import finished, keep_pins, movable
from core.rotation.solving.state import State
from core.rotation.solving.targets import allowances, targets, travel_cost


def round_robin(problem: Problem) -> tuple[PlannedVisit, ...]:
    """Official i takes cell i, i + 1, … of his area, no date looked at; pins are copied in."""
    place = {official.id: at for at, official in enumerate(problem.officials)}
    visits = []
    for duty in problem.duties:
        official = problem.official_of[duty.official]
        month = duty.months[place[duty.official] % len(duty.months)]
        cell = official.area[(place[duty.official] + duty.index) % len(official.area)]
        cell, month = _pin(official, duty) or (cell, month)
        visits.append(_visit(problem, official, cell, month))
    return tuple(visits)


def careful_greedy(problem: Problem) -> tuple[PlannedVisit, ...]:
    """Month by month, higher levels first: the free cell least crowded, new, special, least visited, near."""
    desk = _Desk(problem)
    place = {official.id: at for at, official in enumerate(problem.officials)}
    pinned = {duty: pin for duty in problem.duties if (pin := _pin(problem.official_of[duty.official], duty))}
    for duty, (cell, month) in pinned.items():
        if desk.free(problem.official_of[duty.official], cell, month):
            desk.put(problem.official_of[duty.official], cell, month)
    wish = {duty: duty.months[place[duty.official] % len(duty.months)] for duty in problem.duties}
    free = [duty for duty in problem.duties if duty not in pinned]
    for duty in sorted(free, key=lambda duty: (wish[duty], -len(duty.months))):
        desk.fill(duty, wish[duty])
    return tuple(desk.visits)


class _Desk:
    """The organiser's sheet: the visits so far and their counts."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.goal, self.allowed = targets(problem), allowances(problem)
        self.visits: list[PlannedVisit] = []
        self.there: Counter[tuple[str, date]] = Counter()
        self.held: Counter[str] = Counter()
        self.times: Counter[tuple[str, str]] = Counter((v.official, v.cell) for v in problem.history)
        self.away = {o.id: _days(o) for o in problem.officials}
        self.metres: dict[str, dict[str, int]] = defaultdict(dict)

    def fill(self, duty: Duty, wish: date) -> None:
        official = self.problem.official_of[duty.official]
        for month in (wish, *(month for month in duty.months if month != wish)):
            cells = [cell for cell in official.area if self.free(official, cell, month)]
            if cells:
                best = min(cells, key=lambda cell: self._price(official, cell, month))
                self.put(official, best, month)
                return

    def put(self, official: Official, cell: str, month: date) -> None:
        self.visits.append(_visit(self.problem, official, cell, month))
        self.there[cell, month] += 1
        self.held[cell] += 1
        self.times[official.id, cell] += 1

    def free(self, official: Official, cell: str, month: date) -> bool:
        meeting = self.problem.cell_of[cell].meetings.get(month)
        if meeting is None or cell == official.own_cell:
            return False
        own = self.problem.cell_of[official.own_cell].meetings.get(month) if official.own_cell else None
        return meeting != own and meeting.day.toordinal() not in self.away[official.id]

    def _price(self, official: Official, cell: str, month: date) -> float:
        weights, target, held = self.problem.weights, self.goal[cell], self.held[cell]
        due = (self.problem.calendar.index(month) + 1) / self.problem.months
        again = self.times[official.id, cell] >= self.allowed[official.id]
        behind = held < target.least * due
        return (
            weights.crowding * self.there[cell, month]
            + weights.repeat * again
            - weights.special * behind
            + weights.cover * 2 * (held - target.share * due)
            + weights.travel * self._metres(official, cell)
        )

    def _metres(self, official: Official, cell: str) -> int:
        known = self.metres[official.id]
        if cell not in known:
            known[cell] = travel_cost(official, self.problem.cell_of[cell])
        return known[cell]


def _days(official: Official) -> set[int]:
    return {day for start, end in official.away for day in range(start.toordinal(), end.toordinal() + 1)}


def _pin(official: Official, duty: Duty) -> tuple[str, date] | None:
    return next((pin for pin in official.pins if pin[1] in duty.months), None)


def _visit(problem: Problem, official: Official, cell: str, month: date) -> PlannedVisit:
    meeting = problem.cell_of[cell].meetings.get(month)
    source = Source.PIN if (cell, month) in official.pins else Source.ROTATION
    return PlannedVisit(official.id, cell, month, meeting.day if meeting else month, source)


def month_flow(problem: Problem) -> tuple[PlannedVisit, ...]:
    """Pins, then month by month, each exactly beside what is placed; longer duties wait for room."""
    state = State(build(problem))
    grid, weights = state.grid, problem.weights
    keep_pins(state, np.ones(len(grid.duty_official), bool))
    for t in range(problem.months):
        owed = (state.edge < 0) & movable(grid) & (grid.duty_from <= t) & (t < grid.duty_to)
        duties = one_a_month(state, np.flatnonzero(owed), t)
        last = grid.duty_to[duties] - 1 == t
        fill_month(state, duties, t, np.where(last, weights.unmet, weights.special))
    return finished(state).visits
