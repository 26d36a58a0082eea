"""Blockers that counting proves: more visits than meetings, groups with too few. Design: rotation."""

from collections.abc import Iterator

import numpy as np

from core.rotation.solving.blockers import Blocker, BlockerKind, Remedy, months_vi, names_vi
from core.rotation.solving.grid import Grid, Ints, open_arcs
from core.rotation.solving.hall import short_groups
from core.rotation.solving.solver import hopeless


def demand(grid: Grid) -> Iterator[Blocker]:
    """More visits than places at meetings: said at once."""
    problem = grid.problem
    edge, month = np.nonzero(grid.open)
    held = np.unique(grid.cell[edge] * problem.months + month)
    places = int(grid.wanted[held // problem.months].sum())
    owed = int((~hopeless(grid)).sum())
    if problem.months == 1 or owed <= places:
        return
    lacking, each = owed - places, f"{owed / max(1, len(held)):.2f}".replace(".", ",")
    yield Blocker(
        BlockerKind.DEMAND,
        f"Phải xếp {owed} lượt dự nhưng chỉ có {len(held)} buổi ({each} lượt một buổi), nhận {places} lượt:"
        f" ít nhất {lacking} lượt phải dự chung buổi.",
        "Giảm số lượt theo cấp, thêm chi bộ vào địa bàn, hoặc chấp nhận nhiều đồng chí một buổi.",
        lacking,
        remedies=(
            Remedy("Chấp nhận dự chung buổi", lacking, lacking * problem.weights.crowding),
            Remedy("Giảm số lượt dự phải xếp", lacking, 0),
        ),
    )


def crowded(grid: Grid) -> Iterator[Blocker]:
    """Officials whose visits have fewer meetings between them than are owed."""
    duty, meeting = _choices(grid)
    months = grid.problem.months
    places = np.repeat(grid.wanted, months)
    owed = np.unique(duty)
    rank = np.zeros(len(grid.duty_official), np.int64)
    rank[owed] = np.arange(len(owed))
    for group, at in short_groups(rank[duty], meeting, len(owed), places):
        if len(group) > places[at].sum():
            yield _short(grid, owed[group], at, len(group) - int(places[at].sum()))


def _choices(grid: Grid) -> tuple[Ints, Ints]:
    """Duty and meeting (cell × months + month) of every open arc; of a pinned duty only its pin's."""
    months = grid.problem.months
    duties, meetings = [], []
    for t in range(months):
        here = np.flatnonzero((grid.pin_edge < 0) & (grid.duty_from <= t) & (t < grid.duty_to))
        row, edges = open_arcs(grid, here, t)
        duties.append(here[row])
        meetings.append(grid.cell[edges] * months + t)
    pinned = np.flatnonzero(grid.pin_edge >= 0)
    pinned = pinned[grid.open[grid.pin_edge[pinned], grid.pin_month[pinned]]]
    duties.append(pinned)
    meetings.append(grid.cell[grid.pin_edge[pinned]] * months + grid.pin_month[pinned])
    return np.concatenate(duties), np.concatenate(meetings)


def _short(grid: Grid, group: Ints, at: Ints, lacking: int) -> Blocker:
    problem, months = grid.problem, grid.problem.months
    people = [problem.officials[m] for m in np.unique(grid.duty_official[group]).tolist()]
    cells = [problem.cells[c] for c in np.unique(at // months).tolist()]
    first, last = (problem.calendar[t] for t in (int((at % months).min()), int((at % months).max())))
    who, where = names_vi(o.name for o in people), names_vi(c.name for c in cells)
    owed = "" if len(people) == len(group) else f" có {len(group)} lượt phải dự,"
    places = len(group) - lacking
    room = "" if places == len(at) else f", nhận {places} lượt"
    return Blocker(
        BlockerKind.CROWDED,
        f"{months_vi(first, last)}: {len(people)} đồng chí ({who}){owed} chỉ có thể dự {len(at)} buổi"
        f" ({where}){room}: thiếu {lacking} buổi.",
        f"Cho {lacking} lượt dự chung buổi với đồng chí khác, hoặc đổi ngày họp, mở rộng địa bàn,"
        f" hoặc cho hoãn {lacking} lượt.",
        lacking,
        tuple(o.id for o in people),
        tuple(c.id for c in cells),
        first,
        (
            Remedy("Cho dự chung buổi với đồng chí khác", lacking, lacking * problem.weights.crowding),
            Remedy("Đổi ngày họp của chi bộ khác để thêm buổi dự được", lacking, 0),
            Remedy("Mở rộng địa bàn của các đồng chí này", lacking, 0),
            Remedy("Cho hoãn lượt dự", lacking, lacking * problem.weights.unmet),
        ),
    )
