"""The day of a coming meeting: registered by the cell or by the official who attends it (S4-12, S4-15)."""

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField
from wtforms.validators import InputRequired

from admin.database import db
from admin.forms import PageForm
from admin.pages.listing import listed, month_asked, page_number, spoken
from admin.security import current_actor, page
from core.meetings.calendar import months_from
from core.meetings.models import Meeting, MeetingKind
from core.queries.by_hand import meeting_days
from core.rotation.days import DayError, Followed, register_day
from core.rotation.models import Visit
from core.rotation.solving.facts import Slot
from core.rotation.visiting import own_visit
from tenants.access import NotFound, Permission, fetch, may, reach
from tenants.clock import today

pages = Blueprint("meeting_days", __name__)
Answer = Response | str
MONTHS_SHOWN = 6


class DayForm(PageForm):
    """When the cell meets."""

    meets_on = DateField("Ngày họp", [InputRequired()])
    slot = RadioField("Buổi", [InputRequired()], choices=[(s.value, s.label.capitalize()) for s in Slot])


@pages.get("/meetings/")
@page(Permission.MEETINGS_REGISTER)
def index() -> str:
    """A month's meetings in reach: the day, whether it is registered, who comes."""
    months = months_from(today().replace(day=1), MONTHS_SHOWN)
    month = asked if (asked := month_asked()) else months[0]
    paths, name = reach(current_actor(), Permission.MEETINGS_REGISTER), request.args.get("q", "")[:100]
    found = meeting_days(db.session, paths, month, name, page_number())
    tabs = [
        {
            "label": f"{m.month}/{m.year}",
            "active": m == month,
            "url": url_for("meeting_days.index", month=f"{m:%Y-%m}"),
        }
        for m in months
    ]
    return render_template(
        "pages/meetings_list.html",
        page=listed(found),
        tabs=tabs,
        month=month,
        q=name,
        spoken=spoken,
        today=today(),
    )


@pages.route("/meetings/<meeting_id>/day", methods=["GET", "POST"])
@page(Permission.MEETINGS_REGISTER)
def day(meeting_id: str) -> Answer:
    """Register or move the day of a cell's meeting."""
    meeting = fetch(db.session, Meeting, meeting_id)
    if not may(current_actor(), Permission.MEETINGS_REGISTER, meeting.cell.tree_path):
        raise NotFound
    return _registered(meeting, url_for("meeting_days.index", month=f"{meeting.month:%Y-%m}"))


@pages.route("/visits/<visit_id>/day", methods=["GET", "POST"])
@page(Permission.VISITS_REPORT)
def of_visit(visit_id: str) -> Answer:
    """The official writes down the day he agreed on with the cell's committee."""
    visit = own_visit(current_actor(), fetch(db.session, Visit, visit_id))
    query = sa.select(Meeting).where(Meeting.cell_id == visit.cell_id, Meeting.month == visit.month)
    meeting = db.session.scalar(query.where(Meeting.kind == MeetingKind.REGULAR))
    if meeting is None or visit.cancelled_at or visit.settled_at:
        raise NotFound
    return _registered(meeting, url_for("visits.show", visit_id=visit.id), own=True)


def _registered(meeting: Meeting, back: str, own: bool = False) -> Answer:
    form = DayForm(
        data={"meets_on": meeting.meets_on, "slot": meeting.slot} if request.method == "GET" else None
    )
    if form.validate_on_submit():
        try:
            came = register_day(db.session, current_actor(), meeting, form.meets_on.data, form.slot.data)
        except DayError as error:
            db.session.rollback()
            form.refuse(error.problems)
        else:
            db.session.commit()
            flash(*_said(came))
            return redirect(back)
    return render_template("pages/meetings_day.html", form=form, meeting=meeting, back=back, own=own)


def _said(came: Followed) -> tuple[str, str]:
    text = f"Đã đăng ký ngày họp; {came.officials} lượt dự theo ngày này."
    if came.hindered:
        return (
            f"{text} Không dự được: {', '.join(came.hindered)}; xin đổi lượt hoặc điều chỉnh lịch.",
            "warning",
        )
    return text, "ok"
