"""A draft compiled before it is published: tasks, groups, guests, problems, changes (design: D1, F03)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, Final

import xlsxwriter
from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.exports import inert
from admin.pages.documents import csv_file, spreadsheet
from admin.pages.listing import listed, page_number
from admin.pages.plan_editor.listing import selector_counts
from admin.pages.plan_editor.targets import link_of
from admin.pages.plan_words import names_of, said
from admin.security import page
from core.data import from_data
from core.plans.compiler import Circumstances
from core.plans.content import PlanContent
from core.plans.coverage import Checked, check
from core.plans.differences import plan_differences
from core.plans.guests import Guest, Post, guests_of, holders, place_of
from core.plans.loading import circumstances, roster_posts
from core.plans.models import Plan
from core.plans.preview_pages import (
    SLICE,
    UnitChange,
    Wanted,
    caught_in,
    changes_of,
    narrowed,
    rows_of,
    slices,
    task_count,
    units_with_tasks,
)  # fmt: skip
from core.plans.previewing import PreviewRow
from core.plans.selectors import Caught, PlanUnit
from core.plans.sentences import day_text
from core.plans.service import content_of, first_issued_on, published
from core.queries.reading import slice_of
from tenants.access import NotFound, Permission, fetch
from tenants.clock import today
from tenants.tree import UnitKind

pages = Blueprint("plan_preview", __name__, url_prefix="/plans")
UNITS_A_PAGE: Final = 5
MOST_ROWS: Final = 20_000
"""Of a workbook; a CSV file is sent as it is made and has no end."""
COLUMNS: Final = (
    "Mã đơn vị", "Đơn vị", "Việc", "Bắt đầu", "Hạn", "Mục", "Cách tính", "Nơi nhận", "Qua",
    "Tình trạng",
)  # fmt: skip


@dataclass(frozen=True)
class Bench:
    """A draft with what it is compiled against."""

    plan: Plan
    content: PlanContent
    around: Circumstances

    @cached_property
    def caught(self) -> Caught:
        """What each selector catches in the whole tree, the plan's own pilots among it."""
        return caught_in(self.content, self.around.tree)

    def units(self, wanted: Wanted) -> tuple[PlanUnit, ...]:
        """The units with tasks that were asked for."""
        return units_with_tasks(self.content, self.around.tree, self.caught, wanted)

    def count(self, units: Sequence[PlanUnit], milestone: str = "") -> int:
        """How many tasks they have; many units: at most."""
        return task_count(self.content, self.around, self.caught, units, milestone)


def bench_of(plan_id: str) -> Bench:
    """The plan's draft as it would be published today."""
    plan = fetch(db.session, Plan, plan_id)
    content = from_data(PlanContent, plan.body)
    issued_on = first_issued_on(db.session, plan.id) or today()
    return Bench(plan, content, circumstances(db.session, content, issued_on, plan.id))


def _wanted() -> Wanted:
    given = (request.args.get(name, "")[:100].strip() for name in ("q", "group", "milestone"))
    return Wanted(*given)


def _asked() -> dict[str, Any]:
    return request.args.to_dict()


def tabs_of(plan: Plan, here: str) -> list[dict[str, Any]]:
    """The views of a preview."""
    names = {
        "index": "Việc theo đơn vị",
        "problems": "Kiểm tra",
        "groups": "Đối tượng",
        "guests": "Khách mời",
        "changes": "So với bản đã ban hành",
    }
    return [
        {"label": label, "url": url_for(f"plan_preview.{name}", plan_id=plan.id), "active": name == here}
        for name, label in names.items()
    ]


def _page(here: str, bench: Bench, **shown: Any) -> str:
    return render_template(
        f"pages/plans_preview_{here}.html",
        plan=bench.plan, content=bench.content, tabs=tabs_of(bench.plan, here), day=day_text, **shown,
    )  # fmt: skip


@pages.get("/<plan_id>/preview")
@page(Permission.PLANS_PUBLISH)
def index(plan_id: str) -> str:
    """Each unit's tasks with their due days, a page of units at a time."""
    bench, wanted = bench_of(plan_id), _wanted()
    units = bench.units(wanted)
    found = slice_of(list(units), page_number(), UNITS_A_PAGE)
    tasks: dict[str, list[PreviewRow]] = {unit.code: [] for unit in found.items}
    for row in rows_of(bench.content, bench.around, found.items, wanted.milestone):
        tasks[row.unit_code].append(row)
    total = bench.count(units, wanted.milestone)
    return _page("index", bench, page=listed(found), tasks=tasks, wanted=wanted, total=total)


@pages.get("/<plan_id>/preview/groups")
@page(Permission.PLANS_PUBLISH)
def groups(plan_id: str) -> str:
    """How many units each group catches."""
    bench = bench_of(plan_id)
    counts, names = selector_counts(bench.content, bench.around.tree), names_of(bench.content)
    rows = [(one, said(one, names), counts[one.code]) for one in bench.content.selectors]
    return _page("groups", bench, rows=rows)


