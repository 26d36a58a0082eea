"""Joint meetings for cells with few members: which similar neighbours make up enough (S0-24; design: M11)."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.plans.selectors import PlanUnit


@dataclass(frozen=True)
class JointProposal:
    """A small cell and the neighbours proposed for a joint meeting, most similar first; none where nobody is."""

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
    return tuple(_proposal(cell, counted, fewest) for cell in counted if (cell.members or 0) < fewest)


def _proposal(cell: PlanUnit, units: list[PlanUnit], fewest: int) -> JointProposal:
    near = [
        one for one in units if one is not cell and one.parent_code == cell.parent_code and _alike(cell, one)
    ]
    chosen, total = list[PlanUnit](), cell.members or 0
    for one in sorted(near, key=lambda unit: (unit.members or 0, unit.code)):
        if total >= fewest:
            break
        chosen.append(one)
        total += one.members or 0
    return JointProposal(cell, tuple(chosen) if total >= fewest else ())


def _alike(cell: PlanUnit, other: PlanUnit) -> bool:
    """Similar in function: the same setting, and the same block where both have one (S0-24)."""
    return cell.setting == other.setting and (not cell.block or not other.block or cell.block == other.block)
