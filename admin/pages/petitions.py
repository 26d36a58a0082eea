"""Petitions in reach: the list, one with its life, passing on and answering (S4-04, S4-17)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.database import db
from admin.forms import PageForm
from admin.pages.listing import chip, listed, page_number
from admin.security import current_actor, page
from core.meetings.models import Petition
from core.meetings.petitions import PetitionError, refer
from core.meetings.petitions import answer as answer_petition
from core.queries.petitions import (
    PetitionFilters,
    PetitionRow,
    PetitionState,
    counts_by_state,
    one_petition,
    petitions_in,
    steps_of,
)
from tenants.access import NotFound, Permission, as_id, may, reach
from tenants.clock import local

pages = Blueprint("petitions", __name__, url_prefix="/petitions")
STEPS = {
    "petition:raise": ("Nêu kiến nghị", "info"),
    "petition:refer": ("Chuyển cơ quan có thẩm quyền", "info"),
    "petition:answer": ("Trả lời", "ok"),
}


class ReferForm(PageForm):
    """To whom a petition is passed."""

    to = StringField("Cơ quan, đơn vị được chuyển đến", [InputRequired(), Length(max=200)])


class AnswerForm(PageForm):
    """The answer, once."""

    text = TextAreaField("Nội dung trả lời", [InputRequired(), Length(max=5000)])


def _filters() -> PetitionFilters:
    state = request.args.get("state", "")
    known = PetitionState(state) if state in set(PetitionState) else None
    return PetitionFilters(known, request.args.get("urgent") == "1", request.args.get("q", "")[:100])


def _tabs(filters: PetitionFilters, counts: dict[PetitionState, int]) -> list[dict[str, Any]]:
    kept: dict[str, Any] = {"q": filters.text or None, "urgent": "1" if filters.urgent else None}
    tabs = [(None, "Tất cả", sum(counts.values())), *((s, s.label, counts[s]) for s in PetitionState)]
    return [
        {
            "label": label,
            "count": count,
            "active": filters.state is state,
            "url": url_for("petitions.index", state=state.value if state else None, **kept),
        }
        for state, label, count in tabs
    ]


@pages.get("/")
@page(Permission.PETITIONS_READ)
def index() -> str:
    """What was asked of whom, unanswered urgent ones first."""
    paths, filters = reach(current_actor(), Permission.PETITIONS_READ), _filters()
    found = petitions_in(db.session, paths, filters, page_number())
    tabs = _tabs(filters, counts_by_state(db.session, paths))
    return render_template("pages/petitions.html", page=listed(found), tabs=tabs, filters=filters, chip=chip)


def _reached(petition_id: str, permission: Permission) -> tuple[Petition, PetitionRow]:
    found = one_petition(db.session, reach(current_actor(), permission), as_id(petition_id))
    if found is None:
        raise NotFound
    return found


def _timeline(petition: Petition) -> list[dict[str, Any]]:
    steps = steps_of(db.session, petition.id)
    last = next((step for step in reversed(steps) if step.tag == "petition:refer"), None)
    told = "Nổi cộm: đã báo ngay Thường trực cấp ủy và ban tham mưu." if petition.escalated_at else None
    detail = {"petition:answer": petition.answer, "petition:raise": told}
    return [
        {
            "at": f"{local(step.at):%H:%M %d/%m/%Y}",
            "iso": step.at.isoformat(),
            "text": STEPS[step.tag][0],
            "tone": STEPS[step.tag][1],
            "actor": f"Đồng chí {step.by}" if step.by else "",
            "detail": f"Chuyển: {petition.referred_to}" if step is last else detail.get(step.tag),
        }
        for step in steps
        if step.tag in STEPS
    ]


def _page(petition: Petition, row: PetitionRow, refer_form: ReferForm, answer_form: AnswerForm) -> str:
    writable = petition.answered_at is None
    may_answer = writable and may(current_actor(), Permission.PETITIONS_ANSWER, petition.cell.tree_path)
    form = answer_form if answer_form.errors else refer_form if refer_form.errors else None
    return render_template(
        "pages/petitions_one.html",
        petition=petition,
        row=row,
        status=chip(row.state),
        events=_timeline(petition),
        may_answer=may_answer,
        refer_form=refer_form,
        answer_form=answer_form,
        form=form,
    )


@pages.get("/<petition_id>")
@page(Permission.PETITIONS_READ)
def show(petition_id: str) -> str:
    """One petition and everything done about it."""
    petition, row = _reached(petition_id, Permission.PETITIONS_READ)
    return _page(petition, row, ReferForm(formdata=None), AnswerForm(formdata=None))


@pages.post("/<petition_id>/refer")
@page(Permission.PETITIONS_ANSWER)
def pass_on(petition_id: str) -> Response | str:
    """Pass it to a competent body."""
    petition, row = _reached(petition_id, Permission.PETITIONS_ANSWER)
    form = ReferForm()
    if form.validate_on_submit():
        try:
            refer(db.session, current_actor(), petition, form.to.data)
        except PetitionError as error:
            form.refuse({"": str(error)})
        else:
            db.session.commit()
            flash("Đã ghi nhận việc chuyển kiến nghị.", "ok")
            return redirect(url_for("petitions.show", petition_id=petition.id))
    return _page(petition, row, form, AnswerForm(formdata=None))


@pages.post("/<petition_id>/answer")
@page(Permission.PETITIONS_ANSWER)
def reply(petition_id: str) -> Response | str:
    """Answer it, once."""
    petition, row = _reached(petition_id, Permission.PETITIONS_ANSWER)
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            answer_petition(db.session, current_actor(), petition, form.text.data)
        except PetitionError as error:
            form.refuse({"": str(error)})
        else:
            db.session.commit()
            flash("Đã lưu trả lời kiến nghị.", "ok")
            return redirect(url_for("petitions.show", petition_id=petition.id))
    return _page(petition, row, ReferForm(formdata=None), form)
