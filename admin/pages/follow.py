"""“Theo dõi thực hiện”: a plan's numbers, a map of units and milestones, whom to call (D2, X08)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.exports import to_csv
from admin.pages.documents import attachment, spreadsheet
from admin.pages.listing import chip, listed, page_number
from admin.pages.task_forms import NudgeForm
from admin.security import current_actor, page
from core.plans.models import Plan
from core.plans.task_models import Task
from core.plans.tasks import nudge
from core.queries.extensions import asked_in
from core.queries.follow import (
    HeatCell,
    Progress,
    heat_map,
    milestones_followed,
    plans_followed,
    progress_of,
    tasks_followed,
    units_followed,
)
from core.queries.overdue import contacts, late_by_unit, overdue_tasks, overdue_total, tasks_to_urge, told_of
from core.queries.unit_tasks import TaskRow
from core.queries.visits import organisations_in
from core.rosters.sheets import write_sheet
from tenants.access import NotFound, Permission, as_id, fetch, reach
from tenants.clock import today
from tenants.tree import UnitPath

pages = Blueprint("follow", __name__, url_prefix="/follow")
FOLLOW = Permission.TASKS_FOLLOW
COLUMNS = ("Đơn vị", "Đầu việc", "Hạn", "Gia hạn đến", "Hoàn thành", "Tình trạng", "Số ngày trễ")
MOST_NUDGED = 100
Answer = Response | str


def _paths() -> tuple[UnitPath, ...]:
    return reach(current_actor(), FOLLOW)


def _typed() -> str:
    return request.args.get("q", "")[:100]


def _figures(progress: Progress) -> list[dict[str, Any]]:
    """The four numbers, each of whole tasks."""
    left = f"{progress.overdue} việc chưa xong" if progress.late else None
    found = (
        (progress.on_time, "Đúng hạn", "ok", None),
        (progress.extended, "Được gia hạn", "warn", None),
        (progress.late, "Trễ", "late", left),
        (progress.unsent, "Chưa gửi, còn hạn", "info", None),
    )
    return [
        {"number": number, "label": label, "tone": tone if number else None, "detail": detail, "link": None}
        for number, label, tone, detail in found
    ]


@pages.get("/")
@page(FOLLOW)
def index() -> str:
    """Plans with their four numbers, and where most is late."""
    paths, day = _paths(), today()
    found, late = (
        plans_followed(db.session, paths, day, _typed(), page_number()),
        late_by_unit(db.session, paths, day),
    )
    most = max((count for _name, count in late), default=0)
    return render_template(
        "pages/follow_index.html",
        page=listed(found),
        q=_typed(),
        figures=_figures,
        overdue=overdue_total(db.session, paths, day),
        asked=asked_in(db.session, reach(current_actor(), Permission.TASKS_DECIDE)),
        bars=[{"label": name, "value": count, "max": most, "tone": "late"} for name, count in late],
    )


def _plan(plan_id: str) -> Plan:
    """A plan of which units in reach were given tasks; 404 for any other."""
    plan = fetch(db.session, Plan, plan_id)
    if not progress_of(db.session, plan.id, _paths(), today()).total:
        raise NotFound
    return plan


def _scope() -> tuple[tuple[UnitPath, ...], Any, Any]:
    """The paths looked at, the committee asked for, and those there are to ask for."""
    paths = _paths()
    units = organisations_in(db.session, paths)
    chosen = next((unit for unit in units if str(unit.id) == request.args.get("unit")), None)
    return ((chosen.tree_path,) if chosen else paths), chosen, units


@pages.get("/plans/<plan_id>")
@page(FOLLOW)
def show(plan_id: str) -> str:
    """A plan's map of units and milestones, some units at a time, or the same as a table."""
    plan, (paths, chosen, units) = _plan(plan_id), _scope()
    found = units_followed(db.session, plan.id, paths, _typed(), page_number())
    ids, as_table = [unit.id for unit in found.items], request.args.get("view") == "table"
    return render_template(
        "pages/follow_plan.html",
        plan=plan,
        page=listed(found),
        q=_typed(),
        unit=chosen,
        units=units,
        tabs=_tabs(plan, as_table),
        figures=_figures(progress_of(db.session, plan.id, paths, today())),
        as_table=as_table,
        kept={name: request.args[name] for name in ("q", "unit") if request.args.get(name)},
        wide=True,
        **(_table(plan, paths, ids) if as_table else _map(plan, paths, ids, found.items)),
    )


