"""What came from above and below and what went there: read, receive, take over, accept, send back (S4-14)."""

import structlog
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.errors import Page, Words, error_page
from admin.pages.dispatch_page import ReturnForm, SignerForm, dispatch_page
from admin.pages.listing import chip, listed, page_number
from admin.security import current_actor, page
from core.exchange.envelope import BrokenSealError
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.exchange.service import receive as receive_dispatch
from core.plans.models import Plan
from core.plans.service import derive as derive_plan
from core.queries.dispatches import dispatches_in, new_counts
from core.reports.service import ReportError
from core.reports.service import accept as accept_report
from core.reports.service import send_back as send_back_report
from tenants.access import NotFound, Permission, fetch
from tenants.audit import record
from tenants.vietnamese import nfc

pages = Blueprint("dispatches", __name__, url_prefix="/dispatches")
log = structlog.get_logger("dispatches")
Answer = Response | str | Page
BROKEN = Words(
    "Niêm phong không còn nguyên vẹn",
    "Nội dung văn bản khác với lúc gửi nên chưa được tiếp nhận. Sự việc đã được ghi nhật ký; "
    "xin báo quản trị tỉnh và đề nghị đơn vị gửi lại.",
)


@pages.get("/")
@page(Permission.DISPATCHES_READ)
def index() -> str:
    """What came, or what went, the newest first, each with its seal looked at."""
    direction = Direction.OUT if request.args.get("state") == "out" else Direction.IN
    text, asked = request.args.get("q", "")[:100], request.args.get("kind", "")
    kind = DispatchKind(asked) if asked in set(DispatchKind) else None
    found = listed(dispatches_in(db.session, direction, kind, text, page_number()))
    counts = new_counts(db.session)
    tabs = [
        {
            "label": label,
            "url": url_for("dispatches.index", state=way.value, q=text or None),
            "active": way is direction,
            "count": counts.get(way) or None,
        }
        for way, label in ((Direction.IN, "Văn bản đến"), (Direction.OUT, "Văn bản đi"))
    ]
    return render_template(
        "pages/dispatches_list.html", page=found, tabs=tabs, direction=direction, kind=kind, text=text,
        chip=chip, kinds=DispatchKind,
    )  # fmt: skip


@pages.get("/<dispatch_id>")
@page(Permission.DISPATCHES_READ)
def show(dispatch_id: str) -> str:
    """One dispatch in words, its seal, and what may be done with it."""
    dispatch = fetch(db.session, Dispatch, dispatch_id)
    return dispatch_page(dispatch, SignerForm(formdata=None), ReturnForm(formdata=None))


def _broken(dispatch: Dispatch) -> Page:
    """Tell and note that a seal is broken; what was begun is undone."""
    db.session.rollback()
    log.error("broken_seal", dispatch=str(dispatch.id), sha256=dispatch.sha256)
    record(db.session, current_actor(), "dispatch:broken_seal", dispatch, sha256=dispatch.sha256)
    db.session.commit()
    return error_page(409, BROKEN)


def _incoming(dispatch_id: str, kind: DispatchKind | None = None) -> Dispatch:
    dispatch = fetch(db.session, Dispatch, dispatch_id)
    if dispatch.direction is not Direction.IN or kind not in (None, dispatch.kind):
        raise NotFound
    return dispatch


def _back(dispatch: Dispatch) -> Response:
    return redirect(url_for("dispatches.show", dispatch_id=dispatch.id))


@pages.post("/<dispatch_id>/receive")
@page(Permission.DISPATCHES_RECEIVE)
def receive(dispatch_id: str) -> Answer:
    """Acknowledge it, once."""
    dispatch = _incoming(dispatch_id)
    try:
        receive_dispatch(db.session, current_actor(), dispatch)
    except BrokenSealError:
        return _broken(dispatch)
    db.session.commit()
    flash("Đã tiếp nhận văn bản.", "ok")
    return _back(dispatch)


@pages.post("/<dispatch_id>/derive")
@page(Permission.PLANS_PUBLISH)
def derive(dispatch_id: str) -> Answer:
    """Make the tenant's own draft from a received plan."""
    dispatch, form = _incoming(dispatch_id, DispatchKind.PLAN), SignerForm()
    if not form.validate_on_submit():
        return dispatch_page(dispatch, form, ReturnForm(formdata=None))
    try:
        plan: Plan = derive_plan(db.session, current_actor(), dispatch, nfc(form.signer.data.strip()))
    except BrokenSealError:
        return _broken(dispatch)
    db.session.commit()
    flash("Đã lập dự thảo kế hoạch của đơn vị. Xin xem lại, kiểm tra rồi ban hành.", "ok")
    return redirect(url_for("plans.show", plan_id=plan.id))


@pages.post("/<dispatch_id>/accept")
@page(Permission.REPORTS_ACCEPT)
def accept(dispatch_id: str) -> Answer:
    """Accept a received report; its figures are added from now on."""
    dispatch = _incoming(dispatch_id, DispatchKind.REPORT)
    try:
        accept_report(db.session, current_actor(), dispatch)
    except BrokenSealError:
        return _broken(dispatch)
    except ReportError as error:
        db.session.rollback()
        flash(str(error), "warning")
        return _back(dispatch)
    db.session.commit()
    flash(f"Đã tiếp nhận báo cáo của {dispatch.counterpart_name}; số liệu sẽ được cộng khi tổng hợp.", "ok")
    return _back(dispatch)


@pages.post("/<dispatch_id>/return")
@page(Permission.REPORTS_ACCEPT)
def send_back(dispatch_id: str) -> Answer:
    """Send a received report back with the reason."""
    dispatch, form = _incoming(dispatch_id, DispatchKind.REPORT), ReturnForm()
    if not form.validate_on_submit():
        return dispatch_page(dispatch, SignerForm(formdata=None), form)
    try:
        send_back_report(db.session, current_actor(), dispatch, form.reason.data)
    except BrokenSealError:
        return _broken(dispatch)
    except ReportError as error:
        db.session.rollback()
        form.refuse({"reason": str(error)})
        return dispatch_page(dispatch, SignerForm(formdata=None), form)
    db.session.commit()
    flash(f"Đã trả lại báo cáo cho {dispatch.counterpart_name}.", "ok")
    return _back(dispatch)
