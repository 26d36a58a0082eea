"""The verbs of a unit's task: do it, take it back, set its meeting, urge (design: F04, F09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.kinds import MeetingKind
from core.meetings.models import Meeting
from core.notices.work import post
from core.plans.content import Action, PlanContent
from core.plans.due import refers_to
from core.plans.gating import unmet_gates
from core.plans.issuing import Issued, lock_plan
from core.plans.recomputing import in_force, recompute
from core.plans.task_models import Task
from core.plans.telling import doers_at
from tenants.access import Actor, Permission, require
from tenants.audit import record
from tenants.clock import now, today
from tenants.vietnamese import nfc

EARLIEST_YEAR = 2000
KIND = "task"


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
    """When and where a unit will meet (S0-43, S3-23); `despite` as for `Done`."""

    meets_on: date
    slot: str = "evening"
    place: str = ""
    despite: str = ""


def complete(session: orm.Session, actor: Actor, task: Task, done: Done) -> None:
    """Note that a unit did its task. A held meeting is kept as such; what counts from it moves.

    Raises TaskError by field; NotAllowed.
    """
    take_hold(session, actor, task)
    _require_open(task)
    _refuse_day(done.done_on)
    _refuse_gates(session, task, done.despite)
    if task.holds_meeting:
        _held(session, task, done)
    finish(task, actor, done.done_on, done.note)
    _pass_on(session, actor, task, f"Hoàn thành ngày {done.done_on:%d/%m/%Y}.")
    record(session, actor, "task:complete", task, done_on=done.done_on, despite=nfc(done.despite.strip()))


def take_hold(session: orm.Session, actor: Actor, task: Task) -> None:
    """Make sure that the actor does the unit's tasks, and that nobody else changes the plan's meanwhile.

    Raises NotAllowed; TaskError where the task is no longer asked.
    """
    require(actor, Permission.TASKS_DO, task.unit.tree_path)
    lock_plan(session, task.plan_id)
    session.refresh(task, with_for_update=True)
    if task.withdrawn_on is not None:
        raise TaskError({"": f"Việc này đã được rút: {task.withdrawn_because}"})


def _require_open(task: Task) -> None:
    if task.settled_by_report:
        raise TaskError({"": "Việc này tự hoàn thành khi báo cáo tổng hợp được gửi lên cấp trên."})
    if task.done_on is not None:
        raise TaskError({"": "Việc này đã được ghi là hoàn thành."})


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
            raise TaskError({"despite": f"{gate.sentence} Nếu vẫn thực hiện, xin ghi lý do."})


def finish(task: Task, actor: Actor, day: date, note: str = "") -> None:
    """Set what says that a task is done."""
    task.done_on, task.done_at, task.done_by = day, now(), actor.account_id
    task.note = nfc(note.strip())


def _held(session: orm.Session, task: Task, done: Done) -> None:
    if done.concluded is None:
        raise TaskError({"concluded": "Xin cho biết buổi sinh hoạt đã kết luận xong chưa."})
    kind = task.milestone.meeting or MeetingKind.REGULAR
    meeting = _meeting(session, task, kind, done.done_on, "done_on")
    _settle(meeting, task, done.done_on)
    meeting.held_on, meeting.concluded = done.done_on, done.concluded


def reopen(session: orm.Session, actor: Actor, task: Task) -> None:
    """Take back that a task was done: a slip of the finger. What counts from it is computed anew; a day that
    was registered stays. Raises TaskError."""
    take_hold(session, actor, task)
    if task.done_on is None or task.settled_by_report:
        raise TaskError({"": "Việc này chưa được ghi là hoàn thành."})
    before, task.done_on, task.done_at, task.done_by = task.done_on, None, None, None
    if task.holds_meeting:
        kind = task.milestone.meeting or MeetingKind.REGULAR
        meeting = _meeting(session, task, kind, before, "")
        meeting.held_on = meeting.concluded = None
    _pass_on(session, actor, task, "Ghi lại kết quả thực hiện.")
    record(session, actor, "task:reopen", task, done_on=before)


def _pass_on(session: orm.Session, actor: Actor, task: Task, why: str) -> None:
    """Compute anew what counts from the task: from its meeting, or from the day it was done."""
    session.flush()
    content = in_force(session, task.plan_id)
    if content and (task.holds_meeting or _is_counted_from(content, task.milestone.code)):
        recompute(session, actor, task.plan, task.unit.tree_path, why)


def _is_counted_from(content: PlanContent, code: str) -> bool:
    return any(code in (refers_to(one.due), refers_to(one.opens)) for one in content.milestones)


def set_meeting(session: orm.Session, actor: Actor, task: Task, appointed: Appointed) -> Issued | None:
    """Set when and where the unit meets. Every due day counted from the meeting is computed anew, its old day
    kept in the history; a task of registering is done by it. May be said again with another day.

    Returns what moved; raises TaskError by field.
    """
    take_hold(session, actor, task)
    kind = registered_kind(task, in_force(session, task.plan_id))
    if kind is None or (task.milestone.action is not Action.REGISTER and task.done_on is not None):
        raise TaskError({"": "Việc này không gắn với buổi sinh hoạt nào cần đặt ngày."})
    if not date(EARLIEST_YEAR, 1, 1) <= appointed.meets_on <= date(today().year + 2, 12, 31):
        raise TaskError({"meets_on": "Ngày sinh hoạt không hợp lý; xin kiểm tra lại."})
    _refuse_gates(session, task, appointed.despite)
    meeting = _meeting(session, task, kind, appointed.meets_on, "meets_on")
    if meeting.held_on is not None:
        raise TaskError({"meets_on": f"Buổi sinh hoạt đã tổ chức ngày {meeting.held_on:%d/%m/%Y}."})
    _settle(meeting, task, appointed.meets_on)
    meeting.slot, meeting.place = appointed.slot, nfc(appointed.place.strip())
    if task.milestone.action is Action.REGISTER and task.done_on is None:
        finish(task, actor, today())
    session.flush()
    why = f"Đăng ký ngày sinh hoạt {appointed.meets_on:%d/%m/%Y}."
    issued = recompute(session, actor, task.plan, task.unit.tree_path, why)
    record(session, actor, "task:register", task, meets_on=appointed.meets_on)
    return issued


def registered_kind(task: Task, content: PlanContent | None) -> MeetingKind | None:
    """The kind of meeting whose day the task may set: its own, else, of a task of registering, the one that
    the plan has held; None where it sets none."""
    if task.milestone.action not in (Action.REGISTER, Action.HOLD) or task.settled_by_report:
        return None
    held = (one.meeting for one in content.milestones if one.action is Action.HOLD) if content else iter(())
    return task.milestone.meeting or next(filter(None, held), None)


def preview_meeting(session: orm.Session, actor: Actor, task: Task, appointed: Appointed) -> Issued | None:
    """What `set_meeting` would move, without keeping it. Raises TaskError by field."""
    point = session.begin_nested()
    try:
        return set_meeting(session, actor, task, appointed)
    finally:
        point.rollback()
        session.expire_all()


def known_meeting(session: orm.Session, task: Task, kind: MeetingKind) -> Meeting | None:
    """The unit's meeting that is set under the plan and not yet held; else its last one of the kind."""
    waiting = sa.and_(Meeting.plan_id == task.plan_id, Meeting.held_on.is_(None))
    query = sa.select(Meeting).where(Meeting.cell_id == task.unit_id, Meeting.kind == kind)
    return session.scalars(
        query.order_by(waiting.desc().nulls_last(), Meeting.meets_on.desc()).limit(1)
    ).first()


