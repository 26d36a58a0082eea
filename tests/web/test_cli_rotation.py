"""The rotation at the command line does what the pages do (S4-11)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.rotation.models import Absence, Visit
from tenants.clock import frozen
from tests.cast import Cast
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, furnished

Run = Callable[..., Result]
FIRST = ("--first-month", "2026-01")


@pytest.fixture
def run(app: Flask, cast: Cast) -> Run:
    with frozen(NOW):
        furnished(cast)
    runner = app.test_cli_runner()

    def invoke(verb: str, *words: str, tenant: str = "huyen-a") -> Result:
        with frozen(NOW):
            return runner.invoke(args=["rotation", verb, "--tenant", tenant, *words])

    return invoke


def test_a_draft_is_drawn_up_published_and_listed(run: Run, cast: Cast) -> None:
    assert "Đã giao tác vụ" in run("draw", *FIRST).output
    run_jobs(cast, "huyen-a")
    assert "dự thảo" in run("list").output
    assert "Đã công bố bản 1" in run("publish", "--yes", *FIRST).output
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == 36


def test_what_is_published_is_adjusted_into_version_2(run: Run, cast: Cast) -> None:
    run("draw", *FIRST)
    run_jobs(cast, "huyen-a")
    run("publish", "--yes", *FIRST)
    with cast.session("huyen-a") as session:
        person_id = cast.actor("huyen-a.official").person_id
        session.add(Absence(person_id=person_id, starts_on=NOW.date(), ends_on=NOW.date().replace(month=5)))
    assert run("adjust", "--reason", "Đồng chí ốm", *FIRST).exit_code == 0
    run_jobs(cast, "huyen-a")
    assert "Đã công bố bản 2" in run("publish", "--yes", *FIRST).output


def test_refusals_are_words(run: Run) -> None:
    assert "Không có đơn vị" in run("list", tenant="khong-co").output
    assert "Chưa có lịch" in run("publish", "--yes", *FIRST).output
    assert "chưa ban hành kế hoạch năm 2031" in run("draw", "--first-month", "2031-01").output
