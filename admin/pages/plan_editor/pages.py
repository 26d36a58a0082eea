"""The editor of a plan's draft: every part on a page of its own, each save kept at once (D1, X03, X11)."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.plan_editor.forms import PartForm, admit, data_from, form_for
from admin.pages.plan_editor.listing import Removed, editor_page, nested_lists
from admin.pages.plan_editor.options import choices_of
from admin.pages.plan_editor.sections import ADD, GROUPS
from admin.pages.plan_editor.targets import NEW, Target, section_url, target_at, where_of
from admin.pages.plan_words import names_of, said
from admin.security import current_actor, page
from core.data import from_data
from core.plans.content import PlanContent
from core.plans.models import Plan
from core.plans.parts import Place, inserted, mentions, moved, part_at, put, removed, renamed
from core.plans.service import PlanError, redraft
from core.queries.plans import words_known
from tenants.access import NotFound, Permission, fetch

pages = Blueprint("plan_editor", __name__, url_prefix="/plans")
Answer = Response | str
CHANGED = (
    "Phần này vừa được người khác sửa hoặc xóa trong lúc đồng chí đang mở trang. Xin mở dự thảo ở một thẻ "
    "khác để đối chiếu, rồi bấm lưu lần nữa nếu vẫn muốn lấy nội dung dưới đây."
)
GONE = "Phần này vừa được người khác sửa hoặc xóa nên chưa có gì thay đổi. Xin xem lại danh sách dưới đây."
WAYS = {"up": -1, "down": 1}


@dataclass
class Draft:
    """The plan in hand and what its draft says."""

    plan: Plan
    content: PlanContent

    def save(self, content: PlanContent, where: str) -> None:
        """Keep a changed draft at once."""
        redraft(db.session, current_actor(), self.plan, content, where)
        db.session.commit()
        self.content = content


def draft_of(plan_id: str) -> Draft:
    """The tenant's plan; one that is being changed is locked, so that two saves follow each other."""
    plan = fetch(db.session, Plan, plan_id)
    if request.method == "POST":
        db.session.refresh(plan, with_for_update=True)
    return Draft(plan, from_data(PlanContent, plan.body))


def _target(draft: Draft, where: str) -> Target:
    try:
        return target_at(draft.content, where)
    except LookupError as error:
        raise NotFound from error


@pages.get("/<plan_id>/edit")
@page(Permission.PLANS_PUBLISH)
def index(plan_id: str) -> str:
    """Every section of the draft with its items."""
    draft = draft_of(plan_id)
    return editor_page(draft.plan, draft.content, request.args.get("open", ""))


@pages.route("/<plan_id>/edit/<path:where>", methods=["GET", "POST"])
@page(Permission.PLANS_PUBLISH)
def part(plan_id: str, where: str) -> Answer:
    """One item or group as a form made from its dataclass; saved at once, whatever others edit beside it."""
    draft = draft_of(plan_id)
    asked = _target(draft, where)
    target = _meant(draft, asked)
    form = _form(draft, asked, target)
    if form.validate_on_submit():
        if target is None:
            form.refuse({"": CHANGED})
        elif answer := _saved(draft, target, form, where):
            return answer
    shown = target or asked.rival(draft.content, request.form.get("own_code", ""))
    return _part_page(draft, shown, form, where)


def _meant(draft: Draft, asked: Target) -> Target | None:
    """The part as it stands now; None where somebody changed it after the form was shown."""
    if request.method == "POST":
        known = request.form.get("known", "")
        return asked.as_new() if known == NEW and asked.home else asked.now(draft.content, known)
    try:
        asked.base(draft.content)
    except LookupError as error:
        raise NotFound from error
    return asked


def _form(draft: Draft, asked: Target, target: Target | None) -> PartForm:
    choices = choices_of(draft.content, words_known(db.session))
    made = form_for(asked.owner, choices, asked.names)
    data = data_from(made.shapes, target.base(draft.content) if target else None)
    form = made(data=data)
    admit(form, data)
    return form


def _saved(draft: Draft, target: Target, form: PartForm, where: str) -> Response | None:
    base = target.base(draft.content)
    value = form.value(target.owner, base, target.taken(draft.content))
    if value is None:
        return None
    content, place = _with(draft.content, target, base, value)
    try:
        draft.save(content, where)
    except PlanError as error:
        form.refuse({"subject": str(error)})
        return None
    flash("Đã lưu vào dự thảo.", "ok")
    return redirect(_after(draft, target, place, where))


