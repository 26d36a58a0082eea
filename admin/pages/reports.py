"""Consolidated reports: by period, opened, added up, compared, sent up, exported (S4-14; design: D5)."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from admin.database import db
from admin.forms import PageForm
from admin.pages.documents import sentence, spreadsheet
from admin.pages.figures import change_rows, tiles
from admin.pages.listing import chip, chosen_of, listed, page_number, whole_number
from admin.pages.report_page import report_page
from admin.security import current_actor, page
from core.data import from_data
from core.documents.figures_table import Table
from core.exchange.models import Dispatch
from core.exchange.service import own_tenant
from core.plans.models import Plan
from core.plans.periods import Cycle, Period
from core.queries.reports import differences, reports_in, versions_of
from core.reports.document import level_table, people_table, unit_table
from core.reports.figures import Figures
from core.reports.models import Report, ReportVersion
from core.reports.service import ReportError, newest, open_report
from core.reports.service import consolidate as consolidate_report
from core.reports.service import submit as submit_report
from core.rosters.sheets import write_sheet
from tenants.access import NotFound, Permission, fetch, may
from tenants.clock import today

pages = Blueprint("reports", __name__, url_prefix="/reports")
Answer = Response | str
TABLES = {
    "levels": ("Kết quả theo cấp", "theo-cap", level_table),
    "units": ("Kết quả theo đơn vị", "theo-don-vi", unit_table),
    "officials": ("Chưa đạt 100 % lượt dự", "chua-du-luot", people_table),
}


class OpenForm(PageForm):
    """Which plan, which quarter of its year."""

    plan_id = SelectField("Kế hoạch", [InputRequired()])
    quarter = RadioField(
        "Quý",
        [InputRequired()],
        coerce=int,
        choices=[(1, "Quý I"), (2, "Quý II"), (3, "Quý III"), (4, "Quý IV")],
    )

    def period(self, plan: Plan) -> Period:
        """The quarter that was asked for."""
        return Period.quarter(plan.year, self.quarter.data)

    def validate_quarter(self, field: Any) -> None:
        """A quarter to come has nothing to add up."""
        plan = next((plan for plan in _plans() if str(plan.id) == self.plan_id.data), None)
        if plan and field.data in range(1, 5) and self.period(plan).first_day > today():
            raise ValidationError(f"{self.period(plan).title} chưa bắt đầu; xin chọn quý khác.")


def _plans() -> list[Plan]:
    query = sa.select(Plan).where(Plan.versions.any()).order_by(Plan.year.desc(), Plan.title)
    return list(db.session.scalars(query))


def _open_form() -> OpenForm:
    last = Period.of(today(), Cycle.QUARTER).previous
    form = OpenForm(data={"quarter": last.number} if request.method == "GET" else None)
    form.plan_id.choices = [(str(plan.id), f"{sentence(plan.title)} (năm {plan.year})") for plan in _plans()]
    return form


def _list_page(form: OpenForm | None) -> str:
    found = listed(reports_in(db.session, page_number()))
    return render_template("pages/reports_list.html", page=found, form=form, chip=chip)


@pages.get("/")
@page(Permission.REPORTS_READ)
def index() -> str:
    """Every report by period, and where a further one is opened."""
    may_open = may(current_actor(), Permission.REPORTS_CONSOLIDATE)
    return _list_page(_open_form() if may_open else None)


@pages.post("/")
@page(Permission.REPORTS_CONSOLIDATE)
def open_period() -> Answer:
    """Open the report of a plan for a quarter, or go to it where it is open."""
    form = _open_form()
    if not form.validate_on_submit():
        return _list_page(form)
    plan = fetch(db.session, Plan, form.plan_id.data)
    report = open_report(db.session, current_actor(), plan, form.period(plan))
    db.session.commit()
    return redirect(url_for("reports.show", report_id=report.id))


@pages.get("/<report_id>")
@page(Permission.REPORTS_READ)
def show(report_id: str) -> str:
    """Figures, sources, who is missing, versions and answers."""
    return report_page(fetch(db.session, Report, report_id))


@pages.post("/<report_id>/consolidate")
@page(Permission.REPORTS_CONSOLIDATE)
def consolidate(report_id: str) -> Response:
    """Owe the adding-up; the page shows how far it is."""
    report = fetch(db.session, Report, report_id)
    try:
        consolidate_report(db.session, current_actor(), report)
    except ReportError as error:
        db.session.rollback()
        flash(str(error), "warning")
    else:
        db.session.commit()
        flash("Đang tổng hợp. Nếu số liệu không đổi, hệ thống giữ nguyên bản hiện có.", "info")
    return redirect(url_for("reports.show", report_id=report.id))


def _numbered(report: Report, number: str | None) -> ReportVersion:
    """The report's version of that number, or NotFound."""
    query = sa.select(ReportVersion).where(ReportVersion.report_id == report.id)
    version = db.session.scalar(query.where(ReportVersion.number == (whole_number(number) or 0)))
    if version is None:
        raise NotFound
    return version


