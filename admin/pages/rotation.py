"""Drawing up a rotation: from a plan to a draft, from a draft to a version in force (design: product D3)."""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from admin.database import db
from admin.forms import PageForm
from admin.pages.documents import sentence
from admin.pages.listing import listed, page_number
from admin.pages.rotation_document import document_of
from admin.security import current_actor, page
from core.meetings.calendar import months_from
from core.plans.models import Plan
from core.queries.changes import effect_of
from core.queries.reading import slice_of
from core.queries.rotation import months_taken, published_plans, rotations
from core.rotation.models import Rotation, RotationVersion
from core.rotation.service import (
    RotationError,
    assignments_of,
    discard,
    draft_of,
    generate,
    latest_published,
    open_rotation,
    publish,
)
from core.rotation.solving.blockers import BlockerKind
from core.rotation.verdict import verdict
from tenants.access import NotAllowed, NotFound, Permission, as_id, fetch, may
from tenants.clock import local, today

pages = Blueprint("rotation", __name__, url_prefix="/rotation")
Answer = Response | str
COMING, BEGUN = "Các tháng sắp tới", "Tháng này và các tháng đã qua"
SHORTFALLS = {kind: kind.label for kind in BlockerKind}


class NewForm(PageForm):
    """For which plan, from which month, for how long."""

    plan_id = SelectField("Theo kế hoạch", [InputRequired()])
    first_month = SelectField("Từ tháng", [InputRequired()])
    months = IntegerField("Số tháng xếp lịch", [InputRequired(), NumberRange(1, 12)], default=12)


class PublishForm(PageForm):
    """A confirmation; it names the draft that was looked at."""


def may_plan() -> bool:
    """Whether the visitor draws up or publishes rotations, and so sees drafts."""
    actor = current_actor()
    return may(actor, Permission.ROTATION_GENERATE) or may(actor, Permission.ROTATION_PUBLISH)


def _require_planner() -> None:
    if not may_plan():
        raise NotAllowed(Permission.ROTATION_PUBLISH)


@pages.get("/")
@page(Permission.ROTATION_READ)
def index() -> str:
    """Rotations by year, newest first."""
    shown = [row for row in rotations(db.session) if row.in_force or may_plan()]
    years = [(year, list(rows)) for year, rows in groupby(shown, lambda row: row.first_month.year)]
    return render_template(
        "pages/rotation_index.html",
        years=years,
        planner=may_plan(),
        can_generate=may(current_actor(), Permission.ROTATION_GENERATE),
        can_weigh=may(current_actor(), Permission.CATALOGUES_EDIT),
        months_from=months_from,
    )


@pages.route("/new", methods=["GET", "POST"])
@page(Permission.ROTATION_GENERATE)
def new() -> Answer:
    """Choose plan and months; the drawing-up runs as a job."""
    plans, taken = published_plans(db.session), months_taken(db.session)
    groups = _months_of({plan.year for plan in plans})
    free = next((month for month in groups.get(COMING, ()) if month not in taken), None)
    form = NewForm(first_month=free and free.isoformat())
    form.plan_id.choices = [(str(plan.id), f"{sentence(plan.title)} (năm {plan.year})") for plan in plans]
    form.first_month.choices = {
        group: [(month.isoformat(), _month_label(month, taken)) for month in months]
        for group, months in groups.items()
    }
    if form.validate_on_submit():
        actor, plan = current_actor(), fetch(db.session, Plan, form.plan_id.data)
        month = date.fromisoformat(form.first_month.data)
        try:
            rotation = open_rotation(db.session, actor, plan, month, form.months.data)
            job_id = generate(db.session, actor, rotation)
        except RotationError as error:
            db.session.rollback()
            form.refuse({"first_month": str(error)})
        else:
            db.session.commit()
            return redirect(url_for("jobs.show", job_id=job_id))
    return render_template("pages/rotation_new.html", form=form, plans=plans)


def _months_of(years: Iterable[int]) -> dict[str, list[date]]:
    """The years' months in two groups: those to come from the next on, the others from the latest back."""
    this = today().replace(day=1)
    months = [month for year in sorted(years) for month in months_from(date(year, 1, 1), 12)]
    coming = [month for month in months if month > this]
    begun = [month for month in reversed(months) if month <= this]
    return {group: found for group, found in ((COMING, coming), (BEGUN, begun)) if found}


def _month_label(month: date, taken: Collection[date]) -> str:
    return f"Tháng {month.month}/{month.year}{' (đã có lịch công bố)' if month in taken else ''}"


def _rotation(rotation_id: str) -> Rotation:
    return fetch(db.session, Rotation, rotation_id)


@pages.post("/<rotation_id>/generate")
@page(Permission.ROTATION_GENERATE)
def again(rotation_id: str) -> Response:
    """Draw the draft up again."""
    rotation = _rotation(rotation_id)
    try:
        job_id = generate(db.session, current_actor(), rotation)
    except RotationError as error:
        flash(str(error), "error")
        return redirect(url_for("rotation.show", rotation_id=rotation.id))
    db.session.commit()
    return redirect(url_for("jobs.show", job_id=job_id))


