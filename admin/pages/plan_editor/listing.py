"""The editor's page: sections, their groups as facts, their lists as items with their buttons."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import render_template
from pydantic import TypeAdapter, ValidationError

from admin.database import db
from admin.pages.plan_editor.options import LITERALS
from admin.pages.plan_editor.sections import ADD, SECTION_OF, SECTIONS, Group, Section
from admin.pages.plan_editor.shapes import Shape, shapes_of
from admin.pages.plan_editor.targets import Target, link_of, where_of
from admin.pages.plan_words import Names, Said, names_of, said
from core.data import to_data
from core.plans.checks import Problem, plan_problems
from core.plans.content import PlanContent
from core.plans.loading import unit_tree
from core.plans.models import Plan
from core.plans.parts import Place, mark, part_at
from core.plans.preview_pages import caught_in
from core.plans.selectors import UnitTree
from core.plans.sentences import day_text
from tenants.tree import UnitKind

NONE: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class Item:
    """An item of a list: its address, words, and what tells whether it was changed."""

    where: str
    said: Said
    known: str
    first: bool
    last: bool

    @property
    def anchor(self) -> str:
        """The id of its heading."""
        return f"muc-{self.where.replace('/', '-')}"


@dataclass(frozen=True)
class Listing:
    """A list of items with its heading and what adds one more."""

    name: str
    title: str
    add: str
    where: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Facts:
    """A group of single fields in words."""

    group: Group
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shown:
    """A section of the page; `wrong` counts what keeps it from being published."""

    section: Section
    facts: tuple[Facts, ...]
    lists: tuple[Listing, ...]
    wrong: int
    is_open: bool


@dataclass(frozen=True)
class Removed:
    """What was just removed, so that one button puts it back; `named` counts who still names its code."""

    where: str
    words: str
    named: int
    data: str

    @classmethod
    def of(cls, target: Target, item: object, words: str, named: int) -> "Removed":
        """The item as the page carries it."""
        return cls(where_of(target.place), words, named, json.dumps(to_data(item), ensure_ascii=False))

    @staticmethod
    def read(owner: type, data: str) -> Any:
        """The item again; None for text that is none."""
        try:
            return TypeAdapter(owner).validate_json(data)
        except ValidationError:
            return None


def editor_page(plan: Plan, content: PlanContent, opened: str, undo: Removed | None = None) -> str:
    """The whole draft, one section open."""
    found = plan_problems(content)
    return render_template(
        "pages/plans_editor.html",
        plan=plan, content=content, undo=undo, sections=_sections(plan, content, found, opened),
        problems=[(problem, link_of(plan.id, problem.path)) for problem in found],
    )  # fmt: skip


def _sections(plan: Plan, content: PlanContent, found: list[Problem], opened: str) -> list[Shown]:
    names, wrong = names_of(content), Counter(SECTION_OF.get(_root(p.path), "") for p in found)
    counts = selector_counts(content, unit_tree(db.session, plan.id))
    return [
        Shown(
            section,
            tuple(_facts(content, group) for group in section.groups),
            tuple(listing(content, (name,), names, counts) for name in section.lists),
            wrong[section.key],
            section.key == opened,
        )
        for section in SECTIONS
    ]


def _root(path: str) -> str:
    return path.partition("[")[0].partition(".")[0]


def selector_counts(content: PlanContent, tree: UnitTree) -> dict[str, str]:
    """By selector how many units it catches now, in words (design: D1)."""
    return {code: _count(codes, tree) for code, codes in caught_in(content, tree).members.items()}


def _count(codes: frozenset[str], tree: UnitTree) -> str:
    units = [tree.by_code[code] for code in codes]
    cells = sum(unit.kind is UnitKind.CELL for unit in units)
    others, pilots = len(units) - cells, sum(unit.pilot for unit in units)
    words = [f"{cells} chi bộ"] if cells or not others else []
    words += [f"{others} đảng bộ"] if others else []
    return ", ".join([*words, *([f"{pilots} làm điểm"] if pilots else [])])


def listing(content: PlanContent, place: Place, names: Names, counts: Mapping[str, str] = NONE) -> Listing:
    """A list of the draft, wherever it stands."""
    owner = type(part_at(content, place[:-1]))
    title = next(shape.title for shape in shapes_of(owner) if shape.name == place[-1])
    items = part_at(content, place)
    made = (_item((*place, n), item, len(items), names, counts) for n, item in enumerate(items))
    return Listing(str(place[-1]), title, ADD[str(place[-1])], where_of(place), tuple(made))


def _item(place: Place, item: Any, count: int, names: Names, counts: Mapping[str, str]) -> Item:
    words, number = said(item, names), place[-1]
    if place[0] == "selectors" and item.code in counts:
        words = Said(words.title, (f"Hiện có {counts[item.code]}", *words.lines))
    return Item(where_of(place), words, mark(item), number == 0, number == count - 1)


def nested_lists(content: PlanContent, place: Place) -> list[Listing]:
    """The lists within an item: the steps of a content, the guests of a rule."""
    owner = type(part_at(content, place))
    shapes = (shape for shape in shapes_of(owner) if shape.is_list_of_parts)
    return [listing(content, (*place, shape.name), names_of(content)) for shape in shapes]


def _facts(content: PlanContent, group: Group) -> Facts:
    shapes = (shape for shape in shapes_of(PlanContent) if shape.name in group.names)
    return Facts(
        group, tuple(pair for shape in shapes for pair in _pairs(shape, getattr(content, shape.name)))
    )


def _pairs(shape: Shape, value: Any) -> list[tuple[str, str]]:
    if not shape.is_part:
        return [(shape.title, words_of(value))]
    inner = shapes_of(shape.kind) if value is not None else ()
    return [(one.title, words_of(getattr(value, one.name))) for one in inner] or [(shape.title, "")]


def words_of(value: Any) -> str:
    """A single value as people read it."""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, tuple):
        return "\n".join(map(words_of, value))
    return str(getattr(value, "label", LITERALS.get(value, value)) if value is not None else "")
