"""Plans: the list, one plan with its versions, draft, check and publish (S4-03, S4-08; design: D1)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.documents import pdf_link
from admin.pages.listing import chip, chosen_of, listed, page_number
from admin.pages.plan_forms import PlanForm, form_data, whole_number
from admin.security import current_actor, page
from core.data import from_data
from core.exchange.service import own_tenant, tenants_below
from core.plans.checks import plan_problems
from core.plans.content import PlanContent
from core.plans.differences import plan_differences
from core.plans.document import period_words
from core.plans.models import Plan, PlanVersion
from core.plans.service import PlanError, content_of, draft, published, redraft
from core.plans.service import publish as publish_plan
from core.queries.plans import IssuedVersion, levels_known, plans_in, versions_of
from tenants.access import NotFound, Permission, fetch, may
from tenants.clock import today

pages = Blueprint("plans", __name__, url_prefix="/plans")
Answer = Response | str
CHANGED = (
    "Kế hoạch vừa được người khác sửa trong lúc đồng chí đang mở trang. Xin mở kế hoạch ở một thẻ khác để "
    "đối chiếu, rồi bấm lưu lần nữa nếu vẫn muốn lấy nội dung dưới đây."
)


def _may_draft() -> bool:
    return may(current_actor(), Permission.PLANS_PUBLISH)


@pages.get("/")
@page(Permission.PLANS_READ)
def index() -> str:
    """Every plan, the newest year first; drafts only for whoever drafts."""
    text = request.args.get("q", "")[:100]
    found = listed(plans_in(db.session, _may_draft(), text, page_number()))
    return render_template("pages/plans_list.html", page=found, text=text, chip=chip, may_draft=_may_draft())


def _blank() -> PlanContent:
    return PlanContent("", today().year, authority="T/M Ban Thường vụ")


def _form(content: PlanContent, revision: int = 0) -> PlanForm:
    if request.method == "POST":
        return PlanForm()
    return PlanForm(data=form_data(content, levels_known(db.session)) | {"revision": revision})


@pages.route("/new", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def new() -> Answer:
    """Write a plan of the tenant's own."""
    form = _form(_blank())
    if form.validate_on_submit():
        try:
            plan = draft(db.session, current_actor(), form.content())
        except PlanError as error:
            form.refuse({"subject": str(error)})
        else:
            db.session.commit()
            flash("Đã lưu dự thảo. Kế hoạch chưa được ban hành.", "ok")
            return redirect(url_for("plans.show", plan_id=plan.id))
    return render_template("pages/plans_edit.html", form=form, plan=None)


@pages.route("/<plan_id>/edit", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def edit(plan_id: str) -> Answer:
    """Rewrite the draft; what was published stays as it is."""
    plan = fetch(db.session, Plan, plan_id)
    form = _form(from_data(PlanContent, plan.body), plan.revision)
    if form.validate_on_submit() and _unchanged(form, plan):
        try:
            redraft(db.session, current_actor(), plan, form.content())
        except PlanError as error:
            form.refuse({"subject": str(error)})
        else:
            db.session.commit()
            flash("Đã lưu dự thảo. Muốn có hiệu lực, xin kiểm tra và ban hành.", "ok")
            return redirect(url_for("plans.show", plan_id=plan.id))
    return render_template("pages/plans_edit.html", form=form, plan=plan)


def _unchanged(form: PlanForm, plan: Plan) -> bool:
    """Whether the draft still is the one the form was filled from; else the form asks to look again."""
    if whole_number(form.revision.data) == plan.revision:
        return True
    form.refuse({"": CHANGED})
    form.revision.data = str(plan.revision)
    form.revision.raw_data = [form.revision.data]
    return False


@pages.get("/<plan_id>")
@page(Permission.PLANS_READ)
def show(plan_id: str) -> str:
    """What the plan says, its versions, and where it departs from the plan it implements."""
    plan = fetch(db.session, Plan, plan_id)
    versions = versions_of(db.session, plan.id)
    chosen = chosen_of(versions)
    if chosen is None and not _may_draft():
        raise NotFound
    frozen = db.session.get_one(PlanVersion, chosen.id) if chosen else None
    content = content_of(frozen) if frozen else from_data(PlanContent, plan.body)
    return render_template(
        "pages/plans_one.html",
        plan=plan,
        content=content,
        versions=versions,
        chosen=chosen,
        may_draft=_may_draft(),
        changed=chosen is not None and versions[0].id == chosen.id and frozen and frozen.body != plan.body,
        departures=_departures(plan, content),
        file=_file(chosen),
        may_read_documents=may(current_actor(), Permission.DOCUMENTS_READ),
        may_read_dispatches=may(current_actor(), Permission.DISPATCHES_READ),
        words=period_words,
    )


def _departures(plan: Plan, content: PlanContent) -> list[tuple[str, str, str]]:
    if plan.implements is None:
        return []
    return plan_differences(from_data(PlanContent, plan.implements.body["content"]), content)


def _file(chosen: IssuedVersion | None) -> dict[str, str] | None:
    if chosen is None or chosen.size is None:
        return None
    return pdf_link(chosen.document_id, f"Kế hoạch số {chosen.document}", chosen.size)


@pages.route("/<plan_id>/publish", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def publish(plan_id: str) -> Answer:
    """Check: every problem at once, else who receives it; then publish."""
    plan = fetch(db.session, Plan, plan_id)
    content, found = from_data(PlanContent, plan.body), list[str]()
    if request.method == "POST":
        if whole_number(request.form.get("revision")) == plan.revision:
            try:
                version = publish_plan(db.session, current_actor(), plan)
            except PlanError as error:
                db.session.rollback()
                found = error.problems
            else:
                db.session.commit()
                flash(f"Đã ban hành bản {version.number} của kế hoạch. Văn bản PDF đang được tạo.", "ok")
                return redirect(url_for("plans.show", plan_id=plan.id))
        else:
            flash("Dự thảo vừa được sửa; xin kiểm tra lại trước khi ban hành.", "warning")
    return _check_page(plan, content, found or [problem.text for problem in plan_problems(content)])


def _check_page(plan: Plan, content: PlanContent, found: list[str]) -> str:
    last = published(db.session, plan.id)
    facts: dict[str, Any] = {
        "last": last,
        "same": last is not None and last.body == plan.body,
        "changes": plan_differences(content_of(last), content) if last else [],
        "below": tenants_below(db.session),
        "own": own_tenant(db.session),
    }
    return render_template("pages/plans_publish.html", plan=plan, content=content, problems=found, **facts)
