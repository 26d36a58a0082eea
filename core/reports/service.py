"""The verbs of a report: consolidate, submit, accept, send back (S4-14, S4-17, S4-18)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import digest, from_data, to_data
from core.documents.numbering import DocumentType, number_text
from core.documents.register import Letterhead, archive_of, document_about, issue
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.exchange.service import own_tenant, receive, send, tenants_below, verify
from core.notices.models import JobKind
from core.notices.work import owe_again
from core.plans.calendars import work_calendar
from core.plans.deadlines import Ground, Standing, due_date, standing
from core.plans.models import Plan
from core.plans.periods import Period
from core.plans.service import content_of, published
from core.reports.counting import count_quarter
from core.reports.figures import Figures, added, without_names
from core.reports.models import Decision, Report, ReportDecision, ReportVersion
from core.reports.settling import settle
from tenants.access import Actor, NotFound, Permission, require
from tenants.audit import record
from tenants.clock import local, now, today
from tenants.models import Tenant
from tenants.vietnamese import nfc


class ReportError(Exception):
    """The step is not possible; the text is for the person."""


@dataclass(frozen=True)
class Expected:
    """One tenant below and where its report of a period stands, seen from here.

    `dispatch` is the newest it sent, `decision` the answer to that one; `counted` is the newest accepted,
    whose figures are added, also while a later one waits.
    """

    tenant: Tenant
    dispatch: Dispatch | None
    decision: ReportDecision | None
    counted: Dispatch | None
    standing: Standing


def open_report(session: orm.Session, actor: Actor, plan: Plan, quarter: Period) -> Report:
    """The plan's report for a quarter, made when first asked for."""
    require(actor, Permission.REPORTS_CONSOLIDATE)
    query = sa.select(Report).where(Report.plan_id == plan.id, Report.period == quarter.code)
    report = session.scalar(query)
    if report is None:
        report = Report(
            plan_id=plan.id, period=quarter.code, due_on=_due_on(session, plan, quarter),
            title=f"Kết quả dự sinh hoạt chi bộ khu dân cư {quarter.label}",
        )  # fmt: skip
        session.add(report)
        session.flush()
    return report


def _due_on(session: orm.Session, plan: Plan, quarter: Period) -> date:
    """As the plan's deadline says, also for a quarter over before the plan, which is nobody's task."""
    version = published(session, plan.id)
    if version is None:
        raise ReportError("Kế hoạch chưa được ban hành nên chưa có hạn báo cáo.")
    content = content_of(version)
    if content.quarterly_report is None:
        raise ReportError("Kế hoạch không giao báo cáo tổng hợp hằng quý.")
    ground = Ground(work_calendar(session), content.rules.strict_before, content.rules.working_days)
    due_on = due_date(content.quarterly_report.due, ground, period=quarter.code).due_on
    return due_on or quarter.last_day


def consolidate(session: orm.Session, actor: Actor, report: Report) -> UUID:
    """Owe the adding-up of a report; the job's id. A later change below makes a further version."""
    require(actor, Permission.REPORTS_CONSOLIDATE)
    if Period.parse_quarter(report.period).first_day > today():
        raise ReportError("Kỳ báo cáo chưa bắt đầu.")
    return owe_again(session, actor, JobKind.CONSOLIDATE, report.id, as_of=today().isoformat())


def make_version(session: orm.Session, actor: Actor, report: Report, as_of: date) -> ReportVersion:
    """Count, add the accepted reports, name the missing, freeze; unchanged figures keep the version.

    `as_of` is the day it was asked for: what is overdue then, and the day on the document.
    """
    quarter = Period.parse_quarter(report.period)
    own = count_quarter(session, own_tenant(session), quarter, as_of)
    below = expected(session, report)
    accepted = [item.counted for item in below if item.counted]
    for dispatch in accepted:
        verify(session, dispatch)
    figures = added(own, tuple(from_data(Figures, dispatch.body["figures"]) for dispatch in accepted))
    body = to_data(figures)
    sources = [{"tenant": d.counterpart_name, "dispatch": str(d.id), "sha256": d.sha256} for d in accepted]
    missing = [item.tenant.name for item in below if not item.counted]
    content = {"figures": body, "sources": sources, "missing": missing}
    return _freeze(session, actor, report, content, as_of)


def _freeze(
    session: orm.Session, actor: Actor, report: Report, content: dict[str, Any], as_of: date
) -> ReportVersion:
    sha256, last = digest(content), newest(session, report.id)
    if last is not None and last.sha256 == sha256 and not _sent_back(session, last):
        return last
    version = ReportVersion(
        report_id=report.id, number=(last.number if last else 0) + 1, sha256=sha256,
        made_at=now(), made_by=actor.account_id, **content,
    )  # fmt: skip
    session.add(version)
    session.flush()
    issue(session, actor, DocumentType.REPORT, report.title, version.id, _letterhead(session, report), as_of)
    if own_tenant(session).parent is None:
        settle(session, report, local(version.made_at).date())
    record(session, actor, "report:consolidate", version, number=version.number, sha256=sha256)
    return version


def _letterhead(session: orm.Session, report: Report) -> Letterhead:
    plan = published(session, report.plan_id)
    if plan is None:
        raise ReportError("Kế hoạch chưa được ban hành.")
    content, own = content_of(plan), own_tenant(session)
    reader = own.parent.committee_name if own.parent else f"Thường trực {own.committee_name}"
    recipients = (f"{reader} (b/c)", archive_of(own.committee_name))
    return Letterhead(content.authority, content.signer_title, content.signer, recipients)


