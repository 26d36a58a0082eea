"""Joint meetings for cells with few members: which similar neighbours make up enough (S0-24; design: M11)."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.plans.selectors import PlanUnit


@dataclass(frozen=True)
class JointProposal:
    """A small cell and the neighbours proposed for a joint meeting, small ones first; none where none do."""

    cell: PlanUnit
    others: tuple[PlanUnit, ...]

    @property
    def members(self) -> int:
        """How many members would meet."""
        return sum(unit.members or 0 for unit in (self.cell, *self.others))


def joint_proposals(units: Iterable[PlanUnit], fewest: int) -> tuple[JointProposal, ...]:
    """For every cell with fewer members than `fewest`: neighbours under the same committee and of the same
    setting, small ones first, until they are enough. Unknown numbers are left alone."""
    counted = [unit for unit in units if unit.members is not None]
    near: dict[tuple[str, str], list[PlanUnit]] = {}
    for unit in sorted(counted, key=lambda one: (one.members or 0, one.code)):
        near.setdefault((unit.parent_code, unit.setting), []).append(unit)
    small = (unit for unit in counted if (unit.members or 0) < fewest)
    return tuple(_proposal(cell, near[cell.parent_code, cell.setting], fewest) for cell in small)


def _proposal(cell: PlanUnit, units: list[PlanUnit], fewest: int) -> JointProposal:
    chosen, total = list[PlanUnit](), cell.members or 0
    for one in units:
        if total >= fewest:
            break
        if one is not cell and _alike(cell, one):
            chosen.append(one)
            total += one.members or 0
    return JointProposal(cell, tuple(chosen) if total >= fewest else ())


def _alike(cell: PlanUnit, other: PlanUnit) -> bool:
    """Similar in function: the same block where both have one (S0-24)."""
    return not cell.block or not other.block or cell.block == other.block
