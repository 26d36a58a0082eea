"""What if: the same problem with more people, another cadence or a rule less, side by side (product R11).

Pure: what is published is never touched.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from statistics import mean

from core.rotation.solving.facts import Official, cadence_words
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Rule, RuleScore, objective
from core.rotation.solving.solver import plan

Change = Callable[[Problem], Problem]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A question and the problem it makes of ours."""

    name_vi: str
    change: Change


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario gives: visits, cells visited, visits a person (mean, most) and every rule's score."""

    name_vi: str
    visits: int
    unmet: int
    covered: int
    cells: int
    mean_load: float
    most_load: int
    fewest: int
    most: int
    scores: tuple[RuleScore, ...]
    objective: int


def as_it_is() -> Scenario:
    """The problem unchanged, to compare with."""
    return Scenario("Như hiện nay", lambda problem: problem)


def more_people(count: int, like: str) -> Scenario:
    """``count`` more officials with the level, area and base of the official ``like``."""
    return Scenario(f"Thêm {count} đồng chí", lambda problem: _more(problem, count, like))


def other_cadence(level: str, name: str, period_months: int = 0, per_year: int = 0) -> Scenario:
    """Another cadence of the level of this code: a visit each so many months, or so many a year."""

    def change(problem: Problem) -> Problem:
        levels = (
            replace(one, period_months=period_months or one.period_months, per_year=per_year)
            if one.code == level
            else one
            for one in problem.levels
        )
        return replace(problem, levels=tuple(levels))

    return Scenario(f"{name}: {cadence_words(period_months, per_year)}", change)


def without(rule: Rule) -> Scenario:
    """A soft rule dropped."""
    dropped = {rule.value: 0}
    return Scenario(
        f"Bỏ quy tắc “{rule.label}”",
        lambda problem: replace(problem, weights=replace(problem.weights, **dropped)),
    )


def compare(problem: Problem, scenarios: Iterable[Scenario], seed: int = 0) -> tuple[Outcome, ...]:
    """Each scenario's rotation in numbers; scored by its own weights. Seconds each for a district."""
    return tuple(_outcome(scenario, scenario.change(problem), seed) for scenario in scenarios)


def _outcome(scenario: Scenario, problem: Problem, seed: int) -> Outcome:
    made = plan(problem, seed)
    held = Counter(visit.cell for visit in made.visits)
    loads = Counter(visit.official for visit in made.visits)
    times = [loads[official.id] for official in problem.officials]
    receiving = [held[cell.id] for cell in problem.cells if cell.receives]
    return Outcome(
        scenario.name_vi, len(made.visits), len(made.unmet), sum(n > 0 for n in receiving), len(receiving),
        mean(times) if times else 0.0, max(times, default=0),
        min(receiving, default=0), max(receiving, default=0), made.scores, objective(made.scores),
    )  # fmt: skip


def _more(problem: Problem, count: int, like: str) -> Problem:
    if like not in problem.official_of:
        raise LookupError("Không còn đồng chí được lấy làm mẫu trong danh sách; hãy chọn lại.")
    model, known = problem.official_of[like], problem.official_of.keys()
    free = (f"{like}+{n}" for n in range(1, count + len(known) + 1))
    ids = [new for new in free if new not in known][:count]
    added = (_copy(model, new, n) for n, new in enumerate(ids, 1))
    return replace(problem, officials=(*problem.officials, *added))


def _copy(model: Official, new: str, number: int) -> Official:
    return replace(model, id=new, name=f"Đồng chí thêm {number}", own_cell=None, away=(), pins=())
