"""A rotation being moved, with the exact price of every move. Design: rotation."""

import numpy as np

from core.rotation.solving.arrays import Bools, Ints
from core.rotation.solving.grid import Grid
from core.rotation.solving.score import Rule
from core.rotation.solving.targets import LOOK_BACK

ALL = slice(None)


class State:
    """A rotation being moved: each duty's edge (-1 when unmet) and month, and the counts they make.

    ``kept_edge`` and ``kept_month`` hold published visits, dear to change; -1 where there is none.
    """

    def __init__(self, grid: Grid) -> None:
        duties, cells, months = len(grid.duty_official), len(grid.problem.cells), grid.problem.months
        self.grid = grid
        self.edge: Ints = np.full(duties, -1, np.int64)
        self.month: Ints = np.zeros(duties, np.int64)
        self.visitors: Ints = np.zeros((cells, months), np.int64)
        self.visits: Ints = np.zeros(cells, np.int64)
        self.times: Ints = grid.past.copy()
        self.kept_edge: Ints = np.full(duties, -1, np.int64)
        self.kept_month: Ints = np.zeros(duties, np.int64)
        self._gain: Ints = np.zeros((cells, months), np.int64)
        self._stale: Bools = np.ones(cells, bool)

    def place(self, duties: Ints, edges: Ints, months: Ints) -> None:
        """Give unmet duties their edges and months; -1 leaves one unmet."""
        self.edge[duties], self.month[duties] = edges, months
        self._count(duties, 1)

    def lift(self, duties: Ints) -> None:
        """Make the duties unmet."""
        self._count(duties, -1)
        self.edge[duties] = -1

    def _count(self, duties: Ints, by: int) -> None:
        met = duties[self.edge[duties] >= 0]
        edges, cells = self.edge[met], self.grid.cell[self.edge[met]]
        np.add.at(self.visitors, (cells, self.month[met]), by)
        np.add.at(self.visits, cells, by)
        self._stale[cells] = True
        np.add.at(self.times, edges, by)

    def add(self, duties: Ints, edges: Ints, months: Ints) -> int:
        """Place, and say by how much the visits raise the objective, unmet duties and changes apart."""
        cells = self.grid.cell[edges[edges >= 0]]
        if len(np.unique(cells)) == len(cells):
            met = edges >= 0
            cost = int(self.arc_cost(edges[met])[np.arange(len(cells)), months[met]].sum())
            self.place(duties, edges, months)
        else:
            pairs = zip(np.split(duties, len(duties)), edges.tolist(), months.tolist(), strict=True)
            cost = sum(self._add_one(duty, edge, month) for duty, edge, month in pairs)
        return cost

    def _add_one(self, duty: Ints, edge: int, month: int) -> int:
        cost = int(self.arc_cost(np.array([edge]))[0, month]) if edge >= 0 else 0
        self.place(duty, np.array([edge]), np.array([month]))
        return cost

    def change_cost(self, duties: Ints, edges: Ints, months: Ints | int) -> Ints:
        """[n] price of putting published duties on these arcs instead of their own."""
        kept = self.kept_edge[duties]
        moved = (kept >= 0) & ((kept != edges) | (self.kept_month[duties] != months))
        cost: Ints = self.grid.problem.weights.change * moved
        return cost

    def edge_cost(self, edges: Ints) -> Ints:
        """[n] price an official pays on each edge: travel and repetition."""
        weights, grid = self.grid.problem.weights, self.grid
        again = self.times[edges] >= grid.allowed[grid.official[edges]]
        return weights.travel * grid.travel[edges] + weights.repeat * again

    def cell_cost(self, cells: Ints, more: int | Ints) -> Ints:
        """[n] price of each cell's (``more`` + 1)-th further visit, whatever its month."""
        weights, grid, visits = self.grid.problem.weights, self.grid, self.visits[cells] + more
        short = visits < grid.least[cells]
        special: Ints = weights.special * grid.worth[cells] * short
        return weights.cover * (2 * visits + 1) - grid.pull[cells] - special

    def crowd(self, cells: Ints) -> Ints:
        """[n, T] pairs one more visitor makes at each meeting, beyond the number wished for."""
        pairs: Ints = np.maximum(0, self.visitors[cells] + 1 - self.grid.wanted[cells, None])
        return pairs

    def spacing_gain(self, cells: Ints) -> Ints:
        """[n, T] number of empty windows a first visit would fill."""
        if len(stale := np.unique(cells[self._stale[cells]])):
            self._gain[stale], self._stale[stale] = self._filled(stale), False
        return self._gain[cells]

    def _filled(self, cells: Ints) -> Ints:
        here = self.visitors[cells] > 0
        windows = self.grid.windows[cells]
        gain: Ints = (windows[:, :, LOOK_BACK:] & self._empty(cells)[:, :, None]).sum(1) * ~here
        return gain

    def _empty(self, cells: Ints | slice = ALL) -> Bools:
        """[n, W] windows in which nobody visits each cell."""
        windows, before = (bits[cells] for bits in self.grid.bits)
        months = self.visitors[cells] > 0
        seen = before | (months << np.arange(LOOK_BACK, LOOK_BACK + months.shape[1])).sum(1)
        empty: Bools = (windows != 0) & (windows & seen[:, None] == 0)
        return empty

    def arc_parts(self, edges: Ints) -> dict[Rule, Ints]:
        """Rule by rule, [n, T] exact rise of the objective if one visit were added on each arc."""
        grid, weights = self.grid, self.grid.problem.weights
        cells, months = grid.cell[edges], np.ones(grid.problem.months, np.int64)
        visits = self.visits[cells]
        again = self.times[edges] >= grid.allowed[grid.official[edges]]
        return {
            Rule.CROWDING: weights.crowding * self.crowd(cells),
            Rule.REPEAT: np.outer(weights.repeat * again, months),
            Rule.SPECIAL: np.outer(
                -weights.special * grid.worth[cells] * (visits < grid.least[cells]), months
            ),
            Rule.COVER: np.outer(weights.cover * (2 * visits + 1) - grid.pull[cells], months),
            Rule.SPACING: -weights.spacing * self.spacing_gain(cells),
            Rule.TRAVEL: np.outer(weights.travel * grid.travel[edges], months),
        }

    def arc_cost(self, edges: Ints) -> Ints:
        """[n, T] sum of ``arc_parts``."""
        cells, weights = self.grid.cell[edges], self.grid.problem.weights
        fixed = self.edge_cost(edges) + self.cell_cost(cells, 0)
        crowd = weights.crowding * self.crowd(cells) - weights.spacing * self.spacing_gain(cells)
        return fixed[:, None] + crowd

    def parts(self) -> dict[Rule, int]:
        """The price of each rule, as ``score`` has it on the same visits."""
        grid, weights = self.grid, self.grid.problem.weights
        over = np.maximum(0, self.visitors - grid.wanted[:, None])
        again, before = (np.maximum(0, n - grid.allowed[grid.official]) for n in (self.times, grid.past))
        cover = weights.cover * self.visits**2 - grid.pull * self.visits + grid.floor_cost
        short = grid.worth * np.maximum(0, grid.least - self.visits)
        return {
            Rule.UNMET: weights.unmet * int((self.edge < 0).sum()),
            Rule.CROWDING: weights.crowding * int((over * (over + 1) // 2).sum()),
            Rule.REPEAT: weights.repeat * int((again - before).sum()),
            Rule.SPECIAL: weights.special * int(short.sum()),
            Rule.COVER: int(cover.sum()),
            Rule.SPACING: weights.spacing * int(self._empty().sum()),
            Rule.TRAVEL: weights.travel * int(grid.travel[self.edge[self.edge >= 0]].sum()),
        }

    def objective(self) -> int:
        """The objective of the state: that of ``score`` on the same visits, and changes to kept ones."""
        changed = self.change_cost(np.arange(len(self.edge)), self.edge, self.month)
        return sum(self.parts().values()) + int(changed.sum())