@pages.get("/<report_id>/differences")
@page(Permission.REPORTS_READ)
def compare(report_id: str) -> str:
    """Which figures changed between two versions, the newest two where none are named."""
    report = fetch(db.session, Report, report_id)
    versions = versions_of(db.session, report.id)
    after = request.args.get("to", str(versions[0].number) if versions else None)
    before = request.args.get("from", str((whole_number(after) or 0) - 1))
    pair = [_numbered(report, before), _numbered(report, after)]
    changes = differences(*(from_data(Figures, version.figures) for version in pair))
    rows = change_rows(changes)
    return render_template(
        "pages/reports_differences.html", report=report, versions=versions, pair=pair, rows=rows
    )


@pages.route("/<report_id>/submit", methods=["GET", "POST"])
@page(Permission.REPORTS_SUBMIT)
def submit(report_id: str) -> Answer:
    """Check what goes up and to whom; then send it, once."""
    report = fetch(db.session, Report, report_id)
    version, parent = newest(db.session, report.id), own_tenant(db.session).parent
    if version is None or parent is None:
        raise NotFound
    if request.method == "POST" and request.form.get("version") == str(version.number):
        try:
            submit_report(db.session, current_actor(), version)
        except ReportError as error:
            db.session.rollback()
            flash(str(error), "warning")
        else:
            db.session.commit()
            return redirect(url_for("reports.receipt", report_id=report.id, version=version.number))
    elif request.method == "POST":
        flash("Vừa có bản tổng hợp mới hơn; xin kiểm tra lại trước khi gửi.", "warning")
    figures = from_data(Figures, version.figures)
    return render_template(
        "pages/reports_submit.html",
        report=report,
        version=version,
        parent=parent,
        figures=figures,
        tiles=tiles(figures.whole),
        late=today() > report.due_on,
    )


@pages.get("/<report_id>/receipt")
@page(Permission.REPORTS_READ)
def receipt(report_id: str) -> str:
    """Proof that a version was sent: reference, time, recipient; an address to come back to."""
    report = fetch(db.session, Report, report_id)
    chosen = chosen_of(versions_of(db.session, report.id))
    if chosen is None or chosen.dispatch_id is None:
        raise NotFound
    dispatch = db.session.get_one(Dispatch, chosen.dispatch_id)
    return render_template("pages/reports_receipt.html", report=report, chosen=chosen, dispatch=dispatch)


@pages.get("/<report_id>/<table>.xlsx")
@page(Permission.REPORTS_READ)
def export(report_id: str, table: str) -> Response:
    """One table of a version as a spreadsheet."""
    report = fetch(db.session, Report, report_id)
    chosen = chosen_of(versions_of(db.session, report.id))
    if chosen is None or table not in TABLES:
        raise NotFound
    title, slug, make = TABLES[table]
    figures = from_data(Figures, db.session.get_one(ReportVersion, chosen.id).figures)
    name = f"Bao-cao-{report.period}-ban-{chosen.number}-{slug}.xlsx"
    return spreadsheet(_sheet(title, make(figures)), name)


def _sheet(title: str, table: Table) -> bytes:
    rows = [line.cells for line in table.lines]
    return write_sheet(title, [column.title for column in table.columns], rows)
