"""Plans: the list, one plan with its versions, check and publish (S4-03, S4-08; design: D1)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.documents import pdf_link
from admin.pages.jobs import panel_of
from admin.pages.listing import chip, chosen_of, listed, page_number, whole_number
from admin.pages.plan_editor.targets import link_of
from admin.pages.plan_preview import Bench, bench_of
from admin.pages.plan_reading import reading
from admin.security import current_actor, page
from core.data import from_data
from core.exchange.service import own_tenant, tenants_below
from core.plans.checks import Problem, Severity, plan_problems
from core.plans.content import PlanContent
from core.plans.coverage import check
from core.plans.differences import plan_differences
from core.plans.models import Plan, PlanVersion
from core.plans.preview_pages import SLICE, Wanted
from core.plans.publishing import order
from core.plans.service import PlanError, content_of, published
from core.plans.telling import told_at_most
from core.queries.plans import IssuedVersion, plans_in, publishing_job, versions_of
from tenants.access import NotFound, Permission, fetch, may

pages = Blueprint("plans", __name__, url_prefix="/plans")
Answer = Response | str


def _may_draft() -> bool:
    return may(current_actor(), Permission.PLANS_PUBLISH)


@pages.get("/")
@page(Permission.PLANS_READ)
def index() -> str:
    """Every plan, the newest year first; drafts only for whoever drafts."""
    text = request.args.get("q", "")[:100]
    found = listed(plans_in(db.session, _may_draft(), text, page_number()))
    return render_template("pages/plans_list.html", page=found, text=text, chip=chip, may_draft=_may_draft())


@pages.get("/<plan_id>")
@page(Permission.PLANS_READ)
def show(plan_id: str) -> str:
    """What the plan says, its versions, and where it departs from the plan it implements."""
    plan, versions, chosen, content = _shown(plan_id)
    newest = chosen is not None and versions[0].id == chosen.id
    return render_template(
        "pages/plans_one.html",
        plan=plan, content=content, versions=versions, chosen=chosen, read=reading(content),
        may_draft=_may_draft(),
        changed=newest and from_data(PlanContent, plan.body) != content,
        publishing=_publishing(plan.id) if _may_draft() else None,
        departures=_departures(plan, content), file=_file(chosen),
        may_read_documents=may(current_actor(), Permission.DOCUMENTS_READ),
        may_read_dispatches=may(current_actor(), Permission.DISPATCHES_READ),
    )  # fmt: skip


@pages.get("/<plan_id>/banner")
@page(Permission.PLANS_READ)
def banner(plan_id: str) -> str:
    """The hall's backdrop on a page of its own, to be printed."""
    plan, _versions, _chosen, content = _shown(plan_id)
    if content.banner is None:
        raise NotFound
    return render_template("pages/plans_banner.html", plan=plan, banner=content.banner)


def _shown(plan_id: str) -> tuple[Plan, tuple[IssuedVersion, ...], IssuedVersion | None, PlanContent]:
    """The plan in the asked version, the newest where none is asked; a draft only for whoever drafts."""
    plan = fetch(db.session, Plan, plan_id)
    versions = versions_of(db.session, plan.id)
    chosen = chosen_of(versions)
    if chosen is None and not _may_draft():
        raise NotFound
    body = db.session.get_one(PlanVersion, chosen.id).body if chosen else plan.body
    return plan, versions, chosen, from_data(PlanContent, body)


def _departures(plan: Plan, content: PlanContent) -> list[tuple[str, str, str]]:
    if plan.implements is None:
        return []
    return plan_differences(from_data(PlanContent, plan.implements.body["content"]), content)


def _publishing(plan_id: UUID) -> dict[str, object] | None:
    """How far the publishing is, while it was ordered and is not done."""
    job = publishing_job(db.session, plan_id)
    return panel_of(job, url_for("plans.show", plan_id=plan_id)) if job else None


def _file(chosen: IssuedVersion | None) -> dict[str, str] | None:
    if chosen is None or chosen.size is None:
        return None
    return pdf_link(chosen.document_id, f"Kế hoạch số {chosen.document}", chosen.size)


@pages.route("/<plan_id>/publish", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def publish(plan_id: str) -> Answer:
    """Check: every problem at once, else who receives it and how many tasks it gives; then order it."""
    bench, refused = bench_of(plan_id), list[str]()
    if request.method == "POST":
        if whole_number(request.form.get("revision")) == bench.plan.revision:
            try:
                job_id = order(db.session, current_actor(), bench.plan)
            except PlanError as error:
                db.session.rollback()
                refused = error.problems
            else:
                db.session.commit()
                return redirect(url_for("jobs.show", job_id=job_id))
        else:
            flash("Dự thảo vừa được sửa; xin kiểm tra lại trước khi ban hành.", "warning")
    return _check_page(bench, [(Problem("", text), "") for text in refused] or _problems(bench))


def _problems(bench: Bench) -> list[tuple[Problem, str]]:
    """Everything wrong with its links; of a big tree only what does not depend on its units."""
    small = len(bench.around.tree.units) <= SLICE
    found = check(bench.content, bench.around).problems if small else plan_problems(bench.content)
    return [(one, link_of(bench.plan.id, one.path)) for one in found]


def _check_page(bench: Bench, found: list[tuple[Problem, str]]) -> str:
    last, units = published(db.session, bench.plan.id), bench.units(Wanted())
    facts: dict[str, Any] = {
        "errors": [pair for pair in found if pair[0].severity is Severity.ERROR],
        "warnings": [pair for pair in found if pair[0].severity is not Severity.ERROR],
        "last": last,
        "publishing": _publishing(bench.plan.id),
        "same": last is not None and last.body == bench.plan.body,
        "changes": plan_differences(content_of(last), bench.content) if last else [],
        "below": tenants_below(db.session),
        "own": own_tenant(db.session),
        "units": len(units),
        "tasks": bench.count(units),
        "told": told_at_most(db.session, [unit.code for unit in units]),
    }
    return render_template("pages/plans_publish.html", plan=bench.plan, content=bench.content, **facts)
