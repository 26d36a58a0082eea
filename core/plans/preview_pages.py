"""A plan compiled before it is published, a page of units at a time, pure (design: D1, F03).

A page compiles its own units and those above them, so that it costs the same in a tree of any size.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from core.plans.compiler import Circumstances, TaskDraft, compile_plan, ground_of, periods_of
from core.plans.content import PlanContent
from core.plans.deadlines import DueDate
from core.plans.due import EachPeriod, Undated
from core.plans.selectors import Caught, PlanUnit, UnitTree, caught_by
from core.plans.sentences import sentence
from core.plans.standing import standing
from tenants.vietnamese import fold

SLICE: Final = 1000
"""How many units at most are compiled for one page."""


@dataclass(frozen=True)
class Wanted:
    """Which units and tasks a preview shows; empty: all of them. `text` is part of a unit's name or code."""

    text: str = ""
    selector: str = ""
    milestone: str = ""


@dataclass(frozen=True)
class TaskLine:
    """One task in words: of which unit, what, when and why, to whom it goes, where it stands."""

    unit: PlanUnit
    milestone: str
    title: str
    period: str
    opens_on: date | None
    due_on: date | None
    clause: str
    sentence: str
    addressee: str
    via: str
    status: str


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


def lines_of(
    content: PlanContent, around: Circumstances, units: Iterable[PlanUnit], milestone: str = ""
) -> Iterator[TaskLine]:
    """The tasks of some units in words, unit by unit in the order given."""
    asked = tuple(units)
    tasks: dict[str, list[TaskDraft]] = {unit.code: [] for unit in asked}
    for task in compile_plan(content, narrowed(around, asked)).tasks:
        if task.unit_code in tasks and milestone in ("", task.milestone):
            tasks[task.unit_code].append(task)
    speaker = _Speaker.of(content, around.today)
    for unit in asked:
        yield from (speaker.line(unit, task) for task in tasks[unit.code])


@dataclass(frozen=True)
class _Speaker:
    """What turns drafts of tasks into words."""

    content: PlanContent
    titles: dict[str, str]
    today: date

    @classmethod
    def of(cls, content: PlanContent, today: date) -> "_Speaker":
        return cls(content, {one.code: one.title for one in content.milestones}, today)

    def line(self, unit: PlanUnit, task: TaskDraft) -> TaskLine:
        one = next(m for m in self.content.milestones if m.code == task.milestone)
        route = next((r for r in self.content.routes if r.code == task.route), None)
        found = DueDate(task.due_on, task.opens_on, task.base_on)
        working = self.content.rules.working_days
        why = sentence(one.due, found, one.clause, one.meeting, self.titles, task.period, working)
        undated = isinstance(one.due, Undated)
        status = "Không ấn định ngày" if undated else standing(task.due_on, task.done_on, self.today).label
        return TaskLine(
            unit, one.code, one.title, task.period, task.opens_on, task.due_on, one.clause, why,
            route.to if route else "", route.via if route else "", status,
        )  # fmt: skip


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
        return sum(1 for _line in lines_of(content, around, units, milestone))
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
    titles = {one.code: one.title for one in (*before.milestones, *after.milestones)}
    for unit in asked:
        was, now = old.get(unit.code, {}), new.get(unit.code, {})
        moved = ((key, was[key], now[key]) for key in was if key in now and was[key] != now[key])
        change = UnitChange(
            unit,
            tuple(_named(key, titles) for key in now if key not in was),
            tuple((_named(key, titles), first, then) for key, first, then in moved),
            tuple(_named(key, titles) for key in was if key not in now),
        )
        if change.added or change.moved or change.removed:
            yield change


Key = tuple[str, str]


def _by_unit(content: PlanContent, around: Circumstances) -> dict[str, dict[Key, date | None]]:
    found: dict[str, dict[Key, date | None]] = {}
    for task in compile_plan(content, around).tasks:
        found.setdefault(task.unit_code, {})[task.milestone, task.period] = task.due_on
    return found


def _named(key: Key, titles: dict[str, str]) -> str:
    milestone, period = key
    return f"{titles[milestone]} ({period})" if period else titles[milestone]
