"""Reading models of following up: counted, mapped, told, within one's reach (F05, F06, D2)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest
import sqlalchemy as sa

from core.notices.models import Job, JobKind
from core.notices.work import owe
from core.plans.standing import Standing, standing
from core.plans.task_models import Task
from core.plans.tasks import Done, complete
from core.queries.follow import heat_map, progress_of, states
from core.queries.overdue import overdue_counts
from tenants import scope
from tenants.clock import frozen
from tenants.tree import UnitPath
from tests.cast import Cast
from tests.reporting_ground import run_jobs
from tests.rotation_ground import statements
from tests.task_ground import FORUM_PLAN, NOW, REGISTER, SUM_UP, task_of, under_way, with_review

pytestmark = pytest.mark.usefixtures("database")
LATE = date(2026, 4, 2)
ROOT, COMMUNE = UnitPath("/HUYEN-A/"), UnitPath("/HUYEN-A/XA-1/")


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


def test_what_is_late_is_counted_at_each_unit_directly_below(cast: Cast) -> None:
    under_way(cast)
    with cast.session("huyen-a") as session:
        task_of(session, "dang_ky", "CB-2").extended_to = date(2026, 4, 10)
        complete(
            session, cast.actor("huyen-a.secretary"), task_of(session, "dang_ky"), Done(date(2026, 3, 2))
        )
    with cast.session("huyen-a") as session, statements(scope.Session.kw["bind"]) as asked:
        assert overdue_counts(session, [ROOT], LATE) == {cast.unit("huyen-a/XA-1"): 2}
        assert overdue_counts(session, [COMMUNE], LATE) == {
            cast.unit("huyen-a/CB-3"): 1,
            cast.unit("huyen-a/CB-4"): 1,
        }
        assert overdue_counts(session, [], LATE) == {}
    assert len(asked) == 2
    with cast.session("huyen-b") as session:
        assert overdue_counts(session, [UnitPath("/HUYEN-B/"), ROOT], LATE) == {}


def test_a_map_says_of_each_unit_and_milestone_what_asks_most_for_attention(cast: Cast) -> None:
    plan_id = under_way(cast, replace(FORUM_PLAN, milestones=(REGISTER, SUM_UP)))
    with cast.session("huyen-a") as session, statements(scope.Session.kw["bind"]) as asked:
        cells = heat_map(session, plan_id, ROOT, LATE)
    assert len(asked) == 1
    assert sorted(cell.worst for cell in cells) == [Standing.OPEN, *[Standing.OVERDUE] * 4]
    assert all(cell.task_id for cell in cells)
    with cast.session("huyen-a") as session:
        assert len(heat_map(session, plan_id, COMMUNE, LATE)) == 4
        assert len(heat_map(session, plan_id, ROOT, LATE, [cast.unit("huyen-a/CB-1")])) == 1
    with cast.session("huyen-b") as session:
        assert heat_map(session, plan_id, ROOT, LATE) == ()


def test_several_periods_of_a_milestone_are_one_cell(cast: Cast) -> None:
    plan_id = under_way(cast, with_review())
    with cast.session("huyen-a") as session:
        cells = heat_map(session, plan_id, COMMUNE, LATE)
    assert {(cell.task_id, cell.text) for cell in cells} == {(None, "Sắp đến hạn: xong 0/10")}


def test_the_four_numbers_hold_every_task_once(cast: Cast) -> None:
    plan_id = under_way(cast)
    days = [None, date(2026, 3, 29), date(2026, 4, 2), date(2026, 4, 4), date(2026, 5, 1)]
    with cast.session("huyen-a") as session:
        task = task_of(session, "dang_ky")
        for due, longer, done in product(
            days, days, [None, date(2026, 3, 20), date(2026, 4, 1), date(2026, 4, 9)]
        ):
            if (longer and not due) or (longer and due and longer < due):
                continue
            task.due_on, task.extended_to, task.done_on = due, longer, done
            session.flush()
            query = sa.select(*(holds.label(at.value) for at, holds in states(LATE).items()))
            row = session.execute(query.where(Task.id == task.id)).one()
            assert [at for at in Standing if row._mapping[at.value]] == [standing(due, done, LATE, longer)]
        progress = progress_of(session, plan_id, [ROOT], LATE)
        parts = (progress.on_time, progress.extended, progress.late, progress.unsent)
        assert sum(parts) == progress.total == 17


def test_the_days_job_gives_what_comes_round_and_twice_is_once(cast: Cast) -> None:
    under_way(cast, replace(with_review(), ends_on=None))
    count = sa.select(sa.func.count(Task.id))
    with cast.session("huyen-a") as session:
        before = session.scalar(count)
    with frozen(datetime(2026, 5, 2, 3, 0, tzinfo=UTC)):
        for time in (1, 2):
            with cast.session("huyen-a") as session:
                owe(session, cast.actor("huyen-a.admin"), JobKind.CONTINUE_PLANS, f"continue:{time}")
            run_jobs(cast, "huyen-a")
            with cast.session("huyen-a") as session:
                assert session.scalar(count) == (before or 0) + 8
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(Job.kind).where(Job.kind == JobKind.CONTINUE_PLANS)).all()
