"""Hall's theorem: who cannot all have a place, proved by counting. Design: rotation."""

from collections.abc import Iterator

import numpy as np
from ortools.graph.python import max_flow
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.rotation.solving.grid import Ints


def short_groups(duty: Ints, meeting: Ints, duties: int, places: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Each group of duties with fewer places at all meetings they could go to than they are, and these.

    ``duty`` and ``meeting`` are the ends of the open arcs, ``places`` [meetings] how many each takes.
    The connected parts of the minimum cut: together they lack exactly what any schedule must lack.
    """
    meetings, source, sink = len(places), duties + len(places), duties + len(places) + 1
    flow = max_flow.SimpleMaxFlow()
    owed, held = np.arange(duties), duties + np.arange(meetings)
    flow.add_arcs_with_capacity(np.full(duties, source), owed, np.ones(duties, np.int64))
    flow.add_arcs_with_capacity(duty, duties + meeting, np.ones(len(duty), np.int64))
    flow.add_arcs_with_capacity(held, np.full(meetings, sink), places)
    flow.solve(source, sink)
    if flow.optimal_flow() == duties:
        return
    inside = np.zeros(sink + 1, bool)
    inside[flow.get_source_side_min_cut()] = True
    yield from _connected(duty, meeting, inside[:duties], duties, meetings)


def _connected(
    duty: Ints, meeting: Ints, stuck: np.ndarray, duties: int, meetings: int
) -> Iterator[tuple[Ints, Ints]]:
    """The stuck duties with an open arc, apart by what they share."""
    arcs = stuck[duty]
    size = duties + meetings
    links = coo_array((np.ones(int(arcs.sum()), bool), (duty[arcs], duties + meeting[arcs])), (size, size))
    _, part = connected_components(links, directed=False)
    shared = np.unique(duty[arcs])
    order = shared[np.argsort(part[shared], kind="stable")]
    for group in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        if len(group):
            yield group, np.unique(meeting[arcs & np.isin(duty, group)])
