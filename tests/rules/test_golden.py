"""Each source plan, compiled for a realistic list of units: whole tables of tasks and guests.

The expected tables were written from the source text, line by line, not from the output.
"""

import pytest

from core.plans.compiler import compile_plan
from tests.golden_ground import TODAY, around, content_of, guest_rows, table, task_rows

PLANS = sorted(TODAY)


@pytest.mark.parametrize("plan", PLANS)
def test_every_units_tasks_are_those_of_the_source(plan: str) -> None:
    assert task_rows(content_of(plan), around(plan)) == table(plan, "tasks.csv")


@pytest.mark.parametrize("plan", PLANS)
def test_every_units_guests_are_those_of_the_source(plan: str) -> None:
    content, ground = content_of(plan), around(plan)
    assert guest_rows(content, ground, compile_plan(content, ground)) == table(plan, "guests.csv")
