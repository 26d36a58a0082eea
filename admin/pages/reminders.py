"""Who is going to be told what: the coming digests, which looking does not send."""

from datetime import date

from flask import Blueprint, current_app, render_template, request

from admin.database import db
from admin.pages.listing import listed, page_number, spoken
from admin.security import current_actor, page
from core.queries.digests import FURTHEST, preview
from tenants.access import Permission
from tenants.clock import today

pages = Blueprint("reminders", __name__, url_prefix="/reminders")


@pages.get("/")
@page(Permission.CATALOGUES_EDIT)
def index() -> str:
    """The digests of a day, today's unless another is asked."""
    typed = request.args.get("q", "")
    found = preview(db.session, current_actor(), _day_asked(), typed, page_number())
    mail_on = current_app.extensions["settings"].mail is not None
    said = {"typed": typed, "spoken": spoken, "mail_on": mail_on}
    bounds = {"first": today(), "last": today() + FURTHEST}
    return render_template("pages/reminders.html", found=found, page=listed(found.people), **said, **bounds)


def _day_asked() -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today()
