"""The golden tables of the five source plans: units and meetings in, tasks and guests out (tests/golden)."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from core.plans.compiler import Circumstances, Compiled, compile_plan
from core.plans.content import PlanContent
from core.plans.coverage import check
from core.plans.deadlines import DueDate
from core.plans.guests import guests_of
from core.plans.library import template
from core.plans.selectors import UnitTree
from core.plans.sentences import sentence
from core.plans.unit_files import read_meetings, read_units
from core.plans.workdays import WorkCalendar

GOLDEN = Path(__file__).parent / "golden"
TODAY = {
    "s0": (date(2018, 7, 10), date(2018, 8, 31)),
    "s1": (date(2017, 10, 2), date(2017, 12, 31)),
    "s2": (date(2024, 4, 15), date(2024, 6, 30)),
    "s3": (date(2022, 9, 19), date(2022, 12, 31)),
    "s4": (date(2018, 7, 1), date(2018, 9, 30)),
}
"""By plan the day on which it is looked at, and how far ahead."""
ISSUED = {"s4": date(2018, 7, 1)}
"""The day of issue where periods that were over by then are none of the plan's."""
Row = tuple[str, ...]


def table(plan: str, name: str) -> list[Row]:
    """The lines of a golden table, without its headings."""
    with (GOLDEN / plan / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def around(plan: str) -> Circumstances:
    """What the plan is compiled against."""
    tree = read_units((GOLDEN / plan / "units.csv").read_bytes())
    meetings = read_meetings((GOLDEN / plan / "meetings.csv").read_bytes(), tree)
    today, horizon = TODAY[plan]
    return Circumstances(tree, WorkCalendar(), today, horizon, ISSUED.get(plan), meetings)


def task_rows(content: PlanContent, around: Circumstances) -> list[Row]:
    """The tasks by unit, and within one in the order of the plan."""
    compiled = compile_plan(content, around)
    routes = {route.code: route for route in content.routes}
    clauses = {one.code: one.clause for one in content.milestones}
    rows = []
    for task in compiled.tasks:
        route = routes.get(task.route)
        days = (str(day or "") for day in (task.opens_on, task.due_on, task.done_on))
        sent = (route.to, route.via) if route else ("", "")
        rows.append((task.unit_code, task.milestone, task.period, *days, clauses[task.milestone], *sent))
    return _by_unit(rows, around.tree)


def guest_rows(content: PlanContent, around: Circumstances, compiled: Compiled) -> list[Row]:
    """The guests by unit, in the order of the rules."""
    return [
        (guest.unit_code, guest.text, "yes" if guest.if_any else "no", guest.rule, guest.clause)
        for unit in around.tree.units
        for guest in guests_of(unit, content.guests, compiled.caught)
    ]


def content_of(plan: str) -> PlanContent:
    """The ready plan."""
    return template(plan).content


def part(plan: str, kind: str, code: str) -> Any:
    """A part of the ready plan by its kind ("milestones") and code."""
    return next(one for one in getattr(content_of(plan), kind) if one.code == code)


def caught(plan: str, selector: str) -> list[str]:
    """The units of the golden list that a selector of the plan catches."""
    ground = around(plan)
    return sorted(compile_plan(content_of(plan), ground).caught.members[selector])


def due_days(plan: str, milestone: str) -> dict[str, str]:
    """By unit when a milestone is due, as the golden table says; empty while its base has no day."""
    return {row[0]: row[4] for row in table(plan, "tasks.csv") if row[1] == milestone}


def guests(plan: str, unit: str) -> list[str]:
    """Whom a unit invites, as the golden table says."""
    return [row[1] for row in table(plan, "guests.csv") if row[0] == unit]


def sent_to(plan: str, milestone: str) -> set[tuple[str, str]]:
    """Addressees and departments between, as the golden table says."""
    return {(row[7], row[8]) for row in table(plan, "tasks.csv") if row[1] == milestone}


def explained(plan: str, milestone: str, unit: str, period: str = "") -> str:
    """The sentence of a unit's due day."""
    content, ground = content_of(plan), around(plan)
    tasks = compile_plan(content, ground).tasks
    task = next(t for t in tasks if (t.unit_code, t.milestone, t.period) == (unit, milestone, period))
    one = part(plan, "milestones", milestone)
    titles = {each.code: each.title for each in content.milestones}
    found = DueDate(task.due_on, task.opens_on, task.base_on)
    return sentence(one.due, found, one.clause, one.meeting, titles, period)


def problems(plan: str) -> list[str]:
    """What is told about the ready plan and the golden list, but that it is not signed."""
    found = check(content_of(plan), around(plan)).problems
    return [problem.text for problem in found if problem.path != "signer"]


def _by_unit(rows: list[Row], tree: UnitTree) -> list[Row]:
    place = {unit.code: number for number, unit in enumerate(tree.units)}
    return sorted(rows, key=lambda row: place[row[0]])