def newest(session: orm.Session, report_id: UUID) -> ReportVersion | None:
    """The report's newest version."""
    query = sa.select(ReportVersion).where(ReportVersion.report_id == report_id)
    return session.scalar(query.order_by(ReportVersion.number.desc()).limit(1))


def answer_to(session: orm.Session, version: ReportVersion) -> Dispatch | None:
    """What the level above said of a version that was sent up."""
    if version.dispatch_id is None:
        return None
    query = sa.select(Dispatch).where(Dispatch.answers_id == version.dispatch_id)
    return session.scalar(
        query.where(Dispatch.direction == Direction.IN).order_by(Dispatch.sent_at.desc()).limit(1)
    )


def _sent_back(session: orm.Session, version: ReportVersion) -> bool:
    answer = answer_to(session, version)
    return answer is not None and answer.kind is DispatchKind.RETURN


def submit(session: orm.Session, actor: Actor, version: ReportVersion) -> Dispatch:
    """Send a version up as a frozen copy, without names; once a version."""
    require(actor, Permission.REPORTS_SUBMIT)
    parent = own_tenant(session).parent
    if parent is None:
        raise ReportError("Không có cấp trên trong hệ thống để gửi báo cáo.")
    if version.dispatch_id is not None:
        raise ReportError(f"Bản {version.number} đã được gửi.")
    if newest(session, version.report_id) is not version:
        raise ReportError("Đã có bản mới hơn; xin gửi bản mới nhất.")
    report, document = version.report, document_about(session, version.id)
    body = {
        "period": report.period, "version": version.number, "due_on": report.due_on.isoformat(),
        "figures": to_data(without_names(from_data(Figures, version.figures))), "missing": version.missing,
        "sha256": version.sha256,
        "document": f"{number_text(document.number)}-BC/{document.symbol}" if document else "",
    }  # fmt: skip
    dispatch = send(session, actor, parent, DispatchKind.REPORT, report.title, body)
    version.dispatch_id = dispatch.id
    settle(session, report, today())
    record(session, actor, "report:submit", version, number=version.number)
    return dispatch


def expected(session: orm.Session, report: Report) -> list[Expected]:
    """Every tenant below with its newest report of the period: received or not, on time or not."""
    below = tenants_below(session)
    received = _received(session, report.period)
    decisions = {row.dispatch_id: row for row in session.scalars(sa.select(ReportDecision))}
    return [_expected(report, tenant, received.get(tenant.id, []), decisions) for tenant in below]


def _expected(
    report: Report, tenant: Tenant, sent: list[Dispatch], decisions: dict[UUID, ReportDecision]
) -> Expected:
    done_on = local(sent[0].sent_at).date() if sent else None
    newest_sent = sent[-1] if sent else None
    accepted = [d for d in sent if d.id in decisions and decisions[d.id].decision is Decision.ACCEPTED]
    return Expected(
        tenant,
        newest_sent,
        decisions.get(newest_sent.id) if newest_sent else None,
        accepted[-1] if accepted else None,
        standing(report.due_on, done_on, today()),
    )


def _received(session: orm.Session, period: str) -> dict[UUID, list[Dispatch]]:
    query = sa.select(Dispatch).where(
        Dispatch.direction == Direction.IN, Dispatch.kind == DispatchKind.REPORT
    )
    query = query.where(Dispatch.body["period"].astext == period).order_by(Dispatch.number)
    found: dict[UUID, list[Dispatch]] = {}
    for dispatch in session.scalars(query):
        found.setdefault(dispatch.counterpart_id, []).append(dispatch)
    return found


def accept(session: orm.Session, actor: Actor, dispatch: Dispatch) -> None:
    """Accept a received report: its figures may be added from now on."""
    _decide(session, actor, dispatch, Decision.ACCEPTED, "")


def send_back(session: orm.Session, actor: Actor, dispatch: Dispatch, reason: str) -> None:
    """Send a received report back with the reason; the tenant below makes a further version."""
    if not reason.strip():
        raise ReportError("Xin ghi lý do trả lại để đơn vị biết cần sửa gì.")
    _decide(session, actor, dispatch, Decision.SENT_BACK, nfc(reason.strip()))


def _decide(session: orm.Session, actor: Actor, dispatch: Dispatch, decision: Decision, reason: str) -> None:
    require(actor, Permission.REPORTS_ACCEPT)
    if dispatch.direction is not Direction.IN or dispatch.kind is not DispatchKind.REPORT:
        raise NotFound
    if session.scalar(sa.select(ReportDecision.id).where(ReportDecision.dispatch_id == dispatch.id)):
        raise ReportError("Báo cáo này đã được tiếp nhận hoặc trả lại.")
    receive(session, actor, dispatch)
    session.add(
        ReportDecision(
            dispatch_id=dispatch.id,
            decision=decision,
            reason=reason,
            decided_at=now(),
            decided_by=actor.account_id,
        )
    )
    tenant = session.get_one(Tenant, dispatch.counterpart_id)
    kind = DispatchKind.ACCEPTANCE if decision is Decision.ACCEPTED else DispatchKind.RETURN
    subject = f"{decision.label}: {dispatch.subject}"
    send(
        session,
        actor,
        tenant,
        kind,
        subject,
        {"reason": reason, "version": dispatch.body["version"]},
        dispatch.id,
    )
    record(session, actor, f"report:{decision.value}", dispatch)
