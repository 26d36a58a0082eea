"""How good a rotation is: the soft rules in order, what breaks each, and one integer objective.

Source: S4-02, S4-11; design: rotation.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from core.rotation.solving.facts import Duty, PlannedVisit, Ref, ordinal
from core.rotation.solving.problem import Problem
from core.rotation.solving.targets import Target, allowances, targets, travel_cost


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
    (visits − share)². ``bound`` units are broken by any rotation, ``because_vi`` says why; None where it
    is not known.
    """

    rule: Rule
    label_vi: str
    broken: int
    cost: int
    items: tuple[Ref, ...] = ()
    bound: int | None = None
    because_vi: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change by hand: visits taken out of a plan and visits put in; a swap has two of each."""

    out: tuple[PlannedVisit, ...] = ()
    put: tuple[PlannedVisit, ...] = ()

    def apply(self, visits: Iterable[PlannedVisit]) -> tuple[PlannedVisit, ...]:
        """The plan's visits after the change, by day."""
        gone = {visit_key(visit) for visit in self.out}
        left = (visit for visit in visits if visit_key(visit) not in gone)
        return tuple(sorted((*left, *self.put), key=lambda visit: visit.day))


@dataclass(frozen=True, slots=True)
class Delta:
    """What an edit does to one rule: broken units and price, above 0 for the worse."""

    rule: Rule
    label_vi: str
    broken: int
    cost: int


def visit_key(visit: PlannedVisit) -> tuple[str, str, date]:
    """What makes two visits one: official, cell and month."""
    return visit.official, visit.cell, visit.month


def score(problem: Problem, visits: Iterable[PlannedVisit]) -> tuple[RuleScore, ...]:
    """Every soft rule in order, from scratch; visits may break hard rules (see ``validate``)."""
    return Judge(problem).score(visits)


def rescore(problem: Problem, visits: Iterable[PlannedVisit], edit: Edit) -> tuple[Delta, ...]:
    """Rule by rule what the edit changes, looking only at whom and what it touches.

    Many edits of one problem: keep one ``Judge``.
    """
    return Judge(problem).rescore(visits, edit)


def open_duties(problem: Problem, visits: Iterable[PlannedVisit], duties: Iterable[Duty]) -> Iterator[Duty]:
    """Those of the duties that the visits leave unmet; visits of a period meet its duties in order."""
    period, known = problem.period, problem.official_of
    left = Counter((v.official, period(v.official, v.month)) for v in visits if v.official in known)
    for duty in duties:
        key = duty.official, period(duty.official, duty.months[0])
        left[key] -= 1
        if left[key] < 0:
            yield duty


def objective(scores: Iterable[RuleScore | Delta]) -> int:
    """The one number the solver lowers."""
    return sum(part.cost for part in scores)


