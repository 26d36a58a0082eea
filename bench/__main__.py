"""`python -m bench [figure]…`: each figure named, or all, beside its reference, in one run."""

import sys
from collections.abc import Callable

from bench import consolidation, following, plans, rotation
from bench.ratios import Disagreement, Ratio, machine, tell
from demo.processes import StartError

FIGURES: dict[str, tuple[str, Callable[[], list[Ratio]]]] = {
    "rotation": ("The year's rotation, from a commune to a large province", rotation.figure),
    "consolidation": ("The consolidation of a district's year", consolidation.figure),
    "plans": ("A plan for 9,000 units: twelve tasks each", plans.figure),
    "following": ("Following up over 500,000 open tasks", following.figure),
}


def main(names: list[str]) -> None:
    """Measure the figures named, or all; ends with an error where two ways to one result disagree."""
    if unknown := [name for name in names if name not in FIGURES]:
        sys.exit(f"unknown: {', '.join(unknown)}\nusage: python -m bench [{'] ['.join(FIGURES)}]")
    print(machine(), flush=True)
    for name in names or FIGURES:
        title, measure = FIGURES[name]
        tell(title, measure())


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (StartError, Disagreement) as problem:
        sys.exit(str(problem))
