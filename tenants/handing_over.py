"""Who gets what when units follow one another, pure: open items move, are shared out, or have no heir."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tenants.succession import heirs


class Step(StrEnum):
    """What becomes of an item: it moves, another is made for a further successor, the successor has its
    like already, or nobody follows."""

    MOVE = "move"
    COPY = "copy"
    CLASH = "clash"
    LEFT = "left"


@dataclass(frozen=True)
class Item:
    """Something open at a unit; no two with one `key` stand at one unit."""

    id: UUID
    unit_id: UUID
    key: Hashable


@dataclass(frozen=True)
class Handing:
    """One step of handing over; `to` is None where it stays."""

    step: Step
    item: Item
    to: UUID | None = None


def hand_over(
    items: Iterable[Item],
    there: Iterable[tuple[UUID, Hashable]],
    successors: Mapping[UUID, tuple[UUID, ...]],
    *,
    every: bool,
) -> tuple[Handing, ...]:
    """What becomes of the items of units that others follow; `there` is what successors have already.

    With `every`, each successor gets one of its own; otherwise the first takes all.
    """
    taken, steps = set(there), list[Handing]()
    for item in items:
        following = heirs(successors, item.unit_id, every=every)
        free = [to for to in following if to != item.unit_id and (to, item.key) not in taken]
        taken.update((to, item.key) for to in free)
        if item.unit_id in following:
            steps += [Handing(Step.COPY, item, to) for to in free]
        elif free:
            first, *others = free
            steps += [Handing(Step.MOVE, item, first), *(Handing(Step.COPY, item, to) for to in others)]
        else:
            steps.append(Handing(Step.CLASH if following else Step.LEFT, item))
    return tuple(steps)