def _meeting(session: orm.Session, task: Task, kind: MeetingKind, day: date, field: str) -> Meeting:
    """The unit's meeting that a day speaks of: that month's, else the one set under the plan that moves into
    that month, else a new one. Raises TaskError where another plan's stands there."""
    own = sa.select(Meeting).where(Meeting.cell_id == task.unit_id, Meeting.kind == kind)
    month = day.replace(day=1)
    found = session.scalars(own.where(Meeting.month == month)).first()
    if found is not None and found.plan_id not in (None, task.plan_id) and kind is not MeetingKind.REGULAR:
        raise TaskError({field: f"Tháng {day:%m/%Y} đơn vị đã có buổi cùng loại theo kế hoạch khác."})
    if found is None and not task.period:
        waiting = own.where(Meeting.plan_id == task.plan_id, Meeting.held_on.is_(None))
        found = session.scalars(waiting.order_by(Meeting.meets_on.desc())).first()
    if found is None:
        found = Meeting(cell_id=task.unit_id, kind=kind, month=month, meets_on=day, slot="evening")
        session.add(found)
    return found


def _settle(meeting: Meeting, task: Task, day: date) -> None:
    meeting.meets_on, meeting.month = day, day.replace(day=1)
    meeting.plan_id = meeting.plan_id or task.plan_id


def nudge(session: orm.Session, actor: Actor, tasks: Sequence[Task], words: str) -> int:
    """Urge the units to do their tasks, once a day a task; returns how many notices were new.

    Raises NotAllowed where one of them is out of reach: then nobody is told.
    """
    for task in tasks:
        require(actor, Permission.TASKS_NUDGE, task.unit.tree_path)
    people, told = doers_at(session, {task.unit_id for task in tasks}), 0
    for task in tasks:
        what = f"“{task.milestone.title}” của {task.unit.name}{_due(task)}"
        text = f"Đôn đốc: {what}. {nfc(words.strip())}".strip()
        said = dict.fromkeys(people.get(task.unit_id, ()), text)
        told += post(session, said, KIND, nudge_key(task), f"/tasks/{task.id}")
        record(session, actor, "task:nudge", task)
    return told


def nudge_key(task: Task) -> str:
    """What makes a task's nudges of one day one."""
    return f"nudge:{task.id}:{today()}"


def _due(task: Task) -> str:
    last = task.extended_to or task.due_on
    return f", hạn {last:%d/%m/%Y}" if last else ""
