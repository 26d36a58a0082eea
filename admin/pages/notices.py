"""The visitor's own notices."""

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.listing import listed, page_number
from admin.security import current_actor, local_path, page
from core.notices.models import Notice
from core.notices.reading import read, read_all, unread
from core.queries.reading import sliced
from tenants.access import Permission, fetch
from tenants.clock import local

pages = Blueprint("notices", __name__, url_prefix="/notices")


@pages.get("/")
@page(Permission.TASKS_READ)
def index() -> str:
    """The newest first, unread ones marked."""
    actor = current_actor()
    query = sa.select(Notice).where(Notice.person_id == actor.person_id)
    query = query.order_by(Notice.posted_at.desc(), Notice.id.desc())
    found = sliced(db.session, query, page_number(), lambda row: row[0])
    return render_template(
        "pages/notices.html", page=listed(found), unread=unread(db.session, actor), local=local
    )


@pages.post("/<notice_id>/read")
@page(Permission.TASKS_READ)
def mark(notice_id: str) -> Response:
    """Mark one as read and go where it leads."""
    notice = fetch(db.session, Notice, notice_id)
    read(current_actor(), notice)
    db.session.commit()
    return redirect(local_path(notice.url) or url_for("notices.index"))


@pages.post("/read-all")
@page(Permission.TASKS_READ)
def mark_all() -> Response:
    """Mark every one as read."""
    read_all(db.session, current_actor())
    db.session.commit()
    return redirect(url_for("notices.index"))
