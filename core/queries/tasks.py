"""Everything one person owes, computed from facts and today, never stored (design: product X01)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from core.exchange.models import Direction, Dispatch, DispatchKind
from core.meetings.models import Petition
from core.plans.content import Cadence
from core.plans.deadlines import Standing, standing
from core.plans.models import Plan
from core.queries.by_hand import undecided, waiting_for
from core.queries.cadences import because, cadences
from core.queries.extensions import asked_below
from core.queries.petitions import PetitionRow, petition_rows
from core.queries.petitions import row_of as petition_of
from core.queries.quarters import OwedReport, owed_reports
from core.queries.reading import sliced
from core.queries.unit_tasks import AHEAD, RECENT, own_tasks
from core.queries.visits import VisitRow, VisitState, row_of, visit_rows
from core.reports.models import ReportDecision
from core.rotation.models import Official, Rotation, RotationVersion, Visit, VisitReport
from tenants.access import Actor, Permission, may, reach
from tenants.clock import local, now
from tenants.conditions import within

MOST_PETITIONS = 20


class TaskKind(StrEnum):
    """What a task is about; a page knows where each is done."""

    VISIT = "visit"
    VISIT_REPORT = "visit_report"
    PETITION = "petition"
    PETITIONS = "petitions"
    DERIVE_PLAN = "derive_plan"
    REPORT = "report"
    DECIDE_REPORT = "decide_report"
    ROTATION_DRAFT = "rotation_draft"
    SWAP_ANSWER = "swap_answer"
    SWAPS = "swaps"
    UNIT_TASK = "unit_task"
    EXTENSIONS = "extensions"


@dataclass(frozen=True)
class Task:
    """One thing owed. `subject_id` is what it is about; without `due_on` nothing fixes its day."""

    title: str
    detail: str
    due_on: date | None
    standing: Standing
    kind: TaskKind
    subject_id: UUID | None = None


def tasks_of(session: orm.Session, actor: Actor, day: date) -> tuple[Task, ...]:
    """Everything the actor owes on a day, and what he finished in the last days; by due day."""
    found = [
        *_visits(session, actor, day),
        *_petitions(session, actor),
        *_plans_received(session, actor),
        *_reports(session, actor, day),
        *_reports_received(session, actor),
        *_drafts(session, actor),
        *_swaps(session, actor),
        *_unit_tasks(session, actor, day),
        *_extensions(session, actor),
    ]
    return tuple(sorted(found, key=lambda task: (task.due_on or date.max, task.title)))


def _visits(session: orm.Session, actor: Actor, day: date) -> Iterator[Task]:
    if actor.person_id is None or not may(actor, Permission.VISITS_OWN):
        return
    recent = sa.or_(VisitReport.id.is_(None), VisitReport.submitted_at >= now() - RECENT)
    query = visit_rows().where(
        Official.person_id == actor.person_id,
        Visit.missed_reason.is_(None),
        recent,
        Visit.meets_on <= day + AHEAD,
    )
    rows = [row_of(row) for row in session.execute(query)]
    known = cadences(session, (row.rotation_id for row in rows))
    for row in rows:
        yield _visit_task(row, known, day)


def _visit_task(row: VisitRow, known: Mapping[tuple[UUID, str], Cadence], day: date) -> Task:
    where = f"{row.cell}, {row.above}" if row.above else row.cell
    if row.state(day) is VisitState.COMING:
        detail = " ".join(filter(None, (row.slot_label.capitalize(), f"ngày {row.meets_on:%d/%m/%Y}.")))
        return Task(
            f"Dự sinh hoạt {where}",
            detail,
            row.meets_on,
            standing(row.meets_on, None, day),
            TaskKind.VISIT,
            row.id,
        )
    cadence = known.get((row.rotation_id, row.level_code))
    met_on = row.attended_on or row.meets_on
    detail = because(met_on, row.report_days, cadence)
    return Task(
        f"Báo cáo kết quả dự {where}", detail, row.due_on, row.standing(day), TaskKind.VISIT_REPORT, row.id
    )


def _petitions(session: orm.Session, actor: Actor) -> Iterator[Task]:
    paths = reach(actor, Permission.PETITIONS_ANSWER)
    if not paths:
        return
    query = petition_rows().where(Petition.answered_at.is_(None), within(paths))
    query = query.order_by(Petition.urgent.desc(), Petition.raised_on, Petition.id)
    found = sliced(session, query, 1, petition_of, MOST_PETITIONS)
    yield from (_petition_task(petition) for petition in found.items)
    if more := found.total - len(found.items):
        yield Task(f"Còn {more} kiến nghị khác chờ trả lời", "", None, Standing.OPEN, TaskKind.PETITIONS)


def _petition_task(petition: PetitionRow) -> Task:
    detail = f"{petition.cell}, ngày {petition.raised_on:%d/%m/%Y}."
    if petition.referred_to:
        detail += f" Đã chuyển {petition.referred_to}."
    if petition.urgent:
        detail = f"Nổi cộm, cần giải quyết ngay. {detail}"
    at = Standing.DUE_SOON if petition.urgent else Standing.OPEN
    return Task(
        f"Trả lời kiến nghị: {shortened(petition.text)}", detail, None, at, TaskKind.PETITION, petition.id
    )


def shortened(text: str, most: int = 90) -> str:
    """The text's beginning, cut between words."""
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(' ')[0] or text[:most]}…"


