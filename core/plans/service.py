"""The verbs of a plan: draft, derive, publish, pass down."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import digest, from_data, to_data
from core.documents.numbering import DocumentType, number_text
from core.documents.register import Letterhead, archive_of, issue
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.exchange.service import own_tenant, receive, send, tenants_below
from core.plans.content import LegalBasis, PlanContent, Relation
from core.plans.coverage import check
from core.plans.issuing import issue as issue_tasks
from core.plans.issuing import lock_plan
from core.plans.loading import circumstances
from core.plans.models import Plan, PlanVersion
from core.plans.telling import tell_units
from core.rotation.models import RotationLevel
from tenants.access import Actor, NotFound, Permission, require
from tenants.audit import record
from tenants.clock import local, now, today


class PlanError(Exception):
    """The plan cannot be published; each problem is a Vietnamese sentence."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(" ".join(found))
        self.problems = found


def content_of(version: PlanVersion) -> PlanContent:
    """What the version says."""
    return from_data(PlanContent, version.body)


def published(session: orm.Session, plan_id: UUID) -> PlanVersion | None:
    """The plan's newest version."""
    query = sa.select(PlanVersion).where(PlanVersion.plan_id == plan_id)
    return session.scalar(query.order_by(PlanVersion.number.desc()).limit(1))


def first_issued_on(session: orm.Session, plan_id: UUID) -> date | None:
    """The day the plan was first published; None while it never was."""
    return session.scalar(sa.select(sa.func.min(PlanVersion.issued_on)).where(PlanVersion.plan_id == plan_id))


def draft(session: orm.Session, actor: Actor, content: PlanContent) -> Plan:
    """A new plan of the tenant's own. Raises PlanError where the year has one of that title."""
    require(actor, Permission.PLANS_PUBLISH)
    _require_free_title(session, content)
    plan = Plan(title=content.subject, year=content.year, body=to_data(content))
    session.add(plan)
    session.flush()
    record(session, actor, "plan:draft", plan)
    return plan


def redraft(session: orm.Session, actor: Actor, plan: Plan, content: PlanContent, part: str = "") -> None:
    """Rewrite the plan's draft; what was published stays. `part` says for the trail what was changed.

    Raises PlanError where the title is taken.
    """
    require(actor, Permission.PLANS_PUBLISH)
    _require_free_title(session, content, plan.id)
    plan.title, plan.year, plan.body, plan.refused = content.subject, content.year, to_data(content), []
    record(session, actor, "plan:draft", plan, **({"part": part} if part else {}))


def _require_free_title(session: orm.Session, content: PlanContent, own_id: UUID | None = None) -> None:
    query = sa.select(Plan.id).where(Plan.title == content.subject, Plan.year == content.year)
    if session.scalar(query) not in (None, own_id):
        raise PlanError([f"Năm {content.year} đã có kế hoạch cùng trích yếu; xin sửa kế hoạch đó."])


def derive(session: orm.Session, actor: Actor, dispatch: Dispatch, signer: str) -> Plan:
    """The tenant's own plan from one received from above: same rules, own signature; once a dispatch.

    A later version of a plan already taken over becomes the new draft of the same plan.
    """
    require(actor, Permission.PLANS_PUBLISH)
    if dispatch.direction is not Direction.IN or dispatch.kind is not DispatchKind.PLAN:
        raise NotFound
    known = session.scalar(sa.select(Plan).where(Plan.implements_id == dispatch.id))
    if known is not None:
        return known
    receive(session, actor, dispatch)
    above = from_data(PlanContent, dispatch.body["content"])
    content = _taken_over(above, dispatch, own_tenant(session).committee_name, signer)
    same = sa.select(Plan).where(Plan.title == content.subject, Plan.year == content.year)
    plan = session.scalar(same) or Plan(title=content.subject, year=content.year)
    if plan.implements and plan.implements.number > dispatch.number:
        return plan
    plan.body, plan.implements_id = to_data(content), dispatch.id
    session.add(plan)
    session.flush()
    record(session, actor, "plan:derive", plan, dispatch=dispatch.id)
    return plan


