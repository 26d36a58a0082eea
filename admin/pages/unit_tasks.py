"""One task of a unit: what is asked, when and why then, and its verbs (design: F04, F05, B1, M10)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.forms import PageForm
from admin.pages.listing import chip, spoken
from admin.pages.task_forms import DoneForm, ExtensionForm, MeetingForm, PilotsForm
from admin.security import current_actor, page
from core.plans.content import Action
from core.plans.extending import ask_extension
from core.plans.issuing import Issued
from core.plans.pilots import choices, chosen_pilots, select_pilots
from core.plans.recomputing import in_force
from core.plans.task_models import Task
from core.plans.tasks import (
    TaskError,
    complete,
    known_meeting,
    preview_meeting,
    registered_kind,
    reopen,
    set_meeting,
)
from core.queries.extensions import extensions_of
from core.queries.task_page import doer_name, moved_days, what_is_said
from core.queries.unit_tasks import TaskRow, explained, read_paths, rows_by_id
from tenants.access import NotFound, Permission, fetch, may
from tenants.clock import local, today

pages = Blueprint("unit_tasks", __name__, url_prefix="/tasks")
Answer = Response | str


def _read(task_id: str) -> tuple[Task, TaskRow]:
    """The task where the visitor does or follows the unit's tasks; 404 out of reach or withdrawn."""
    paths, task = read_paths(current_actor()), fetch(db.session, Task, task_id)
    row = rows_by_id(db.session, [task.id]).get(task.id)
    if row is None or not any(path.contains(task.unit.tree_path) for path in paths):
        raise NotFound
    return task, row


def _mine(task_id: str) -> tuple[Task, TaskRow]:
    """The task where the visitor does the unit's tasks."""
    task, row = _read(task_id)
    if not may(current_actor(), Permission.TASKS_DO, task.unit.tree_path):
        raise NotFound
    return task, row


@pages.get("/<task_id>")
@page(Permission.TASKS_READ)
def show(task_id: str) -> str:
    """Everything about the task, and what may be done."""
    task, row = _read(task_id)
    said = what_is_said(db.session, task)
    why = explained(db.session, [task.id])[task.id]
    mine = may(current_actor(), Permission.TASKS_DO, task.unit.tree_path)
    return render_template(
        "pages/tasks_one.html",
        task=task,
        row=row,
        said=said,
        why=why,
        status=chip(row.standing(today())),
        verbs=_verbs(task, row, said.sets_meeting) if mine else [],
        may_undo=mine and task.done_on is not None and not task.settled_by_report,
        by=doer_name(db.session, task) if task.done_by else "",
        moves=[_move(move) for move in moved_days(db.session, task.id)],
        extensions=extensions_of(db.session, task.id),
        local=local,
        spoken=spoken,
    )


def _move(move: Any) -> dict[str, Any]:
    days = tuple(f"{day:%d/%m/%Y}" if day else "chưa xác định" for day in (move.due_from, move.due_to))
    return {
        "at": f"{local(move.at):%H:%M %d/%m/%Y}",
        "iso": move.at.isoformat(),
        "text": f"Hạn {days[0]} → {days[1]}",
        "actor": f"Đồng chí {move.by}" if move.by else "",
        "detail": move.why,
        "tone": "info",
    }


def _verbs(task: Task, row: TaskRow, sets_meeting: bool) -> list[tuple[str, str]]:
    """What may be done, the most likely first: words and page."""
    if task.settled_by_report:
        return [("Mở báo cáo tổng hợp", url_for("reports.index"))]
    found = list[tuple[str, str]]()
    is_open, action = task.done_on is None, task.milestone.action
    if action is Action.SELECT_PILOTS:
        found.append(("Chọn đơn vị làm điểm", url_for("unit_tasks.pilots", task_id=task.id)))
    if sets_meeting and (is_open or action is Action.REGISTER):
        words = "Đăng ký ngày họp" if is_open else "Đổi ngày đã đăng ký"
        found.append((words, url_for("unit_tasks.meeting", task_id=task.id)))
    if is_open:
        found.append(("Ghi hoàn thành", url_for("unit_tasks.done", task_id=task.id)))
        if task.holds_meeting:
            found.reverse()
    if is_open and row.due_on and not row.asked:
        found.append(("Xin gia hạn", url_for("unit_tasks.extension", task_id=task.id)))
    return found


def _kept(form: PageForm, verb: Callable[[], object], words: str, task: Task) -> Response | None:
    """Do it, keep it and go back to the task; None where it was refused, with the reasons in the form."""
    key = task.id
    try:
        verb()
    except TaskError as error:
        db.session.rollback()
        form.refuse(error.problems)
        return None
    db.session.commit()
    flash(words, "ok")
    return redirect(url_for("unit_tasks.show", task_id=key))


