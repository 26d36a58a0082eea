"""What a plan asks of every unit, as a table people read before it is published (design: product F03)."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from core.plans.compiler import Compiled, TaskDraft
from core.plans.content import Milestone, PlanContent
from core.plans.deadlines import DueDate
from core.plans.periods import Period
from core.plans.sentences import sentence
from core.plans.standing import Standing, standing


class PreviewRow(NamedTuple):
    """One unit's task: what, from when till when and why, to whom through whom, and where it stands."""

    unit_code: str
    task: str
    opens_on: date | None
    due_on: date | None
    clause: str
    sentence: str
    addressee: str
    via: str
    status: Standing


def preview(content: PlanContent, compiled: Compiled, on: date) -> list[PreviewRow]:
    """The tasks unit by unit, each in the order of the plan, as they stand on a day."""
    milestones = {one.code: one for one in content.milestones}
    titles = {one.code: one.title for one in content.milestones}
    routes = {route.code: (route.to, route.via) for route in content.routes}
    place = {unit.code: number for number, unit in enumerate(compiled.tree.units)}
    return [
        PreviewRow(
            task.unit_code,
            task_title(milestones[task.milestone], task.period),
            task.opens_on,
            task.due_on,
            milestones[task.milestone].clause,
            task_sentence(milestones[task.milestone], task, titles, content.rules.working_days),
            *routes.get(task.route, ("", "")),
            standing(task.due_on, task.done_on, on),
        )
        for task in sorted(compiled.tasks, key=lambda task: place[task.unit_code])
    ]


def task_title(milestone: Milestone, period: str) -> str:
    """The milestone's title, with the period in hand where it comes round."""
    return f"{milestone.title} ({Period.parse(period).label})" if period else milestone.title


def task_sentence(milestone: Milestone, task: TaskDraft, titles: Mapping[str, str], working: bool) -> str:
    """Why the task is due when it is."""
    found = DueDate(task.due_on, task.opens_on, task.base_on)
    return sentence(milestone.due, found, milestone.clause, milestone.meeting, titles, task.period, working)
