"""The verbs of a unit's task: done, taken back, its meeting set, time asked, decided (design: F04, F05)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.kinds import MeetingKind
from core.meetings.models import Meeting
from core.notices.work import post
from core.plans.content import Action
from core.plans.gating import unmet_gates
from core.plans.recomputing import recompute
from core.plans.task_models import Extension, Task
from tenants.access import PERMISSIONS, Actor, Permission, require
from tenants.audit import record
from tenants.clock import now, today
from tenants.conditions import valid
from tenants.models import Appointment, Person, Unit
from tenants.tree import UnitPath
from tenants.vietnamese import nfc

EARLIEST_YEAR = 2000


class TaskError(Exception):
    """The step is not possible; `problems` maps field to a Vietnamese sentence ("" for the whole form)."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True)
class Done:
    """What is said of a task when it is done: on which day, in words; of a meeting whether it concluded.

    `despite` is why a warned-of condition is set aside; it goes into the trail.
    """

    done_on: date
    note: str = ""
    concluded: bool | None = None
    despite: str = ""


@dataclass(frozen=True)
class Appointed:
    """When and where a unit will meet (S0-43, S3-23)."""

    meets_on: date
    slot: str = "evening"
    place: str = ""


def complete(session: orm.Session, actor: Actor, task: Task, done: Done) -> None:
    """Note that a unit did its task. A held meeting is kept as such and moves what counts from it.

    Raises TaskError by field; NotAllowed.
    """
    _mine(session, actor, task)
    if task.done_on is not None:
        raise TaskError({"": "Việc này đã được ghi là hoàn thành."})
    _refuse_day(done.done_on)
    _refuse_gates(session, task, done.despite)
    task.done_on, task.done_at, task.done_by = done.done_on, now(), actor.account_id
    task.note = nfc(done.note.strip())
    if task.milestone.action is Action.HOLD and task.milestone.meeting:
        _held(session, actor, task, done)
    record(session, actor, "task:complete", task, done_on=done.done_on, despite=nfc(done.despite.strip()))


def _mine(session: orm.Session, actor: Actor, task: Task) -> None:
    require(actor, Permission.TASKS_DO, task.unit.tree_path)
    session.refresh(task, with_for_update=True)
    if task.withdrawn_on is not None:
        raise TaskError({"": f"Việc này đã được rút: {task.withdrawn_because}"})


def _refuse_day(day: date) -> None:
    if day > today():
        raise TaskError({"done_on": "Ngày hoàn thành không thể sau hôm nay."})
    if day.year < EARLIEST_YEAR:
        raise TaskError({"done_on": "Ngày hoàn thành quá xa; xin kiểm tra lại năm."})


def _refuse_gates(session: orm.Session, task: Task, despite: str) -> None:
    for gate in unmet_gates(session, task):
        if gate.blocks:
            raise TaskError({"": f"Chưa thể thực hiện: {gate.words}"})
        if not despite.strip():
            raise TaskError({"despite": f"{gate.words} Nếu vẫn thực hiện, xin ghi lý do."})


def _held(session: orm.Session, actor: Actor, task: Task, done: Done) -> None:
    meeting = _meeting(session, task, done.done_on)
    meeting.meets_on = meeting.held_on = done.done_on
    meeting.concluded = done.concluded
    session.flush()
    why = f"Đã tổ chức ngày {done.done_on:%d/%m/%Y}."
    recompute(session, actor, task.plan, task.unit.tree_path, why)


def reopen(session: orm.Session, actor: Actor, task: Task) -> None:
    """Take back that a task was done: a slip of the finger. What counts from it is computed anew."""
    _mine(session, actor, task)
    if task.done_on is None:
        raise TaskError({"": "Việc này chưa được ghi là hoàn thành."})
    before, task.done_on, task.done_at, task.done_by = task.done_on, None, None, None
    if task.milestone.action is Action.HOLD and task.milestone.meeting:
        meeting = _meeting(session, task, before)
        meeting.held_on = meeting.concluded = None
        session.flush()
        recompute(session, actor, task.plan, task.unit.tree_path, "Ghi lại kết quả tổ chức.")
    record(session, actor, "task:reopen", task, done_on=before)


def set_meeting(session: orm.Session, actor: Actor, task: Task, appointed: Appointed) -> None:
    """Register when and where the unit meets: the task is done, and every due day counted from the meeting
    is computed anew, its old day kept in the history. May be said again with another day."""
    _mine(session, actor, task)
    if task.milestone.meeting is None:
        raise TaskError({"": "Việc này không gắn với buổi sinh hoạt nào."})
    if not date(EARLIEST_YEAR, 1, 1) <= appointed.meets_on <= date(today().year + 2, 12, 31):
        raise TaskError({"meets_on": "Ngày sinh hoạt không hợp lý; xin kiểm tra lại."})
    meeting = _meeting(session, task, appointed.meets_on)
    meeting.meets_on, meeting.slot = appointed.meets_on, appointed.slot
    meeting.month = appointed.meets_on.replace(day=1)
    meeting.place = nfc(appointed.place.strip())
    if task.done_on is None:
        task.done_on, task.done_at, task.done_by = today(), now(), actor.account_id
    session.flush()
    why = f"Đăng ký ngày sinh hoạt {appointed.meets_on:%d/%m/%Y}."
    recompute(session, actor, task.plan, task.unit.tree_path, why)
    record(session, actor, "task:register", task, meets_on=appointed.meets_on)


