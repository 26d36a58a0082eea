"""“Việc của tôi”: everything the visitor owes, by due day (design: product X01)."""

from collections.abc import Callable, Mapping

from flask import Blueprint, render_template, url_for

from admin.database import db
from admin.pages.listing import chip
from admin.security import current_actor, page
from core.notices.reading import unread
from core.plans.deadlines import Standing
from core.queries.tasks import Task, TaskKind, tasks_of
from tenants.access import Permission
from tenants.clock import today

pages = Blueprint("tasks", __name__, url_prefix="/tasks")
DONE = (Standing.DONE_ON_TIME, Standing.DONE_LATE)
GROUPS: tuple[tuple[str, tuple[Standing, ...]], ...] = (
    ("Quá hạn", (Standing.OVERDUE,)),
    ("Sắp đến hạn", (Standing.DUE_SOON,)),
    ("Sắp tới", (Standing.OPEN,)),
    ("Xong gần đây", DONE),
)
WHERE: Mapping[TaskKind, Callable[[Task], str]] = {
    TaskKind.VISIT: lambda task: url_for("visits.show", visit_id=task.subject_id),
    TaskKind.VISIT_REPORT: lambda task: url_for(
        "visits.receipt" if task.standing in DONE else "visits.report", visit_id=task.subject_id
    ),
    TaskKind.PETITION: lambda task: url_for("petitions.show", petition_id=task.subject_id),
    TaskKind.PETITIONS: lambda _task: url_for("petitions.index", state="open"),
    TaskKind.DERIVE_PLAN: lambda task: url_for("dispatches.show", dispatch_id=task.subject_id),
    TaskKind.REPORT: lambda task: (
        url_for("reports.show", report_id=task.subject_id) if task.subject_id else url_for("reports.index")
    ),
    TaskKind.DECIDE_REPORT: lambda task: url_for("dispatches.show", dispatch_id=task.subject_id),
    TaskKind.SWAP_ANSWER: lambda task: url_for("swaps.show", swap_id=task.subject_id),
    TaskKind.SWAPS: lambda _task: url_for("swaps.index"),
    TaskKind.ROTATION_DRAFT: lambda task: url_for("rotation.draft", rotation_id=task.subject_id),
}


def _card(task: Task) -> dict[str, object]:
    due = [f"Hạn {task.due_on:%d/%m/%Y}"] if task.due_on and task.kind is not TaskKind.VISIT else []
    status = chip(task.standing) if task.due_on else None
    if task.kind is TaskKind.PETITION and task.standing is Standing.DUE_SOON:
        status = {"tone": "late", "label": "Nổi cộm"}
    if task.kind is TaskKind.VISIT:
        status = {"tone": status["tone"], "label": "Sắp dự"} if status else None
    return {
        "title": task.title,
        "url": WHERE[task.kind](task),
        "status": status,
        "lines": [*due, *filter(None, [task.detail])],
    }


@pages.get("/")
@page(Permission.TASKS_READ)
def index() -> str:
    """What is owed, late first."""
    actor = current_actor()
    tasks = tasks_of(db.session, actor, today())
    groups = [
        (label, [_card(task) for task in tasks if task.standing in standings]) for label, standings in GROUPS
    ]
    return render_template("pages/tasks.html", groups=groups, unread=unread(db.session, actor))
