"""A plan compiled before it is published, a page of units at a time, pure (design: D1, F03).

A page compiles its own units and those above them, so that it costs the same in a tree of any size.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from core.plans.compiler import Circumstances, compile_plan, ground_of, periods_of
from core.plans.content import Milestone, PlanContent
from core.plans.due import EachPeriod
from core.plans.previewing import PreviewRow, preview, task_title
from core.plans.selectors import Caught, PlanUnit, UnitTree, caught_by
from tenants.vietnamese import fold

SLICE: Final = 1000
"""How many units at most are compiled for one page."""


@dataclass(frozen=True)
class Wanted:
    """Which units and tasks a preview shows; empty: all of them. `text` is part of a unit's name or code."""

    text: str = ""
    selector: str = ""
    milestone: str = ""


def caught_in(content: PlanContent, tree: UnitTree) -> Caught:
    """What each selector catches, as compiling sees it: with the pilots that the plan names."""
    named = (name for quota in content.pilots for name in quota.named)
    return caught_by(content.selectors, tree.with_pilots(named))


def units_with_tasks(
    content: PlanContent, tree: UnitTree, caught: Caught, wanted: Wanted
) -> tuple[PlanUnit, ...]:
    """The units asked for that have a task under the plan, in the order of the tree."""
    who = {one.who for one in content.milestones if wanted.milestone in ("", one.code)}
    codes = frozenset[str]().union(*(caught.members.get(code, frozenset()) for code in who))
    if wanted.selector:
        codes &= caught.members.get(wanted.selector, frozenset())
    return tuple(unit for unit in tree.units if unit.code in codes and _matches(unit, wanted.text))


def _matches(unit: PlanUnit, text: str) -> bool:
    words = fold(text)
    return not words or words in fold(unit.name) or words == fold(unit.code)


def narrowed(around: Circumstances, units: Iterable[PlanUnit]) -> Circumstances:
    """The same circumstances with these units and those above them alone."""
    kept = {unit.code for unit in units}
    kept |= {above.code for code in tuple(kept) for above in around.tree.above(around.tree.by_code[code])}
    tree = UnitTree(tuple(unit for unit in around.tree.units if unit.code in kept))
    return replace(around, tree=tree, meetings=tuple(m for m in around.meetings if m.unit_code in kept))


def rows_of(
    content: PlanContent, around: Circumstances, units: Iterable[PlanUnit], milestone: str = ""
) -> list[PreviewRow]:
    """The tasks of some units, unit by unit in the order of the tree."""
    asked = tuple(units)
    compiled, codes = compile_plan(content, narrowed(around, asked)), {unit.code for unit in asked}
    tasks = (task for task in compiled.tasks if task.unit_code in codes)
    kept = tuple(task for task in tasks if milestone in ("", task.milestone))
    return preview(content, replace(compiled, tasks=kept), around.today)


def task_count(
    content: PlanContent,
    around: Circumstances,
    caught: Caught,
    units: Sequence[PlanUnit],
    milestone: str = "",
) -> int:
    """How many tasks the plan gives some units; of more than SLICE units how many at most, without making
    them: what comes round from each unit's own meeting on may come round less often."""
    if len(units) <= SLICE:
        return len(rows_of(content, around, units, milestone))
    ground, codes, total = ground_of(content, around), {unit.code for unit in units}, 0
    for one in content.milestones:
        if milestone in ("", one.code):
            rounds = len(periods_of(one, ground, around)) if isinstance(one.due, EachPeriod) else 1
            total += rounds * len(codes & caught.members.get(one.who, frozenset()))
    return total


def slices(tree: UnitTree) -> tuple[tuple[PlanUnit, ...], ...]:
    """The units in pieces of at most SLICE, in the order of the tree; a small tree is one piece."""
    return tuple(tree.units[start : start + SLICE] for start in range(0, len(tree.units), SLICE))


@dataclass(frozen=True)
class UnitChange:
    """How a unit's tasks differ from what was published: counts, and which milestones."""

    unit: PlanUnit
    added: tuple[str, ...]
    moved: tuple[tuple[str, date | None, date | None], ...]
    removed: tuple[str, ...]


def changes_of(
    before: PlanContent, after: PlanContent, around: Circumstances, units: Iterable[PlanUnit]
) -> Iterator[UnitChange]:
    """The units whose tasks change, of those given; a task is moved where its due day differs."""
    asked = tuple(units)
    near = narrowed(around, asked)
    old, new = _by_unit(before, near), _by_unit(after, near)
    known = {one.code: one for one in (*before.milestones, *after.milestones)}
    for unit in asked:
        was, now = old.get(unit.code, {}), new.get(unit.code, {})
        moved = ((key, was[key], now[key]) for key in was if key in now and was[key] != now[key])
        change = UnitChange(
            unit,
            tuple(_named(key, known) for key in now if key not in was),
            tuple((_named(key, known), first, then) for key, first, then in moved),
            tuple(_named(key, known) for key in was if key not in now),
        )
        if change.added or change.moved or change.removed:
            yield change


Key = tuple[str, str]


def _by_unit(content: PlanContent, around: Circumstances) -> dict[str, dict[Key, date | None]]:
    found: dict[str, dict[Key, date | None]] = {}
    for task in compile_plan(content, around).tasks:
        found.setdefault(task.unit_code, {})[task.milestone, task.period] = task.due_on
    return found


def _named(key: Key, known: Mapping[str, Milestone]) -> str:
    milestone, period = key
    return task_title(known[milestone], period)
