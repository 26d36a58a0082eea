"""The rotation beside what committees do by hand and what a general solver finds.

``python -m bench.rotation [scale …] [--seeds 1,2,3,4,5] [--cp-sat SECONDS]``: every solver on every seed of a
scale, each in a process of its own, judged by the product's score and validator beside the lower bounds.
Goals: design, rotation. Times are CPU seconds of the solver alone; memory is the peak above the instance.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from bench.ratios import Ratio
from bench.rotation_baselines import careful_greedy, month_flow, round_robin
from bench.rotation_oracle import cp_sat
from core.rotation.solving.bounds import lower_bound
from core.rotation.solving.events import Absent
from core.rotation.solving.facts import PlannedVisit, Source
from core.rotation.solving.grid import build
from core.rotation.solving.invented import SCALES, instance
from core.rotation.solving.problem import Problem
from core.rotation.solving.relaxations import dateless
from core.rotation.solving.replan import replan
from core.rotation.solving.score import Rule, objective, score
from core.rotation.solving.solver import hopeless, plan
from core.rotation.solving.validate import HardRule, validate

Visits = tuple[PlannedVisit, ...]
SEEDS = (1, 2, 3, 4, 5)
OURS, BOUNDS = "rotation", "lower bound"
SOLVERS: Mapping[str, Callable[[Problem], Visits]] = {
    "round robin": round_robin,
    "careful greedy": careful_greedy,
    "month flow": month_flow,
    OURS: lambda problem: plan(problem).visits,
}
CP_SAT_SCALES = ("commune", "district")
IMPOSSIBLE = {HardRule.AWAY, HardRule.OWN_CELL, HardRule.OWN_MEETING, HardRule.NO_MEETING}


@dataclass(frozen=True, slots=True)
class Row:
    """One solver on one instance; ``objective`` prices an impossible day as an unmet duty.

    ``travel`` counts hundreds of metres, ``seconds`` CPU, ``memory`` megabytes.
    """

    solver: str
    impossible: int
    unmet: int
    crowding: int
    repeat: int
    special: int
    spacing: int
    travel: int
    objective: int
    seconds: float
    memory: int


def measure(name: str, solve: Callable[[Problem], Visits], problem: Problem) -> Row:
    """Run one solver and judge its visits with the product's own score and validator."""
    before, start = _peak(), time.process_time()
    visits = solve(problem)
    seconds, memory = time.process_time() - start, _peak() - before
    parts = score(problem, visits)
    broken = {part.rule: part.broken for part in parts}
    impossible = sum(violation.rule in IMPOSSIBLE for violation in validate(problem, visits))
    price = objective(parts) + impossible * problem.weights.unmet
    return _row(name, broken, impossible, price, seconds, memory)


