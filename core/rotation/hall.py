"""Hall's theorem: who cannot all have a meeting of his own, proved by counting. Design: rotation."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ortools.graph.python import max_flow


def short_groups(choices: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each group of officials with fewer meetings among all their ``choices`` than they are, and these.

    The connected parts of the minimum cut: together they lack exactly what any schedule must lack.
    """
    officials = list(choices)
    cells = list(dict.fromkeys(cell for open_cells in choices.values() for cell in open_cells))
    node = {cell: len(officials) + c for c, cell in enumerate(cells)}
    source, sink = len(officials) + len(cells), len(officials) + len(cells) + 1
    flow = max_flow.SimpleMaxFlow()
    for o, official in enumerate(officials):
        flow.add_arc_with_capacity(source, o, 1)
        for cell in choices[official]:
            flow.add_arc_with_capacity(o, node[cell], 1)
    for cell in cells:
        flow.add_arc_with_capacity(node[cell], sink, 1)
    flow.solve(source, sink)
    if flow.optimal_flow() == len(officials):
        return
    cut = set(flow.get_source_side_min_cut())
    stuck = [official for o, official in enumerate(officials) if o in cut]
    for group in _connected({official: choices[official] for official in stuck}):
        inside = set(group)
        yield tuple(o for o in stuck if o in inside), tuple(c for c in cells if c in inside)


def _connected(choices: Mapping[str, tuple[str, ...]]) -> Iterator[set[str]]:
    """Connected parts of a bipartite graph, officials and cells together."""
    visitors: dict[str, list[str]] = defaultdict(list)
    for official, cells in choices.items():
        for cell in cells:
            visitors[cell].append(official)
    left = dict.fromkeys(choices)
    while left:
        group, ahead = set[str](), [next(iter(left))]
        while ahead:
            one = ahead.pop()
            if one not in group:
                group.add(one)
                ahead += choices.get(one) or visitors[one]
        left = {official: None for official in left if official not in group}
        yield group
