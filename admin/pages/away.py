"""An official's days of absence: two taps, with the visits they touch (product R01, C3)."""

from datetime import date

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from admin.database import db
from admin.forms import PageForm
from admin.pages.listing import spoken
from admin.security import current_actor, page
from core.rotation.away import AwayError, away_problems, declare, own_official, touched_visits, withdraw
from core.rotation.models import Absence
from tenants.access import Permission, fetch
from tenants.clock import today

pages = Blueprint("away", __name__, url_prefix="/visits/away")
Answer = Response | str


class AwayForm(PageForm):
    """From when to when, and why."""

    starts_on = DateField("Bận từ ngày", [InputRequired()])
    ends_on = DateField("Đến hết ngày", [InputRequired()])
    reason = StringField("Lý do", [Length(max=200)])


@pages.route("", methods=["GET", "POST"])
@page(Permission.VISITS_REPORT)
def index() -> Answer:
    """Choose the days, see what they touch, confirm."""
    official = own_official(db.session, current_actor())
    form = AwayForm(
        data={"starts_on": _day("from"), "ends_on": _day("to")} if request.method == "GET" else None
    )
    if form.validate_on_submit():
        form.refuse(away_problems(form.starts_on.data, form.ends_on.data, today()))
    checked = request.method == "GET" and form.starts_on.data and form.ends_on.data
    if request.method == "POST" and not form.errors:
        if request.form.get("step") == "send":
            return _declared(form)
        checked = True
    touched = touched_visits(db.session, official, form.starts_on.data, form.ends_on.data) if checked else []
    return render_template(
        "pages/visits_away.html", form=form, checked=checked, touched=touched, known=_known(), spoken=spoken
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _known() -> list[Absence]:
    query = sa.select(Absence).where(
        Absence.person_id == current_actor().person_id, Absence.ends_on >= today()
    )
    return list(db.session.scalars(query.order_by(Absence.starts_on)))


def _declared(form: AwayForm) -> Answer:
    try:
        touched = declare(
            db.session, current_actor(), form.starts_on.data, form.ends_on.data, form.reason.data or ""
        )
    except AwayError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for("away.index"))
    db.session.commit()
    flash(f"Đã báo bận; {len(touched)} lượt dự cần đổi.", "ok")
    days = {"from": form.starts_on.data, "to": form.ends_on.data}
    return redirect(url_for("away.index", **days) if touched else url_for("away.index"))


@pages.post("/<absence_id>/withdraw")
@page(Permission.VISITS_REPORT)
def take_back(absence_id: str) -> Response:
    """Take one's own absence back."""
    withdraw(db.session, current_actor(), fetch(db.session, Absence, absence_id))
    db.session.commit()
    flash("Đã bỏ lịch bận.", "ok")
    return redirect(url_for("away.index"))
