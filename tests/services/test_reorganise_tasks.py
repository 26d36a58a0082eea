"""Tasks of plans follow their unit's successor: none is lost, none doubled (domain: rules)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.following import FOLLOWS, JOINED
from core.plans.content import Action
from core.plans.models import Plan
from core.plans.task_models import Milestone, PlanPilot, Task
from tenants import scope
from tenants.clock import frozen, now, today
from tenants.db import new_id
from tenants.models import Unit
from tenants.people import PeopleError, plan_event, undo_event
from tenants.unit_events import EventKind, Successor, UnitChange
from tenants.unit_models import UnitEvent
from tests.cast import Cast
from tests.rotation_ground import statements

pytestmark = pytest.mark.usefixtures("database")
ADMIN, HOME = "huyen-a.admin", "huyen-a"
Held = set[tuple[str, str, str]]


@pytest.fixture(autouse=True)
def tasks(cast: Cast, database: dict[str, str]) -> None:
    """Two milestones; CB-1 owes both in two periods, CB-2 the first; CB-2 has done one."""
    with cast.session(ADMIN) as session:
        plan = Plan(title="Diễn đàn", year=2026, body={})
        session.add(plan)
        session.flush()
        marks = [
            Milestone(
                plan_id=plan.id, code=code, place=n, title=code, action=next(iter(Action)), clause="", body={}
            )
            for n, code in enumerate(("one", "two"))
        ]
        session.add_all(marks)
        session.flush()
        cells = {code: cast.unit(f"{HOME}/{code}") for code in ("CB-1", "CB-2")}
        for cell, place, period in (
            ("CB-1", 0, "Q1"), ("CB-1", 0, "Q2"), ("CB-1", 1, "Q1"), ("CB-2", 0, "Q1"), ("CB-2", 0, "Q2"),
        ):  # fmt: skip
            session.add(
                Task(
                    plan_id=plan.id,
                    milestone_id=marks[place].id,
                    unit_id=cells[cell],
                    period=period,
                    due_on=date(2027, 1, 1),
                )
            )
        session.add(PlanPilot(plan_id=plan.id, unit_id=cells["CB-1"], chosen_on=today()))
    with cast.session(ADMIN) as session:
        done = sa.select(Task).where(Task.unit_id == cells["CB-2"], Task.period == "Q2")
        session.scalars(done).one().done_on = today()


def held(cast: Cast, *, closed: bool = False) -> Held:
    """Unit, milestone and period of the tasks that are open, or that were closed as joined."""
    query = (
        sa.select(Unit.code, Milestone.code, Task.period)
        .join(Unit, Unit.id == Task.unit_id)
        .join(Milestone, Milestone.id == Task.milestone_id)
        .where(Task.done_on.is_(None), Task.withdrawn_because == (JOINED if closed else ""))
    )
    with cast.session(HOME) as session:
        rows = [(unit, mark, period) for unit, mark, period in session.execute(query)]
    assert len(rows) == len(set(rows))
    return set(rows)


def happened(cast: Cast, kind: EventKind, *codes: str, into: tuple[str, ...]) -> UUID:
    with cast.session(ADMIN) as session:
        known = {unit.code: unit.id for unit in session.scalars(sa.select(Unit))}
        following = tuple(
            Successor(known[code]) if code in known else Successor(new_id(), code, f"Chi bộ {code}")
            for code in into
        )
        said = UnitChange(kind, today(), tuple(known[code] for code in codes), following)
        return plan_event(session, cast.actor(ADMIN), said, FOLLOWS).id


def undone(cast: Cast, event_id: UUID) -> None:
    with cast.session(ADMIN) as session:
        undo_event(session, cast.actor(ADMIN), session.get_one(UnitEvent, event_id))


def test_the_successors_own_task_stays_and_the_others_are_closed_as_joined(cast: Cast) -> None:
    before = held(cast)
    event_id = happened(cast, EventKind.MERGE, "CB-1", "CB-2", into=("CB-2",))
    assert held(cast) == {("CB-2", "one", "Q1"), ("CB-2", "two", "Q1")}
    assert held(cast, closed=True) == {("CB-1", "one", "Q1"), ("CB-1", "one", "Q2")}
    undone(cast, event_id)
    assert held(cast) == before


def test_a_new_unit_owes_each_task_of_the_merged_ones_once(cast: Cast) -> None:
    happened(cast, EventKind.MERGE, "CB-1", "CB-2", into=("CB-9",))
    assert held(cast) == {("CB-9", "one", "Q1"), ("CB-9", "one", "Q2"), ("CB-9", "two", "Q1")}
    assert held(cast, closed=True) == {("CB-2", "one", "Q1")}


def test_more_tasks_take_no_more_statements_to_move_and_to_put_back(cast: Cast) -> None:
    few = asked_by_a_merger(cast)
    with cast.session(ADMIN) as session:
        for task in session.scalars(sa.select(Task).where(Task.done_on.is_(None))).all():
            for n in range(3):
                more = {"plan_id": task.plan_id, "milestone_id": task.milestone_id, "due_on": task.due_on}
                session.add(Task(unit_id=task.unit_id, period=f"{task.period}-{n}", **more))
    before = held(cast)
    assert asked_by_a_merger(cast) == few
    assert held(cast) == before


def asked_by_a_merger(cast: Cast) -> tuple[int, int]:
    """Statements of a merger and of its undoing."""
    with statements(scope.Session.kw["bind"]) as merging:
        event_id = happened(cast, EventKind.MERGE, "CB-1", "CB-2", into=("CB-9",))
    with statements(scope.Session.kw["bind"]) as undoing:
        undone(cast, event_id)
    return len(merging), len(undoing)


@pytest.mark.parametrize("into", [("CB-8", "CB-9"), ("CB-1", "CB-9")])
def test_each_successor_of_a_split_gets_every_task(cast: Cast, into: tuple[str, ...]) -> None:
    before = held(cast)
    owed = {(mark, period) for unit, mark, period in before if unit == "CB-1"}
    event_id = happened(cast, EventKind.SPLIT, "CB-1", into=into)
    assert held(cast) == {(to, *what) for to in into for what in owed} | {("CB-2", "one", "Q1")}
    undone(cast, event_id)
    assert held(cast) == before


def test_a_split_and_then_a_merger_lose_no_task(cast: Cast) -> None:
    happened(cast, EventKind.SPLIT, "CB-1", into=("CB-1", "CB-9"))
    with frozen(now() + timedelta(days=1)):
        happened(cast, EventKind.MERGE, "CB-9", "CB-1", into=("CB-1",))
    assert {row for row in held(cast) if row[0] == "CB-1"} == {
        ("CB-1", "one", "Q1"), ("CB-1", "one", "Q2"), ("CB-1", "two", "Q1"),
    }  # fmt: skip


def test_a_task_done_since_keeps_a_split_from_being_undone(cast: Cast) -> None:
    event_id = happened(cast, EventKind.SPLIT, "CB-1", into=("CB-1", "CB-9"))
    with cast.session(ADMIN) as session:
        task = session.scalars(sa.select(Task).join(Task.unit).where(Unit.code == "CB-9").limit(1)).one()
        task.done_on, task.done_at = today(), now()
    before = held(cast)
    with pytest.raises(PeopleError, match="phát sinh"):
        undone(cast, event_id)
    assert held(cast) == before


def test_the_pilot_of_a_plan_is_the_unit_that_follows(cast: Cast) -> None:
    happened(cast, EventKind.MERGE, "CB-1", "CB-2", into=("CB-2",))
    with cast.session(HOME) as session:
        assert session.scalars(sa.select(PlanPilot)).one().unit_id == cast.unit(f"{HOME}/CB-2")
