"""What cells ask of the rotation, seen side by side and set for many at once (S4-02, S4-11)."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from admin.database import db
from admin.forms import PageForm
from admin.pages.listing import listed, page_number
from admin.security import current_actor, page
from core.queries.reading import Rows
from core.queries.wishes import CellWishes, cells_asking, ids_of, receiving
from core.rotation.wishing import Wishes, set_wishes
from tenants.access import Permission, as_id, reach
from tenants.codes import SPECIAL
from tenants.people import PeopleError

pages = Blueprint("wishes", __name__)
Answer = Response | str
KEEP = ("", "Giữ nguyên")
YES_NO = {"yes": True, "no": False}
HEADINGS = ("Chi bộ", "Thuộc", "Mức đang đặt")


class WishForm(PageForm):
    """What to set; what is left empty stays as it is."""

    special = SelectField(
        "Địa bàn đặc thù", [Optional()], choices=[KEEP, *((str(n), words) for n, words in SPECIAL.items())]
    )
    visitors_wanted = IntegerField(
        "Số đồng chí dự cùng buổi",
        [Optional(), NumberRange(1, 9)],
        description="Từ 1 đến 9, thường là 1; để trống: giữ nguyên.",
    )
    visits_least = IntegerField(
        "Số lượt dự ít nhất một năm",
        [Optional(), NumberRange(0, 99)],
        description="Từ 1 đến 99; 0: chia đều như các chi bộ khác; để trống: giữ nguyên.",
    )
    visited_first = SelectField(
        "Dự ngay tháng đầu của lịch", [Optional()], choices=[KEEP, ("yes", "Có"), ("no", "Không")]
    )
    every = BooleanField("Đặt cho mọi chi bộ trong danh sách, cả các trang khác")

    def asked(self) -> Wishes:
        """What was chosen."""
        special = int(self.special.data) if self.special.data else None
        first = YES_NO.get(self.visited_first.data or "")
        return Wishes(special, self.visitors_wanted.data, self.visits_least.data, first)


@dataclass(frozen=True)
class Asked:
    """Which cells are looked at: by name, all or those that ask for something."""

    name: str
    marked: bool

    @property
    def cells(self) -> Rows:
        """The cells in the visitor's reach."""
        return receiving(reach(current_actor(), Permission.ROTATION_GENERATE), self.name, self.marked)

    def url(self, marked: bool, number: int | None = None) -> str:
        """The list of the same name, of all cells or of those that ask for something."""
        view = "marked" if marked else None
        return url_for("wishes.index", q=self.name or None, view=view, page=number)


def _asked() -> Asked:
    return Asked(request.args.get("q", "")[:100], request.args.get("view") == "marked")


@pages.get("/rotation/wishes")
@page(Permission.ROTATION_GENERATE)
def index() -> str:
    """Cells in reach with what they ask for."""
    return _shown(WishForm(), _asked())


@pages.post("/rotation/wishes")
@page(Permission.ROTATION_GENERATE)
def save() -> Answer:
    """Set it for the ticked cells, or for all that are found once their number is confirmed."""
    form, asked = WishForm(), _asked()
    ticked = {as_id(key) for key in request.form.getlist("cell")}
    cells = ids_of(db.session, asked.cells) if form.every.data else ticked
    sure = not form.every.data or request.form.get("sure") == str(len(cells))
    if form.validate_on_submit():
        if not sure and cells and form.asked().values:
            return _shown(form, asked, ticked, unsure=len(cells))
        try:
            changed = set_wishes(db.session, current_actor(), cells, form.asked())
        except PeopleError as error:
            db.session.rollback()
            form.refuse(error.problems)
        else:
            db.session.commit()
            flash(_said(len(cells), changed), "ok")
            return redirect(asked.url(asked.marked, page_number()))
    return _shown(form, asked, ticked)


def _said(chosen: int, changed: int) -> str:
    same = f"; {chosen - changed} chi bộ đã như vậy từ trước" if changed < chosen else ""
    return f"Đã đặt cho {changed} chi bộ{same}. Lần xếp lịch sau theo mức này; lịch đã công bố không đổi."


def _shown(form: WishForm, asked: Asked, ticked: Set[UUID] = frozenset(), unsure: int = 0) -> str:
    views = ((False, "Mọi chi bộ"), (True, "Có yêu cầu riêng"))
    tabs = [
        {"label": label, "active": asked.marked == marked, "url": asked.url(marked)}
        for marked, label in views
    ]
    found = listed(cells_asking(db.session, asked.cells, page_number()))
    rows = [_row(cell, ticked) for cell in found.rows]
    return render_template(
        "pages/rotation_wishes.html",
        form=form,
        page=found,
        rows=rows,
        headings=HEADINGS,
        tabs=tabs,
        asked=asked,
        unsure=unsure,
    )


def _row(cell: CellWishes, ticked: Set[UUID]) -> dict[str, Any]:
    cells = (cell.cell, cell.above, cell.words_vi or "Chia đều, không yêu cầu riêng")
    return {"cells": cells, "value": str(cell.id), "checked": cell.id in ticked}
