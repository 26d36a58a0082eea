"""Exchanging visits: an official asks, a colleague answers, a coordinator decides (product R06, R07)."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.database import db
from admin.forms import PageForm
from admin.pages.listing import chip, listed, page_number, spoken
from admin.security import current_actor, page
from core.queries.by_hand import swaps_of, swaps_over
from core.queries.visits import one_visit
from core.rotation import swapping
from core.rotation.by_hand import Swap, SwapState
from core.rotation.models import Visit
from core.rotation.swapping import SwapError, ask, cut_off, own_swap, partners_for
from core.rotation.visiting import own_visit
from tenants.access import NotFound, Permission, fetch, may, reach
from tenants.clock import local, today

pages = Blueprint("swaps", __name__)
Answer = Response | str


class AskForm(PageForm):
    """Which visit of whom, and why."""

    other = RadioField("Đổi lấy lượt của", [InputRequired()])
    reason = TextAreaField("Lý do", [InputRequired(), Length(max=500)])


@pages.route("/visits/<visit_id>/swap", methods=["GET", "POST"])
@page(Permission.VISITS_REPORT)
def ask_for(visit_id: str) -> Answer:
    """Choose among those with whom the visit may be exchanged."""
    visit = own_visit(current_actor(), fetch(db.session, Visit, visit_id))
    row = one_visit(db.session, visit.id)
    if row is None:
        raise NotFound
    form = AskForm()
    form.other.choices = _choices(visit)
    if form.validate_on_submit():
        try:
            swap = ask(db.session, current_actor(), visit, _other(form), form.reason.data)
        except SwapError as error:
            db.session.rollback()
            form.refuse({"": str(error)})
        else:
            db.session.commit()
            flash("Đã gửi đề nghị đổi; đồng chí được đề nghị sẽ nhận thông báo.", "ok")
            return redirect(url_for("swaps.show", swap_id=swap.id))
    return render_template("pages/swaps_ask.html", form=form, row=row, spoken=spoken)


def _other(form: AskForm) -> Visit:
    return fetch(db.session, Visit, form.other.data)


def _choices(visit: Visit) -> list[tuple[str, str]]:
    """The visits offered, each by its id and in words."""
    return [
        (str(other.id), f"Đồng chí {other.official}: {other.cell}, {spoken(other.meets_on)}")
        for other in partners_for(db.session, visit)
    ]


@pages.get("/visits/swaps")
@page(Permission.VISITS_OWN)
def own() -> str:
    """What the visitor asked for and what others ask of him."""
    me = current_actor().person_id
    found = [
        (swap, chip(swap.state), swap.visit.official.person_id == me) for swap in swaps_of(db.session, me)
    ]
    return render_template("pages/swaps_own.html", swaps=found, spoken=spoken)


def _one(swap: Swap, mine: str = "") -> str:
    over = all(
        may(current_actor(), Permission.SWAPS_DECIDE, visit.cell.tree_path)
        for visit in (swap.visit, swap.other)
    )
    return render_template(
        "pages/swaps_one.html",
        swap=swap,
        status=chip(swap.state),
        mine=mine,
        may_answer=mine == "other" and swap.state is SwapState.ASKED,
        may_withdraw=mine == "visit" and swap.state in (SwapState.ASKED, SwapState.ACCEPTED),
        may_decide=over and not mine and swap.state is SwapState.ACCEPTED,
        may_undo=over and not mine and swap.state is SwapState.APPROVED and today() < cut_off(swap),
        cut_off=cut_off(swap),
        spoken=spoken,
        local=local,
    )


@pages.get("/visits/swaps/<swap_id>")
@page(Permission.VISITS_OWN)
def show(swap_id: str) -> str:
    """One exchange, to one of the two."""
    swap = own_swap(current_actor(), fetch(db.session, Swap, swap_id))
    mine = swap.visit.official.person_id == current_actor().person_id
    return _one(swap, "visit" if mine else "other")


@pages.post("/visits/swaps/<swap_id>/answer")
@page(Permission.VISITS_REPORT)
def reply(swap_id: str) -> Response:
    """Accept or decline what was asked."""
    swap, accepted = fetch(db.session, Swap, swap_id), request.form.get("accepted") == "yes"
    words = request.form.get("words", "")[:500]
    _step(lambda: swapping.answer(db.session, current_actor(), swap, accepted, words))
    return redirect(url_for("swaps.show", swap_id=swap.id))


@pages.post("/visits/swaps/<swap_id>/withdraw")
@page(Permission.VISITS_REPORT)
def take_back(swap_id: str) -> Response:
    """Take one's own question back."""
    swap = fetch(db.session, Swap, swap_id)
    _step(lambda: swapping.withdraw(db.session, current_actor(), swap))
    return redirect(url_for("swaps.own"))


def _step(step: Callable[[], None]) -> None:
    """Do it and keep it, or say why it cannot be done."""
    try:
        step()
    except SwapError as error:
        db.session.rollback()
        flash(str(error), "error")
    else:
        db.session.commit()
        flash("Đã ghi nhận; các đồng chí liên quan nhận được thông báo.", "ok")


@pages.get("/swaps/")
@page(Permission.SWAPS_DECIDE)
def index() -> str:
    """Exchanges in reach, those that wait first."""
    paths, state = reach(current_actor(), Permission.SWAPS_DECIDE), request.args.get("state", "accepted")
    found = swaps_over(db.session, paths, state, page_number())
    tabs = [
        {"label": label, "active": state == value, "url": url_for("swaps.index", state=value)}
        for value, label in (("accepted", "Chờ duyệt"), ("approved", "Đã đổi"), ("all", "Tất cả"))
    ]
    return render_template("pages/swaps_all.html", page=listed(found), tabs=tabs, chip=chip, spoken=spoken)


@pages.get("/swaps/<swap_id>")
@page(Permission.SWAPS_DECIDE)
def review(swap_id: str) -> str:
    """One exchange, to a coordinator over both cells."""
    return _one(_over(swap_id))


def _over(swap_id: str) -> Swap:
    swap = fetch(db.session, Swap, swap_id)
    for visit in (swap.visit, swap.other):
        if not may(current_actor(), Permission.SWAPS_DECIDE, visit.cell.tree_path):
            raise NotFound
    return swap


@pages.post("/swaps/<swap_id>/decide")
@page(Permission.SWAPS_DECIDE)
def decide(swap_id: str) -> Response:
    """Approve or refuse."""
    swap, approved = _over(swap_id), request.form.get("approved") == "yes"
    words = request.form.get("words", "")[:500]
    _step(lambda: swapping.decide(db.session, current_actor(), swap, approved, words))
    return redirect(url_for("swaps.review", swap_id=swap.id))


@pages.post("/swaps/<swap_id>/undo")
@page(Permission.SWAPS_DECIDE)
def undo(swap_id: str) -> Response:
    """Change the visits back."""
    swap = _over(swap_id)
    _step(lambda: swapping.undo(db.session, current_actor(), swap))
    return redirect(url_for("swaps.review", swap_id=swap.id))
