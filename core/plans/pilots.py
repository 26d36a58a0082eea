"""Choosing the cells that are held first, by committee and block (S0-18, S2-03, S2-08, S3-20)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.kinds import MeetingKind
from core.plans.content import Action, PilotQuota, PlanContent
from core.plans.coverage import quota_fault, quota_groups
from core.plans.loading import unit_ids, unit_tree
from core.plans.recomputing import in_force, recompute
from core.plans.selectors import PlanUnit, caught_by
from core.plans.task_models import PlanPilot, Task
from core.plans.tasks import TaskError, finish, take_hold
from core.plans.telling import tell_units
from tenants.access import Actor
from tenants.audit import record
from tenants.clock import today
from tenants.models import Unit
from tenants.tree import UnitPath

Chosen = Mapping[str, MeetingKind | None]


@dataclass(frozen=True)
class Choice:
    """What a committee chooses from under one quota: the group, its own cells of it, how many are chosen
    elsewhere in the group. `key` names it in forms and errors."""

    key: str
    quota: PilotQuota
    place: str
    cells: tuple[PlanUnit, ...]
    own: frozenset[str]

    @property
    def units(self) -> tuple[PlanUnit, ...]:
        """The committee's own cells."""
        return tuple(cell for cell in self.cells if cell.code in self.own)

    @property
    def elsewhere(self) -> list[PlanUnit]:
        """Those of the group that other committees have chosen."""
        return [cell for cell in self.cells if cell.pilot and cell.code not in self.own]

    @property
    def words(self) -> str:
        """How many the plan asks for, in words."""
        most = self.quota.most
        count = f"{self.quota.least:02d}" if most == self.quota.least else f"ít nhất {self.quota.least:02d}"
        upper = f", nhiều nhất {most:02d}" if most is not None and most != self.quota.least else ""
        kinds = "; ".join(kind.label for kind in self.quota.meetings)
        clause = f", theo mục {self.quota.clause}" if self.quota.clause else ""
        return f"Chọn {count}{upper} chi bộ{f' ({kinds})' if kinds else ''}{clause}."

    def fault(self, chosen: Chosen) -> str:
        """What is wrong with the cells chosen of it; empty where nothing is. Too few is the committee's fault
        only where the whole group is its own."""
        mine = [
            replace(unit, pilot=True, pilot_meeting=chosen[unit.code])
            for unit in self.units
            if unit.code in chosen
        ]
        found = [*self.elsewhere, *mine]
        if len(found) < self.quota.least and not self.own.issuperset(cell.code for cell in self.cells):
            return ""
        text = quota_fault(self.quota, found, len(self.cells))
        return f"{self.place}: {text}" if text else ""


def choices(session: orm.Session, task: Task, content: PlanContent) -> tuple[Choice, ...]:
    """What the task's unit may choose from: its own cells, quota by quota."""
    tree = unit_tree(session, task.plan_id).with_pilots(name for one in content.pilots for name in one.named)
    caught, own = caught_by(content.selectors, tree), _inside(session, task.unit.tree_path)
    found = [
        (quota, place, tuple(cells))
        for quota in content.pilots
        for place, cells in quota_groups(quota, tree, caught)
        if any(cell.code in own for cell in cells)
    ]
    return tuple(
        Choice(f"{quota.code}-{number}", quota, place, cells, own)
        for number, (quota, place, cells) in enumerate(found)
    )


def _inside(session: orm.Session, path: UnitPath) -> frozenset[str]:
    return frozenset(
        session.scalars(sa.select(Unit.code).where(Unit.path >= path.text, Unit.path < path.end))
    )


def chosen_pilots(session: orm.Session, task: Task) -> dict[str, MeetingKind | None]:
    """The cells chosen by now at the task's unit and below, each with the kind of its meeting."""
    query = sa.select(Unit.code, PlanPilot.meeting).join(Unit, Unit.id == PlanPilot.unit_id)
    return dict(session.execute(query.where(*_of(task))).all())


def _of(task: Task) -> tuple[sa.ColumnElement[bool], ...]:
    path = task.unit.tree_path
    return PlanPilot.plan_id == task.plan_id, Unit.path >= path.text, Unit.path < path.end


def select_pilots(session: orm.Session, actor: Actor, task: Task, chosen: Chosen) -> None:
    """Set the pilots among the unit's own cells, give everyone the tasks that follow from it, and note that
    the choosing is done. May be said again. Raises TaskError, by `Choice.key`; NotAllowed."""
    take_hold(session, actor, task)
    content = in_force(session, task.plan_id)
    if task.milestone.action is not Action.SELECT_PILOTS or content is None:
        raise TaskError({"": "Việc này không phải là chọn đơn vị làm điểm."})
    found = choices(session, task, content)
    _refuse(found, chosen)
    _keep(session, task, chosen)
    if task.done_on is None:
        finish(task, actor, today())
    session.flush()
    issued = recompute(session, actor, task.plan, task.unit.tree_path, "Chọn đơn vị làm điểm.")
    if issued is not None:
        tell_units(session, task.plan, issued)
    record(session, actor, "task:pilots", task, chosen=sorted(chosen))


def _refuse(found: Iterable[Choice], chosen: Chosen) -> None:
    problems = {one.key: fault for one in found if (fault := one.fault(chosen))}
    known = {unit.code for one in found for unit in one.units}
    if chosen.keys() - known:
        problems[""] = "Có chi bộ không thuộc diện được chọn làm điểm của đơn vị này."
    if problems:
        raise TaskError(problems)


def _keep(session: orm.Session, task: Task, chosen: Chosen) -> None:
    query = sa.select(PlanPilot, Unit.code).join(Unit, Unit.id == PlanPilot.unit_id).where(*_of(task))
    rows = {code: pilot for pilot, code in session.execute(query)}
    for code, unit_id in unit_ids(session, chosen).items():
        fresh = PlanPilot(plan_id=task.plan_id, unit_id=unit_id, chosen_on=today())
        pilot = rows.pop(code, None) or fresh
        pilot.meeting = chosen[code]
        session.add(pilot)
    for gone in rows.values():
        session.delete(gone)
