"""Reports at the command line (S4-14)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.notices.models import Job, JobKind
from core.reports.models import ReportVersion
from tenants import scope
from tenants.access import TenantState
from tenants.clock import frozen
from tenants.models import Tenant
from tests.cast import Cast
from tests.reporting_ground import AFTER, published_plan, run_jobs

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    runner = app.test_cli_runner()

    def invoke(*words: str) -> Result:
        with frozen(AFTER):
            return runner.invoke(args=["report", *words])

    return invoke


def test_a_quarter_is_added_up_by_its_job_and_listed(run: Run, cast: Cast) -> None:
    published_plan(cast, "huyen-a")
    told = run("consolidate", "--tenant", "huyen-a", "--period", "2026-Q1")
    assert told.exit_code == 0
    assert "Đã giao tác vụ" in told.output
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        assert len(session.scalars(sa.select(ReportVersion.id)).all()) == 1
    listed = run("list", "--tenant", "huyen-a").output
    assert "2026-Q1 bản 1" in listed
    assert "Đã tổng hợp" in listed


@pytest.mark.parametrize(
    ("tenant", "period", "sentence"),
    [
        ("nowhere", "2026-Q1", "Không có đơn vị mang mã “nowhere”"),
        ("huyen-a", "2026-Q9", "không đúng; ví dụ: 2026-Q1"),
        ("huyen-a", "2025-Q1", "chưa ban hành kế hoạch năm 2025"),
        ("huyen-a", "2026-Q4", "Kỳ báo cáo chưa bắt đầu"),
    ],
)
def test_what_cannot_be_added_up_is_told(
    run: Run, cast: Cast, tenant: str, period: str, sentence: str
) -> None:
    published_plan(cast, "huyen-a")
    told = run("consolidate", "--tenant", tenant, "--period", period)
    assert told.exit_code != 0
    assert sentence in told.output
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(Job.id).where(Job.kind == JobKind.CONSOLIDATE)).all() == []


def test_a_suspended_tenant_adds_nothing_up(run: Run, cast: Cast) -> None:
    published_plan(cast, "huyen-a")
    with scope.across_tenants("a test"), scope.transaction() as session:
        session.get_one(Tenant, cast.tenants["huyen-a"]).state = TenantState.READ_ONLY
    told = run("consolidate", "--tenant", "huyen-a", "--period", "2026-Q1")
    assert told.exit_code != 0
    assert "không ở trạng thái hoạt động" in told.output