@pages.get("/<plan_id>/preview/problems")
@page(Permission.PLANS_PUBLISH)
def problems(plan_id: str) -> str:
    """Everything wrong at once, each with a link to what mends it; a big tree in pieces."""
    bench = bench_of(plan_id)
    number, count, checked = checked_piece(bench)
    found = [(one, link_of(plan_id, one.path), _some(one.units, bench)) for one in checked.problems]
    pages_of = listed(slice_of(list(range(count)), number, 1))
    return _page("problems", bench, problems=found, joints=checked.joints, pieces=pages_of, piece=SLICE)


def checked_piece(bench: Bench) -> tuple[int, int, Checked]:
    """The asked piece of the tree checked: its number, how many there are, what was found."""
    pieces = slices(bench.around.tree) or ((),)
    number = min(page_number(), len(pieces))
    around = narrowed(bench.around, pieces[number - 1]) if len(pieces) > 1 else bench.around
    return number, len(pieces), check(bench.content, around, roster_posts(db.session))


def _some(codes: Sequence[str], bench: Bench) -> str:
    """A few of the units by name, and how many more."""
    by_code = bench.around.tree.by_code
    names = [by_code[code].name for code in codes[:5] if code in by_code]
    more = f" và {len(codes) - 5} đơn vị khác" if len(codes) > 5 else ""
    return f"{', '.join(names)}{more}"


@pages.get("/<plan_id>/preview/guests")
@page(Permission.PLANS_PUBLISH)
def guests(plan_id: str) -> str:
    """Whom each unit invites, by which rule, and who that is in the roster."""
    bench, wanted = bench_of(plan_id), _wanted()
    ruled = frozenset[str]().union(*(bench.caught.members.get(one.who, ()) for one in bench.content.guests))
    units = [unit for unit in bench.units(wanted) if unit.code in ruled and unit.kind is UnitKind.CELL]
    found, posts = slice_of(units, page_number(), UNITS_A_PAGE), roster_posts(db.session)
    rows = [(unit, _invited(unit, bench, posts)) for unit in found.items]
    return _page("guests", bench, page=listed(found), rows=rows, wanted=wanted)


def _invited(unit: PlanUnit, bench: Bench, posts: tuple[Post, ...]) -> list[tuple[Guest, str]]:
    them = guests_of(unit, bench.content.guests, bench.caught)
    return [(one, _names(one, unit, bench, posts)) for one in them]


def _names(guest: Guest, unit: PlanUnit, bench: Bench, posts: tuple[Post, ...]) -> str:
    if not (guest.invited.role or guest.invited.function):
        return ""
    place = place_of(guest, unit, bench.around.tree)
    return ", ".join(dict.fromkeys(post.holder for post in holders(guest, place, posts)))


@pages.get("/<plan_id>/preview/changes")
@page(Permission.PLANS_PUBLISH)
def changes(plan_id: str) -> str:
    """What the draft changes of what was published: texts, and each unit's tasks."""
    bench = bench_of(plan_id)
    last = published(db.session, bench.plan.id)
    if last is None:
        return _page("changes", bench, last=None)
    before = content_of(last)
    pieces = slices(bench.around.tree) or ((),)
    found = slice_of(list(pieces), page_number(), 1)
    changed = list(changes_of(before, bench.content, bench.around, found.items[0]))
    return _page(
        "changes", bench, last=last, texts=plan_differences(before, bench.content), changed=changed,
        totals=_totals(changed), pieces=listed(found),
    )  # fmt: skip


def _totals(changed: list[UnitChange]) -> tuple[int, int, int]:
    return tuple(sum(len(getattr(one, name)) for one in changed) for name in ("added", "moved", "removed"))  # type: ignore[return-value]


@pages.get("/<plan_id>/preview/file/<kind>")
@page(Permission.PLANS_PUBLISH)
def export(plan_id: str, kind: str) -> Response:
    """The filtered tasks as a table; a sheet too long for Excel is refused instead of being cut."""
    bench, wanted = bench_of(plan_id), _wanted()
    units = bench.units(wanted)
    rows, name = _rows(bench, units, wanted), f"xem-truoc-ke-hoach-{bench.content.year}"
    if kind == "csv":
        return csv_file(COLUMNS, rows, f"{name}.csv")
    if kind != "xlsx":
        raise NotFound
    if bench.count(units, wanted.milestone) > MOST_ROWS:
        flash(f"Bảng dài hơn {MOST_ROWS} dòng. Xin lọc theo nhóm, theo mốc hoặc tải tệp CSV.", "warning")
        return redirect(url_for("plan_preview.index", plan_id=plan_id, **_asked()))
    return spreadsheet(_workbook(rows), f"{name}.xlsx")


def _rows(bench: Bench, units: Sequence[PlanUnit], wanted: Wanted) -> Iterator[tuple[str, ...]]:
    by_code = bench.around.tree.by_code
    for start in range(0, len(units), SLICE):
        for row in rows_of(bench.content, bench.around, units[start : start + SLICE], wanted.milestone):
            opens, due = (day_text(day) if day else "" for day in (row.opens_on, row.due_on))
            yield (
                row.unit_code, by_code[row.unit_code].name, row.task, opens, due, row.clause, row.sentence,
                row.addressee, row.via, row.status.label,
            )  # fmt: skip


def _workbook(rows: Iterable[tuple[str, ...]]) -> bytes:
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Việc theo đơn vị")
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 2, 36)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, [inert(cell) for cell in row])
    return kept.getvalue()
