"""What may happen to units, pure: events on a day, and units as they stand (domain: rules, organisations
change). `tenants.succession` says what comes of them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from tenants.tree import UnitKind


class EventKind(StrEnum):
    """What may happen to units."""

    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    MOVE = "move"
    RERANK = "rerank"
    DISSOLVE = "dissolve"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "merge": "Sáp nhập, hợp nhất", "split": "Chia tách", "rename": "Đổi tên",
            "move": "Chuyển cấp trên trực tiếp", "rerank": "Đổi cấp tổ chức", "dissolve": "Giải thể",
        }[self.value]  # fmt: skip


@dataclass(frozen=True)
class UnitState:
    """What a unit is on a day, and `since` when."""

    id: UUID
    code: str
    name: str
    kind: UnitKind
    parent_id: UUID | None
    path: str
    valid_from: date
    since: date
    valid_to: date | None = None
    setting_id: UUID | None = None
    block: str = ""
    rank: str = ""
    members: int | None = None

    def lasts(self, day: date) -> bool:
        """Whether it is not over before the day."""
        return self.valid_to is None or self.valid_to >= day


Forest = Mapping[UUID, UnitState]


@dataclass(frozen=True)
class Successor:
    """A unit that goes on: one that is there, by its id, or one to be founded with a code and a name."""

    id: UUID
    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class UnitChange:
    """An event: on `day`, the first of the new order, `unit_ids` merge into one successor, or one unit
    splits into several (`choices`: child → successor), ends (its only successor may be nobody), or gets a
    name, a parent or a rank."""

    kind: EventKind
    day: date
    unit_ids: tuple[UUID, ...]
    successors: tuple[Successor, ...] = ()
    choices: Mapping[UUID, UUID] = field(default_factory=dict)
    name: str = ""
    parent_id: UUID | None = None
    rank: str = ""

    def to_facts(self) -> dict[str, Any]:
        """As plain data for JSON."""
        facts = asdict(self) | {"choices": {str(child): str(to) for child, to in self.choices.items()}}
        facts["unit_ids"] = [str(unit_id) for unit_id in self.unit_ids]
        facts["successors"] = [asdict(new) | {"id": str(new.id)} for new in self.successors]
        return facts | {"day": self.day.isoformat(), "parent_id": self.parent_id and str(self.parent_id)}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "UnitChange":
        """The event that `to_facts` wrote."""
        return cls(
            EventKind(facts["kind"]),
            date.fromisoformat(facts["day"]),
            tuple(UUID(unit_id) for unit_id in facts["unit_ids"]),
            tuple(Successor(UUID(new["id"]), new["code"], new["name"]) for new in facts["successors"]),
            {UUID(child): UUID(to) for child, to in facts["choices"].items()},
            facts["name"],
            UUID(facts["parent_id"]) if facts["parent_id"] else None,
            facts["rank"],
        )


def children(units: Forest, above: Collection[UUID], day: date) -> tuple[UnitState, ...]:
    """The units directly below any of those that are not over on the day."""
    parents = frozenset(above)
    return tuple(unit for unit in units.values() if unit.parent_id in parents and unit.lasts(day))
