"""“Việc của tôi”: everything the visitor owes, by due day (design: product X01)."""

from collections import Counter
from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, render_template, url_for

from admin.database import db
from admin.pages.listing import chip, listed, page_number
from admin.security import current_actor, page
from core.notices.reading import unread
from core.plans.deadlines import Standing
from core.queries.reading import slice_of
from core.queries.tasks import Task, TaskKind, tasks_of
from core.queries.unit_tasks import Explained, explained
from tenants.access import Permission
from tenants.clock import today

pages = Blueprint("tasks", __name__, url_prefix="/tasks")
DONE = (Standing.DONE_ON_TIME, Standing.DONE_EXTENDED, Standing.DONE_LATE)
GROUPS: tuple[tuple[str, tuple[Standing, ...]], ...] = (
    ("Quá hạn", (Standing.OVERDUE,)),
    ("Sắp đến hạn", (Standing.EXTENDED, Standing.DUE_SOON)),
    ("Chưa làm", (Standing.OPEN,)),
    ("Chờ xác định hạn", (Standing.WAITING,)),
    ("Xong gần đây", DONE),
)
ORDER = {at: place for place, (_label, standings) in enumerate(GROUPS) for at in standings}
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
    TaskKind.UNIT_TASK: lambda task: url_for("unit_tasks.show", task_id=task.subject_id),
    TaskKind.EXTENSIONS: lambda _task: url_for("extensions.index"),
}


def _card(task: Task, told: Mapping[UUID, Explained]) -> dict[str, object]:
    due = [f"Hạn {task.due_on:%d/%m/%Y}"] if task.due_on and task.kind is not TaskKind.VISIT else []
    why = told[task.subject_id].lines if task.subject_id and task.subject_id in told else []
    return {
        "title": task.title,
        "url": WHERE[task.kind](task),
        "status": _status(task),
        "lines": [*due, *filter(None, [task.detail]), *why],
    }


def _status(task: Task) -> dict[str, str] | None:
    if task.kind is TaskKind.PETITION and task.standing is Standing.DUE_SOON:
        return {"tone": "late", "label": "Nổi cộm"}
    if not task.due_on and task.standing is not Standing.WAITING:
        return None
    return chip(task.standing) | ({"label": "Sắp dự"} if task.kind is TaskKind.VISIT else {})


@pages.get("/")
@page(Permission.TASKS_READ)
def index() -> str:
    """What is owed, late first, some at a time."""
    actor = current_actor()
    found = sorted(tasks_of(db.session, actor, today()), key=lambda task: ORDER[task.standing])
    shown = slice_of(found, page_number())
    counts = Counter(ORDER[task.standing] for task in found)
    units = {t.subject_id for t in shown.items if t.kind is TaskKind.UNIT_TASK and t.subject_id}
    told = explained(db.session, units)
    groups = [
        (label, counts[place], [_card(t, told) for t in shown.items if ORDER[t.standing] == place])
        for place, (label, _standings) in enumerate(GROUPS)
    ]
    return render_template(
        "pages/tasks.html", groups=groups, page=listed(shown), unread=unread(db.session, actor)
    )
