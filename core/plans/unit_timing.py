"""A plan's days at each unit: due before they begin, against the order asked, meetings outside its time."""

from collections.abc import Iterator
from datetime import date

from core.plans.compiler import Circumstances, Compiled, ground_of
from core.plans.content import Action, PlanContent
from core.plans.deadlines import Ground
from core.plans.due import DaysBefore, EachPeriod
from core.plans.graph import sequence
from core.plans.problems import Problem, Severity
from core.plans.selectors import PlanUnit, UnitTree
from core.plans.sentences import day_text
from core.plans.timing import fixed

Days = dict[str, dict[str, date]]
"""Due days by milestone and unit, of tasks that come once."""


def timing_problems(content: PlanContent, around: Circumstances, compiled: Compiled) -> Iterator[Problem]:
    """What is wrong with days at some units only."""
    ground = ground_of(content, around)
    yield from _backwards(content, compiled)
    yield from _before_the_plan(content, compiled, ground)
    yield from _out_of_order(content, compiled)
    yield from _outside(content, around, ground)


def _backwards(content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    wrong: dict[str, list[str]] = {}
    for task in compiled.tasks:
        if task.opens_on and task.due_on and task.due_on < task.opens_on:
            wrong.setdefault(task.milestone, []).append(task.unit_code)
    for number, one in enumerate(content.milestones):
        if fixed(one.opens, content) and fixed(one.due, content):
            continue
        if units := tuple(dict.fromkeys(wrong.get(one.code, ()))):
            text = f"“{one.title}”: hạn trước ngày bắt đầu ở {len(units)} đơn vị."
            yield Problem(f"milestones[{number}]", text, Severity.ERROR, units)


def _before_the_plan(content: PlanContent, compiled: Compiled, ground: Ground) -> Iterator[Problem]:
    """So many days before a meeting that is held too soon after the plan began."""
    begins = ground.begins_on
    for number, one in enumerate(content.milestones):
        if begins is None or not isinstance(one.due, DaysBefore):
            continue
        tasks = (task for task in compiled.tasks if task.milestone == one.code)
        if units := tuple(task.unit_code for task in tasks if task.due_on and task.due_on < begins):
            where = f"hạn ở {len(units)} đơn vị"
            text = f"“{one.title}”: {where} rơi trước ngày kế hoạch bắt đầu ({day_text(begins)})."
            yield Problem(f"milestones[{number}].due", text, Severity.WARNING, units)


def _out_of_order(content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    """What must come later and is due earlier at some units: their own days, or those of who comes first."""
    known = {one.code: (number, one) for number, one in enumerate(content.milestones)}
    days = _days(compiled)
    for before, after, _gate in sequence(content):
        if before not in known or after not in known:
            continue
        earlier, (number, one) = known[before][1], known[after]
        if fixed(earlier.due, content) and fixed(one.due, content):
            continue
        first = _First(days.get(before, {}), compiled.tree)
        soon = (code for code, day in days.get(after, {}).items() if day < (first.at(code) or day))
        if units := tuple(soon):
            text = f"“{one.title}” phải sau “{earlier.title}” nhưng đến hạn trước ở {len(units)} đơn vị."
            yield Problem(f"milestones[{number}].after", text, Severity.WARNING, units)


def _days(compiled: Compiled) -> Days:
    found: Days = {}
    for task in compiled.tasks:
        if task.due_on and not task.period:
            found.setdefault(task.milestone, {})[task.unit_code] = task.due_on
    return found


class _First:
    """By when the earlier of two milestones is due, seen from a unit: its own day, the nearest above's, or
    the last of its committee's units, as where pilots go before the rest."""

    def __init__(self, days: dict[str, date], tree: UnitTree) -> None:
        self._days, self._tree = days, tree
        self._last: dict[str, date] = {}
        for code, day in days.items():
            committee = self._committee(tree.by_code[code])
            self._last[committee] = max(day, self._last.get(committee, day))

    def at(self, code: str) -> date | None:
        unit = self._tree.by_code[code]
        for one in (unit, *self._tree.above(unit)):
            if one.code in self._days:
                return self._days[one.code]
        return self._last.get(self._committee(unit))

    def _committee(self, unit: PlanUnit) -> str:
        found = self._tree.committee_of(unit)
        return found.code if found else ""


def _outside(content: PlanContent, around: Circumstances, ground: Ground) -> Iterator[Problem]:
    """Meetings of the plan's year and kind that do not count: held before it begins or after it ends."""
    kinds = {
        one.meeting
        for one in content.milestones
        if one.action is Action.HOLD and one.meeting and not isinstance(one.due, EachPeriod)
    }
    facts = (f for f in around.meetings if f.kind in kinds and f.held_on.year == content.year)
    units = tuple(dict.fromkeys(fact.unit_code for fact in facts if not ground.covers(fact.held_on)))
    if units:
        text = f"{len(units)} đơn vị có buổi sinh hoạt ngoài thời gian của kế hoạch; buổi ấy không được tính."
        yield Problem("starts_on", text, Severity.WARNING, units)
