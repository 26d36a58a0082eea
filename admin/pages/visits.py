"""An official's own visits: what comes next, the report after it, its receipt (S4-04 to S4-06, S4-13)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.listing import chip, spoken
from admin.pages.visit_forms import MissForm, ReportForm
from admin.security import current_actor, page
from core.exchange.service import own_tenant
from core.queries.cadences import because, cadences
from core.queries.visits import (
    VisitRow,
    VisitState,
    one_visit,
    open_petitions,
    own_visits,
    petitions_of,
    secretaries,
)
from core.rotation.away import away_on
from core.rotation.models import Visit, VisitReport
from core.rotation.visiting import Quality, Regularity, VisitError, miss, own_visit, report_problems
from core.rotation.visiting import report as send_report
from tenants.access import NotFound, Permission, fetch
from tenants.clock import local, today

pages = Blueprint("visits", __name__, url_prefix="/visits")
Answer = Response | str


def _own(visit_id: str) -> tuple[Visit, VisitRow]:
    """The visitor's own visit as stored and as shown; 404 for anybody else's and for a cancelled one."""
    visit = own_visit(current_actor(), fetch(db.session, Visit, visit_id))
    row = one_visit(db.session, visit.id)
    if row is None:
        raise NotFound
    return visit, row


@pages.get("/")
@page(Permission.VISITS_OWN)
def index() -> str:
    """The next visit first, then the year by month."""
    year = min(max(request.args.get("year", today().year, type=int), 2000), 2100)
    rows = own_visits(db.session, current_actor().person_id, year)
    coming = [row for row in rows if row.state(today()) is VisitState.COMING]
    owed = [row for row in rows if row.state(today()) in (VisitState.OWED, VisitState.OVERDUE)]
    upcoming = coming[0] if coming else None
    return render_template(
        "pages/visits_own.html",
        year=year,
        this_year=today().year,
        rows=[(row, chip(row.state(today()))) for row in rows],
        owed=[(row, chip(row.state(today()))) for row in owed],
        upcoming=upcoming,
        contact=secretaries(db.session, [upcoming.cell_id], today()).get(upcoming.cell_id)
        if upcoming
        else None,
        asked=open_petitions(db.session, upcoming.cell_id) if upcoming else (),
        spoken=spoken,
    )


@pages.get("/<visit_id>")
@page(Permission.VISITS_OWN)
def show(visit_id: str) -> Answer:
    """Where, when, whom to call, what was asked there before, and what to do next.

    A calendar or a notice may still lead to a visit since taken back: it is said so on one's own list.
    """
    visit = own_visit(current_actor(), fetch(db.session, Visit, visit_id))
    row = one_visit(db.session, visit.id)
    if row is None:
        flash(f"Lượt dự {visit.cell} ngày {visit.meets_on:%d/%m/%Y} không còn: đã đổi hoặc hủy.", "info")
        return redirect(url_for("visits.index", year=visit.meets_on.year))
    return render_template(
        "pages/visits_one.html",
        row=row,
        state=row.state(today()),
        status=chip(row.state(today())),
        contact=secretaries(db.session, [row.cell_id], today()).get(row.cell_id),
        asked=[
            petition for petition in open_petitions(db.session, row.cell_id) if petition.visit_id != row.id
        ],
        met=row.meets_on <= today(),
        away=away_on(db.session, current_actor(), row.meets_on),
        place=visit.cell,
        spoken=spoken,
        **reported(row),
    )


def reported(row: VisitRow) -> dict[str, Any]:
    """The report as it was sent, with its words and petitions; nothing where there is none."""
    if row.report_id is None:
        return {"report": None, "petitions": (), "regularity": "", "quality": ""}
    sent = db.session.get_one(VisitReport, row.report_id)
    return {
        "report": sent,
        "petitions": petitions_of(db.session, row.id),
        "regularity": Regularity(sent.regularity).label,
        "quality": Quality(sent.quality).label,
    }


def _form_page(form: ReportForm, row: VisitRow) -> str:
    cadence = cadences(db.session, [row.rotation_id]).get((row.rotation_id, row.level_code))
    why = because(row.attended_on or row.meets_on, row.report_days, cadence)
    return render_template(
        "pages/visits_report.html", form=form, row=row, why=why, due_on=row.due_on, spoken=spoken
    )


def _check_page(form: ReportForm, row: VisitRow) -> str:
    typed = [(n, v) for n, v in request.form.items(multi=True) if n not in {"csrf_token", "step"}]
    facts = form.facts()
    return render_template(
        "pages/visits_check.html", row=row, facts=facts, typed=typed, recipient=_recipient(row), spoken=spoken
    )


def _recipient(row: VisitRow) -> str:
    cadence = cadences(db.session, [row.rotation_id]).get((row.rotation_id, row.level_code))
    return cadence.report_to if cadence else own_tenant(db.session).committee_name


@pages.route("/<visit_id>/report", methods=["GET", "POST"])
@page(Permission.VISITS_REPORT)
def report(visit_id: str) -> Answer:
    """Write the report, check it, send it: three steps, each with everything typed so far."""
    visit, row = _own(visit_id)
    if request.method == "GET" and row.report_id:
        return redirect(url_for("visits.receipt", visit_id=row.id))
    form = ReportForm(data={"attended_on": min(row.meets_on, today())} if request.method == "GET" else None)
    if not form.validate_on_submit() or request.form.get("step") == "edit":
        return _form_page(form, row)
    if request.form.get("step") != "send":
        form.refuse(report_problems(visit, form.facts(), today()))
        return _form_page(form, row) if form.errors else _check_page(form, row)
    try:
        send_report(db.session, current_actor(), visit, form.facts())
    except VisitError as error:
        db.session.rollback()
        form.refuse(error.problems)
        return _form_page(form, row)
    db.session.commit()
    return redirect(url_for("visits.receipt", visit_id=row.id))


@pages.get("/<visit_id>/receipt")
@page(Permission.VISITS_OWN)
def receipt(visit_id: str) -> str:
    """Proof of a report sent: reference, time, recipient; an address to come back to."""
    _, row = _own(visit_id)
    shown = reported(row)
    if shown["report"] is None:
        raise NotFound
    sent = shown["report"]
    return render_template(
        "pages/visits_receipt.html",
        row=row,
        code=f"{sent.sha256[:4]}-{sent.sha256[4:8]}".upper(),
        sent_at=local(sent.submitted_at),
        status=chip(row.state(today())),
        recipient=_recipient(row),
        spoken=spoken,
        **shown,
    )


@pages.route("/<visit_id>/miss", methods=["GET", "POST"])
@page(Permission.VISITS_REPORT)
def absent(visit_id: str) -> Answer:
    """Say why the visit was not made."""
    visit, row = _own(visit_id)
    form = MissForm()
    if form.validate_on_submit():
        try:
            miss(db.session, current_actor(), visit, form.reason.data)
        except VisitError as error:
            db.session.rollback()
            form.refuse(error.problems)
        else:
            db.session.commit()
            flash("Đã ghi lý do không dự. Văn phòng cấp ủy sẽ thấy trong danh sách lượt dự.", "ok")
            return redirect(url_for("visits.show", visit_id=row.id))
    return render_template("pages/visits_miss.html", form=form, row=row, spoken=spoken)
