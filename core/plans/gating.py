"""What has to be done before a task may be: the plan's gates, asked of the rows (S0-19, S0-20, S2-07)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.plans.content import Gate, PlanContent
from core.plans.recomputing import in_force
from core.plans.task_models import Milestone, Task
from tenants.models import Unit
from tenants.tree import UnitPath


@dataclass(frozen=True)
class UnmetGate:
    """A gate that still holds a task back, in words; one that does not block may be set aside."""

    code: str
    blocks: bool
    words: str

    @property
    def sentence(self) -> str:
        """The words at the head of a line."""
        return f"{self.words[0].upper()}{self.words[1:]}"


class Gated(NamedTuple):
    """A task that gates may hold back."""

    task_id: UUID
    plan_id: UUID
    milestone: str
    path: UnitPath


State = tuple[int, int, int, int]
States = Mapping[tuple[UUID, str, str], State]


def unmet_gates(session: orm.Session, task: Task) -> tuple[UnmetGate, ...]:
    """The gates before one task of which something is still to be done."""
    content = in_force(session, task.plan_id)
    asked = Gated(task.id, task.plan_id, task.milestone.code, task.unit.tree_path)
    return gates_before(session, [asked], {task.plan_id: content} if content else {}).get(task.id, ())


def gates_before(
    session: orm.Session, tasks: Iterable[Gated], contents: Mapping[UUID, PlanContent]
) -> dict[UUID, tuple[UnmetGate, ...]]:
    """By task the gates that still hold it back; one statement, none where no gate speaks of them.

    A gate asks the nearest unit that owes what comes first: the task's own or one above; where none of them
    does, everybody below the nearest above who does, such as the pilots of the same committee.
    """
    found = [(task, gate) for task in tasks for gate in _gates(task, contents)]
    states = _states(session, found)
    unmet: dict[UUID, tuple[UnmetGate, ...]] = defaultdict(tuple)
    for task, gate in found:
        if missing := [code for code in gate.until if _is_open(states, task, code)]:
            unmet[task.task_id] += (_unmet(gate, contents[task.plan_id], missing),)
    return dict(unmet)


def _gates(task: Gated, contents: Mapping[UUID, PlanContent]) -> list[Gate]:
    content = contents.get(task.plan_id)
    return [gate for gate in content.gates if gate.holds_back == task.milestone] if content else []


def _places(path: UnitPath) -> list[UnitPath]:
    return [path, *reversed(path.ancestors)]


def _states(session: orm.Session, found: list[tuple[Gated, Gate]]) -> States:
    """By plan, milestone and place: tasks of the place itself and open ones, those there and below."""
    if not found:
        return {}
    places = {place for task, _ in found for place in _places(task.path)}
    rows = [(place.text, place.end) for place in sorted(places)]
    place = sa.values(sa.column("path", sa.Text), sa.column("beyond", sa.Text), name="place").data(rows)
    start, end = sa.collate(place.c.path, "C"), sa.collate(place.c.beyond, "C")
    here, still = Unit.path == start, Task.done_on.is_(None)
    counts = [sa.func.count().filter(here), sa.func.count().filter(here, still)]
    query = (
        sa.select(Task.plan_id, Milestone.code, place.c.path)
        .add_columns(*counts, sa.func.count(), sa.func.count().filter(still))
        .join(Milestone, Milestone.id == Task.milestone_id)
        .join(Unit, Unit.id == Task.unit_id)
        .join(place, sa.and_(Unit.path >= start, Unit.path < end))
        .where(Task.plan_id.in_({task.plan_id for task, _ in found}), Task.withdrawn_on.is_(None))
        .where(Milestone.code.in_({code for _, gate in found for code in gate.until}))
        .group_by(Task.plan_id, Milestone.code, place.c.path)
    )
    return {(row[0], row[1], row[2]): _state(row) for row in session.execute(query)}


def _state(row: Any) -> State:
    return row[3], row[4], row[5], row[6]


def _is_open(states: States, task: Gated, code: str) -> bool:
    found = [
        states[key] for place in _places(task.path) if (key := (task.plan_id, code, place.text)) in states
    ]
    own = next((still for mine, still, _, _ in found if mine), None)
    around = next((still for _, _, _, still in found), 0)
    return bool(around if own is None else own)


def _unmet(gate: Gate, content: PlanContent, missing: list[str]) -> UnmetGate:
    titles = {one.code: one.title for one in content.milestones}
    what = "; ".join(f"“{titles.get(code, code)}”" for code in missing)
    by = f" ({', '.join(gate.reviewers)})" if gate.reviewers else ""
    clause = f", theo mục {gate.clause}" if gate.clause else ""
    return UnmetGate(gate.code, gate.blocks, f"cần xong trước {what}{by}{clause}.")
