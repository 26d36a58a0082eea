"""Where one plan departs from another, part by part, in Vietnamese (design: product F03, X08)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from core.plans.content import PlanContent
from core.plans.file import adapter

Difference = tuple[str, str, str]
CODED = ("selectors", "milestones", "guests", "pilots", "gates", "routes", "contents", "topics", "catalogues")


@dataclass(frozen=True)
class _Side:
    """One plan as labelled lines: what part, which item of it, what it says."""

    lines: dict[tuple[str, str], str]


def plan_differences(before: PlanContent, after: PlanContent) -> list[Difference]:
    """(what, before, after) for every part that says something else; nothing where both say the same."""
    old, new = _side(before), _side(after)
    names = dict.fromkeys((*old.lines, *new.lines))
    return [
        (
            f"{part}: {item}" if item else part,
            old.lines.get((part, item), "không nêu"),
            new.lines.get((part, item), "không nêu"),
        )
        for part, item in names
        if old.lines.get((part, item)) != new.lines.get((part, item))
    ]


def _side(content: PlanContent) -> _Side:
    said = adapter().dump_python(content, mode="json")
    labels = {name: part.get("title", name) for name, part in adapter().json_schema()["properties"].items()}
    lines: dict[tuple[str, str], str] = {}
    for field in fields(content):
        for item, text in _items(field.name, said[field.name]):
            lines[labels.get(field.name, field.name), item] = text
    return _Side({key: text for key, text in lines.items() if text})


def _items(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if name in CODED:
        yield from ((item.get("title") or item["code"], words(item)) for item in value)
    elif name == "cadences":
        yield from ((item["level_name"], words(item)) for item in value)
    else:
        yield "", words(value)


def words(value: Any) -> str:
    """Plain data as one line a person can compare."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dict):
        return "; ".join(_pairs(value.items()))
    if isinstance(value, list):
        return " | ".join(filter(None, map(words, value)))
    return str(value)


def _pairs(items: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for key, value in items:
        if text := words(value):
            yield f"{key}: {text}"
