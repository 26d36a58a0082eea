"""Something has changed: events listed, tried, seen under both policies, then confirmed (S4-12, S4-15)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.listing import listed, page_number
from admin.pages.replanning_choosing import chosen_units, crumbs_of, kind_of, subject_of
from admin.pages.replanning_forms import KINDS, About, ConfirmForm, days_of
from admin.security import current_actor, page
from core.data import digest, from_data
from core.queries.changes import effect_of_changes, shifts_of
from core.queries.reading import slice_of
from core.rotation.by_hand import Trial, TrialKind
from core.rotation.models import Rotation
from core.rotation.refused import Refused
from core.rotation.replanning import Preview, add, because, confirm, drop, list_of, preview
from core.rotation.service import RotationError, draft_of, latest_published
from core.rotation.solving.replan import Policy
from tenants.access import NotFound, Permission, fetch
from tenants.clock import local, today

pages = Blueprint("replanning", __name__, url_prefix="/rotation")
Answer = Response | str
FIGURES = (
    "Lượt bắt buộc đổi", "Lượt đổi thêm", "Lượt giữ nguyên", "Cặp đồng chí dự cùng một buổi",
    "Kỳ chưa có lượt dự", "Người nhận thông báo khi công bố",
)  # fmt: skip


@pages.get("/<rotation_id>/adjust")
@page(Permission.ROTATION_GENERATE)
def index(rotation_id: str) -> str:
    """The events put together so far, and which can be added."""
    rotation = fetch(db.session, Rotation, rotation_id)
    trial = list_of(db.session, current_actor(), rotation)
    rows = [
        {"said": one["said"], "label": KINDS[one["kind"]].label, "key": digest(one)}
        for one in (trial.asked if trial else ())
    ]
    return render_template(
        "pages/replanning.html",
        rotation=rotation,
        crumbs=crumbs_of(rotation, listed=False),
        in_force=latest_published(db.session, rotation.id),
        trial=trial,
        rows=rows,
        kinds=KINDS,
        today=today(),
        local=local,
    )


@pages.route("/<rotation_id>/adjust/<kind>", methods=["GET", "POST"])
@page(Permission.ROTATION_GENERATE)
def new(rotation_id: str, kind: str) -> Answer:
    """When and how; then the event is on the list."""
    rotation, said = fetch(db.session, Rotation, rotation_id), kind_of(kind)
    key, units = request.values.get("subject"), chosen_units() if said.units else ()
    if not key or (said.units and not units):
        flash("Xin chọn địa bàn trước." if key else "Xin chọn đồng chí hoặc chi bộ trước.", "error")
        return redirect(
            url_for("replanning_choosing.choose", rotation_id=rotation.id, kind=kind, subject=key)
        )
    about = About(rotation, subject_of(said, key), tuple(unit.id for unit in units))
    form = said.form()
    said.offer(db.session, form, about)
    days_of(form)
    if form.validate_on_submit():
        try:
            add(db.session, current_actor(), rotation, said.made(form, about))
        except Refused as error:
            db.session.rollback()
            form.refuse(error.problems)
        except RotationError as error:
            db.session.rollback()
            form.refuse({"": str(error)})
        else:
            db.session.commit()
            flash("Đã thêm vào danh sách; chưa có gì thay đổi.", "ok")
            return redirect(url_for("replanning.index", rotation_id=rotation.id))
    return render_template(
        "pages/replanning_new.html",
        rotation=rotation,
        kind=kind,
        said=said,
        about=about,
        units=units,
        form=form,
        crumbs=crumbs_of(rotation),
    )


@pages.post("/<rotation_id>/adjust/drop")
@page(Permission.ROTATION_GENERATE)
def remove(rotation_id: str) -> Response:
    """Take an event off the list."""
    rotation = fetch(db.session, Rotation, rotation_id)
    drop(db.session, current_actor(), rotation, request.form.get("key", ""))
    db.session.commit()
    return redirect(url_for("replanning.index", rotation_id=rotation.id))


@pages.post("/<rotation_id>/adjust/preview")
@page(Permission.ROTATION_GENERATE)
def try_out(rotation_id: str) -> Response:
    """Have the list tried by a job."""
    rotation = fetch(db.session, Rotation, rotation_id)
    try:
        job_id = preview(db.session, current_actor(), rotation)
    except RotationError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for("replanning.index", rotation_id=rotation.id))
    db.session.commit()
    return redirect(url_for("jobs.show", job_id=job_id))


@pages.route("/adjust/<trial_id>", methods=["GET", "POST"])
@page(Permission.ROTATION_GENERATE)
def show(trial_id: str) -> Answer:
    """What must change and what comes on top under each policy, who is told; then it is confirmed."""
    trial = fetch(db.session, Trial, trial_id)
    if trial.kind is not TrialKind.EVENTS:
        raise NotFound
    asked = request.args.get("policy", Policy.ALONE.value)
    form = ConfirmForm(reason=because(trial), policy=asked)
    if form.validate_on_submit():
        try:
            job_id = confirm(db.session, current_actor(), trial, form.reason.data, Policy(form.policy.data))
        except RotationError as error:
            db.session.rollback()
            form.refuse({"": str(error)})
        else:
            db.session.commit()
            return redirect(url_for("jobs.show", job_id=job_id))
    return _seen(trial, form, asked)


def _seen(trial: Trial, form: ConfirmForm, asked: str) -> str:
    rotation = db.session.get_one(Rotation, trial.rotation_id)
    seen = [from_data(Preview, one) for one in trial.outcomes or ()]
    shown = next((one for one in seen if one.policy == asked), seen[-1] if seen else None)
    return render_template(
        "pages/replanning_one.html",
        trial=trial,
        rotation=rotation,
        form=form,
        crumbs=crumbs_of(rotation),
        rows=[list(row) for row in zip(FIGURES, *map(_figures, seen), strict=True)],
        headers=["Số lượt", *({"label": one.policy.label, "num": True} for one in seen)],
        same=len({one.changes for one in seen}) < 2,
        tabs=_tabs(trial, seen, shown),
        page=listed(slice_of(list(shifts_of(db.session, shown.changes)), page_number())) if shown else None,
        draft=draft_of(db.session, rotation.id),
        local=local,
    )


def _figures(seen: Preview) -> tuple[int, ...]:
    """A policy in numbers, in the order of `FIGURES`."""
    forced = sum(change.forced for change in seen.changes)
    told = effect_of_changes(db.session, seen.kept, seen.changes, ()).told
    return forced, len(seen.changes) - forced, seen.kept, seen.crowded, seen.unmet, told


def _tabs(trial: Trial, seen: list[Preview], shown: Preview | None) -> list[dict[str, Any]]:
    return [
        {
            "label": one.policy.label,
            "count": len(one.changes),
            "active": one is shown,
            "url": url_for("replanning.show", trial_id=trial.id, policy=one.policy.value),
        }
        for one in seen
    ]
