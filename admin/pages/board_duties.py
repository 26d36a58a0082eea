"""A duty left unmet, filled from the board: open cells and their price, the change before it is kept."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.board import chosen_meeting, draft_in_reach, preview_page
from admin.pages.listing import spoken
from admin.security import current_actor, page
from core.rotation.board import filled, keep, open_duties_of, preview
from core.rotation.models import Official, RotationVersion
from core.rotation.own_plan import planned_official
from core.rotation.service import RotationError
from core.rotation.sheet import Sheet, sheet_of
from core.rotation.solving.facts import Duty
from core.rotation.solving.solver import Plan
from core.rotation.solving.why import suggest
from tenants.access import NotFound, Permission, fetch

pages = Blueprint("board_duties", __name__, url_prefix="/rotation")
Answer = Response | str
MOST_CELLS = 12


def _asked(rotation_id: str, official_id: str) -> tuple[RotationVersion, Sheet, Official]:
    """The draft, as a sheet too, and an official whose areas the visitor coordinates."""
    _rotation, version = draft_in_reach(rotation_id)
    official = planned_official(current_actor(), fetch(db.session, Official, official_id))
    sheet = sheet_of(db.session, version)
    if str(official.id) not in sheet.problem.official_of:
        raise NotFound
    return version, sheet, official


@pages.get("/<rotation_id>/board/open/<official_id>")
@page(Permission.ROTATION_GENERATE)
def show(rotation_id: str, official_id: str) -> str:
    """The official's duties that no visit meets, and for one of them the cheapest cells."""
    return _page(*_asked(rotation_id, official_id))


def _page(version: RotationVersion, sheet: Sheet, official: Official, error: str = "") -> str:
    problem, duties = sheet.problem, open_duties_of(sheet, official.id)
    month = request.values.get("duty", "")
    duty = next((d for d in duties if month in {at.isoformat() for at in d.months}), next(iter(duties), None))
    found = suggest(problem, Plan(sheet.visits, (), (), 0), duty, len(problem.cells)) if duty else ()
    cells = [cell for cell in found if cell.day >= sheet.since][:MOST_CELLS]
    return render_template(
        "pages/board_open.html",
        rotation=version.rotation,
        official=official,
        duty=duty,
        tabs=_tabs(version.rotation_id, official.id, duties, duty),
        cells=[(cell, problem.cell_of[cell.cell].name) for cell in cells],
        error=error,
        spoken=spoken,
    )


def _tabs(
    rotation_id: UUID, official_id: UUID, duties: Iterable[Duty], chosen: Duty | None
) -> list[dict[str, object]]:
    return [
        {
            "label": _months(duty.months),
            "active": duty == chosen,
            "url": url_for(
                "board_duties.show",
                rotation_id=rotation_id,
                official_id=official_id,
                duty=duty.months[0].isoformat(),
            ),
        }
        for duty in duties
    ]


def _months(months: tuple[date, ...]) -> str:
    first, last = months[0], months[-1]
    return f"Tháng {first:%m/%Y}" if first == last else f"Tháng {first:%m} đến {last:%m/%Y}"


@pages.post("/<rotation_id>/board/open/<official_id>")
@page(Permission.ROTATION_GENERATE)
def fill(rotation_id: str, official_id: str) -> Answer:
    """What the chosen visit costs and breaks; kept when it is asked for again."""
    version, sheet, official = _asked(rotation_id, official_id)
    here = url_for("board_duties.fill", rotation_id=version.rotation_id, official_id=official.id)
    asked = None
    try:
        asked = preview(sheet, filled(sheet.problem, official.id, *chosen_meeting()))
        if request.form.get("step") != "keep":
            return preview_page(version, asked, here)
        keep(db.session, current_actor(), version, asked, request.form.get("reason", "")[:500])
    except RotationError as error:
        db.session.rollback()
        version, sheet, official = _asked(rotation_id, official_id)
        if asked and request.form.get("step") == "keep":
            return preview_page(version, asked, here, str(error))
        return _page(version, sheet, official, str(error))
    db.session.commit()
    flash(f"Đã thêm lượt cho đồng chí {official} trong dự thảo. Có thể hoàn tác ngay trên bảng.", "ok")
    return redirect(url_for("board.index", rotation_id=version.rotation_id, q=official.person.full_name))
