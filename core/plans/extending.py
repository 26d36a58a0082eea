"""More time for a task: asked with a reason, decided by the level above, over by itself (design: F05)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.work import post
from core.plans.issuing import lock_plan
from core.plans.task_models import Extension, Task
from core.plans.tasks import KIND, TaskError, take_hold
from core.plans.telling import deciders, doers_at
from tenants.access import Actor, Permission, require
from tenants.audit import record
from tenants.clock import now, today
from tenants.tree import UnitPath
from tenants.vietnamese import nfc

LONGEST_YEARS = 2


def ask_extension(session: orm.Session, actor: Actor, task: Task, until: date, reason: str) -> Extension:
    """Ask the level above for more time; one question at a time. Raises TaskError by field."""
    take_hold(session, actor, task)
    if problems := _problems(session, task, until, reason):
        raise TaskError(problems)
    extension = Extension(task_id=task.id, until=until, reason=nfc(reason.strip()), asked_by=actor.account_id)
    session.add(extension)
    session.flush()
    text = f"{task.unit.name} xin gia hạn “{task.milestone.title}” đến {until:%d/%m/%Y}."
    people = deciders(session, task.unit.tree_path)
    post(session, dict.fromkeys(people, text), KIND, f"extension:{extension.id}", "/follow/extensions")
    record(session, actor, "extension:ask", extension, until=until)
    return extension


def _problems(session: orm.Session, task: Task, until: date, reason: str) -> dict[str, str]:
    problems = {}
    asked = sa.select(Extension.id).where(Extension.task_id == task.id, Extension.granted.is_(None))
    if task.done_on is not None:
        problems[""] = "Việc này đã hoàn thành."
    elif task.due_on is None:
        problems[""] = "Việc này chưa có hạn nên chưa cần gia hạn."
    elif session.scalar(asked):
        problems[""] = "Đã xin gia hạn và đang chờ cấp trên trả lời."
    elif until <= max(task.due_on, task.extended_to or task.due_on):
        problems["until"] = "Ngày xin gia hạn phải sau hạn hiện tại."
    elif until <= today():
        problems["until"] = "Ngày xin gia hạn phải sau hôm nay."
    elif until.year > today().year + LONGEST_YEARS:
        problems["until"] = "Ngày xin gia hạn quá xa; xin kiểm tra lại năm."
    if not reason.strip():
        problems["reason"] = "Xin ghi lý do để cấp trên xem xét."
    return problems


def decide(session: orm.Session, actor: Actor, extension: Extension, granted: bool, answer: str) -> None:
    """Grant or refuse; the right of the level above the unit. A refusal says why.

    Raises TaskError by field; NotAllowed.
    """
    task = extension.task
    require(actor, Permission.TASKS_DECIDE, decided_at(task.unit.tree_path))
    lock_plan(session, task.plan_id)
    session.refresh(extension, with_for_update=True)
    session.refresh(task)
    if extension.granted is not None:
        raise TaskError({"": "Đề nghị này đã được trả lời."})
    if not granted and not answer.strip():
        raise TaskError({"answer": "Không đồng ý thì xin ghi lý do."})
    extension.granted, extension.answer = granted, nfc(answer.strip())
    extension.decided_by, extension.decided_at = actor.account_id, now()
    if granted and task.due_on and extension.until > task.due_on:
        task.extended_to = max(extension.until, task.extended_to or extension.until)
    _answer(session, extension, task, doers_at(session, {task.unit_id}).get(task.unit_id, set()))
    record(session, actor, "extension:decide", extension, granted=granted)


def decided_at(path: UnitPath) -> UnitPath:
    """The unit whose right it is to decide: the one above; the tenant's own unit decides for itself."""
    return path.ancestors[-1] if path.ancestors else path


def _answer(session: orm.Session, extension: Extension, task: Task, people: set[UUID]) -> None:
    word = "được gia hạn đến" if extension.granted else "không được gia hạn đến"
    text = f"“{task.milestone.title}” của {task.unit.name} {word} {extension.until:%d/%m/%Y}."
    key, url = f"extension:{extension.id}:answer", f"/tasks/{task.id}"
    post(session, dict.fromkeys(people, text), KIND, key, url)