def _plans_received(session: orm.Session, actor: Actor) -> Iterator[Task]:
    if not may(actor, Permission.PLANS_PUBLISH):
        return
    derived, later = sa.exists().where(Plan.implements_id == Dispatch.id), orm.aliased(Dispatch)
    replaced = sa.exists().where(
        later.direction == Direction.IN,
        later.kind == DispatchKind.PLAN,
        later.counterpart_id == Dispatch.counterpart_id,
        later.subject == Dispatch.subject,
        later.number > Dispatch.number,
    )
    query = sa.select(Dispatch).where(
        Dispatch.direction == Direction.IN, Dispatch.kind == DispatchKind.PLAN, ~derived, ~replaced
    )
    for dispatch in session.scalars(query.order_by(Dispatch.sent_at)):
        detail = f"{dispatch.counterpart_name} gửi ngày {local(dispatch.sent_at):%d/%m/%Y}."
        title = f"Cụ thể hóa kế hoạch của cấp trên: {shortened(dispatch.subject)}"
        yield Task(title, detail, None, Standing.OPEN, TaskKind.DERIVE_PLAN, dispatch.id)


def _reports(session: orm.Session, actor: Actor, day: date) -> Iterator[Task]:
    makes, sends = may(actor, Permission.REPORTS_CONSOLIDATE), may(actor, Permission.REPORTS_SUBMIT)
    if not (makes or sends):
        return
    for owed in owed_reports(session, day):
        done_recently = owed.done_on is not None and owed.done_on >= day - RECENT
        open_soon = owed.done_on is None and owed.due_on <= day + AHEAD
        if (makes or owed.made_at) and (done_recently or open_soon):
            yield _report_task(owed, sends, day)


def _report_task(owed: OwedReport, sends: bool, day: date) -> Task:
    name = f"báo cáo {owed.quarter.label}"
    if owed.returned is not None:
        title, detail = f"Sửa và gửi lại {name}", f"Cấp trên trả lại: {owed.returned}"
    elif owed.done_on is not None:
        title, detail = f"Đã hoàn thành {name}", f"Nơi nhận: {owed.parent}." if owed.parent else ""
    elif owed.made_at is None:
        title, detail = f"Tổng hợp {name}", "Chưa có bản tổng hợp nào."
    else:
        title = f"Gửi {name}" if sends else f"Trình ký gửi {name}"
        detail = f"Bản tổng hợp ngày {local(owed.made_at):%d/%m/%Y} chưa gửi {owed.parent}."
    at = standing(owed.due_on, owed.done_on, day)
    return Task(title, detail, owed.due_on, at, TaskKind.REPORT, owed.report_id)


