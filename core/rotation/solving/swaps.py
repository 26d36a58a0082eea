"""Whether two officials may exchange a visit each, and with whom one may: pure (product R06)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import islice

from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.problem import Problem
from core.rotation.solving.validate import Violation, validate


def exchanged(one: PlannedVisit, other: PlannedVisit) -> tuple[PlannedVisit, PlannedVisit]:
    """The two visits with their officials changed over."""
    return replace(other, official=one.official), replace(one, official=other.official)


def hindrances(
    problem: Problem, visits: Iterable[PlannedVisit], one: PlannedVisit, other: PlannedVisit
) -> tuple[Violation, ...]:
    """The hard rules that the exchange would newly break; none where it may be made.

    `visits` are all that stand; only those of the two officials count.
    """
    return newly_broken(problem, visits, (one, other), exchanged(one, other))


def newly_broken(
    problem: Problem, visits: Iterable[PlannedVisit], out: Sequence[PlannedVisit], put: Sequence[PlannedVisit]
) -> tuple[Violation, ...]:
    """The hard rules that hold for `visits` and no longer do once some are taken out and others put in."""
    people = dict.fromkeys(visit.official for visit in (*out, *put))
    held = [visit for visit in visits if visit.official in people]
    return tuple(
        fault
        for who in people
        for fault in _Person(problem, held, who, {visit.cell for visit in put}).newly_broken(out, put)
    )


class _Person:
    """One official with his visits, judged apart: no hard rule looks at two officials at once."""

    def __init__(self, problem: Problem, visits: Iterable[PlannedVisit], who: str, more: set[str]) -> None:
        self.who, self.problem = who, _around(problem, {who}, more)
        self.held = [visit for visit in visits if visit.official == who]
        self.before = {(fault.rule, fault.ref) for fault in validate(self.problem, self.held)}

    def newly_broken(self, out: Sequence[PlannedVisit], put: Sequence[PlannedVisit]) -> tuple[Violation, ...]:
        """What breaks for him when these of his visits go and come."""
        after = [visit for visit in self.held if visit not in out]
        after += (visit for visit in put if visit.official == self.who)
        faults = validate(self.problem, after)
        return tuple(fault for fault in faults if (fault.rule, fault.ref) not in self.before)


def _around(problem: Problem, people: set[str], more: set[str]) -> Problem:
    """The problem as far as these officials and cells go."""
    officials = tuple(official for official in problem.officials if official.id in people)
    asked = {cell for official in officials for cell, _month in official.pins}
    wanted = more | asked | {cell for o in officials for cell in (*o.area, o.own_cell) if cell}
    cells = tuple(cell for cell in problem.cells if cell.id in wanted)
    history = tuple(past for past in problem.history if past.official in people)
    return replace(problem, officials=officials, cells=cells, history=history)


def partners(
    problem: Problem, visits: Sequence[PlannedVisit], mine: PlannedVisit, since: date, most: int | None = None
) -> tuple[PlannedVisit, ...]:
    """The visits of a day and later that may be exchanged for `mine`; those nearest in time come first.

    Those at the same meeting would change nothing. Cells that either official already attends come last. No
    more than `most` are looked for.
    """
    me = problem.official_of.get(mine.official)
    if me is None:
        return ()
    reach = {o.id for o in problem.officials if mine.cell in o.area} - {me.id}
    area = set(me.area)
    near = [v for v in visits if v.day >= since and v.official in reach and v.cell in area]
    near = [v for v in near if (v.cell, v.month) != (mine.cell, mine.month)]
    known = {(visit.official, visit.cell) for visit in visits}
    near.sort(
        key=lambda v: (
            (me.id, v.cell) in known or (v.official, mine.cell) in known,
            abs((v.day - mine.day).days), v.day, v.official,
        )
    )  # fmt: skip
    return tuple(islice(_possible(problem, visits, mine, near), most))


def _possible(
    problem: Problem, visits: Iterable[PlannedVisit], mine: PlannedVisit, near: Sequence[PlannedVisit]
) -> Iterator[PlannedVisit]:
    """Those of the visits near by that both officials may take over, in order."""
    people = {mine.official} | {visit.official for visit in near}
    held = [visit for visit in visits if visit.official in people]
    small = _around(problem, people, {mine.cell})
    judge = cache(lambda who: _Person(small, held, who, {mine.cell}))
    fits = cache(lambda who, out, put: not judge(who).newly_broken([out], [put]))
    for visit in near:
        come, gone = exchanged(mine, visit)
        if fits(mine.official, mine, come) and fits(visit.official, visit, gone):
            yield visit
