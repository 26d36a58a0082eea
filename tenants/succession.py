"""How units follow one another, pure: what an event does to a dated forest (domain: rules, organisations
change; design: product F02). Nothing is deleted: units end, begin and change on a day."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from tenants.succession_checks import problems_of
from tenants.unit_events import EventKind, Forest, Successor, UnitChange, UnitState, children

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Effects:
    """The forest before and after; who follows whom, the first successor first; problems by field, in
    Vietnamese. Where there are problems, nothing changes."""

    before: Forest
    after: Forest
    successors: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def founded(self) -> tuple[UnitState, ...]:
        """Units that begin."""
        return tuple(state for key, state in self.after.items() if key not in self.before)

    @property
    def ended(self) -> tuple[UnitState, ...]:
        """Units that end, as they were."""
        return tuple(row for row in self.changed if row.valid_to != self.after[row.id].valid_to)

    @cached_property
    def changed(self) -> tuple[UnitState, ...]:
        """Units that are not what they were, as they were; those whose path alone changes too."""
        return tuple(state for key, state in self.before.items() if state != self.after[key])


def effects(event: UnitChange, units: Forest) -> Effects:
    """What the event does to all units of a tenant. Raises KeyError for a unit that is none of them."""
    if found := problems_of(event, units):
        return Effects(units, units, problems=found)
    after, successors = _RULES[event.kind](event, units)
    result = Effects(units, with_paths(after), successors)
    late = next((state for state in result.changed if state.since > event.day), None)
    if late:
        text = f"{late.name} có thay đổi ngày {late.since:%d/%m/%Y}; xin chọn ngày từ đó trở đi."
        return Effects(units, units, problems={"day": text})
    return result


def with_paths(units: Forest) -> dict[UUID, UnitState]:
    """Every unit with the path that its parents make. Raises ValueError where they stand in a circle."""
    made: dict[UUID, str] = {}

    def path(key: UUID, below: tuple[UUID, ...] = ()) -> str:
        if key in below:
            raise ValueError("units stand in a circle")
        if key not in made:
            unit = units[key]
            above = path(unit.parent_id, (*below, key)) if unit.parent_id else "/"
            made[key] = f"{above}{unit.code}/"
        return made[key]

    return {
        key: unit if unit.path == path(key) else replace(unit, path=made[key]) for key, unit in units.items()
    }


def heirs(successors: Mapping[UUID, tuple[UUID, ...]], unit_id: UUID, *, every: bool) -> tuple[UUID, ...]:
    """Who takes an open item of a unit: the first successor, or every one; the unit where nothing follows."""
    following = successors.get(unit_id, (unit_id,))
    return following if every else following[:1]


Applied = tuple[dict[UUID, UnitState], dict[UUID, tuple[UUID, ...]]]


def _end(units: dict[UUID, UnitState], unit_id: UUID, day: date) -> None:
    units[unit_id] = replace(units[unit_id], valid_to=day - DAY)


def _found(units: dict[UUID, UnitState], new: Successor, like: UnitState, day: date, **known: Any) -> None:
    if new.code:
        begun: dict[str, Any] = {"valid_from": day, "since": day, "valid_to": None, "members": None}
        units[new.id] = replace(like, id=new.id, code=new.code, name=new.name, **begun | known)


def _hand_down(units: dict[UUID, UnitState], below: Iterable[UnitState], to: Callable[[UUID], UUID]) -> None:
    for child in below:
        units[child.id] = replace(units[child.id], parent_id=to(child.id))


def _sum(units: Iterable[UnitState]) -> int | None:
    known = [unit.members for unit in units if unit.members is not None]
    return sum(known) if known else None


def _merge(event: UnitChange, units: Forest) -> Applied:
    after, (new,), first = dict(units), event.successors, units[event.unit_ids[0]]
    joined = [units[key] for key in dict.fromkeys((*event.unit_ids, *([] if new.code else [new.id])))]
    _found(after, new, first, event.day, parent_id=event.parent_id or first.parent_id)
    after[new.id] = replace(after[new.id], members=_sum(joined))
    gone = [key for key in event.unit_ids if key != new.id]
    _hand_down(after, children(units, gone, event.day), lambda _child: new.id)
    for key in gone:
        _end(after, key, event.day)
    return after, dict.fromkeys(gone, (new.id,))


def _split(event: UnitChange, units: Forest) -> Applied:
    after, (unit_id,) = dict(units), event.unit_ids
    for new in event.successors:
        _found(after, new, units[unit_id], event.day)
    _hand_down(after, children(units, event.unit_ids, event.day), event.choices.__getitem__)
    following = tuple(new.id for new in event.successors)
    if unit_id not in following:
        _end(after, unit_id, event.day)
    return after, {unit_id: following}


def _dissolve(event: UnitChange, units: Forest) -> Applied:
    after, (unit_id,) = dict(units), event.unit_ids
    following = tuple(heir.id for heir in event.successors)
    if following:
        _hand_down(after, children(units, event.unit_ids, event.day), lambda _child: following[0])
    _end(after, unit_id, event.day)
    return after, {unit_id: following}


def _becomes(**facts: str) -> Callable[[UnitChange, Forest], Applied]:
    """The unit gets the event's values under these names."""

    def apply(event: UnitChange, units: Forest) -> Applied:
        (unit_id,) = event.unit_ids
        known = {name: getattr(event, said) for name, said in facts.items()}
        return dict(units) | {unit_id: replace(units[unit_id], **known)}, {}

    return apply


_RULES: Final[Mapping[EventKind, Callable[[UnitChange, Forest], Applied]]] = {
    EventKind.MERGE: _merge,
    EventKind.SPLIT: _split,
    EventKind.RENAME: _becomes(name="name"),
    EventKind.MOVE: _becomes(parent_id="parent_id"),
    EventKind.RERANK: _becomes(rank="rank"),
    EventKind.DISSOLVE: _dissolve,
}