def _row(
    name: str, broken: Mapping[Rule, int], impossible: int, price: int, seconds: float, memory: int = 0
) -> Row:
    return Row(
        name,
        impossible,
        broken[Rule.UNMET],
        broken[Rule.CROWDING],
        broken[Rule.REPEAT],
        broken[Rule.SPECIAL],
        broken[Rule.SPACING],
        broken[Rule.TRAVEL],
        price,
        seconds,
        memory,
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def bounds(problem: Problem) -> Row:
    """The bounds as a row; travel is that of the dateless optimum, which weighs the rules before it too.

    Our rotation shows where to look for what is forced; its time is not counted.
    """
    visits = plan(problem).visits
    start = time.process_time()
    found, grid = lower_bound(problem, visits), build(problem)
    best = dateless(grid, hopeless(grid))
    pins = grid.pin_edge[(grid.pin_edge >= 0) & ~hopeless(grid)]
    travel = int((grid.travel * best.times).sum() + grid.travel[pins].sum())
    least = {rule: bound.broken for rule, bound in found.rules.items()} | {Rule.TRAVEL: travel}
    return _row(BOUNDS, least, 0, found.objective, time.process_time() - start)


def one_event(problem: Problem, published: Visits) -> Row:
    """One official ill on the day of one of his visits in the fifth month: CPU seconds, extra changes."""
    today = problem.calendar[4] - timedelta(days=1)
    ill = next(v for v in published if v.day > today and v.source is Source.ROTATION)
    event = Absent(ill.official, ill.day, ill.day)
    start = time.process_time()
    found = replan(problem, published, (event,), today)
    seconds = time.process_time() - start
    parts = score(problem, found.visits)
    name = f"one event: {len(found.forced)} + {len(found.extra)}"
    return _row(name, {part.rule: part.broken for part in parts}, 0, objective(parts), seconds)


def alone(scale: str, seed: int, name: str, seconds: float) -> Iterable[Row]:
    """The rows of one solver in this process."""
    problem = instance(SCALES[scale], seed)
    if name == BOUNDS:
        yield bounds(problem)
    elif name == "cp-sat":
        yield measure(f"cp-sat {seconds:.0f} s", lambda p: cp_sat(p, seconds), problem)
    else:
        yield measure(name, SOLVERS[name], problem)
    if name == OURS:
        yield one_event(problem, plan(problem).visits)


def apart(scale: str, seed: int, name: str, seconds: float) -> list[Row]:
    """The rows of one solver, in a process of its own."""
    command = [sys.executable, "-m", "bench.rotation", "--alone", json.dumps([scale, seed, name, seconds])]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [Row(**json.loads(line)) for line in told.splitlines()]


COLUMNS = ("impossible", "unmet", "crowding", "repeat", "special", "spacing", "travel", "objective")


def run(scale: str, seeds: Iterable[int] = SEEDS, cp_sat_seconds: float = 0) -> list[Row]:
    """Print every solver on every seed, each with its times of careful greedy's CPU seconds."""
    print(f"\n{scale}: {SCALES[scale]}")
    head = "".join(f"{name:>16}" for name in COLUMNS)
    print(f"{'seed':>4} {'solver':18}{head}{'s':>9}{'× greedy':>10}{'MB':>6}", flush=True)
    names = [*SOLVERS, BOUNDS]
    if cp_sat_seconds and scale in CP_SAT_SCALES:
        names.append("cp-sat")
    rows = []
    for seed in seeds:
        found = [row for name in names for row in apart(scale, seed, name, cp_sat_seconds)]
        greedy = next(row.seconds for row in found if row.solver == "careful greedy")
        for row in found:
            values = "".join(f"{getattr(row, name):>16,}" for name in COLUMNS)
            times = f"{row.seconds:>9.3f}{row.seconds / greedy:>10.2f}{row.memory:>6}"
            print(f"{seed:>4} {row.solver:18}{values}{times}", flush=True)
        rows += found
    return rows


def figure() -> list[Ratio]:
    """Each scale's five seeds, summed: ours against careful greedy, and against the bounds."""
    ratios = []
    for scale in SCALES:
        rows = run(scale, cp_sat_seconds=30)
        for what, unit, other in (
            ("impossible", "visits", "round robin"),
            ("crowding", "pairs", "careful greedy"),
            ("repeat", "visits", "careful greedy"),
            ("travel", "100 m", "careful greedy"),
            ("crowding", "pairs", BOUNDS),
            ("repeat", "visits", BOUNDS),
            ("special", "visits", BOUNDS),
            ("travel", "100 m", BOUNDS),
            ("seconds", "s", "careful greedy"),
        ):
            ours, theirs = (sum(getattr(r, what) for r in rows if r.solver == who) for who in (OURS, other))
            ratios.append(Ratio(f"{scale}: {what}", other, unit, ours, theirs))
    return ratios


def main(words: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.rotation")
    parser.add_argument("scales", nargs="*", default=[*SCALES])
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--cp-sat", type=float, default=0.0, help="seconds for CP-SAT; 0 leaves it out")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.alone:
        for row in alone(*json.loads(asked.alone)):
            print(json.dumps(asdict(row)))
        return
    for scale in asked.scales:
        run(scale, [int(seed) for seed in asked.seeds.split(",")], asked.cp_sat)


if __name__ == "__main__":
    main(sys.argv[1:])