def _with(content: PlanContent, target: Target, base: Any, value: Any) -> tuple[PlanContent, Place]:
    """The draft with the part, whatever names its code following it; and where the part stands now."""
    if target.names:
        return value, ()
    if target.is_new:
        place = (*target.home, len(part_at(content, target.home)))
        return inserted(content, place, value), place
    old, new = getattr(base, "code", ""), getattr(value, "code", "")
    changed = put(content, target.place, value)
    if old != new and len(target.home) == 1:
        changed = renamed(changed, str(target.home[0]), old, new)
    return changed, target.place


def _after(draft: Draft, target: Target, place: Place, where: str) -> str:
    """Where one goes on: to one more, to the new item's own list, or back to the list it is of."""
    further = ""
    if "again" in request.form:
        further = f"{where_of(target.home)}/{NEW}"
    elif target.is_new and nested_lists(draft.content, place):
        further = where_of(place)
    if not further:
        return home_url(draft.plan, target, where)
    return url_for("plan_editor.part", plan_id=draft.plan.id, where=further, saved=where)


def home_url(plan: Plan, target: Target, saved: str | None = None) -> str:
    """The page that lists the part."""
    if len(target.home) > 1:
        return url_for("plan_editor.part", plan_id=plan.id, where=where_of(target.home[:-1]), saved=saved)
    return section_url(plan.id, target.section, saved=saved)


def _part_page(draft: Draft, target: Target, form: PartForm, where: str, undo: Removed | None = None) -> str:
    item = None if target.is_new or target.names else target.base(draft.content)
    heading = GROUPS[where].title if target.names else ADD[target.list_name]
    title = f"Sửa: {said(item, names_of(draft.content)).title}" if item is not None else heading
    return render_template(
        "pages/plans_part.html",
        plan=draft.plan, form=form, target=target, where=where, title=title, undo=undo,
        known=NEW if target.is_new and where.rpartition("/")[2] != NEW else target.known(draft.content),
        own_code=getattr(item, "code", ""), back=home_url(draft.plan, target),
        lists=nested_lists(draft.content, target.place) if item is not None else [],
    )  # fmt: skip


def _listed(draft: Draft, target: Target, undo: Removed | None = None) -> str:
    """The page that lists the part, after something of it was removed."""
    if len(target.home) == 1:
        return editor_page(draft.plan, draft.content, target.section, undo)
    where = where_of(target.home[:-1])
    parent = _target(draft, where)
    return _part_page(draft, parent, _form(draft, parent, parent), where, undo)


def _known_item(draft: Draft, where: str) -> Target | None:
    """The item that a button speaks of, wherever it stands now."""
    target = _target(draft, where)
    if target.is_new or target.names:
        raise NotFound
    return target.now(draft.content, request.form.get("known", ""))


@pages.post("/<plan_id>/move/<path:where>")
@page(Permission.PLANS_PUBLISH)
def move(plan_id: str, where: str) -> Response:
    """One place up or down in its list."""
    draft = draft_of(plan_id)
    target = _known_item(draft, where)
    way = WAYS.get(request.args.get("way", ""))
    if way is None:
        raise NotFound
    if target is None:
        flash(GONE, "warning")
    else:
        draft.save(moved(draft.content, target.place, way), where)
    return redirect(home_url(draft.plan, target or _target(draft, where)))


@pages.post("/<plan_id>/remove/<path:where>")
@page(Permission.PLANS_PUBLISH)
def remove(plan_id: str, where: str) -> Answer:
    """Take an item out; the page that follows can put it back."""
    draft = draft_of(plan_id)
    target = _known_item(draft, where)
    if target is None:
        flash(GONE, "warning")
        return redirect(home_url(draft.plan, _target(draft, where)))
    item = target.base(draft.content)
    words = said(item, names_of(draft.content)).title
    draft.save(removed(draft.content, target.place), where)
    named = (
        mentions(draft.content, str(target.home[0]), getattr(item, "code", ""))
        if len(target.home) == 1
        else 0
    )
    return _listed(draft, target, Removed.of(target, item, words, named))


@pages.post("/<plan_id>/restore/<path:where>")
@page(Permission.PLANS_PUBLISH)
def restore(plan_id: str, where: str) -> Response:
    """Put back what was just removed, where it was."""
    draft = draft_of(plan_id)
    target = _target(draft, where)
    item = Removed.read(target.owner, request.form.get("item", ""))
    if item is None or target.is_new or target.names:
        raise NotFound
    if getattr(item, "code", None) in target.as_new().taken(draft.content) - {""}:
        flash("Mã của mục đã xóa vừa được dùng cho mục khác nên chưa đặt lại được.", "warning")
    else:
        draft.save(inserted(draft.content, target.place, item), where)
        flash("Đã đặt lại mục vừa xóa.", "ok")
    return redirect(home_url(draft.plan, replace(target, is_new=False)))