class Judge:
    """Scores rotations of one problem; what is fair in it is worked out once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem

    @cached_property
    def goal(self) -> Mapping[str, Target]:
        """What each receiving cell should get."""
        return targets(self.problem)

    @cached_property
    def allowed(self) -> Mapping[str, int]:
        """Visits each official may pay one cell."""
        return allowances(self.problem)

    def score(self, visits: Iterable[PlannedVisit]) -> tuple[RuleScore, ...]:
        """Every soft rule in order, from scratch."""
        every = tuple(visits)
        cells = self.goal.keys() | {visit.cell for visit in every}
        return tuple(self._rules(every, self.problem.duties, self.problem.official_of, cells))

    def rescore(self, visits: Iterable[PlannedVisit], edit: Edit) -> tuple[Delta, ...]:
        """Rule by rule what the edit changes."""
        touched = (*edit.out, *edit.put)
        people = dict.fromkeys(visit.official for visit in touched)
        cells = {visit.cell for visit in touched}
        near = tuple(visit for visit in visits if visit.official in people or visit.cell in cells)
        duties = tuple(duty for who in people for duty in self.problem.duties_of(who))
        before = self._rules(near, duties, people, cells)
        after = self._rules(edit.apply(near), duties, people, cells)
        return tuple(
            Delta(new.rule, new.label_vi, new.broken - old.broken, new.cost - old.cost)
            for old, new in zip(before, after, strict=True)
        )

    def _rules(
        self,
        visits: tuple[PlannedVisit, ...],
        duties: Iterable[Duty],
        people: Collection[str],
        cells: Collection[str],
    ) -> Iterator[RuleScore]:
        """The rules as far as these duties, people and cells go."""
        weights = self.problem.weights
        goal = {cell: target for cell, target in self.goal.items() if cell in cells}
        held = Counter(visit.cell for visit in visits)
        unmet = open_duties(self.problem, visits, duties)
        open_now = ((Ref(official=duty.official, month=duty.months[0]), 1) for duty in unmet)
        yield _rule(Rule.UNMET, weights.unmet, open_now)
        yield _rule(Rule.CROWDING, weights.crowding, self._crowded(visits, cells))
        yield _rule(Rule.REPEAT, weights.repeat, self._repeats(visits, people))
        yield _rule(Rule.SPECIAL, weights.special, self._short(held, goal))
        yield _cover(weights.cover, held, goal)
        yield _rule(Rule.SPACING, weights.spacing, self._empty_windows(visits, goal))
        yield self._travel(visits)

    def _crowded(self, visits: tuple[PlannedVisit, ...], cells: Collection[str]) -> Iterator[tuple[Ref, int]]:
        known = self.problem.cell_of
        for (cell, month), there in Counter((v.cell, v.month) for v in visits if v.cell in cells).items():
            over = max(0, there - (known[cell].wanted if cell in known else 1))
            yield Ref(cell=cell, month=month), over * (over + 1) // 2

    def _repeats(
        self, visits: tuple[PlannedVisit, ...], people: Collection[str]
    ) -> Iterator[tuple[Ref, int]]:
        past = Counter((visit.official, visit.cell) for visit in self.problem.history)
        mine = ((v.official, v.cell) for v in visits if v.official in people and v.official in self.allowed)
        for (official, cell), times in Counter(mine).items():
            before, allowed = past[official, cell], self.allowed[official]
            over = max(0, before + times - allowed) - max(0, before - allowed)
            yield Ref(official=official, cell=cell), over

    def _short(self, held: Mapping[str, int], goal: Mapping[str, Target]) -> Iterator[tuple[Ref, int]]:
        for cell, target in goal.items():
            worth = max(1, self.problem.cell_of[cell].special)
            yield Ref(cell=cell), worth * max(0, target.least - held[cell])

    def _empty_windows(
        self, visits: tuple[PlannedVisit, ...], goal: Mapping[str, Target]
    ) -> Iterator[tuple[Ref, int]]:
        start, seen = ordinal(self.problem.first_month), defaultdict[str, set[int]](set)
        met = [(past.cell, past.month) for past in self.problem.history]
        for cell, month in met + [(visit.cell, visit.month) for visit in visits]:
            seen[cell].add(ordinal(month) - start)
        for cell, target in goal.items():
            empty = sum(seen[cell].isdisjoint(range(a, b)) for a, b in target.windows)
            yield Ref(cell=cell), empty

    def _travel(self, visits: tuple[PlannedVisit, ...]) -> RuleScore:
        people, cells = self.problem.official_of, self.problem.cell_of
        ways = Counter((visit.official, visit.cell) for visit in visits)
        metres = sum(
            times * travel_cost(people[official], cells[cell])
            for (official, cell), times in ways.items()
            if official in people and cell in cells
        )
        return RuleScore(Rule.TRAVEL, Rule.TRAVEL.label, metres, self.problem.weights.travel * metres)


def _rule(rule: Rule, price: int, broken: Iterable[tuple[Ref, int]]) -> RuleScore:
    items = tuple((ref, units) for ref, units in broken if units)
    units = sum(units for _, units in items)
    return RuleScore(rule, rule.label, units, price * units, tuple(ref for ref, _ in items))


def _cover(price: int, held: Mapping[str, int], goal: Mapping[str, Target]) -> RuleScore:
    costs = {cell: target.cover_cost(held[cell], price) for cell, target in goal.items()}
    items = tuple(Ref(cell=cell) for cell, cost in costs.items() if cost)
    return RuleScore(Rule.COVER, Rule.COVER.label, len(items), sum(costs.values()), items)
