"""An official's visits in the calendar of his phone: a secret link, made, renewed, ended (product R08)."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from admin.database import db
from admin.errors import Page, Words, error_page
from admin.security import current_actor, current_visitor, page, public
from core.queries.calendars import entries_of
from core.rotation.feed import calendar_text
from core.rotation.links import link_of, reader_of, renew_link, revoke_link
from tenants.access import NotAllowed, NotFound, Permission
from tenants.clock import local, today
from tenants.models import Tenant
from tenants.provisioning import tenant_by_code
from tenants.scope import across_tenants, tenant_scope, transaction

pages = Blueprint("calendar", __name__)
NAME = "Lịch dự sinh hoạt"
LOOKED_BACK = timedelta(days=365)
LOCKED = Words("Đơn vị đang tạm khóa", "Lịch sẽ hiện lại khi đơn vị được mở. Xin liên hệ quản trị tỉnh.")


@pages.get("/calendar/<code>.ics")
@public
def feed(code: str) -> AnyResponse | Page:
    """The calendar behind a secret link. The secret stands in the query, which no log keeps."""
    with across_tenants("find a tenant by its code"), transaction() as session:
        tenant = tenant_by_code(session, code)
    if tenant is None:
        raise NotFound
    try:
        return _calendar(tenant, request.args.get("key", ""))
    except NotAllowed:
        return error_page(403, LOCKED)


def _calendar(tenant: Tenant, secret: str) -> AnyResponse:
    with tenant_scope(tenant.id), transaction() as session:
        reader = reader_of(session, tenant, secret)
        entries = entries_of(session, reader.person_id, today() - LOOKED_BACK, _address)
    answer = Response(calendar_text(NAME, entries), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


def _address(visit_id: UUID) -> str:
    return url_for("visits.show", visit_id=visit_id, _external=True)


@pages.get("/visits/calendar")
@page(Permission.VISITS_OWN)
def own() -> str:
    """Whether there is a link, and how to make one."""
    link = link_of(db.session, current_actor())
    return render_template(
        "pages/visits_calendar.html", made_at=local(link.made_at) if link else None, url=None
    )


@pages.post("/visits/calendar")
@page(Permission.VISITS_REPORT)
def renew() -> str:
    """A new link, shown this once; an earlier one ends."""
    visitor, secret = current_visitor(), renew_link(db.session, current_actor())
    db.session.commit()
    code = visitor.tenant_code if visitor else ""
    url = url_for("calendar.feed", code=code, key=secret, _external=True)
    return render_template("pages/visits_calendar.html", made_at=None, url=url)


@pages.post("/visits/calendar/revoke")
@page(Permission.VISITS_REPORT)
def revoke() -> AnyResponse:
    """End the link."""
    revoke_link(db.session, current_actor())
    db.session.commit()
    flash("Đã hủy liên kết; điện thoại dùng liên kết cũ sẽ không lấy được lịch nữa.", "ok")
    return redirect(url_for("calendar.own"))
