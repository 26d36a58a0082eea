"""The rotation against what a committee does today: ``python -m bench.rotation [scale] [seed …]``.

Invented instances, like the real ones in what makes them hard: 60 % of meetings on the 3rd to 5th, 80 %
in the evening, 12 % special cells, 2 % pins, three absences a year each, 1 % whole-month leave.
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, fields

from bench.ratios import Ratio
from bench.rotation_baselines import careful_greedy, round_robin
from core.rotation.facts import PlannedVisit
from core.rotation.invented import SCALES, instance
from core.rotation.problem import Problem
from core.rotation.score import Rule, objective, score
from core.rotation.solver import plan
from core.rotation.validate import HardRule, validate

Solver = Callable[[Problem], tuple[PlannedVisit, ...]]
SOLVERS: dict[str, Solver] = {
    "round robin": round_robin,
    "careful greedy": careful_greedy,
    "rotation": lambda problem: plan(problem).visits,
}
MEASURED = (
    ("visits on an impossible day", "visits", "impossible"),
    ("duties without a visit", "duties", "unmet"),
    ("crowding, pairs at one meeting", "pairs", "crowding"),
    ("avoidable repeats of a cell", "visits", "repeats"),
    ("travel", "km", "km"),
    ("objective", "points", "objective"),
    ("CPU time", "s", "seconds"),
    ("wall time", "s", "wall"),
)
IMPOSSIBLE = {HardRule.AWAY, HardRule.OWN_CELL, HardRule.OWN_MEETING, HardRule.NO_MEETING}


@dataclass(frozen=True, slots=True)
class Row:
    """One solver on one instance; ``objective`` prices an impossible day as an unmet duty.

    ``seconds`` are of CPU, ``wall`` of the clock.
    """

    solver: str
    impossible: int
    unmet: int
    crowding: int
    repeats: int
    special: int
    spread: float
    km: int
    objective: int
    seconds: float
    wall: float


def measure(name: str, solve: Solver, problem: Problem) -> Row:
    """Run one solver and judge its visits with the product's own score and validator."""
    start, wall = time.process_time(), time.perf_counter()
    visits = solve(problem)
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    parts = score(problem, visits)
    broken = {part.rule: part.broken for part in parts}
    impossible = sum(violation.rule in IMPOSSIBLE for violation in validate(problem, visits))
    price = objective(parts) + impossible * problem.weights.unmet
    return Row(
        solver=name,
        impossible=impossible,
        unmet=broken[Rule.UNMET],
        crowding=broken[Rule.CROWDING],
        repeats=broken[Rule.REPEAT],
        special=broken[Rule.SPECIAL],
        spread=spread(problem, visits),
        km=broken[Rule.TRAVEL] // 10,
        objective=price,
        seconds=seconds,
        wall=wall,
    )


def spread(problem: Problem, visits: tuple[PlannedVisit, ...]) -> float:
    """Most minus fewest visits among a unit's ordinary cells, averaged over units."""
    held = Counter(visit.cell for visit in visits)
    units: dict[str, list[int]] = defaultdict(list)
    for cell in problem.cells:
        if not cell.special:
            units[cell.unit].append(held[cell.id])
    return sum(max(counts) - min(counts) for counts in units.values()) / len(units)


def run(scale: str = "district", seeds: Iterable[int] = (1, 2, 3)) -> list[Row]:
    """Print every solver on every seed, then ours as ratios to both references' in the same run."""
    print(f"{scale}: {SCALES[scale]}")
    print(f"{'seed':>4} {'solver':16}" + "".join(f"{field.name:>14}" for field in fields(Row)[1:]))
    rows = []
    for seed in seeds:
        problem = instance(SCALES[scale], seed)
        found = [measure(name, solve, problem) for name, solve in SOLVERS.items()]
        for row in found:
            print(f"{seed:>4} {row.solver:16}" + "".join(_number(value) for value in astuple(row)[1:]))
        print(f"{seed:>4} {'ours ÷ robin':16}" + "".join(_ratios(found[2], found[0])))
        print(f"{seed:>4} {'ours ÷ greedy':16}" + "".join(_ratios(found[2], found[1])))
        rows += found
    return rows


def _number(value: float) -> str:
    return f"{value:>14,}" if isinstance(value, int) else f"{value:>14.3f}"


def _ratios(ours: Row, theirs: Row) -> Iterable[str]:
    for mine, other in zip(astuple(ours)[1:], astuple(theirs)[1:], strict=True):
        yield f"{mine / other:>14.4f}" if other else f"{'–':>14}"


def figure() -> list[Ratio]:
    """The district's year on three seeds, summed: what is left unsatisfied, travel and time."""
    rows = run("district")
    mine = [row for row in rows if row.solver == "rotation"]
    ratios = []
    for name in ("round robin", "careful greedy"):
        theirs = [row for row in rows if row.solver == name]
        for what, unit, field in MEASURED:
            ours, reference = (sum(getattr(row, field) for row in group) for group in (mine, theirs))
            ratios.append(Ratio(what, name, unit, ours, reference))
    return ratios


if __name__ == "__main__":
    run(sys.argv[1] if sys.argv[1:] else "district", [int(seed) for seed in sys.argv[2:]] or (1, 2, 3))
