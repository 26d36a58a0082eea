"""Why no perfect rotation exists: what is short, the arithmetic that proves it, what would mend it.

Never "infeasible": each blocker names people, meetings and remedies with their price.
Source: S4-02, S4-11; design: rotation.
"""

from core.rotation.solving.blockers import Blocker
from core.rotation.solving.grid import build
from core.rotation.solving.problem import Problem
from core.rotation.solving.short_cells import neglected, no_meeting, not_first
from core.rotation.solving.short_officials import ended, freed_pins, lost_pins, no_area, unmet_periods
from core.rotation.solving.short_places import crowded, demand
from core.rotation.solving.solver import Plan, hopeless, unmet_duties


def explain(problem: Problem, made: Plan | None = None) -> tuple[Blocker, ...]:
    """All that the problem makes impossible; of a plan ``made`` for it, all that it does not give."""
    grid = build(problem)
    visits = made.visits if made else ()
    unmet = made.unmet if made else unmet_duties(grid, hopeless(grid))
    return (
        *demand(grid),
        *crowded(grid),
        *unmet_periods(problem, unmet),
        *lost_pins(problem, unmet),
        *freed_pins(grid),
        *(ended(problem, lost) for lost in problem.ended),
        *no_area(problem),
        *no_meeting(problem),
        *(not_first(problem, visits) if made else ()),
        *(neglected(problem, visits) if made else ()),
    )
