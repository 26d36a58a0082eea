"""Every visit in a coordinator's reach, and what was reported of it (S4-01, S4-14)."""

from flask import Blueprint, render_template, request

from admin.database import db
from admin.pages.listing import chip, listed, month_asked, page_number, spoken
from admin.pages.visits import reported
from admin.security import current_actor, page
from core.queries.visits import (
    Filters,
    VisitState,
    months_of_visits,
    one_visit,
    organisations_in,
    secretaries,
    visits_in,
)
from core.rotation.models import Visit
from tenants.access import NotFound, Permission, fetch, may, reach
from tenants.clock import local, today
from tenants.models import Unit

pages = Blueprint("visits_all", __name__, url_prefix="/visits/all")


@pages.get("")
@page(Permission.VISITS_READ)
def index() -> str:
    """The list with its filters."""
    paths = reach(current_actor(), Permission.VISITS_READ)
    units = organisations_in(db.session, paths)
    state = request.args.get("state", "")
    unit = next((unit for unit in units if str(unit.id) == request.args.get("unit")), None)
    filters = Filters(
        month_asked(),
        VisitState(state) if state in set(VisitState) else None,
        unit.tree_path if unit else None,
        request.args.get("q", "")[:100],
    )
    found = visits_in(db.session, paths, filters, page_number())
    return render_template(
        "pages/visits_all.html",
        page=listed(found),
        filters=filters,
        unit=unit,
        units=units,
        states=tuple(VisitState),
        months=months_of_visits(db.session, paths),
        chips={row.id: chip(row.state(today())) for row in found.items},
        spoken=spoken,
    )


@pages.get("/<visit_id>")
@page(Permission.VISITS_READ)
def show(visit_id: str) -> str:
    """One visit with its report, to read and to print; 404 out of reach."""
    visit = fetch(db.session, Visit, visit_id)
    if not may(current_actor(), Permission.VISITS_READ, db.session.get_one(Unit, visit.cell_id).tree_path):
        raise NotFound
    row = one_visit(db.session, visit.id)
    if row is None:
        raise NotFound
    shown = reported(row)
    sent = shown["report"]
    return render_template(
        "pages/visits_read.html",
        row=row,
        status=chip(row.state(today())),
        sent_at=local(sent.submitted_at) if sent else None,
        contact=secretaries(db.session, [row.cell_id], today()).get(row.cell_id),
        spoken=spoken,
        **shown,
    )
