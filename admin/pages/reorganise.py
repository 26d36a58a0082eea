"""Reorganising units: what, which, when; what it touches; done, and undone (design: product F02, P5)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.listing import listed, page_number
from admin.pages.reorganise_forms import EventForm, event_of, form_for
from admin.security import current_actor, page
from core.following import FOLLOWS
from core.queries.reorganisations import EventRow, UnitChoice, children_of, choices, events_in, one_event
from tenants.access import NotFound, Permission, as_id, reach
from tenants.clock import today
from tenants.codes import RANKS
from tenants.people import PeopleError, Preview, plan_event, preview_event, undo_event
from tenants.tree import UnitKind
from tenants.unit_events import EventKind, UnitChange, UnitState
from tenants.unit_models import EventState

pages = Blueprint("reorganise", __name__, url_prefix="/reorganise")
LONGEST_SEARCH = 200
TARGETS = {EventKind.MOVE: "Chọn đơn vị cấp trên mới", EventKind.DISSOLVE: "Chọn đơn vị tiếp nhận"}
OF_ROOT = frozenset({EventKind.RENAME, EventKind.RERANK})
HINTS = {
    EventKind.MERGE: "Nhiều đơn vị nhập thành một.",
    EventKind.SPLIT: "Một đơn vị tách thành nhiều; từng đơn vị trực thuộc chọn nơi về.",
    EventKind.RENAME: "Tên cũ vẫn đọc được ở các kỳ trước.",
    EventKind.MOVE: "Đơn vị và mọi đơn vị trực thuộc về dưới cấp trên khác.",
    EventKind.RERANK: "Cấp ủy của đảng bộ lên hoặc xuống cấp.",
    EventKind.DISSOLVE: "Đơn vị kết thúc; đơn vị trực thuộc và việc dở dang về nơi tiếp nhận.",
}
ROWS_OF = {
    "unit": "đơn vị", "appointment": "chức vụ", "visit": "lượt dự", "meeting": "buổi sinh hoạt",
    "official": "cán bộ dự sinh hoạt", "official_area": "địa bàn phụ trách", "task": "việc",
    "plan_pilot": "chi bộ làm điểm", "pin": "chi bộ đăng ký dự",
}  # fmt: skip


@pages.get("/")
@page(Permission.UNITS_EDIT)
def index() -> str:
    """What was and will be reorganised, and what can be."""
    found = events_in(db.session, reach(current_actor(), Permission.UNITS_EDIT), page_number())
    return render_template("pages/reorganise.html", page=listed(found), kinds=EventKind, hints=HINTS)


@pages.get("/<kind>/choose")
@page(Permission.UNITS_EDIT)
def choose(kind: str) -> str:
    """Search and choose the units that change."""
    said, typed = _kind(kind), _typed()
    found = _choices(typed, _asked("units"), UnitKind.ORGANISATION if said is EventKind.RERANK else None)
    return render_template(
        "pages/choose.html",
        **_frame(said, many=said is EventKind.MERGE),
        field="units",
        title="Chọn đơn vị cần sắp xếp",
        typed=typed,
        chosen=_asked("units"),
        found=[unit for unit in found if unit.above or said in OF_ROOT],
        next_url=url_for(f"reorganise.{'target' if said in TARGETS else 'details'}", kind=kind),
        kept=[],
    )


@pages.get("/<kind>/target")
@page(Permission.UNITS_EDIT)
def target(kind: str) -> Response | str:
    """Search and choose the unit that takes over, or stands above from then on."""
    said, typed, units = _kind(kind), _typed(), _units("units")
    if said not in TARGETS:
        raise NotFound
    if not units:
        return _choose_first(kind)
    wanted = units[0].kind if said is EventKind.DISSOLVE else UnitKind.ORGANISATION
    return render_template(
        "pages/choose.html",
        **_frame(said),
        field="target",
        title=TARGETS[said],
        typed=typed,
        chosen=_asked("target"),
        found=[unit for unit in _choices(typed, _asked("target"), wanted) if unit not in units],
        next_url=url_for("reorganise.details", kind=kind),
        kept=[("units", unit.id) for unit in units],
    )


def _frame(kind: EventKind, *, many: bool = False) -> dict[str, Any]:
    crumbs = [{"url": url_for("reorganise.index"), "label": "Sắp xếp tổ chức"}]
    more = "; chọn được nhiều đơn vị, tìm thêm không mất đơn vị đã chọn." if many else "."
    return {"crumbs": crumbs, "here": kind.label, "lead": kind.label + more, "many": many}


@pages.route("/<kind>/details", methods=("GET", "POST"))
@page(Permission.UNITS_EDIT)
def details(kind: str) -> Response | str:
    """The day and the rest; then what it touches; then it is done, or waits for its day."""
    said, units, targets = _kind(kind), _units("units"), _units("target")
    if not units:
        return _choose_first(kind)
    below = children_of(db.session, units[0].id) if said is EventKind.SPLIT else ()
    form = form_for(said, units, below)
    if form.validate_on_submit() and request.form.get("step") != "edit":
        event = event_of(said, form, units, targets[0] if targets else None)
        try:
            return _seen(event) if request.form.get("step") != "confirm" else _done(event)
        except PeopleError as error:
            db.session.rollback()
            form.refuse(error.problems)
    return _ask(said, form, units, targets)


def _ask(kind: EventKind, form: EventForm, units: list[UnitChoice], targets: list[UnitChoice]) -> str:
    return render_template(
        "pages/reorganise_details.html", kind=kind, form=form, units=units, targets=targets
    )


def _seen(event: UnitChange) -> str:
    shown = preview_event(db.session, current_actor(), event, FOLLOWS)
    typed = [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name not in {"csrf_token", "step"}
    ]
    return render_template(
        "pages/reorganise_check.html",
        event=event,
        shown=shown,
        typed=typed,
        lines=_lines(shown),
        waits=event.day > today(),
        figures=_figures(shown),
    )


def _figures(shown: Preview) -> list[dict[str, Any]]:
    """How much is touched: cells, their members, appointments, open items."""
    cells = [unit for unit in shown.effects.changed if unit.kind is UnitKind.CELL]
    numbers = (
        (len(shown.effects.changed), "đơn vị thay đổi"),
        (len(cells), "chi bộ"),
        (sum(cell.members or 0 for cell in cells), "đảng viên"),
        (len(shown.posts), "chức vụ"),
        (sum(touch.moved + touch.merged + touch.attention for touch in shown.touches), "việc đang mở"),
    )
    return [{"number": number, "label": label} for number, label in numbers]


def _lines(shown: Preview) -> list[tuple[str, str, str]]:
    """What changes in each unit: its name, what it was, what it will be; a path that follows is no line."""
    after = shown.effects.after

    def above(unit: UnitState) -> str:
        return after[unit.parent_id].name if unit.parent_id else ""

    def differ(old: UnitState, new: UnitState) -> tuple[str, str] | None:
        if new.valid_to != old.valid_to:
            return "Đang hoạt động", f"Kết thúc {new.valid_to:%d/%m/%Y}"
        pairs = ((u.name, RANKS.get(u.rank, "Chưa ghi cấp"), above(u)) for u in (old, new))
        return next(((was, will) for was, will in zip(*pairs, strict=True) if was != will), None)

    begun = [(new.name, "", f"Lập mới, thuộc {above(new)}") for new in shown.effects.founded]
    changed = ((old.name, differ(old, after[old.id])) for old in shown.effects.changed)
    return [*begun, *((name, *words) for name, words in changed if words)]


def _done(event: UnitChange) -> Response:
    row = plan_event(db.session, current_actor(), event, FOLLOWS)
    db.session.commit()
    waits = f"Đã lập; áp dụng ngày {event.day:%d/%m/%Y}."
    flash("Đã sắp xếp tổ chức." if row.state is EventState.APPLIED else waits, "ok")
    return redirect(url_for("reorganise.show", event_id=row.id))


@pages.get("/<event_id>")
@page(Permission.UNITS_EDIT)
def show(event_id: str) -> str:
    """One event, what it changed, and its undoing."""
    return _page(_reached(event_id))


@pages.post("/<event_id>/undo")
@page(Permission.UNITS_EDIT)
def undo(event_id: str) -> Response:
    """Take an event back."""
    row = _reached(event_id)
    try:
        undo_event(db.session, current_actor(), row.event)
    except PeopleError as error:
        db.session.rollback()
        flash(" ".join(error.problems.values()), "error")
    else:
        db.session.commit()
        flash("Đã hoàn tác.", "ok")
    return redirect(url_for("reorganise.show", event_id=event_id))


def _page(row: EventRow) -> str:
    event = row.event
    may_undo = event.state is EventState.PLANNED or bool(
        event.state is EventState.APPLIED and event.undo_until and event.undo_until >= today()
    )
    changes = [f"{count} {ROWS_OF.get(table, table)}" for table, count in row.changes.items()]
    return render_template("pages/reorganise_one.html", row=row, changes=changes, may_undo=may_undo)


def _kind(text: str) -> EventKind:
    if text not in set(EventKind):
        raise NotFound
    return EventKind(text)


def _reached(event_id: str) -> EventRow:
    row = one_event(db.session, reach(current_actor(), Permission.UNITS_EDIT), as_id(event_id))
    if row is None:
        raise NotFound
    return row


def _typed() -> str:
    return request.args.get("q", "")[:LONGEST_SEARCH]


def _asked(name: str) -> list[UUID]:
    return [as_id(text) for text in request.values.getlist(name) if text][:100]


def _choices(typed: str, chosen: list[UUID], kind: UnitKind | None) -> tuple[UnitChoice, ...]:
    return choices(db.session, reach(current_actor(), Permission.UNITS_EDIT), typed, chosen, kind)


def _units(name: str) -> list[UnitChoice]:
    """The units chosen, in the order of choice. NotFound for one out of reach."""
    asked = _asked(name)
    found: dict[Any, UnitChoice] = {unit.id: unit for unit in _choices("", asked, None)} if asked else {}
    if not found.keys() >= set(asked):
        raise NotFound
    return [found[key] for key in dict.fromkeys(asked)]


def _choose_first(kind: str) -> Response:
    flash("Xin chọn đơn vị trước.", "error")
    return redirect(url_for("reorganise.choose", kind=kind))
