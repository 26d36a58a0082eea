"""Out of a valley the descent cannot leave: years nearly as good are taken, ever fewer of them.

Very many rotations cost the same, as most visits may as well be in another month; between them lie the ways
to better ones. Each official's year is re-solved under prices stirred at random, less from sweep to sweep,
and each month exactly; the best rotation met is kept. Design: rotation.
"""

from collections.abc import Iterator

import numpy as np

from core.rotation.solving.descent import Stop, resolve_month, rooms
from core.rotation.solving.grid import Bools
from core.rotation.solving.parts import Parts
from core.rotation.solving.state import State
from core.rotation.solving.years import Heat, resolve_years

UNITS = 16.0
COLD = 1 / 32
WORK = 65_000
FEWEST, MOST = 3, 128


def drift(
    state: State, free: Bools, parts: Parts, rng: np.random.Generator, enough: Stop, work: int = WORK
) -> None:
    """Wander among rotations nearly as good as this one; the best met is the answer, never a worse one.

    Only ``free`` [D] duties move, each at most about ``work`` / their number times.
    """
    best = state.objective(), state.edge.copy(), state.month.copy()
    among = [duties for duties, _ in rooms(state.grid, free, parts.whole)]
    movers = np.unique(state.grid.duty_official[free])
    lanes = [held for lane in parts.lanes if len(held := lane[np.isin(lane, movers)])]
    for units in _cooling(work // max(1, int(free.sum()))):
        for lane in lanes if not enough() else ():
            resolve_years(state, lane, free, Heat(units, rng))
        for duties in among if not enough() else ():
            for t in range(state.grid.problem.months):
                resolve_month(state, t, duties)
        if (cost := state.objective()) <= best[0]:
            best = cost, state.edge.copy(), state.month.copy()
    every = np.arange(len(state.edge))
    state.lift(every)
    state.place(every, *best[1:])


def _cooling(sweeps: int) -> Iterator[float]:
    """The heat of each sweep."""
    count = min(MOST, max(FEWEST, sweeps))
    for sweep in range(count):
        yield max(COLD, UNITS * (1 - sweep / (0.9 * count)))