def _tabs(plan: Plan, as_table: bool) -> list[dict[str, Any]]:
    kept: dict[str, Any] = {name: request.args[name] for name in ("q", "unit") if request.args.get(name)}
    views = (("Bản đồ tiến độ", None), ("Dạng bảng", "table"))
    return [
        {
            "label": label,
            "url": url_for("follow.show", plan_id=plan.id, view=view, **kept),
            "active": (view == "table") is as_table,
        }
        for label, view in views
    ]


def _map(plan: Plan, paths: Iterable[UnitPath], ids: list[UUID], units: Iterable[Any]) -> dict[str, Any]:
    milestones = milestones_followed(db.session, plan.id)
    found = {
        (cell.unit_id, cell.milestone_id): cell
        for cell in heat_map(db.session, plan.id, _around(paths), today(), ids)
    }
    rows = [
        {
            "label": unit.name,
            "above": unit.above,
            "cells": [_shown(plan, unit.name, found.get((unit.id, one.id))) for one in milestones],
        }
        for unit in units
    ]
    return {"columns": [one.title for one in milestones], "rows": rows}


def _around(paths: Iterable[UnitPath]) -> UnitPath:
    """The smallest subtree that holds all of these; which units of it are shown is asked by their ids."""
    codes = [path.codes for path in paths]
    shared = [same[0] for same in zip(*codes, strict=False) if len(set(same)) == 1]
    return UnitPath(f"/{'/'.join(shared)}/")


def _shown(plan: Plan, unit: str, cell: HeatCell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    url = (
        url_for("unit_tasks.show", task_id=cell.task_id)
        if cell.task_id
        else url_for("follow.show", plan_id=plan.id, view="table", q=unit)
    )
    at = cell.worst
    return {"tone": at.tone, "mark": at.icon, "text": cell.text, "url": url}


def _table(plan: Plan, paths: Iterable[UnitPath], ids: list[UUID]) -> dict[str, Any]:
    day = today()
    rows = tasks_followed(db.session, plan.id, paths, ids)
    return {"tasks": rows, "chips": {row.id: chip(row.standing(day)) for row in rows}, "day": day}


def _line(row: TaskRow) -> tuple[str, ...]:
    day = today()
    dates = tuple(f"{one:%d/%m/%Y}" if one else "" for one in (row.due_on, row.extended_to, row.done_on))
    late = row.days_late(day)
    return (row.unit, row.label, *dates, row.standing(day).label, str(late) if late else "")


@pages.get("/plans/<plan_id>/export.<kind>")
@page(FOLLOW)
def export(plan_id: str, kind: str) -> Response:
    """The whole table in reach as a file."""
    if kind not in ("csv", "xlsx"):
        raise NotFound
    plan, (paths, _chosen, _units) = _plan(plan_id), _scope()
    lines = [_line(row) for row in tasks_followed(db.session, plan.id, paths)]
    name = f"theo-doi-{plan.year}-{today():%Y%m%d}.{kind}"
    if kind == "csv":
        return attachment(to_csv(COLUMNS, lines), "text/csv", name)
    return spreadsheet(write_sheet("Theo dõi thực hiện", COLUMNS, lines), name)


@pages.get("/overdue")
@page(FOLLOW)
def overdue() -> str:
    """“Cần gọi hôm nay”: what is late, the longest first, with whom to call."""
    found = overdue_tasks(db.session, _paths(), today(), _typed(), page_number())
    return render_template(
        "pages/follow_overdue.html",
        page=listed(found),
        q=_typed(),
        people=contacts(db.session, [row.unit_id for row in found.items], today()),
        day=today(),
        may_nudge=bool(reach(current_actor(), Permission.TASKS_NUDGE)),
    )


def _ticked() -> tuple[Task, ...]:
    """The ticked tasks; 404 where one of them is out of reach."""
    ids = {as_id(text) for text in request.form.getlist("task")[:MOST_NUDGED]}
    found = tasks_to_urge(db.session, reach(current_actor(), Permission.TASKS_NUDGE), ids)
    if ids - {task.id for task in found}:
        raise NotFound
    return found


@pages.post("/nudge")
@page(Permission.TASKS_NUDGE)
def urge() -> Answer:
    """Who receives what; then send it."""
    tasks, form = _ticked(), NudgeForm()
    if not tasks:
        flash("Xin đánh dấu việc cần nhắc trước.", "warning")
        return redirect(url_for("follow.overdue"))
    if request.form.get("step") == "send" and form.validate_on_submit():
        told = nudge(db.session, current_actor(), tasks, form.words.data or "")
        db.session.commit()
        flash(f"Đã gửi {told} lời nhắc." if told else "Hôm nay các việc này đã được nhắc rồi.", "ok")
        return redirect(url_for("follow.overdue"))
    return render_template("pages/follow_nudge.html", tasks=tasks, told=told_of(db.session, tasks), form=form)
