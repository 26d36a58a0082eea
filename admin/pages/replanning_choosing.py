"""Whom or what an event is about: searched, chosen; units that merge, and the visits they touch."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.listing import listed, page_number, spoken
from admin.pages.replanning_forms import KINDS, Kind
from admin.security import current_actor, page
from core.queries.reorganisations import UnitChoice, choices
from core.queries.replanning import cell_choices, coming_months, official_choices, touched_in
from core.rotation.models import Official, Rotation
from tenants.access import NotFound, Permission, as_id, fetch, may, reach
from tenants.models import Unit
from tenants.unit_events import EventKind

pages = Blueprint("replanning_choosing", __name__, url_prefix="/rotation")
Answer = Response | str
CHANGING = (EventKind.MERGE, EventKind.SPLIT, EventKind.MOVE, EventKind.DISSOLVE)
LONGEST_SEARCH = 200
UNITS = "Sáp nhập, chia tách đơn vị"
NO_DAYS = "Không còn buổi họp nào sắp tới trong các tháng của lịch."
ALL_MEET = "Mọi chi bộ khu dân cư đã có ngày họp. Chi bộ chưa có trong danh sách thì lập ở “Tổ chức đảng”."


def kind_of(name: str) -> Kind:
    """The kind of event named in an address; NotFound for none."""
    if name not in KINDS:
        raise NotFound
    return KINDS[name]


def crumbs_of(rotation: Rotation, *, listed: bool = True) -> list[dict[str, str]]:
    """The way to a rotation, and to its list of events."""
    month = f"Từ tháng {rotation.first_month:%m/%Y}"
    way = [("rotation.show", month), ("replanning.index", "Có việc thay đổi")][: 1 + listed]
    steps = [{"url": url_for(at, rotation_id=rotation.id), "label": label} for at, label in way]
    return [{"url": url_for("rotation.index"), "label": "Lịch dự sinh hoạt"}, *steps]


@pages.get("/<rotation_id>/adjust/<kind>/choose")
@page(Permission.ROTATION_GENERATE)
def choose(rotation_id: str, kind: str) -> str:
    """Search and choose whom or what has changed; for a transfer, then the areas."""
    rotation, said = fetch(db.session, Rotation, rotation_id), kind_of(kind)
    new_url = url_for("replanning.new", rotation_id=rotation.id, kind=kind)
    if said.units and (key := request.args.get("subject")):
        official = subject_of(said, key)
        title, kept = f"Chọn địa bàn mới của đồng chí {official}", [("subject", official.id)]
        return _choose_units(rotation, said.label, title, _lasting(official), kept, new_url)
    return render_template(
        "pages/choose.html",
        **_offered(rotation, said),
        crumbs=crumbs_of(rotation),
        here=said.label,
        lead=said.hint,
        field="subject",
        many=False,
        typed=_typed(),
        chosen=[],
        kept=[],
        next_url=request.path if said.units else new_url,
    )


def _typed() -> str:
    return request.args.get("q", "")[:LONGEST_SEARCH]


def _offered(rotation: Rotation, kind: Kind) -> dict[str, Any]:
    paths = reach(current_actor(), Permission.ROTATION_GENERATE)
    if kind.person:
        found = official_choices(db.session, paths, _typed())
        return {"title": "Chọn đồng chí", "noun": "đồng chí", "example": "nguyen van an", "found": found}
    found = cell_choices(db.session, paths, _typed(), coming_months(rotation), with_days=kind.with_days)
    return {"title": "Chọn chi bộ", "nothing": NO_DAYS if kind.with_days else ALL_MEET, "found": found}


def _lasting(official: Official | Unit) -> list[UUID]:
    areas = official.areas if isinstance(official, Official) else ()
    return [area.unit_id for area in areas if area.valid_to is None]


def _choose_units(
    rotation: Rotation, here: str, title: str, now: list[UUID], kept: list[tuple[str, UUID]], next_url: str
) -> str:
    paths, chosen = reach(current_actor(), Permission.ROTATION_GENERATE), _asked_units() or now
    found = choices(db.session, paths, _typed(), chosen, None)
    return render_template(
        "pages/choose.html",
        crumbs=crumbs_of(rotation),
        here=here,
        title=title,
        lead="Chọn được nhiều đơn vị; tìm thêm không mất đơn vị đã chọn.",
        field="units",
        many=True,
        typed=_typed(),
        chosen=chosen,
        kept=kept,
        found=found,
        next_url=next_url,
    )


def _asked_units() -> list[UUID]:
    return [as_id(text) for text in request.values.getlist("units") if text][:100]


def subject_of(kind: Kind, key: object) -> Official | Unit:
    """The official or cell asked for. NotFound out of the visitor's reach."""
    subject = fetch(db.session, Official, key) if kind.person else fetch(db.session, Unit, key)
    units = [area.unit for area in subject.areas] if isinstance(subject, Official) else [subject]
    if not any(may(current_actor(), Permission.ROTATION_GENERATE, unit.tree_path) for unit in units):
        raise NotFound
    return subject


def chosen_units() -> tuple[UnitChoice, ...]:
    """The units asked for. NotFound for one out of reach."""
    asked = _asked_units()
    paths = reach(current_actor(), Permission.ROTATION_GENERATE)
    found = {unit.id: unit for unit in choices(db.session, paths, "", asked, None)} if asked else {}
    if not found.keys() >= set(asked):
        raise NotFound
    return tuple(found[key] for key in dict.fromkeys(asked))


@pages.get("/<rotation_id>/adjust/units")
@page(Permission.ROTATION_GENERATE)
def units(rotation_id: str) -> str:
    """Search and choose units that are reorganised."""
    rotation = fetch(db.session, Rotation, rotation_id)
    next_url = url_for("replanning_choosing.touched", rotation_id=rotation.id)
    return _choose_units(rotation, UNITS, "Chọn đơn vị cần sắp xếp", [], [], next_url)


@pages.get("/<rotation_id>/adjust/units/visits")
@page(Permission.ROTATION_GENERATE)
def touched(rotation_id: str) -> Answer:
    """The coming visits to the units chosen, and the way to their reorganisation."""
    rotation, chosen = fetch(db.session, Rotation, rotation_id), chosen_units()
    if not chosen:
        flash("Xin chọn đơn vị trước.", "error")
        return redirect(url_for("replanning_choosing.units", rotation_id=rotation.id))
    paths = [fetch(db.session, Unit, unit.id).tree_path for unit in chosen]
    ways = [kind for kind in CHANGING if len(chosen) == 1 or kind is EventKind.MERGE]
    return render_template(
        "pages/replanning_units.html",
        rotation=rotation,
        crumbs=crumbs_of(rotation),
        chosen=chosen,
        page=listed(touched_in(db.session, rotation, paths, page_number())),
        ways=ways if may(current_actor(), Permission.UNITS_EDIT) else [],
        spoken=spoken,
    )