@pages.get("/<rotation_id>")
@page(Permission.ROTATION_READ)
def show(rotation_id: str) -> str:
    """A rotation: the version in force, those before, the draft."""
    rotation, planner = _rotation(rotation_id), may_plan()
    in_force = latest_published(db.session, rotation.id)
    if in_force is None and not planner:
        raise NotFound
    return render_template(
        "pages/rotation_one.html",
        rotation=rotation,
        plan=db.session.get_one(Plan, rotation.plan_id),
        in_force=in_force,
        draft=draft_of(db.session, rotation.id) if planner else None,
        published=[version for version in reversed(rotation.versions) if version.published_at],
        planner=planner,
        may_generate=may(current_actor(), Permission.ROTATION_GENERATE),
        **document_of(in_force),
        last_month=months_from(rotation.first_month, rotation.months)[-1],
        local=local,
    )


def _draft(rotation_id: str) -> tuple[Rotation, RotationVersion]:
    _require_planner()
    rotation = _rotation(rotation_id)
    draft = draft_of(db.session, rotation.id)
    if draft is None:
        raise NotFound
    return rotation, draft


@pages.get("/<rotation_id>/draft")
@page(Permission.ROTATION_READ)
def draft(rotation_id: str) -> Answer:
    """What was drawn up: scores, what could not be had and what would mend it, what it changes."""
    _require_planner()
    rotation = _rotation(rotation_id)
    version = draft_of(db.session, rotation.id)
    if version is None:
        flash("Không có dự thảo nào đang chờ.", "info")
        return redirect(url_for("rotation.show", rotation_id=rotation.id))
    asked = request.args.get("kind", "")
    kinds = _kinds(version, asked)
    active = next((kind["kind"] for kind in kinds if kind["active"]), "")
    missing = [item for item in version.shortfalls if item["kind"] == active]
    return render_template(
        "pages/rotation_draft.html",
        rotation=rotation,
        version=version,
        kinds=kinds,
        page=listed(slice_of(missing, page_number(), 20)),
        in_force=latest_published(db.session, rotation.id),
        may_publish=may(current_actor(), Permission.ROTATION_PUBLISH),
        may_generate=may(current_actor(), Permission.ROTATION_GENERATE),
        local=local,
    )


def _kinds(version: RotationVersion, asked: str) -> list[dict[str, Any]]:
    counts = {kind: sum(item["kind"] == kind for item in version.shortfalls) for kind in SHORTFALLS}
    kinds = [kind for kind, count in counts.items() if count]
    active = next((kind for kind in kinds if kind.value == asked), kinds[0] if kinds else None)
    return [
        {
            "kind": kind.value,
            "label": SHORTFALLS[kind],
            "count": counts[kind],
            "active": kind is active,
            "url": url_for("rotation.draft", rotation_id=version.rotation_id, kind=kind.value),
        }
        for kind in kinds
    ]


@pages.get("/<rotation_id>/draft/changes")
@page(Permission.ROTATION_READ)
def changes(rotation_id: str) -> str:
    """Who gains and who loses which visits, by name."""
    rotation, version = _draft(rotation_id)
    effect = effect_of(db.session, version)
    people = listed(slice_of(list(effect.people), page_number()))
    return render_template(
        "pages/rotation_changes.html", rotation=rotation, version=version, effect=effect, page=people
    )


@pages.route("/<rotation_id>/publish", methods=["GET", "POST"])
@page(Permission.ROTATION_PUBLISH)
def confirm(rotation_id: str) -> Answer:
    """Say how many people will be told, then publish the very draft that was looked at."""
    rotation, version = _draft(rotation_id)
    form = PublishForm()
    if not form.validate_on_submit():
        return render_template(
            "pages/rotation_publish.html",
            rotation=rotation,
            version=version,
            effect=effect_of(db.session, version),
            found=verdict(db.session, version, assignments_of(db.session, version.id)),
            form=form,
        )
    if version.id != as_id(request.form.get("version_id")):
        abort(409)
    try:
        publish(db.session, current_actor(), version)
    except RotationError as error:
        db.session.rollback()
        flash(str(error), "error")
        return redirect(url_for("rotation.confirm", rotation_id=rotation_id))
    db.session.commit()
    flash(f"Đã công bố bản {version.number}.", "ok")
    return redirect(url_for("rotation.show", rotation_id=rotation.id))


@pages.post("/<rotation_id>/discard")
@page(Permission.ROTATION_GENERATE)
def throw_away(rotation_id: str) -> Response:
    """Throw the draft away."""
    rotation = _rotation(rotation_id)
    discard(db.session, current_actor(), rotation)
    db.session.commit()
    flash("Đã bỏ dự thảo; bản đã công bố không thay đổi.", "ok")
    return redirect(url_for("rotation.show", rotation_id=rotation.id))
