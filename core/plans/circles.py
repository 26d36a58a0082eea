"""What needs what, in order; and circles, shown."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

Needs = Mapping[str, Iterable[str]]


def circle(needs: Needs) -> tuple[str, ...]:
    """A circle in what needs what, first and last the same; empty where there is none."""
    sorter = TopologicalSorter({key: tuple(n for n in names if n in needs) for key, names in needs.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        found: Sequence[str] = error.args[1]
        return tuple(reversed(found))
    return ()


def in_order(needs: Needs) -> list[str]:
    """What is needed first; what goes round in a circle is left out, what merely hangs from it is not."""
    left = dict(needs)
    while found := circle(left):
        for key in found:
            left.pop(key, None)
    known = {key: tuple(name for name in names if name in left) for key, names in left.items()}
    return list(TopologicalSorter(known).static_order())
