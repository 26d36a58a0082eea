"""What has to be done before a task may be: the plan's gates, asked of the rows (S0-19, S0-20, S2-07)."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from core.plans.content import Gate, PlanContent
from core.plans.recomputing import in_force
from core.plans.task_models import Milestone, Task
from tenants.models import Unit


@dataclass(frozen=True)
class UnmetGate:
    """A gate that still holds a task back, in a sentence; one that does not block may be set aside."""

    code: str
    blocks: bool
    words: str


def unmet_gates(session: orm.Session, task: Task) -> tuple[UnmetGate, ...]:
    """The gates before a task that wait for something, at its unit or the nearest one above."""
    content = in_force(session, task.plan_id)
    gates = [gate for gate in content.gates if gate.holds_back == task.milestone.code] if content else []
    if not gates or content is None:
        return ()
    states = _states(session, task, {code for gate in gates for code in gate.until})
    return tuple(_unmet(gate, content, missing) for gate in gates if (missing := _missing(gate, states)))


def _states(session: orm.Session, task: Task, codes: set[str]) -> dict[str, bool]:
    """By milestone, whether the nearest unit that owes it has done it; those nobody owes are left out."""
    places = [path.text for path in task.unit.tree_path.ancestors] + [task.unit.path]
    query = (
        sa.select(Milestone.code, Task.done_on)
        .join(Milestone, Milestone.id == Task.milestone_id)
        .join(Unit, Unit.id == Task.unit_id)
        .where(Task.plan_id == task.plan_id, Milestone.code.in_(codes), Unit.path.in_(places))
        .where(Task.withdrawn_on.is_(None))
        .order_by(sa.func.length(Unit.path))
    )
    return {code: done_on is not None for code, done_on in session.execute(query)}


def _missing(gate: Gate, states: dict[str, bool]) -> list[str]:
    return [code for code in gate.until if states.get(code) is False]


def _unmet(gate: Gate, content: PlanContent, missing: list[str]) -> UnmetGate:
    titles = {one.code: one.title for one in content.milestones}
    what = "; ".join(f"“{titles.get(code, code)}”" for code in missing)
    by = f" ({', '.join(gate.reviewers)})" if gate.reviewers else ""
    clause = f", theo mục {gate.clause}" if gate.clause else ""
    return UnmetGate(gate.code, gate.blocks, f"cần xong trước {what}{by}{clause}.")