def _reports_received(session: orm.Session, actor: Actor) -> Iterator[Task]:
    if not may(actor, Permission.REPORTS_ACCEPT):
        return
    period = Dispatch.body["period"].astext
    newest = (
        sa.select(Dispatch)
        .where(Dispatch.direction == Direction.IN, Dispatch.kind == DispatchKind.REPORT)
        .ext(distinct_on(Dispatch.counterpart_id, period))
        .order_by(Dispatch.counterpart_id, period, Dispatch.number.desc())
        .subquery()
    )
    dispatch = orm.aliased(Dispatch, newest)
    decided = sa.exists().where(ReportDecision.dispatch_id == dispatch.id)
    for received in session.scalars(sa.select(dispatch).where(~decided).order_by(dispatch.sent_at)):
        title = f"Tiếp nhận hoặc trả lại báo cáo của {received.counterpart_name}"
        detail = f"{received.subject}. Gửi ngày {local(received.sent_at):%d/%m/%Y}."
        yield Task(title, detail, None, Standing.OPEN, TaskKind.DECIDE_REPORT, received.id)


def _unit_tasks(session: orm.Session, actor: Actor, day: date) -> Iterator[Task]:
    """What plans ask of the units themselves at which he holds his role."""
    for row in own_tasks(session, actor, day):
        longer = f" Được gia hạn đến {row.extended_to:%d/%m/%Y}." if row.extended_to else ""
        detail = f"{row.unit}, {row.plan}.{longer}"
        yield Task(row.label, detail, row.due_on, row.standing(day), TaskKind.UNIT_TASK, row.id)


def _extensions(session: orm.Session, actor: Actor) -> Iterator[Task]:
    if count := asked_below(session, actor):
        yield Task(
            f"Trả lời {count} đề nghị gia hạn", "Đơn vị trực thuộc đang chờ.", None, Standing.OPEN,
            TaskKind.EXTENSIONS,
        )  # fmt: skip


def _drafts(session: orm.Session, actor: Actor) -> Iterator[Task]:
    if not may(actor, Permission.ROTATION_PUBLISH):
        return
    query = sa.select(Rotation.id, Rotation.first_month, RotationVersion.number, RotationVersion.drawn_at)
    query = query.join(RotationVersion, RotationVersion.rotation_id == Rotation.id)
    for row in session.execute(query.where(RotationVersion.published_at.is_(None)).order_by(Rotation.id)):
        title = f"Xem và công bố lịch dự sinh hoạt từ tháng {row.first_month:%m/%Y} (bản {row.number})"
        detail = f"Dự thảo xếp ngày {local(row.drawn_at):%d/%m/%Y}."
        yield Task(title, detail, None, Standing.OPEN, TaskKind.ROTATION_DRAFT, row.id)


def _swaps(session: orm.Session, actor: Actor) -> Iterator[Task]:
    if may(actor, Permission.VISITS_OWN):
        for swap in waiting_for(session, actor.person_id):
            title = f"Trả lời đề nghị đổi lượt dự của đồng chí {swap.visit.official}"
            detail = f"{swap.visit.cell} ngày {swap.visit.meets_on:%d/%m/%Y}. Lý do: {swap.reason}"
            yield Task(title, detail, None, Standing.DUE_SOON, TaskKind.SWAP_ANSWER, swap.id)
    paths = reach(actor, Permission.SWAPS_DECIDE)
    if paths and (count := undecided(session, paths)):
        yield Task(f"Duyệt {count} đề nghị đổi lượt dự", "", None, Standing.OPEN, TaskKind.SWAPS)
