"""Drawing up a version: the solver's answer as rows and as words (design: rotation, API)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from core.rotation.solving.blockers import Blocker
from core.rotation.solving.bounds import bounded, rule_bounds
from core.rotation.solving.changes import PlanDiff
from core.rotation.solving.explain import explain
from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.problem import Problem
from core.rotation.solving.replan import Policy, replan
from core.rotation.solving.score import RuleScore, objective, score
from core.rotation.solving.solver import Plan, plan
from core.rotation.solving.validate import validate

Progress = Callable[[str, int], None]


class BrokenRotationError(Exception):
    """The validator, on its own path, found a hard rule broken: never to be saved."""


@dataclass(frozen=True)
class Drawing:
    """A drawn-up rotation: visits, what each rule scores, what could not be had and why.

    `mended` tells what changed against the published one, where it was drawn from that.
    """

    visits: tuple[PlannedVisit, ...]
    scores: tuple[RuleScore, ...]
    shortfalls: tuple[Blocker, ...]
    mended: PlanDiff | None = None


def draw(problem: Problem, seed: int, progress: Progress) -> Drawing:
    """A rotation of the whole horizon from nothing. Raises BrokenRotationError."""
    made = _explained(problem, plan(problem, seed, progress), progress)
    return replace(made, scores=bounded(made.scores, rule_bounds(problem, made.visits)))


def redraw(
    problem: Problem,
    published: tuple[PlannedVisit, ...],
    today: date,
    progress: Progress,
    policy: Policy = Policy.ALONE,
) -> Drawing:
    """The published rotation mended with few changes, the past as it was. Raises BrokenRotationError.

    Its scores have no bounds: those hold for rotations drawn up from nothing.
    """
    progress("Đang sửa lịch đã công bố", 20)
    mended: PlanDiff = replan(problem, published, (), today, policy)
    scores = score(problem, mended.visits)
    result = Plan(mended.visits, mended.unmet, scores, objective(scores))
    return replace(_explained(problem, result, progress, since=today), mended=mended)


def _explained(problem: Problem, result: Plan, progress: Progress, since: date = date.min) -> Drawing:
    progress("Đang kiểm tra và giải thích", 85)
    ahead = {(visit.official, visit.month) for visit in result.visits if visit.day >= since}
    broken = [
        fault for fault in validate(problem, result.visits) if (fault.ref.official, fault.ref.month) in ahead
    ]
    if broken:
        raise BrokenRotationError(f"{len(broken)} visits break {broken[0].rule}")
    return Drawing(result.visits, result.scores, explain(problem, result))
