"""What if: scenarios side by side; prices of the soft rules; fairness over years (product H5, R05)."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from admin.cadences import CADENCES, CHOICES
from admin.database import db
from admin.forms import PageForm
from admin.pages.documents import attachment
from admin.pages.listing import listed, page_number
from admin.security import current_actor, page
from core.queries.fairness import Load, loads_of_areas, loads_of_cells, loads_of_officials
from core.queries.replanning import Choice, official_choices
from core.rotation.by_hand import Trial, TrialKind
from core.rotation.models import Rotation, RotationLevel
from core.rotation.service import RotationError
from core.rotation.solving.score import RULE_LABELS, Rule
from core.rotation.trying import trials_of, try_out
from core.rotation.weighing import DEAREST, WeightError, set_weights, weights_of
from tenants.access import Permission, fetch, reach
from tenants.clock import local, today

pages = Blueprint("trials", __name__, url_prefix="/rotation")
Answer = Response | str
YEARS = 3
LONGEST_SEARCH = 200
CSV = "text/csv; charset=utf-8"
VIEWS = {"officials": loads_of_officials, "cells": loads_of_cells, "areas": loads_of_areas}
VIEW_LABELS = {"officials": "Theo đồng chí", "cells": "Theo chi bộ", "areas": "Theo đảng bộ"}


class TrialForm(PageForm):
    """The scenarios to compare; what is left empty is not tried."""

    count = IntegerField("Thêm mấy đồng chí", [Optional(), NumberRange(1, 50)])
    like = StringField(
        "Cùng cấp và địa bàn với đồng chí",
        [Optional(), Length(max=LONGEST_SEARCH)],
        description="Gõ tên có dấu hoặc không dấu, hoặc mã.",
    )
    who = RadioField("Đồng chí nào trong số này", [Optional()], choices=[], validate_choice=False)
    level = SelectField("Đổi định kỳ của cấp", [Optional()])
    cadence = SelectField("Thành", [Optional()], choices=CHOICES)
    rule = SelectField("Bỏ một quy tắc", [Optional()])

    def offer(self, found: Sequence[Choice]) -> None:
        """The comrades who fit what was typed; the only one is chosen."""
        self.who.choices = [(str(one.id), f"{one.name} ({one.code}), {one.above}") for one in found]
        self.who.flags.required = True
        if len(found) == 1:
            self.who.data = str(found[0].id)

    def is_whole(self) -> bool:
        """Whether more people have both a number and one comrade to be like; says what is lacking."""
        problems = self._lacking()
        self.refuse(problems)
        return not problems

    def _lacking(self) -> dict[str, str]:
        if not self.like.data:
            return {"like": "Nhập tên một đồng chí để lấy cấp và địa bàn."} if self.count.data else {}
        if not self.count.data:
            return {"count": "Nhập số đồng chí muốn thêm."}
        if not self.who.choices:
            return {"like": f"Không có đồng chí nào khớp “{self.like.data}”. Hãy gõ lại tên hoặc mã."}
        if self.who.data not in dict(self.who.choices):
            return {"who": "Nhiều đồng chí khớp; hãy chọn một, hoặc gõ tên đầy đủ hơn."}
        return {}

    def asked(self) -> list[dict[str, Any]]:
        """The scenarios as a trial keeps them."""
        people = {"kind": "people", "count": self.count.data, "like": self.who.data}
        months, per_year = CADENCES.get(self.cadence.data or "", (1, None))
        level, names = self.level.data, dict(self.level.choices)
        cadence = {"kind": "cadence", "level": level, "name": names.get(level, level), "months": months}
        cadence["per_year"] = per_year
        rule = {"kind": "rule", "rule": self.rule.data}
        chosen = ((people, self.count.data), (cadence, self.level.data), (rule, self.rule.data))
        return [one for one, wanted in chosen if wanted]


@pages.route("/<rotation_id>/trials", methods=["GET", "POST"])
@page(Permission.ROTATION_GENERATE)
def index(rotation_id: str) -> Answer:
    """Ask for scenarios; earlier answers stay."""
    rotation, form = fetch(db.session, Rotation, rotation_id), TrialForm()
    paths = reach(current_actor(), Permission.ROTATION_GENERATE)
    levels = db.session.scalars(sa.select(RotationLevel).order_by(RotationLevel.code))
    if typed := (form.like.data or "").strip():
        form.offer(official_choices(db.session, paths, typed))
    form.level.choices = [("", "Không đổi"), *((level.code, level.name) for level in levels)]
    form.rule.choices = [("", "Không bỏ"), *((rule.value, label) for rule, label in RULE_LABELS.items())]
    if form.validate_on_submit() and form.is_whole():
        try:
            job_id = try_out(db.session, current_actor(), rotation, form.asked())
        except RotationError as error:
            db.session.rollback()
            form.refuse({"": str(error)})
        else:
            db.session.commit()
            return redirect(url_for("jobs.show", job_id=job_id))
    return render_template(
        "pages/trials.html", form=form, rotation=rotation, trials=trials_of(db.session, rotation), local=local
    )


@pages.get("/trials/<trial_id>")
@page(Permission.ROTATION_GENERATE)
def show(trial_id: str) -> Answer:
    """The scenarios side by side with the rotation as it would be today; events have a page of their own."""
    trial = fetch(db.session, Trial, trial_id)
    if trial.kind is TrialKind.EVENTS:
        return redirect(url_for("replanning.show", trial_id=trial.id))
    rotation = db.session.get_one(Rotation, trial.rotation_id)
    return render_template(
        "pages/trials_one.html", trial=trial, rotation=rotation, rows=_rows(trial.outcomes or []), local=local
    )


def _rows(outcomes: list[Any]) -> list[list[str]]:
    """One row a figure, one cell a scenario."""

    def told(label: str, *values: Any) -> list[str]:
        return [
            label,
            *(
                f"{v:,.1f}".replace(".", ",") if isinstance(v, float) else f"{v:,}".replace(",", ".")
                for v in values
            ),
        ]

    figures = (
        ("Lượt dự", "visits"), ("Chi bộ có đồng chí về dự", "covered"),
        ("Lượt trung bình một đồng chí", "mean_load"), ("Lượt nhiều nhất một đồng chí", "most_load"),
        ("Lượt ít nhất một chi bộ", "fewest"), ("Lượt nhiều nhất một chi bộ", "most"),
    )  # fmt: skip
    rows = [told(label, *(outcome[name] for outcome in outcomes)) for label, name in figures]
    for place, rule in enumerate(outcomes[0]["scores"] if outcomes else ()):
        rows.append(
            told(Rule(rule["rule"]).label, *(outcome["scores"][place]["broken"] for outcome in outcomes))
        )
    return rows


def _price(label: str) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(0, DEAREST)])


class WeightForm(PageForm):
    """The price of one broken unit of each rule; 0 drops the rule."""

    unmet = _price(RULE_LABELS[Rule.UNMET])
    crowding = _price(RULE_LABELS[Rule.CROWDING])
    repeat = _price(RULE_LABELS[Rule.REPEAT])
    change = _price("Lượt đã công bố phải đổi khi điều chỉnh")
    special = _price(RULE_LABELS[Rule.SPECIAL])
    cover = _price(RULE_LABELS[Rule.COVER])
    spacing = _price(RULE_LABELS[Rule.SPACING])
    travel = _price(RULE_LABELS[Rule.TRAVEL])


@pages.route("/weights", methods=["GET", "POST"])
@page(Permission.CATALOGUES_EDIT)
def weights() -> Answer:
    """Which rule counts for more."""
    form = WeightForm(obj=weights_of(db.session) if request.method == "GET" else None)
    if form.validate_on_submit():
        try:
            set_weights(
                db.session, current_actor(), {f.name: f.data for f in form if f.type == "IntegerField"}
            )
        except WeightError as error:
            db.session.rollback()
            form.refuse(error.problems)
        else:
            db.session.commit()
            flash("Đã lưu; lần xếp lịch sau dùng thứ tự này. Lịch đã công bố không đổi.", "ok")
            return redirect(url_for("trials.weights"))
    return render_template("pages/rotation_weights.html", form=form)


def _years() -> tuple[int, ...]:
    return tuple(range(today().year - YEARS + 1, today().year + 1))


@pages.get("/fairness")
@page(Permission.ROTATION_READ)
def fairness() -> str:
    """Load and coverage over years, as a table and as bars."""
    kind = request.args.get("kind", "officials")
    view, name = VIEWS.get(kind, loads_of_officials), request.args.get("q", "")[:100]
    paths = reach(current_actor(), Permission.ROTATION_READ)
    found = view(db.session, paths, _years(), name, page_number())
    most = max((load.total for load in found.items), default=0)
    tabs = [
        {"label": label, "active": kind == value, "url": url_for("trials.fairness", kind=value)}
        for value, label in VIEW_LABELS.items()
    ]
    return render_template(
        "pages/rotation_fairness.html",
        page=listed(found),
        tabs=tabs,
        kind=kind,
        years=_years(),
        most=most,
        q=name,
    )


@pages.get("/fairness.csv")
@page(Permission.ROTATION_READ)
def fairness_csv() -> Response:
    """The whole table in reach, for a spreadsheet."""
    kind = request.args.get("kind", "officials")
    view, paths = VIEWS.get(kind, loads_of_officials), reach(current_actor(), Permission.ROTATION_READ)
    rows, number = list[Load](), 1
    while len(rows) < (found := view(db.session, paths, _years(), "", number)).total:
        rows += found.items
        number += 1
    return attachment(_csv(rows), CSV, f"cong-bang-{kind}-{_years()[0]}-{_years()[-1]}.csv")


def _csv(rows: list[Load]) -> bytes:
    """UTF-8 with a mark for Excel; a cell that would be read as a formula is made a text (ASVS 1.2.10)."""
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(["Tên", "Thuộc", *map(str, _years()), "Cộng"])
    for row in rows:
        writer.writerow([_plain(row.name), _plain(row.detail), *row.counts, row.total])
    return kept.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text
