"""Suspending a tenant to read-only or locked, and letting it work again (design: product P3, T02)."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.database import db
from admin.forms import PageForm
from admin.security import current_actor, page
from core.notices.models import WAITING, Job
from tenants.access import NotFound, Permission, TenantState
from tenants.models import Tenant, WebSession
from tenants.provisioning import TenantError, set_state, tenant_by_code

EFFECTS = {
    TenantState.ACTIVE: "Mọi người đăng nhập và làm việc bình thường; tác vụ đang chờ chạy tiếp.",
    TenantState.READ_ONLY: "Vẫn xem, in, tải về được; không nhập, gửi, công bố được. Tác vụ nằm chờ.",
    TenantState.LOCKED: "Mọi phiên đăng nhập kết thúc ngay; không ai đăng nhập được. Tác vụ nằm chờ.",
}

pages = Blueprint("suspension", __name__, url_prefix="/platform/tenants/<code>/state")


class StateForm(PageForm):
    """The state to bring the tenant to, and why."""

    state = RadioField(
        "Trạng thái mới",
        [InputRequired()],
        choices=[(state.value, f"{state.label}: {effect}") for state, effect in EFFECTS.items()],
    )
    reason = TextAreaField("Lý do", [Length(max=500)], description="Đơn vị sẽ đọc được lý do này.")


def _tenant(code: str) -> Tenant:
    tenant = tenant_by_code(db.session, code)
    if tenant is None:
        raise NotFound
    return tenant


def _touched(tenant: Tenant) -> dict[str, int]:
    """How many browsers and jobs a lock would stop at this moment."""
    browsers = select(func.count()).select_from(WebSession).where(WebSession.home_id == tenant.id)
    waiting = select(func.count(Job.id)).where(Job.tenant_id == tenant.id, Job.state.in_(WAITING))
    return {"browsers": db.session.scalar(browsers) or 0, "jobs": db.session.scalar(waiting) or 0}


@pages.route("", methods=["GET", "POST"])
@page(Permission.PLATFORM_TENANTS_SUSPEND)
def change(code: str) -> Response | str:
    """What each state means for this tenant, then the change with its reason."""
    tenant = _tenant(code)
    form = StateForm(state=tenant.state.value)
    if form.validate_on_submit():
        try:
            set_state(db.session, current_actor(), code, TenantState(form.state.data), form.reason.data or "")
        except TenantError as error:
            form.refuse(error.problems)
        else:
            db.session.commit()
            flash(f"{tenant.name}: {tenant.state.label.lower()}, có hiệu lực ngay.", "ok")
            return redirect(url_for("platform.tenants"))
    return render_template("pages/platform_state.html", form=form, shown=tenant, **_touched(tenant))
