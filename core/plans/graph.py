"""What comes before what: order of milestones, and circles shown (design: product F03)."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from core.plans.content import Milestone
from core.plans.due import refers_to

Key = TypeVar("Key", bound=str)


def bases_of(milestones: Iterable[Milestone]) -> dict[str, tuple[str, ...]]:
    """By milestone, those its deadline or opening counts from."""
    return {one.code: tuple(filter(None, (refers_to(one.due), refers_to(one.opens)))) for one in milestones}


def circle(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """A circle in what needs what, first and last the same; empty where there is none."""
    sorter = TopologicalSorter({key: tuple(n for n in names if n in needs) for key, names in needs.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        found: Sequence[str] = error.args[1]
        return tuple(reversed(found))
    return ()


def ordered(milestones: tuple[Milestone, ...]) -> list[Milestone]:
    """Milestones, bases first; those that go round in a circle, and what hangs from them, are left out."""
    needs, known = bases_of(milestones), {one.code: one for one in milestones}
    while found := circle(needs):
        for code in found:
            needs.pop(code, None)
    needs = {code: tuple(name for name in names if name in needs) for code, names in needs.items()}
    return [known[code] for code in TopologicalSorter(needs).static_order()]
