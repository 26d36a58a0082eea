"""The board of a draft: month × official, month × cell; every change is looked at before it is kept (D3)."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.listing import listed, page_number, spoken
from admin.pages.rotation import may_plan
from admin.pages.rotation_calendar import month_shown
from admin.security import current_actor, page
from core.meetings.calendar import months_from
from core.queries.board import edits_told, lines_at, pinned_of
from core.queries.rotation import Assignment, assignment, cells_of, officials_of
from core.queries.visits import organisations_in
from core.queries.why import why_assigned
from core.rotation.board import (
    PAST_STANDS,
    Preview,
    as_planned,
    faults_of,
    keep,
    moved,
    pin_line,
    preview,
    swapped,
    undo,
)
from core.rotation.models import PlannedVisit, Rotation, RotationVersion
from core.rotation.own_plan import choices
from core.rotation.service import RotationError, draft_of
from core.rotation.sheet import Sheet, sheet_of
from core.rotation.solving.facts import PlannedVisit as Planned
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Edit
from core.rotation.solving.swaps import partners
from core.rotation.verdict import edits_of
from tenants.access import NotAllowed, NotFound, Permission, as_id, fetch, reach
from tenants.clock import today
from tenants.models import Unit

pages = Blueprint("board", __name__, url_prefix="/rotation")
Answer = Response | str
MOST_SWAPS, MOST_EDITS = 12, 10
KINDS = {"officials": "Theo đồng chí", "cells": "Theo chi bộ", "days": "Theo ngày"}


def draft_in_reach(rotation_id: str) -> tuple[Rotation, RotationVersion]:
    """The rotation's draft, for whoever draws up or publishes; NotFound where none waits."""
    if not may_plan():
        raise NotAllowed(Permission.ROTATION_GENERATE)
    rotation = fetch(db.session, Rotation, rotation_id)
    version = draft_of(db.session, rotation.id)
    if version is None:
        raise NotFound
    return rotation, version


@pages.get("/<rotation_id>/board")
@page(Permission.ROTATION_READ)
def index(rotation_id: str) -> str:
    """The draft by official, by cell or as a calendar; of one commune, searched without diacritics."""
    rotation, version = draft_in_reach(rotation_id)
    paths = reach(current_actor(), Permission.ROTATION_READ)
    units = organisations_in(db.session, paths)
    unit = next((u for u in units if str(u.id) == request.args.get("unit")), None)
    kind, name = request.args.get("kind", "officials"), request.args.get("q", "")[:100]
    frame: dict[str, object] = {
        "rotation": rotation,
        "version": version,
        "kind": kind,
        "units": units,
        "unit": unit,
    }
    frame["tabs"], frame["pinned"] = _tabs(rotation, kind, unit), pinned_of(db.session, version.id)
    inside = (unit.tree_path,) if unit else paths
    if kind == "days":
        shown = month_shown(version, inside, partial(_day_url, rotation, unit))
        return render_template("pages/board_days.html", spoken=spoken, **shown, **frame)
    find = cells_of if kind == "cells" else officials_of
    found, edits = find(db.session, version.id, inside, name, page_number()), edits_of(db.session, version)
    return render_template(
        "pages/board.html",
        page=listed(found),
        months=months_from(rotation.first_month, rotation.months),
        edits=edits,
        told=edits_told(db.session, edits[:MOST_EDITS]),
        by_cell=kind == "cells",
        q=name,
        wide=True,
        **frame,
    )


def _tabs(rotation: Rotation, kind: str, unit: Unit | None) -> list[dict[str, object]]:
    chosen = unit.id if unit else None

    def url(value: str) -> str:
        return url_for("board.index", rotation_id=rotation.id, kind=value, unit=chosen)

    return [{"label": label, "active": kind == value, "url": url(value)} for value, label in KINDS.items()]


def _day_url(rotation: Rotation, unit: Unit | None, month: str, day: str | None) -> str:
    chosen = unit.id if unit else None
    return url_for("board.index", rotation_id=rotation.id, kind="days", month=month, day=day, unit=chosen)


def _line(planned_id: str) -> tuple[PlannedVisit, Assignment, RotationVersion]:
    """A line of a draft in reach."""
    if not may_plan():
        raise NotAllowed(Permission.ROTATION_GENERATE)
    row = fetch(db.session, PlannedVisit, planned_id)
    version = db.session.get_one(RotationVersion, row.version_id)
    line = assignment(db.session, reach(current_actor(), Permission.ROTATION_READ), as_id(planned_id))
    if line is None or version.published_at is not None:
        raise NotFound
    return row, line, version


@pages.get("/board/<planned_id>")
@page(Permission.ROTATION_READ)
def line(planned_id: str) -> str:
    """One line: why it stands, the three next-best cells and their price, others to change with, its pin."""
    row, shown, version = _line(planned_id)
    return _line_page(row, shown, version, sheet_of(db.session, version))


def _line_page(
    row: PlannedVisit, shown: Assignment, version: RotationVersion, sheet: Sheet, error: str = ""
) -> str:
    return render_template(
        "pages/board_line.html",
        line=shown,
        version=version,
        rotation=version.rotation,
        answer=why_assigned(sheet, shown),
        cells=choices(db.session, row.official),
        months=_months_left(version.rotation, sheet.since),
        swaps=_swaps(row, version, sheet),
        since=sheet.since,
        stands=PAST_STANDS if row.meets_on < sheet.since else "",
        broken=faults_of(sheet, as_planned(row)),
        pinned=row.id in pinned_of(db.session, version.id),
        error=error,
        spoken=spoken,
    )