def _taken_over(above: PlanContent, dispatch: Dispatch, own: str, signer: str) -> PlanContent:
    """The plan from above in one's own name: it implements that one, its rules stay (S0-02, S2-26)."""
    kind = DocumentType(above.kind)
    number = f"{number_text(dispatch.body['number'])}-{kind.symbol}/{dispatch.body['symbol']}"
    implemented = LegalBasis(
        f"{kind.label} số {number}", dispatch.counterpart_name, local(dispatch.sent_at).date(), above.subject,
        Relation.IMPLEMENTS,
    )  # fmt: skip
    return replace(
        above,
        signer=signer,
        issuer=replace(above.issuer, body=f"Ban Thường vụ {own}", symbol="", rank=""),
        bases=(implemented, *above.bases),
        recipients=(f"{dispatch.counterpart_name} (b/c)", "Các chi bộ, đảng bộ trực thuộc", archive_of(own)),
    )


def publish(session: orm.Session, actor: Actor, plan: Plan) -> PlanVersion:
    """Freeze the draft as the next version, give every unit its tasks, set the cadences it orders, number its
    document, pass it down, tell those whose tasks changed: one transaction.

    Raises PlanError with every problem.
    """
    require(actor, Permission.PLANS_PUBLISH)
    lock_plan(session, plan.id)
    content = from_data(PlanContent, plan.body)
    last = refuse_unchanged(session, plan)
    around = circumstances(session, content, first_issued_on(session, plan.id) or today(), plan.id)
    checked = check(content, around)
    if checked.errors:
        raise PlanError([problem.text for problem in checked.errors])
    version = PlanVersion(
        plan_id=plan.id, number=(last.number if last else 0) + 1, body=plan.body, sha256=digest(plan.body),
        issued_on=today(), published_at=now(), published_by=actor.account_id,
    )  # fmt: skip
    session.add(version)
    session.flush()
    _set_cadences(session, content)
    document = issue(
        session, actor, DocumentType(content.kind), content.subject, version.id, _letterhead(content), today()
    )
    issued = issue_tasks(
        session, actor, plan, content, checked.compiled.tasks, f"Ban hành bản {version.number} của kế hoạch."
    )
    told = tell_units(session, plan, issued)
    record(
        session, actor, "plan:publish", version, number=version.number, sha256=version.sha256, told=told,
        added=issued.added, moved=issued.moved, withdrawn=issued.withdrawn,
    )  # fmt: skip
    body = {"content": plan.body, "number": document.number, "symbol": document.symbol}
    for tenant in tenants_below(session):
        send(
            session,
            actor,
            tenant,
            DispatchKind.PLAN,
            f"{DocumentType(content.kind).label} {content.subject}",
            body,
        )
    return version


def refuse_unchanged(session: orm.Session, plan: Plan) -> PlanVersion | None:
    """The plan's newest version. Raises PlanError where the draft says the same."""
    last = published(session, plan.id)
    if last and last.body == plan.body:
        raise PlanError([f"Dự thảo không khác bản {last.number} đã ban hành nên không cần ban hành lại."])
    return last


def _letterhead(content: PlanContent) -> Letterhead:
    return Letterhead(content.authority, content.signer_title, content.signer, content.recipients)


def _set_cadences(session: orm.Session, content: PlanContent) -> None:
    known = {level.code: level for level in session.scalars(sa.select(RotationLevel))}
    for cadence in content.cadences:
        level = known.get(cadence.level_code) or RotationLevel(code=cadence.level_code)
        level.name = cadence.level_name
        level.period_months, level.per_year = cadence.period_months, cadence.per_year
        level.report_days = cadence.report_days
        session.add(level)
    session.flush()


def plan_of_year(session: orm.Session, year: int) -> Plan | None:
    """The tenant's plan of a year that has been published."""
    query = sa.select(Plan).where(Plan.year == year, Plan.versions.any()).order_by(Plan.id).limit(1)
    return session.scalar(query)
