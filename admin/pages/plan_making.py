"""A new plan: from one of the ready templates, from a plan file, or blank (design: D1)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange

from admin.database import db
from admin.forms import PageForm
from admin.pages.documents import attachment
from admin.pages.listing import chosen_of
from admin.pages.plan_editor.forms import PartForm, data_from, form_for
from admin.pages.plan_editor.options import choices_of
from admin.security import current_actor, page
from core.data import from_data
from core.plans.content import PlanContent
from core.plans.file import Fault, PlanFileError, read_plan, write_plan
from core.plans.library import retimed, template, templates
from core.plans.models import Plan, PlanVersion
from core.plans.service import PlanError, content_of, draft
from core.queries.plans import TenantWords, versions_of
from tenants.access import NotFound, Permission, fetch, may
from tenants.clock import today

pages = Blueprint("plan_making", __name__, url_prefix="/plans")
Answer = Response | str


class FileForm(PageForm):
    """A plan file."""

    file = FileField("Tệp kế hoạch (.yaml)", [FileRequired("Xin chọn tệp cần tải lên.")])


class TemplateForm(PageForm):
    """Which template, for which year."""

    code = RadioField("Mẫu", [InputRequired()])
    year = IntegerField("Năm thực hiện", [InputRequired(), NumberRange(2000, 2100)])


@pages.route("/new/template", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def from_template() -> Answer:
    """The ready plans with their summaries; the chosen one is moved to the year."""
    form = TemplateForm(data={"year": today().year})
    form.code.choices = [(one.code, one.title) for one in templates()]
    if form.validate_on_submit():
        content = retimed(template(form.code.data).content, form.year.data)
        if answer := _drafted(content, form, "year"):
            return answer
    return render_template("pages/plans_template.html", form=form, templates=templates())


def _drafted(content: PlanContent, form: PageForm, field: str) -> Response | None:
    """A new draft and its editor; what the service refuses is told beside a field."""
    try:
        plan = draft(db.session, current_actor(), content)
    except PlanError as error:
        form.refuse({field: str(error)})
        return None
    db.session.commit()
    flash("Đã lập dự thảo. Kế hoạch chưa được ban hành.", "ok")
    return redirect(url_for("plan_editor.index", plan_id=plan.id))


@pages.route("/new/file", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def from_file() -> Answer:
    """A plan file taken over whole, or every fault of it by line and path."""
    form, faults = FileForm(), tuple[Fault, ...]()
    if form.validate_on_submit():
        try:
            content, _lines = read_plan(form.file.data.read())
        except PlanFileError as error:
            faults = error.faults
        else:
            if answer := _drafted(content, form, "file"):
                return answer
    return render_template("pages/plans_file.html", form=form, faults=faults)


@pages.route("/new/blank", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def blank() -> Answer:
    """A plan with nothing but its name and year."""
    start = PlanContent("", today().year, authority="T/M BAN THƯỜNG VỤ")
    form = _blank_form(start)
    if form.validate_on_submit():
        content = form.value(PlanContent, start)
        if content and (answer := _drafted(content, form, "subject")):
            return answer
    return render_template("pages/plans_blank.html", form=form)


def _blank_form(start: PlanContent) -> PartForm:
    made = form_for(PlanContent, choices_of(start, TenantWords()), ("subject", "year", "kind"))
    data: dict[str, Any] = data_from(made.shapes, start)
    return made(data=data)


@pages.get("/<plan_id>/file")
@page(Permission.PLANS_READ)
def save_file(plan_id: str) -> Response:
    """The published version as a plan file that travels; for those who draft without `version`, the draft."""
    plan = fetch(db.session, Plan, plan_id)
    chosen = chosen_of(versions_of(db.session, plan.id))
    if may(current_actor(), Permission.PLANS_PUBLISH) and "version" not in request.args:
        content = from_data(PlanContent, plan.body)
    elif chosen is None:
        raise NotFound
    else:
        content = content_of(db.session.get_one(PlanVersion, chosen.id))
    return attachment(write_plan(content).encode(), "application/yaml", f"ke-hoach-{content.year}.yaml")
