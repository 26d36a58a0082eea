"""Tasks of plans on the ladder: their doers by unit, the level above as a count (core/notices/duties)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from core.notices.remind import digests
from core.plans.content import Action
from core.plans.models import Plan
from core.plans.task_models import Milestone, Task
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("database")
DUE, TITLE = date(2026, 3, 31), "Sinh hoạt chuyên đề quý I"


@pytest.fixture
def tasks(cast: Cast) -> dict[str, UUID]:
    """One milestone, with a task of three cells and of their base committee; ids by the unit's code."""
    with cast.session("huyen-a") as session:
        plan = Plan(title="Kế hoạch", year=2026, body={})
        session.add(plan)
        session.flush()
        milestone = Milestone(
            plan_id=plan.id, code="m1", place=1, title=TITLE, action=Action.HOLD, clause="II.1", body={}
        )
        session.add(milestone)
        session.flush()
        made = {
            code: Task(
                plan_id=plan.id, milestone_id=milestone.id, unit_id=cast.unit(f"huyen-a/{code}"), due_on=DUE
            )
            for code in ("CB-1", "CB-2", "CB-3", "XA-1")
        }
        session.add_all(made.values())
        session.flush()
        return {code: task.id for code, task in made.items()}


def change(cast: Cast, key: UUID, **facts: date) -> None:
    with cast.session("huyen-a") as session:
        for name, value in facts.items():
            setattr(session.get_one(Task, key), name, value)


def told(cast: Cast, who: str, late: int) -> str:
    actor = cast.actor(f"huyen-a.{who}")
    assert actor.person_id
    with cast.session("huyen-a") as session:
        return digests(session, DUE + timedelta(days=late)).get(actor.person_id, "")


def days_told(cast: Cast, who: str) -> list[int]:
    return [late for late in range(-9, 9) if told(cast, who, late)]


def test_a_unit_hears_of_its_tasks_on_the_rungs(cast: Cast, tasks: dict[str, UUID]) -> None:
    assert days_told(cast, "secretary") == [-7, -3, -1, 1, 3]
    assert f"việc theo kế hoạch: {TITLE}, Chi bộ số 1 (hạn 31/03/2026)." in told(cast, "secretary", -3)
    assert "Chi bộ số 2" not in told(cast, "secretary", -3)
    assert days_told(cast, "official") == []


@pytest.mark.parametrize("ended", ["done_on", "withdrawn_on"])
def test_what_is_done_or_withdrawn_is_spoken_of_no_more(
    cast: Cast, tasks: dict[str, UUID], ended: str
) -> None:
    change(cast, tasks["CB-1"], **{ended: DUE})
    assert days_told(cast, "secretary") == []


def test_an_extension_moves_the_ladder(cast: Cast, tasks: dict[str, UUID]) -> None:
    change(cast, tasks["CB-1"], extended_to=DUE + timedelta(days=5))
    assert days_told(cast, "secretary") == [-2, 2, 4, 6, 8]


def test_the_level_above_hears_how_many_cells_are_late_with_what(cast: Cast, tasks: dict[str, UUID]) -> None:
    change(cast, tasks["CB-3"], done_on=DUE)
    text = told(cast, "base-officer", 3)
    assert f"2 chi bộ trễ hạn việc “{TITLE}”: Chi bộ số 1, Chi bộ số 2." in text
    assert "Hoàng" not in text
    above = told(cast, "standing", 3)
    assert f"1 đơn vị trễ hạn việc “{TITLE}”: Đảng bộ xã Yên Phú" in above
    assert "Chi bộ số" not in above


def test_nobody_of_another_tenant_hears_of_it(cast: Cast, tasks: dict[str, UUID]) -> None:
    with cast.session("huyen-b") as session:
        assert digests(session, DUE + timedelta(days=3)) == {}
