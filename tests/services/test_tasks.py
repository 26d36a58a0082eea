"""What each person owes, by kind (design: product X01; S4-10, S4-13, S4-14)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from core.exchange.models import DispatchKind
from core.meetings.petitions import NewPetition
from core.plans.deadlines import Standing
from core.queries.tasks import MOST_PETITIONS, Task, TaskKind, tasks_of
from core.reports.service import accept, send_back
from tenants.clock import frozen, today
from tests.cast import Cast
from tests.reporting_ground import AFTER, consolidated, plan_of, published_plan, received, run_jobs, submitted
from tests.rotation_ground import NOW, published, reported


def _tasks(cast: Cast, who: str, kind: TaskKind) -> list[Task]:
    with cast.session(who) as session:
        return [task for task in tasks_of(session, cast.actor(who), today()) if task.kind is kind]


@pytest.fixture
def march() -> Iterator[None]:
    """The morning of 10/03/2026."""
    with frozen(NOW):
        yield


@pytest.fixture
def april() -> Iterator[None]:
    """The day after the first quarter's end."""
    with frozen(AFTER):
        yield


def test_an_official_owes_past_reports_and_coming_visits(march: None, database: object, cast: Cast) -> None:
    published(cast)
    owed = _tasks(cast, "huyen-a.official", TaskKind.VISIT_REPORT)
    assert [task.standing for task in owed] == [Standing.OVERDUE] * 3
    coming = _tasks(cast, "huyen-a.official", TaskKind.VISIT)
    assert [task.due_on.month for task in coming if task.due_on] == [4, 5]


def test_a_report_sent_lately_is_shown_as_done_then_forgotten(database: object, cast: Cast) -> None:
    with frozen(NOW):
        published(cast)
    reported(cast, 2)
    counts = []
    for day in (8, 28):
        with frozen(datetime(2026, 3, day, 3, tzinfo=UTC)):
            tasks = _tasks(cast, "huyen-a.official", TaskKind.VISIT_REPORT)
            counts.append(sum(task.standing is Standing.DONE_ON_TIME for task in tasks))
    assert counts == [1, 0]


def test_many_petitions_end_in_one_line_for_the_rest(march: None, database: object, cast: Cast) -> None:
    published(cast)
    reported(cast, 0, *(NewPetition(f"Việc {number}") for number in range(MOST_PETITIONS + 3)))
    assert len(_tasks(cast, "huyen-a.officer", TaskKind.PETITION)) == MOST_PETITIONS
    [rest] = _tasks(cast, "huyen-a.officer", TaskKind.PETITIONS)
    assert rest.title == "Còn 3 kiến nghị khác chờ trả lời"
    assert _tasks(cast, "huyen-a.secretary", TaskKind.PETITION) == []


def test_a_received_plan_waits_until_it_is_derived(april: None, database: object, cast: Cast) -> None:
    published_plan(cast)
    assert len(_tasks(cast, "huyen-a.officer", TaskKind.DERIVE_PLAN)) == 1
    plan_of(cast, "huyen-a")
    assert _tasks(cast, "huyen-a.officer", TaskKind.DERIVE_PLAN) == []


def test_a_quarters_report_is_added_up_sent_sent_back_and_done(
    april: None, database: object, cast: Cast
) -> None:
    with frozen(NOW):
        published_plan(cast)
        plan_id = plan_of(cast, "huyen-a")

    def first(who: str) -> list[tuple[str, Standing]]:
        tasks = _tasks(cast, who, TaskKind.REPORT)
        return [(task.title, task.standing) for task in tasks if "quý I năm" in task.title]

    assert first("huyen-a.officer") == [("Tổng hợp báo cáo quý I năm 2026", Standing.DUE_SOON)]
    assert first("huyen-a.standing") == []
    submitted_version = consolidated(cast, "huyen-a", plan_id)
    assert first("huyen-a.standing") == [("Gửi báo cáo quý I năm 2026", Standing.DUE_SOON)]
    submitted(cast, "huyen-a", submitted_version)
    assert first("huyen-a.standing") == [("Đã hoàn thành báo cáo quý I năm 2026", Standing.DONE_ON_TIME)]
    assert len(_tasks(cast, "tinh.standing", TaskKind.DECIDE_REPORT)) == 1
    with cast.session("tinh") as session:
        send_back(
            session, cast.actor("tinh.standing"), received(session, DispatchKind.REPORT), "Thiếu chi bộ"
        )
    run_jobs(cast, "tinh")
    [returned] = [t for t in _tasks(cast, "huyen-a.officer", TaskKind.REPORT) if "quý I năm" in t.title]
    assert (returned.title, returned.detail) == (
        "Sửa và gửi lại báo cáo quý I năm 2026", "Cấp trên trả lại: Thiếu chi bộ",
    )  # fmt: skip
    assert _tasks(cast, "tinh.standing", TaskKind.DECIDE_REPORT) == []


def test_a_quarter_over_before_the_plan_is_not_owed(april: None, database: object, cast: Cast) -> None:
    published_plan(cast)
    plan_of(cast, "huyen-a")
    assert _tasks(cast, "huyen-a.officer", TaskKind.REPORT) == []


def test_an_accepted_report_is_nobodys_task_after_a_fortnight(database: object, cast: Cast) -> None:
    with frozen(AFTER):
        published_plan(cast)
        plan_id = plan_of(cast, "huyen-a")
        submitted(cast, "huyen-a", consolidated(cast, "huyen-a", plan_id))
        with cast.session("tinh") as session:
            accept(session, cast.actor("tinh.standing"), received(session, DispatchKind.REPORT))
        run_jobs(cast, "tinh")
    with frozen(datetime(2026, 4, 20, tzinfo=UTC)):
        tasks = _tasks(cast, "huyen-a.standing", TaskKind.REPORT)
    assert [task for task in tasks if task.due_on == date(2026, 4, 5)] == []
