"""The golden tables of the five source plans: units and meetings in, tasks and guests out (tests/golden)."""

import csv
from datetime import date
from pathlib import Path

from core.plans.compiler import Circumstances, Compiled, compile_plan
from core.plans.content import PlanContent
from core.plans.guests import guests_of
from core.plans.library import template
from core.plans.selectors import UnitTree
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
    return Circumstances(tree, WorkCalendar(), today, horizon, meetings=meetings)


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


def _by_unit(rows: list[Row], tree: UnitTree) -> list[Row]:
    place = {unit.code: number for number, unit in enumerate(tree.units)}
    return sorted(rows, key=lambda row: place[row[0]])