def _months_left(rotation: Rotation, since: date) -> list[date]:
    months = months_from(rotation.first_month, rotation.months)
    return [month for month in months if month >= since.replace(day=1)]


def _swaps(row: PlannedVisit, version: RotationVersion, sheet: Sheet) -> list[tuple[str, str]]:
    """Lines of others with which this one may change its official, by id and in words."""
    problem, since = sheet.problem, max(today(), version.rotation.first_month)
    if row.meets_on < sheet.since:
        return []
    found = partners(problem, sheet.visits, as_planned(row), since, MOST_SWAPS)
    keys = {(UUID(v.official), UUID(v.cell), v.month): v for v in found}
    at = lines_at(db.session, version.id, {key[0] for key in keys})
    return [
        (
            str(at[key]),
            f"{problem.official_of[v.official].name}: {problem.cell_of[v.cell].name}, {spoken(v.day)}",
        )
        for key, v in keys.items()
    ]


@pages.post("/board/<planned_id>")
@page(Permission.ROTATION_GENERATE)
def change(planned_id: str) -> Answer:
    """What the chosen change costs and breaks; kept when it is asked for again."""
    row, shown, version = _line(planned_id)
    sheet, here = sheet_of(db.session, version), url_for("board.change", planned_id=row.id)
    try:
        asked = preview(sheet, _edit(row, sheet.problem))
        if request.form.get("step") != "keep":
            return preview_page(version, asked, here)
        keep(db.session, current_actor(), version, asked, request.form.get("reason", "")[:500])
    except RotationError as error:
        db.session.rollback()
        row, shown, version = _line(planned_id)
        if request.form.get("step") == "keep":
            return preview_page(version, asked, here, str(error))
        return _line_page(row, shown, version, sheet, str(error))
    db.session.commit()
    flash("Đã đổi trong dự thảo. Có thể hoàn tác ngay trên bảng.", "ok")
    return redirect(url_for("board.index", rotation_id=version.rotation_id, q=shown.official))


def _edit(row: PlannedVisit, problem: Problem) -> Edit:
    kind, _, key = request.form.get("target", "").partition(":")
    if not kind:
        raise RotationError("Xin chọn một cách thay đổi: chuyển, đổi hoặc bỏ lượt.")
    if kind == "swap":
        return swapped(row, fetch(db.session, PlannedVisit, key))
    if kind == "drop":
        return Edit((as_planned(row),))
    return moved(problem, row, *chosen_meeting())


def chosen_meeting() -> tuple[UUID, date]:
    """The cell and month that the form names. Raises RotationError."""
    kind, _, key = request.form.get("target", "").partition(":")
    cell_id, _, month = key.partition(":") if kind == "cell" else (request.form.get("cell", ""), "", "")
    asked = month or request.form.get("month", "")
    try:
        return as_id(cell_id), date.fromisoformat(asked)
    except (ValueError, NotFound):
        raise RotationError("Xin chọn một chi bộ và một tháng.") from None


def preview_page(version: RotationVersion, asked: Preview, here: str, error: str = "") -> str:
    """A change of the draft before it is kept; `here` is the address that was asked and keeps it."""
    return render_template(
        "pages/board_preview.html",
        here=here,
        version=version,
        rotation=version.rotation,
        asked=asked,
        gone=_words(asked.problem, asked.edit.out),
        come=_words(asked.problem, asked.edit.put),
        deltas=[delta for delta in asked.deltas if delta.broken or delta.cost],
        typed=[(n, request.form.get(n, "")) for n in ("target", "cell", "month", "duty")],
        error=error,
    )


def _words(problem: Problem, visits: Iterable[Planned]) -> list[str]:
    people = {official.id: official.name for official in problem.officials}
    cells = {cell.id: cell.name for cell in problem.cells}
    return [
        f"{people.get(v.official, 'Đồng chí đã thôi dự')}"
        f" dự {cells.get(v.cell, 'chi bộ đã kết thúc hoạt động')}, {spoken(v.day)}"
        for v in visits
    ]


@pages.post("/board/<planned_id>/pin")
@page(Permission.ROTATION_GENERATE)
def pin(planned_id: str) -> Response:
    """Hold the line in later drawings, or let it go."""
    row, _shown, version = _line(planned_id)
    held = pin_line(db.session, current_actor(), version, row)
    db.session.commit()
    flash("Đã ghim; lần xếp sau giữ nguyên lượt này." if held else "Đã bỏ ghim.", "ok")
    return redirect(url_for("board.line", planned_id=row.id))


@pages.post("/<rotation_id>/board/undo")
@page(Permission.ROTATION_GENERATE)
def take_back(rotation_id: str) -> Response:
    """Undo the newest change."""
    rotation, version = draft_in_reach(rotation_id)
    try:
        undo(db.session, current_actor(), version)
    except RotationError as error:
        db.session.rollback()
        flash(str(error), "error")
    else:
        db.session.commit()
        flash("Đã hoàn tác thay đổi gần nhất.", "ok")
    return redirect(url_for("board.index", rotation_id=rotation.id))
