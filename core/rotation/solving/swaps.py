"""Whether two officials may exchange a visit each, and with whom one may: pure (product R06)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

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
    people = {visit.official for visit in (*out, *put)}
    held = [visit for visit in visits if visit.official in people]
    after = [*(visit for visit in held if visit not in out), *put]
    small = _around(problem, people, {visit.cell for visit in put})
    before = {(fault.rule, fault.ref) for fault in validate(small, held)}
    return tuple(fault for fault in validate(small, after) if (fault.rule, fault.ref) not in before)


def _around(problem: Problem, people: set[str], more: set[str]) -> Problem:
    """The problem as far as these officials and cells go."""
    officials = tuple(official for official in problem.officials if official.id in people)
    asked = {cell for official in officials for cell, _month in official.pins}
    wanted = more | asked | {cell for o in officials for cell in (*o.area, o.own_cell) if cell}
    cells = tuple(cell for cell in problem.cells if cell.id in wanted)
    history = tuple(past for past in problem.history if past.official in people)
    return replace(problem, officials=officials, cells=cells, history=history)


def partners(
    problem: Problem, visits: Sequence[PlannedVisit], mine: PlannedVisit, since: date
) -> tuple[PlannedVisit, ...]:
    """The visits of a day and later that may be exchanged for `mine`; those nearest in time come first.

    Cells that either official already attends come last.
    """
    me = problem.official_of.get(mine.official)
    if me is None:
        return ()
    reach = {o.id for o in problem.officials if mine.cell in o.area and mine.cell != o.own_cell}
    near = [
        visit
        for visit in visits
        if visit.day >= since and visit.official in reach - {me.id} and visit.cell in me.area
    ]
    known = {(visit.official, visit.cell) for visit in visits}
    possible = [visit for visit in near if not hindrances(problem, visits, mine, visit)]
    return tuple(
        sorted(
            possible,
            key=lambda v: (
                (me.id, v.cell) in known or (v.official, mine.cell) in known,
                abs((v.day - mine.day).days), v.day, v.official,
            ),
        )
    )  # fmt: skip
