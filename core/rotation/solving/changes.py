"""What a new rotation changes of a published one, for whom and why.

Source: S4-12, S4-15; design: rotation.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from core.rotation.solving.facts import PlannedVisit, Unmet

EXTRA = "Đổi thêm để các đồng chí khác có lượt dự hợp lý"
NEW = "Kỳ này trước đây chưa có lượt dự"

Key = tuple[str, str, date, date]


@dataclass(frozen=True, slots=True)
class Change:
    """One official's visit before and after; ``forced`` when the published visit could not stand."""

    official: str
    before: PlannedVisit | None
    after: PlannedVisit | None
    forced: bool
    reason_vi: str


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """The new visits, the duties left unmet and every difference from the published ones."""

    visits: tuple[PlannedVisit, ...]
    unmet: tuple[Unmet, ...]
    kept: tuple[PlannedVisit, ...]
    removed: tuple[Change, ...]
    added: tuple[Change, ...]
    moved: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Removed, added and moved together."""
        return self.removed + self.added + self.moved

    @property
    def forced(self) -> tuple[Change, ...]:
        """Changes of visits that could not stand, and of duties that had none."""
        return tuple(change for change in self.changes if change.forced)

    @property
    def extra(self) -> tuple[Change, ...]:
        """Changes made only so that the others come out well."""
        return tuple(change for change in self.changes if not change.forced)

    @property
    def told(self) -> tuple[str, ...]:
        """Officials with a change, each once."""
        return tuple(dict.fromkeys(change.official for change in self.changes))


def same_month(visit: PlannedVisit) -> tuple[str, object]:
    """The official and month: what pairs two visits when periods are not known."""
    return visit.official, visit.month


def diff(
    old: Iterable[PlannedVisit],
    new: Iterable[PlannedVisit],
    duty: Callable[[PlannedVisit], tuple[str, object]] = same_month,
    forced: Mapping[PlannedVisit, str] | None = None,
) -> PlanDiff:
    """What changed for whom; visits of one ``duty`` are paired, ``forced`` gives reasons by old visit."""
    old, new, reasons = tuple(old), tuple(new), forced or {}
    before, after = {_key(visit): visit for visit in old}, {_key(visit): visit for visit in new}
    gone, come = defaultdict[object, list[PlannedVisit]](list), defaultdict[object, list[PlannedVisit]](list)
    for key, visit in before.items():
        if key not in after:
            gone[duty(visit)].append(visit)
    for key, visit in after.items():
        if key not in before:
            come[duty(visit)].append(visit)
    changes = [
        change for at in dict.fromkeys((*gone, *come)) for change in _pair(gone[at], come[at], reasons)
    ]
    return PlanDiff(
        visits=new,
        unmet=(),
        kept=tuple(visit for key, visit in after.items() if key in before),
        removed=tuple(change for change in changes if change.after is None),
        added=tuple(change for change in changes if change.before is None),
        moved=tuple(change for change in changes if change.before and change.after),
    )


def _pair(
    gone: list[PlannedVisit], come: list[PlannedVisit], reasons: Mapping[PlannedVisit, str]
) -> Iterator[Change]:
    for before, after in zip_longest(gone, come):
        if before is None:
            yield Change(after.official, None, after, True, NEW)
        else:
            reason = reasons.get(before)
            yield Change(before.official, before, after, reason is not None, reason or EXTRA)


def _key(visit: PlannedVisit) -> Key:
    return visit.official, visit.cell, visit.month, visit.day
