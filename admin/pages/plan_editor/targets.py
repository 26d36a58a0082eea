"""What an address of the editor means: "milestones/2", "contents/0/steps/new", or a group as "rules"."""

import re
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from admin.pages.plan_editor.sections import GROUP_OF, GROUPS, SECTION_OF
from admin.pages.plan_editor.shapes import shapes_of
from core.plans.content import PlanContent
from core.plans.parts import Place, found_again, mark, part_at

NEW = "new"


@dataclass(frozen=True)
class Target:
    """An item at `place`, one more of the list at `place`, or the fields `names` of the plan itself."""

    place: Place
    owner: type
    names: tuple[str, ...] = ()
    is_new: bool = False

    @property
    def home(self) -> Place:
        """The list that the item is of; empty for a group."""
        return self.place if self.is_new else self.place[:-1]

    @property
    def list_name(self) -> str:
        """The list's name, or the first of the group's fields."""
        return str(self.home[-1]) if self.home else self.names[0]

    @property
    def section(self) -> str:
        """The section of the editor that it belongs to."""
        return SECTION_OF[str(self.home[0]) if self.home else self.names[0]]

    def base(self, content: PlanContent) -> Any:
        """What stands there now; None for a new item."""
        return None if self.is_new else part_at(content, self.place)

    def known(self, content: PlanContent) -> str:
        """What tells whether somebody changed it meanwhile; empty for a new item."""
        if self.names:
            return mark(tuple(getattr(content, name) for name in self.names))
        return "" if self.is_new else mark(self.base(content))

    def taken(self, content: PlanContent) -> set[str]:
        """The codes of the other items of its list."""
        others = part_at(content, self.home) if self.home else ()
        own = None if self.is_new or not self.home else self.place[-1]
        return {getattr(one, "code", "") for number, one in enumerate(others) if number != own}

    def as_new(self) -> "Target":
        """One more of the same list."""
        return self if self.is_new else replace(self, place=self.home, is_new=True)

    def rival(self, content: PlanContent, code: str) -> "Target":
        """What a form that came too late would write: the item that still has its code, else one more."""
        if self.names:
            return self
        items = part_at(content, self.home)
        same = (number for number, item in enumerate(items) if code and getattr(item, "code", "") == code)
        number = next(same, None)
        return self.as_new() if number is None else replace(self, place=(*self.home, number), is_new=False)

    def now(self, content: PlanContent, known: str) -> "Target | None":
        """The same part after others' edits; None where it was changed or removed meanwhile."""
        if self.is_new:
            return self
        if self.names:
            return self if self.known(content) == known else None
        place = found_again(content, self.place, known)
        return replace(self, place=place) if place else None


def target_at(content: PlanContent, where: str) -> Target:
    """The target of an address, whether or not an item has that number; raises LookupError for any other."""
    if where in GROUPS:
        return Target((), PlanContent, GROUPS[where].names)
    *home, last = (int(step) if re.fullmatch(r"[0-9]{1,4}", step) else step for step in where.split("/"))
    owner = _items_of(content, tuple(home))
    if last == NEW:
        return Target(tuple(home), owner, is_new=True)
    if not isinstance(last, int):
        raise LookupError(where)
    return Target((*home, last), owner)


def _items_of(content: PlanContent, home: Place) -> type:
    parent = part_at(content, home[:-1])
    for shape in shapes_of(type(parent)) if home else ():
        if shape.name == home[-1] and shape.is_list_of_parts:
            kind: type = shape.kind
            return kind
    raise LookupError(home)


def where_of(place: Place) -> str:
    """The address of a place."""
    return "/".join(map(str, place))


def link_of(plan_id: object, path: str) -> str:
    """Where a problem's path ("milestones[2].due") can be mended: the item's page, or its section."""
    steps = re.findall(r"\w+", path)
    if steps and steps[0] in GROUP_OF:
        return url_for("plan_editor.part", plan_id=plan_id, where=GROUP_OF[steps[0]])
    last = max((n for n, step in enumerate(steps) if step.isdecimal()), default=None)
    if last is not None:
        return url_for("plan_editor.part", plan_id=plan_id, where="/".join(steps[: last + 1]))
    return section_url(plan_id, SECTION_OF.get(steps[0] if steps else "", ""))


def section_url(plan_id: object, section: str, **said: object) -> str:
    """The editor with a section open."""
    anchor = section or None
    return url_for("plan_editor.index", plan_id=plan_id, open=section or None, _anchor=anchor, **said)  # type: ignore[arg-type]
