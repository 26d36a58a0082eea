"""A version of a rotation to read: by month, by official, by cell, as a spreadsheet, and why it is so."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.documents import spreadsheet
from admin.pages.listing import listed, page_number, spoken
from admin.pages.rotation import may_plan
from admin.pages.rotation_calendar import month_shown
from admin.security import current_actor, page
from core.meetings.calendar import months_from
from core.queries.rotation import (
    Assignment,
    assignment,
    cell_line,
    cells_of,
    lines_of,
    official_line,
    officials_of,
)
from core.queries.why import why_assigned
from core.rosters.sheets import write_sheet
from core.rotation.models import PlannedVisit, RotationVersion
from core.rotation.sheet import sheet_of
from tenants.access import NotAllowed, NotFound, Permission, as_id, fetch, reach
from tenants.clock import local
from tenants.tree import UnitPath

pages = Blueprint("rotation_views", __name__, url_prefix="/rotation/versions")
HEADERS = ("Ngày", "Buổi", "Chi bộ", "Thuộc", "Địa bàn đặc thù", "Đồng chí dự", "Cấp")


def _version(version_id: str) -> RotationVersion:
    """A version the visitor may read: published, or a draft where he plans."""
    version = fetch(db.session, RotationVersion, version_id)
    if version.published_at is None and not may_plan():
        raise NotFound
    return version


def _paths() -> tuple[UnitPath, ...]:
    return reach(current_actor(), Permission.ROTATION_READ)


def _frame(version: RotationVersion, here: str) -> dict[str, object]:
    """What every view of a version shows above its content."""
    views = (("month", "Theo tháng"), ("officials", "Theo đồng chí dự"), ("cells", "Theo chi bộ"))
    tabs = [
        {
            "label": label,
            "active": name == here,
            "url": url_for(f"rotation_views.{name}", version_id=version.id),
        }
        for name, label in views
    ]
    return {"version": version, "rotation": version.rotation, "tabs": tabs, "local": local, "spoken": spoken}


@pages.get("/<version_id>")
@page(Permission.ROTATION_READ)
def month(version_id: str) -> str:
    """A month as a calendar and day by day; the present month first."""
    version = _version(version_id)

    def url(month: str, day: str | None) -> str:
        return url_for("rotation_views.month", version_id=version.id, month=month, day=day)

    shown = month_shown(version, _paths(), url)
    return render_template("pages/rotation_month.html", **shown, **_frame(version, "month"))


@pages.get("/<version_id>/officials")
@page(Permission.ROTATION_READ)
def officials(version_id: str) -> str:
    """Officials by name, a matrix of months beside them."""
    version, name = _version(version_id), request.args.get("q", "")[:100]
    found = officials_of(db.session, version.id, _paths(), name, page_number())
    months = months_from(version.rotation.first_month, version.rotation.months)
    return render_template(
        "pages/rotation_officials.html",
        page=listed(found),
        months=months,
        q=name,
        wide=True,
        **_frame(version, "officials"),
    )


@pages.get("/<version_id>/officials/<official_id>")
@page(Permission.ROTATION_READ)
def official(version_id: str, official_id: str) -> str:
    """One official's lines in reach."""
    version = _version(version_id)
    line = official_line(db.session, version.id, _paths(), as_id(official_id))
    if line is None:
        raise NotFound
    return render_template(
        "pages/rotation_official.html", line=line, planner=may_plan(), **_frame(version, "")
    )


@pages.get("/<version_id>/cells")
@page(Permission.ROTATION_READ)
def cells(version_id: str) -> str:
    """Cells in the order of the tree, each with who comes when."""
    version, name = _version(version_id), request.args.get("q", "")[:100]
    found = cells_of(db.session, version.id, _paths(), name, page_number())
    return render_template(
        "pages/rotation_cells.html", page=listed(found), q=name, **_frame(version, "cells")
    )


@pages.get("/<version_id>/cells/<cell_id>")
@page(Permission.ROTATION_READ)
def cell(version_id: str, cell_id: str) -> str:
    """One cell's visitors."""
    version = _version(version_id)
    line = cell_line(db.session, version.id, _paths(), as_id(cell_id))
    if line is None:
        raise NotFound
    return render_template("pages/rotation_cell.html", line=line, planner=may_plan(), **_frame(version, ""))


def _cells_of(line: Assignment) -> tuple[str, ...]:
    special = str(line.special) if line.special else ""
    day = f"{line.meets_on:%d/%m/%Y}"
    return (day, line.slot_label, line.cell, line.above, special, line.official, line.level)


@pages.get("/<version_id>/export.xlsx")
@page(Permission.ROTATION_READ)
def export(version_id: str) -> Response:
    """The schedule in reach as a spreadsheet."""
    version = _version(version_id)
    lines = lines_of(db.session, version.id, _paths())
    data = write_sheet("Lịch dự sinh hoạt", HEADERS, map(_cells_of, lines))
    name = f"lich-du-{version.rotation.first_month:%Y-%m}-ban-{version.number}.xlsx"
    return spreadsheet(data, name)


@pages.get("/why/<planned_id>")
@page(Permission.ROTATION_READ)
def why(planned_id: str) -> Response | str:
    """“Vì sao?”: rules kept, what the line costs, the next-best cells and the price of each."""
    if not may_plan():
        raise NotAllowed(Permission.ROTATION_GENERATE)
    line = assignment(db.session, _paths(), as_id(planned_id))
    if line is None:
        raise NotFound
    version = db.session.get_one(RotationVersion, db.session.get_one(PlannedVisit, line.id).version_id)
    answer = why_assigned(sheet_of(db.session, version), line)
    if answer is None:
        flash(
            "Danh sách hoặc lịch họp đã đổi sau khi xếp lịch này nên không giải thích được lượt dự.",
            "warning",
        )
        return redirect(url_for("rotation_views.cell", version_id=version.id, cell_id=line.cell_id))
    return render_template("pages/rotation_why.html", line=line, answer=answer, **_frame(version, ""))
