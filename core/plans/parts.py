"""The parts of a plan by their place, and changes of one of them, pure: `("contents", 2, "steps", 0)`.

Everything is frozen: a change gives a new plan. A place that is not there raises LookupError.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from core.data import digest, to_data

Place = tuple[str | int, ...]
Value = TypeVar("Value")
REFERENCES: Final = {
    ("ContentPart", "who"): "selectors",
    ("Prompt", "who"): "selectors",
    ("Milestone", "who"): "selectors",
    ("Route", "who"): "selectors",
    ("GuestRule", "who"): "selectors",
    ("PilotQuota", "among"): "selectors",
    ("Selector", "all_of"): "selectors",
    ("Selector", "any_of"): "selectors",
    ("Selector", "none_of"): "selectors",
    ("Milestone", "after"): "milestones",
    ("Gate", "holds_back"): "milestones",
    ("Gate", "until"): "milestones",
    ("DaysBefore", "milestone"): "milestones",
    ("DaysAfter", "milestone"): "milestones",
    ("Route", "milestones"): "milestones",
    ("Milestone", "contents"): "contents",
    ("Milestone", "emphasis"): "contents",
}
"""Which field of which part names codes of which list of the plan."""


def part_at(content: object, place: Place) -> Any:
    """What stands at a place."""
    found: Any = content
    for step in place:
        found = _step(found, step)
    return found


def _step(value: Any, step: str | int) -> Any:
    if isinstance(step, int):
        if not isinstance(value, tuple) or not 0 <= step < len(value):
            raise LookupError(step)
        return value[step]
    if not is_dataclass(value) or step not in {field.name for field in fields(value)}:
        raise LookupError(step)
    return getattr(value, step)


def put(content: Value, place: Place, value: object) -> Value:
    """The plan with another value at a place."""
    changed: Value = _changed(content, place, lambda _old: value)
    return changed


def _changed(value: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    if not place:
        return change(value)
    step, rest = place[0], place[1:]
    new = _changed(_step(value, step), rest, change)
    if isinstance(step, int):
        return (*value[:step], new, *value[step + 1 :])
    return replace(value, **{step: new})


def inserted(content: Value, place: Place, item: object) -> Value:
    """The plan with an item more: at the place's number, or at the end of a shorter list."""
    number = _number(place)
    changed: Value = _changed(content, place[:-1], lambda items: (*items[:number], item, *items[number:]))
    return changed


def removed(content: Value, place: Place) -> Value:
    """The plan without the item at a place."""
    part_at(content, place)
    number = _number(place)
    changed: Value = _changed(content, place[:-1], lambda items: (*items[:number], *items[number + 1 :]))
    return changed


def moved(content: Value, place: Place, by: int) -> Value:
    """The plan with an item moved within its list; at the list's end it stays."""
    item, number = part_at(content, place), _number(place)
    others = removed(content, place)
    last = len(part_at(others, place[:-1]))
    return inserted(others, (*place[:-1], min(max(number + by, 0), last)), item)


def _number(place: Place) -> int:
    number = place[-1] if place else None
    if not isinstance(number, int) or number < 0:
        raise LookupError(place)
    return number


def mark(value: object) -> str:
    """What tells whether a part still is what it was: the same for equal parts only."""
    return digest(to_data(value))


def found_again(content: object, place: Place, known: str) -> Place | None:
    """Where the item with a mark stands now: at its place, elsewhere in its list, or nowhere."""
    try:
        items = part_at(content, place[:-1])
    except LookupError:
        return None
    here = [number for number, item in enumerate(items) if mark(item) == known]
    number = place[-1] if place[-1] in here else next(iter(here), None)
    return None if number is None else (*place[:-1], number)


def mentions(content: object, kind: str, code: str) -> int:
    """How often a code of the list `kind` is named anywhere in the plan."""
    return sum(
        value == code or (isinstance(value, tuple) and code in value)
        for owner in _parts(content)
        for value in _references(owner, kind)
    )


def _references(owner: Any, kind: str) -> Iterator[Any]:
    for field in fields(owner):
        if REFERENCES.get((type(owner).__name__, field.name)) == kind:
            yield getattr(owner, field.name)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from _parts(item)
    elif is_dataclass(value):
        yield value
        for field in fields(value):
            yield from _parts(getattr(value, field.name))


def renamed(value: Value, kind: str, old: str, new: str) -> Value:
    """The plan with every mention of a code of the list `kind` following its new name."""
    changed: Value = _renamed(value, kind, old, new)
    return changed


def _renamed(value: Any, kind: str, old: str, new: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_renamed(item, kind, old, new) for item in value)
    if not is_dataclass(value):
        return value
    changes = {}
    for field in fields(value):
        before = getattr(value, field.name)
        refers = REFERENCES.get((type(value).__name__, field.name)) == kind
        after = _name(before, old, new) if refers else _renamed(before, kind, old, new)
        if after != before:
            changes[field.name] = after
    return replace(value, **changes) if changes else value  # type: ignore[type-var]


def _name(value: Any, old: str, new: str) -> Any:
    if isinstance(value, tuple):
        return tuple(new if code == old else code for code in value)
    return new if value == old else value
