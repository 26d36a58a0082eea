"""Questions for more time, and their answers (design: product F05)."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.listing import listed, page_number
from admin.pages.task_forms import AnswerForm
from admin.security import current_actor, page
from core.plans.extending import decide
from core.plans.task_models import Extension
from core.plans.tasks import TaskError
from core.queries.extensions import ExtensionRow, asked_in, extensions_in, one_extension
from tenants.access import NotFound, Permission, as_id, reach
from tenants.clock import local
from tenants.tree import UnitPath

pages = Blueprint("extensions", __name__, url_prefix="/follow/extensions")
DECIDE = Permission.TASKS_DECIDE


def _paths() -> tuple[UnitPath, ...]:
    return reach(current_actor(), DECIDE)


@pages.get("")
@page(DECIDE)
def index() -> str:
    """Those that wait, the oldest first; or those answered."""
    waiting, typed = request.args.get("state") != "answered", request.args.get("q", "")[:100]
    found = extensions_in(db.session, _paths(), waiting, typed, page_number())
    count = asked_in(db.session, _paths())
    tabs = [
        {"label": "Chờ trả lời", "count": count, "active": waiting, "url": url_for("extensions.index")},
        {
            "label": "Đã trả lời", "count": None, "active": not waiting,
            "url": url_for("extensions.index", state="answered"),
        },
    ]  # fmt: skip
    return render_template(
        "pages/follow_extensions.html", page=listed(found), tabs=tabs, q=typed, waiting=waiting
    )


def _reached(extension_id: str) -> tuple[Extension, ExtensionRow]:
    row = one_extension(db.session, _paths(), as_id(extension_id))
    if row is None:
        raise NotFound
    return db.session.get_one(Extension, row.id), row


@pages.route("/<extension_id>", methods=["GET", "POST"])
@page(DECIDE)
def show(extension_id: str) -> Response | str:
    """One question; grant it or refuse it, with a reason."""
    extension, row = _reached(extension_id)
    form = AnswerForm()
    if form.validate_on_submit():
        granted = request.form.get("verdict") == "grant"
        try:
            decide(db.session, current_actor(), extension, granted, form.answer.data or "")
        except TaskError as error:
            db.session.rollback()
            form.refuse(error.problems)
        else:
            db.session.commit()
            flash("Đã đồng ý gia hạn." if granted else "Đã trả lời không đồng ý.", "ok")
            return redirect(url_for("extensions.index"))
    return render_template("pages/follow_extension.html", row=row, form=form, local=local)