def _meeting(session: orm.Session, task: Task, day: date) -> Meeting:
    """The unit's meeting that the task is about: the one of the plan, else the one of that month."""
    kind = task.milestone.meeting or MeetingKind.REGULAR
    own = sa.select(Meeting).where(Meeting.cell_id == task.unit_id, Meeting.kind == kind)
    month = day.replace(day=1)
    planned = sa.and_(Meeting.plan_id == task.plan_id, sa.literal(not task.period))
    found = session.scalars(
        own.where(sa.or_(Meeting.month == month, planned)).order_by(planned.desc())
    ).first()
    if found is None:
        found = Meeting(cell_id=task.unit_id, kind=kind, month=month, meets_on=day, slot="evening")
        session.add(found)
    found.plan_id = found.plan_id or task.plan_id
    return found


def ask_extension(session: orm.Session, actor: Actor, task: Task, until: date, reason: str) -> Extension:
    """Ask the level above for more time. Raises TaskError by field; one question at a time."""
    _mine(session, actor, task)
    problems = _extension_problems(task, until, reason)
    asked = sa.select(Extension.id).where(Extension.task_id == task.id, Extension.granted.is_(None))
    if session.scalar(asked):
        problems[""] = "Đã xin gia hạn và đang chờ cấp trên trả lời."
    if problems:
        raise TaskError(problems)
    extension = Extension(task_id=task.id, until=until, reason=nfc(reason.strip()), asked_by=actor.account_id)
    session.add(extension)
    session.flush()
    text = f"{task.unit.name} xin gia hạn “{task.milestone.title}” đến {until:%d/%m/%Y}."
    _tell(
        session,
        deciders(session, task.unit.tree_path),
        text,
        f"extension:{extension.id}",
        "/follow/extensions",
    )
    record(session, actor, "extension:ask", extension, until=until)
    return extension


def _extension_problems(task: Task, until: date, reason: str) -> dict[str, str]:
    problems = {}
    if task.done_on is not None:
        problems[""] = "Việc này đã hoàn thành."
    elif task.due_on is None:
        problems[""] = "Việc này chưa có hạn nên chưa cần gia hạn."
    elif until <= max(task.due_on, task.extended_to or task.due_on):
        problems["until"] = "Ngày xin gia hạn phải sau hạn hiện tại."
    elif until <= today():
        problems["until"] = "Ngày xin gia hạn phải sau hôm nay."
    if not reason.strip():
        problems["reason"] = "Xin ghi lý do để cấp trên xem xét."
    return problems


def decide(session: orm.Session, actor: Actor, extension: Extension, granted: bool, answer: str) -> None:
    """Grant or refuse; the right of the level above the unit. A refusal says why. Raises TaskError."""
    task = extension.task
    require(actor, Permission.TASKS_DECIDE, _above(task.unit.tree_path))
    session.refresh(extension, with_for_update=True)
    if extension.granted is not None:
        raise TaskError({"": "Đề nghị này đã được trả lời."})
    if not granted and not answer.strip():
        raise TaskError({"answer": "Không đồng ý thì xin ghi lý do."})
    extension.granted, extension.answer = granted, nfc(answer.strip())
    extension.decided_by, extension.decided_at = actor.account_id, now()
    if granted and task.due_on and extension.until > task.due_on:
        task.extended_to = max(extension.until, task.extended_to or extension.until)
    word = "được gia hạn đến" if granted else "không được gia hạn đến"
    text = f"“{task.milestone.title}” của {task.unit.name} {word} {extension.until:%d/%m/%Y}."
    _tell(
        session,
        doers_at(session, task.unit_id),
        text,
        f"extension:{extension.id}:answer",
        f"/tasks/{task.id}",
    )
    record(session, actor, "extension:decide", extension, granted=granted)


def _above(path: UnitPath) -> UnitPath:
    return path.ancestors[-1] if path.ancestors else path


def nudge(session: orm.Session, actor: Actor, tasks: list[Task], words: str) -> int:
    """Urge the units to do their tasks, once a day a task; returns how many people were told."""
    told = 0
    for task in tasks:
        require(actor, Permission.TASKS_NUDGE, task.unit.tree_path)
        what = f"“{task.milestone.title}” của {task.unit.name}{_due(task)}"
        text = f"Đôn đốc: {what}. {nfc(words.strip())}".strip()
        told += _tell(
            session, doers_at(session, task.unit_id), text, f"nudge:{task.id}:{today()}", f"/tasks/{task.id}"
        )
        record(session, actor, "task:nudge", task)
    return told


def _due(task: Task) -> str:
    last = task.extended_to or task.due_on
    return f", hạn {last:%d/%m/%Y}" if last else ""


def _tell(session: orm.Session, people: set[UUID], text: str, key: str, url: str) -> int:
    return post(session, dict.fromkeys(people, text), "task", key, url)


def doers_at(session: orm.Session, unit_id: UUID) -> set[UUID]:
    """Who does the tasks of a unit: those whose role, held at that very unit, carries the right."""
    return _holders(session, Permission.TASKS_DO, Unit.id == unit_id)


def deciders(session: orm.Session, path: UnitPath) -> set[UUID]:
    """Who decides on extensions of a unit: at the nearest unit above where somebody holds the right."""
    for above in reversed(path.ancestors or (path,)):
        if found := _holders(session, Permission.TASKS_DECIDE, Unit.path == above.text):
            return found
    return set()


def _holders(session: orm.Session, permission: Permission, where: sa.ColumnElement[bool]) -> set[UUID]:
    roles = [role for role, rights in PERMISSIONS.items() if permission in rights]
    query = (
        sa.select(Appointment.person_id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(where, Appointment.role.in_(roles), valid(Appointment, today()), Person.left_on.is_(None))
    )
    return set(session.scalars(query))
