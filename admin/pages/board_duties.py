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
from core.rotation.loading import load_problem
from core.rotation.models import Official, RotationVersion
from core.rotation.own_plan import planned_official
from core.rotation.service import RotationError, assignments_of
from core.rotation.solving.facts import Duty
from core.rotation.solving.problem import Problem
from core.rotation.solving.solver import Plan
from core.rotation.solving.why import suggest
from tenants.access import NotFound, Permission, fetch

pages = Blueprint("board_duties", __name__, url_prefix="/rotation")
Answer = Response | str
MOST_CELLS = 12


def _asked(rotation_id: str, official_id: str) -> tuple[RotationVersion, Problem, Official]:
    """The draft, its problem, and an official whose areas the visitor coordinates."""
    _rotation, version = draft_in_reach(rotation_id)
    official = planned_official(current_actor(), fetch(db.session, Official, official_id))
    problem = load_problem(db.session, version.rotation)
    if str(official.id) not in problem.official_of:
        raise NotFound
    return version, problem, official


@pages.get("/<rotation_id>/board/open/<official_id>")
@page(Permission.ROTATION_GENERATE)
def show(rotation_id: str, official_id: str) -> str:
    """The official's duties that no visit meets, and for one of them the cheapest cells."""
    return _page(*_asked(rotation_id, official_id))


def _page(version: RotationVersion, problem: Problem, official: Official, error: str = "") -> str:
    visits = assignments_of(db.session, version.id)
    duties = open_duties_of(problem, visits, official.id)
    month = request.values.get("duty", "")
    duty = next((d for d in duties if month in {at.isoformat() for at in d.months}), next(iter(duties), None))
    cells = suggest(problem, Plan(visits, (), (), 0), duty, MOST_CELLS) if duty else ()
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
    version, problem, official = _asked(rotation_id, official_id)
    here = url_for("board_duties.fill", rotation_id=version.rotation_id, official_id=official.id)
    asked = None
    try:
        edit = filled(problem, official.id, *chosen_meeting())
        asked = preview(db.session, version, problem, edit)
        if request.form.get("step") != "keep":
            return preview_page(version, asked, here)
        keep(db.session, current_actor(), version, asked, request.form.get("reason", "")[:500])
    except RotationError as error:
        db.session.rollback()
        version, problem, official = _asked(rotation_id, official_id)
        if asked and request.form.get("step") == "keep":
            return preview_page(version, asked, here, str(error))
        return _page(version, problem, official, str(error))
    db.session.commit()
    flash(f"Đã thêm lượt cho đồng chí {official} trong dự thảo. Có thể hoàn tác ngay trên bảng.", "ok")
    return redirect(url_for("board.index", rotation_id=version.rotation_id, q=official.person.full_name))
