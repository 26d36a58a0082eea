"""On the bench's invented instances ours breaks no hard rule and beats a careful organiser."""

import pytest

from bench.rotation import OURS, SOLVERS, bounds, measure
from core.rotation.solving.invented import SCALES, instance


@pytest.mark.parametrize("seed", [1, 2])
def test_the_rotation_beats_careful_greedy(seed: int) -> None:
    problem = instance(SCALES["commune"], seed)
    greedy, ours = (measure(name, SOLVERS[name], problem) for name in ("careful greedy", OURS))
    least = bounds(problem)
    assert (ours.impossible, ours.repeat, ours.crowding, ours.special) == (0, 0, 0, 0)
    assert ours.objective < greedy.objective
    assert ours.travel < greedy.travel
    assert 100 * (ours.objective - least.objective) <= least.travel