@pages.route("/<task_id>/done", methods=["GET", "POST"])
@page(Permission.TASKS_DO)
def done(task_id: str) -> Answer:
    """Say that the task is done."""
    task, row = _mine(task_id)
    form = DoneForm(data={"done_on": today()} if request.method == "GET" else None)
    if form.validate_on_submit():
        actor, said = current_actor(), form.done()
        kept = _kept(
            form, lambda: complete(db.session, actor, task, said), "Đã ghi hoàn thành. Có thể hoàn tác.", task
        )
        if kept:
            return kept
    why = explained(db.session, [task.id]).get(task.id)
    return render_template("pages/tasks_done.html", task=task, row=row, form=form, why=why)


@pages.post("/<task_id>/reopen")
@page(Permission.TASKS_DO)
def undo(task_id: str) -> Response:
    """Take back that the task was done."""
    task, _row = _mine(task_id)
    form, actor = PageForm(), current_actor()
    if form.validate_on_submit():
        kept = _kept(form, lambda: reopen(db.session, actor, task), "Đã hoàn tác: việc lại chờ làm.", task)
        if kept:
            return kept
        flash(" ".join(map(str, form.form_errors)), "error")
    return redirect(url_for("unit_tasks.show", task_id=task_id))


@pages.route("/<task_id>/meeting", methods=["GET", "POST"])
@page(Permission.TASKS_DO)
def meeting(task_id: str) -> Answer:
    """Say when and where the unit meets: write, see which due days move, keep."""
    task, row = _mine(task_id)
    kind = registered_kind(task, in_force(db.session, task.plan_id))
    if kind is None:
        raise NotFound
    last = known_meeting(db.session, task, kind)
    form = MeetingForm(data=_last(last, task) if request.method == "GET" else None)
    if form.validate_on_submit() and request.form.get("step") != "edit":
        actor, said = current_actor(), form.appointed()
        if request.form.get("step") == "send":
            words = f"Đã đăng ký ngày {said.meets_on:%d/%m/%Y}."
            if kept := _kept(form, lambda: set_meeting(db.session, actor, task, said), words, task):
                return kept
        else:
            try:
                issued = preview_meeting(db.session, actor, task, said)
            except TaskError as error:
                form.refuse(error.problems)
            else:
                return _check(task, row, form, kind.label, issued)
    why = explained(db.session, [task.id]).get(task.id)
    return render_template("pages/tasks_meeting.html", task=task, row=row, form=form, kind=kind, why=why)


def _last(last: Any, task: Task) -> dict[str, Any]:
    """What was said the last time; a day that is past is not proposed again."""
    if last is None:
        return {"slot": task.unit.meeting_slot or "evening"}
    day = last.meets_on if last.held_on is None and last.plan_id == task.plan_id else None
    return {"meets_on": day, "slot": last.slot, "place": last.place}


def _check(task: Task, row: TaskRow, form: MeetingForm, kind: str, issued: Issued | None) -> str:
    moves = issued.moves if issued else ()
    rows = rows_by_id(db.session, [move.task_id for move in moves])
    typed = [(n, v) for n, v in request.form.items(multi=True) if n not in {"csrf_token", "step"}]
    moved = [(rows[m.task_id], m) for m in moves if m.task_id in rows]
    moved.sort(key=lambda pair: (pair[0].path, str(pair[1].due_to or "9"), pair[0].title))
    return render_template(
        "pages/tasks_meeting_check.html",
        task=task,
        row=row,
        said=form.appointed(),
        slot=dict(form.slot.choices)[form.slot.data],
        kind=kind,
        moved=moved,
        typed=typed,
        spoken=spoken,
    )


@pages.route("/<task_id>/pilots", methods=["GET", "POST"])
@page(Permission.TASKS_DO)
def pilots(task_id: str) -> Answer:
    """Choose the cells that go first, within the quotas."""
    task, row = _mine(task_id)
    content = in_force(db.session, task.plan_id)
    if task.milestone.action is not Action.SELECT_PILOTS or content is None:
        raise NotFound
    found, known = choices(db.session, task, content), chosen_pilots(db.session, task)
    form = PilotsForm()
    chosen = known or {cell.code: cell.pilot_meeting for one in found for cell in one.units if cell.pilot}
    if form.validate_on_submit():
        chosen, actor = form.chosen(request.form), current_actor()
        words = f"Đã chọn {len(chosen)} chi bộ làm điểm; việc của các chi bộ đã được giao lại."
        if kept := _kept(form, lambda: select_pilots(db.session, actor, task, chosen), words, task):
            return kept
    return render_template(
        "pages/tasks_pilots.html", task=task, row=row, form=form, choices=found, chosen=chosen
    )


@pages.route("/<task_id>/extension", methods=["GET", "POST"])
@page(Permission.TASKS_DO)
def extension(task_id: str) -> Answer:
    """Ask the level above for more time."""
    task, row = _mine(task_id)
    form = ExtensionForm()
    if form.validate_on_submit():
        actor, until, reason = current_actor(), form.until.data, form.reason.data
        words = "Đã gửi đề nghị gia hạn lên cấp trên."
        if kept := _kept(form, lambda: ask_extension(db.session, actor, task, until, reason), words, task):
            return kept
    return render_template("pages/tasks_extension.html", task=task, row=row, form=form)
