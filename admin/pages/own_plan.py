"""An official's own plan of a year, written by himself or for him, and sent (S4-08, S4-09; product C2)."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin.database import db
from admin.forms import PageForm
from admin.security import current_actor, page, signed_in
from core.meetings.calendar import months_from
from core.rotation.away import own_official
from core.rotation.by_hand import Pin
from core.rotation.models import Official
from core.rotation.own_plan import (
    PinError,
    add_pin,
    choices,
    may_change,
    others_there,
    pins_of,
    planned_official,
    promised_in,
    remove_pin,
    send_plan,
)
from tenants.access import NotFound, Permission, as_id, fetch
from tenants.clock import today

pages = Blueprint("own_plan", __name__, url_prefix="/rotation/own-plans")
Answer = Response | str


class WishForm(PageForm):
    """Which cell in which month."""

    month = SelectField("Tháng", [InputRequired()])
    cell = SelectField("Chi bộ", [InputRequired()])


def _official(official_id: str) -> Official:
    return planned_official(current_actor(), fetch(db.session, Official, official_id))


def _year() -> int:
    return min(max(request.args.get("year", today().year, type=int), 2000), 2100)


def _month_in_words(month: date, promised: str | None) -> str:
    return f"Tháng {month.month}/{month.year}" + (f" (đã có lịch: {promised})" if promised else "")


@pages.get("/mine")
@page(Permission.VISITS_OWN)
def mine() -> Response:
    """The visitor's own plan."""
    official = own_official(db.session, current_actor())
    return redirect(url_for("own_plan.show", official_id=official.id))


@pages.route("/<official_id>", methods=["GET", "POST"])
@signed_in
def show(official_id: str) -> Answer:
    """The plan of a year by month, with whoever else asks for the same meeting; one more wish."""
    official, year, form = _official(official_id), _year(), WishForm()
    months = [m for m in months_from(date(year, 1, 1), 12) if m >= today().replace(day=1)]
    promised = promised_in(db.session, official, year)
    form.month.choices = [(m.isoformat(), _month_in_words(m, promised.get(m))) for m in months]
    form.cell.choices = [(str(cell.id), f"{cell}, {cell.parent}") for cell in choices(db.session, official)]
    if form.validate_on_submit():
        month = date.fromisoformat(form.month.data)
        try:
            add_pin(db.session, current_actor(), official, as_id(form.cell.data), month)
        except PinError as error:
            db.session.rollback()
            form.refuse(error.problems)
        else:
            db.session.commit()
            return redirect(url_for("own_plan.show", official_id=official.id, year=year))
    pins = pins_of(db.session, official, year)
    return render_template(
        "pages/own_plan.html",
        form=form,
        official=official,
        year=year,
        pins=pins,
        others=others_there(db.session, pins),
        own=official.person_id == current_actor().person_id,
        writes=may_change(current_actor(), official),
        waits=any(pin.sent_at is None for pin in pins),
        open_year=bool(months),
    )


@pages.post("/pins/<pin_id>/remove")
@signed_in
def remove(pin_id: str) -> Response:
    """Take one wish out."""
    pin = fetch(db.session, Pin, pin_id)
    official_id, year = pin.official_id, pin.month.year
    remove_pin(db.session, current_actor(), pin)
    db.session.commit()
    return redirect(url_for("own_plan.show", official_id=official_id, year=year))


@pages.post("/<official_id>/send")
@signed_in
def send(official_id: str) -> Response:
    """Send the year's plan for coordination."""
    official, year = _official(official_id), _year()
    if not may_change(current_actor(), official):
        raise NotFound
    try:
        told = send_plan(db.session, current_actor(), official, year)
    except PinError as error:
        db.session.rollback()
        flash(str(error), "error")
    else:
        db.session.commit()
        flash(f"Đã gửi kế hoạch năm {year} đến Thường trực và đảng ủy cơ sở ({told} đồng chí).", "ok")
    return redirect(url_for("own_plan.show", official_id=official.id, year=year))
