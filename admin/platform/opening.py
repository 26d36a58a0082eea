"""The wizard that opens a tenant: particulars, first admin, check, link (design: product P1, T01)."""

from typing import Any

import flask
import sqlalchemy as sa
from flask import Blueprint, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from admin.database import db
from admin.forms import PageForm
from admin.security import current_actor, page
from tenants.access import Permission
from tenants.clock import today
from tenants.models import Tenant, TenantLevel
from tenants.provisioning import NewTenant, TenantError, open_tenant, tenant_problems
from tenants.vietnamese import nfc

STEPS = ("Thông tin đơn vị", "Quản trị viên", "Kiểm tra và tạo", "Liên kết kích hoạt")
DRAFT = "new_tenant"

pages = Blueprint("opening", __name__, url_prefix="/platform/tenants/new")


class ParticularsForm(PageForm):
    """What the tenant is."""

    name = StringField("Tên đơn vị", [InputRequired(), Length(max=200)])
    committee_name = StringField("Tên cấp ủy", [InputRequired(), Length(max=200)])
    place = StringField("Địa danh ghi trên văn bản", [InputRequired(), Length(max=100)])
    code = StringField("Mã đơn vị", [InputRequired(), Length(max=40)])
    level_code = SelectField("Cấp", [InputRequired()])
    parent_code = SelectField("Đơn vị cấp trên")


class AdminForm(PageForm):
    """Who administers it first."""

    admin_name = StringField("Họ và tên", [InputRequired(), Length(max=100)])
    admin_login = StringField("Tên đăng nhập", [InputRequired(), Length(max=40)])


def _draft() -> dict[str, str]:
    kept: dict[str, str] = flask.session.get(DRAFT) or {}
    return kept


def _keep(form: PageForm) -> None:
    typed = {field.name: nfc((field.data or "").strip()) for field in form if field.name != "csrf_token"}
    flask.session[DRAFT] = _draft() | typed


def _new(draft: dict[str, str]) -> NewTenant:
    empty = dict.fromkeys(NewTenant.__dataclass_fields__, "")
    return NewTenant(**(empty | draft | {"valid_from": today()}))  # type: ignore[arg-type]


def _problems(form: PageForm) -> dict[str, str]:
    found = tenant_problems(db.session, _new(_draft()))
    return {name: sentence for name, sentence in found.items() if name in form}


def _particulars() -> ParticularsForm:
    form = ParticularsForm(data=_draft())
    levels = db.session.scalars(sa.select(TenantLevel).order_by(TenantLevel.rank))
    form.level_code.choices = [(level.code, level.name) for level in levels]
    parents = db.session.scalars(sa.select(Tenant).order_by(Tenant.name))
    form.parent_code.choices = [("", "Không có"), *((tenant.code, tenant.name) for tenant in parents)]
    return form


def _show(form: PageForm | None, step: int, **shown: Any) -> str:
    return render_template("pages/platform_open.html", form=form, steps=STEPS, step=step, **shown)


@pages.route("", methods=["GET", "POST"])
@page(Permission.PLATFORM_TENANTS_OPEN)
def particulars() -> Response | str:
    """Step 1: name, code, level, place in the tree."""
    form = _particulars()
    if form.validate_on_submit():
        _keep(form)
        if not (problems := _problems(form)):
            return redirect(url_for("opening.admin"))
        form.refuse(problems)
    return _show(form, 1)


@pages.route("/admin", methods=["GET", "POST"])
@page(Permission.PLATFORM_TENANTS_OPEN)
def admin() -> Response | str:
    """Step 2: the first admin."""
    form = AdminForm(data=_draft())
    if form.validate_on_submit():
        _keep(form)
        if not (problems := _problems(form)):
            return redirect(url_for("opening.check"))
        form.refuse(problems)
    return _show(form, 2)


@pages.route("/check", methods=["GET", "POST"])
@page(Permission.PLATFORM_TENANTS_OPEN)
def check() -> Response | str:
    """Steps 3 and 4: the answers at a glance; once confirmed, the link, shown this once."""
    form, draft = PageForm(), _draft()
    new = _new(draft)
    if form.validate_on_submit() and draft:
        try:
            opened = open_tenant(db.session, current_actor(), new)
        except TenantError as error:
            return _show(None, 3, new=new, answers=_answers(new, error.problems))
        flask.session.pop(DRAFT)
        return _show(None, 4, new=new, link=_link(new.code, opened.invitation))
    if not draft:
        return redirect(url_for("opening.particulars"))
    return _show(None, 3, new=new, answers=_answers(new, tenant_problems(db.session, new)))


def _link(code: str, token: str) -> str:
    scheme = "https" if current_app.extensions["settings"].secure_cookies else "http"
    return url_for("signin.invitation", code=code, token=token, _external=True, _scheme=scheme)


def _answers(new: NewTenant, problems: dict[str, str]) -> list[dict[str, str]]:
    """The answers as the check page lists them, each with what is wrong and where to mend it."""
    level = db.session.get(TenantLevel, new.level_code)
    parent = db.session.scalar(sa.select(Tenant.name).where(Tenant.code == new.parent_code))
    shown = {"level_code": level.name if level else "", "parent_code": parent or "Không có"}
    asked = ((ParticularsForm, "opening.particulars"), (AdminForm, "opening.admin"))
    return [
        {
            "label": getattr(kind, name).args[0],
            "value": shown.get(name, getattr(new, name)),
            "missing": problems.get(name, ""),
            "change_url": url_for(endpoint),
        }
        for kind, endpoint in asked
        for name in NewTenant.__dataclass_fields__
        if hasattr(kind, name)
    ]
