"""Reports as pages: opened, added up, compared, sent up, answered, exported (S4-14, S4-17; design: D5)."""

from collections.abc import Callable, Iterator
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from core.exchange.models import DispatchKind
from core.plans.models import Plan
from core.plans.periods import Period
from core.reports.models import ReportVersion
from core.reports.service import accept, open_report, send_back
from core.rotation.models import Visit
from jobs.handlers import HANDLERS
from jobs.run import run_pending
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import (
    AFTER,
    NAMES,
    QUARTER,
    TwiceRunner,
    consolidated,
    dispatches,
    only_report,
    plan_of,
    published_plan,
    received,
    run_jobs,
    submitted,
    with_visits,
)
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 6
REASON = "Đề nghị rà soát số lượt dự tháng 3."


@pytest.fixture(autouse=True)
def after_the_quarter() -> Iterator[None]:
    with frozen(AFTER):
        yield


@pytest.fixture
def plan_id(app: object, cast: Cast) -> UUID:
    """The district's published plan with visits in the first quarter."""
    published_plan(cast)
    made = plan_of(cast, "huyen-a")
    with_visits(cast, "huyen-a", made)
    return made


def opened(cast: Cast, plan_id: UUID, code: str = "huyen-a", quarter: Period = QUARTER) -> UUID:
    with cast.session(code) as session:
        plan = session.get_one(Plan, plan_id)
        return open_report(session, cast.actor(f"{code}.officer"), plan, quarter).id


def changed_records(cast: Cast) -> None:
    """One more visit of the quarter is told to be attended."""
    with cast.session("huyen-a") as session:
        query = sa.select(Visit).where(Visit.attended_on.is_(None), Visit.missed_reason.is_(None))
        in_time = query.where(Visit.meets_on <= QUARTER.last_day, Visit.cancelled_at.is_(None))
        visit = session.scalars(in_time.limit(1)).one()
        visit.attended_on = visit.meets_on


def answered(cast: Cast, reason: str = "") -> None:
    """The province answers the newest report it received."""
    with cast.session("tinh") as session:
        dispatch, actor = received(session, DispatchKind.REPORT), cast.actor("tinh.standing")
        send_back(session, actor, dispatch, reason) if reason else accept(session, actor, dispatch)
    run_jobs(cast, "tinh")


def test_a_period_is_opened_added_up_and_read(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    where = client.submit("/reports/", {"plan_id": str(plan_id), "quarter": "1"}).location
    assert client.submit("/reports/", {"plan_id": str(plan_id), "quarter": "1"}).location == where
    assert "Chưa có bản tổng hợp nào" in client.get(where).text
    page = client.submit(f"{where}/consolidate", follow_redirects=True).text
    assert "data-progress-url" in page
    run_jobs(cast, "huyen-a")
    page = client.get(where).text
    for words in ("Kết quả theo cấp", "Đảng bộ xã Yên Phú", "Chưa đủ: thiếu 1 đơn vị", "01-BC/HU", "Bản 1"):
        assert words in page
    assert any(name in page for name in NAMES)


def test_a_document_still_being_made_is_waited_for(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    where = f"/reports/{opened(cast, plan_id)}"
    run_jobs(cast, "huyen-a")
    client.submit(f"{where}/consolidate")
    with cast.scope("huyen-a"):
        run_pending(limit=1, runner=TwiceRunner(handlers=HANDLERS))
    waiting = client.get(where).text
    assert "data-progress-url" in waiting
    assert "01-BC/HU" in waiting
    assert ">PDF" not in waiting
    run_jobs(cast, "huyen-a")
    assert "data-progress-url" not in client.get(where).text


@pytest.mark.parametrize("quarter", ["2", "3", "9", ""])
def test_a_quarter_that_cannot_be_reported_is_told_beside_its_field(
    plan_id: UUID, sign_in: SignIn, quarter: str
) -> None:
    client = sign_in("huyen-a.officer")
    answer = client.submit("/reports/", {"plan_id": str(plan_id), "quarter": quarter})
    refused = answer.status_code == 200 and "Chưa lưu được" in answer.text
    assert refused is (quarter != "2")


def test_unchanged_figures_keep_the_version_and_changed_ones_are_compared(
    cast: Cast, plan_id: UUID, sign_in: SignIn
) -> None:
    consolidated(cast, "huyen-a", plan_id)
    consolidated(cast, "huyen-a", plan_id)
    where, client = f"/reports/{opened(cast, plan_id)}", sign_in("huyen-a.officer")
    assert "Bản 2" not in client.get(where).text
    changed_records(cast)
    consolidated(cast, "huyen-a", plan_id)
    page = client.get(f"{where}/differences").text
    assert "So sánh bản 1 và bản 2" in page
    assert "Lượt đã dự" in page
    assert "+1" in page
    assert "Đồng chí đang xem bản 1" in client.get(f"{where}?version=1").text
    assert client.get(f"{where}?version=3").status_code == 404
    assert client.get(f"{where}/differences?from=1&to=9").status_code == 404


def test_a_report_is_checked_sent_and_receipted(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    consolidated(cast, "huyen-a", plan_id)
    where, client = f"/reports/{opened(cast, plan_id)}", sign_in("huyen-a.standing")
    check = client.get(f"{where}/submit").text
    assert "Tỉnh ủy An Lạc" in check
    assert "Không gửi lên cấp trên" in check
    assert dispatches(cast, "huyen-a", DispatchKind.REPORT) == []
    receipt = client.submit(f"{where}/submit", {"version": "1"}).location
    page = client.get(receipt).text
    assert "Đã gửi báo cáo" in page
    assert "Số tham chiếu" in page
    again = client.submit(f"{where}/submit", {"version": "1"})
    assert "Bản 1 đã được gửi" in again.text
    assert len(dispatches(cast, "huyen-a", DispatchKind.REPORT)) == 1


def test_a_version_that_was_not_looked_at_is_not_sent(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    consolidated(cast, "huyen-a", plan_id)
    changed_records(cast)
    consolidated(cast, "huyen-a", plan_id)
    where, client = f"/reports/{opened(cast, plan_id)}", sign_in("huyen-a.standing")
    assert "Vừa có bản tổng hợp mới hơn" in client.submit(f"{where}/submit", {"version": "1"}).text
    assert dispatches(cast, "huyen-a", DispatchKind.REPORT) == []


def test_answers_from_above_are_shown(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    submitted(cast, "huyen-a", consolidated(cast, "huyen-a", plan_id))
    answered(cast, REASON)
    where, client = f"/reports/{opened(cast, plan_id)}", sign_in("huyen-a.officer")
    page = client.get(where).text
    assert "Cấp trên trả lại bản 1" in page
    assert REASON in page
    assert "Cấp trên trả lại" in client.get("/reports/").text
    submitted(cast, "huyen-a", consolidated(cast, "huyen-a", plan_id))
    answered(cast)
    assert "đã tiếp nhận bản 2" in client.get(where).text


def test_above_sees_who_sent_who_did_not_and_what_is_newer(
    cast: Cast, plan_id: UUID, sign_in: SignIn
) -> None:
    with cast.session("tinh") as session:
        above = session.scalars(sa.select(Plan.id)).one()
    consolidated(cast, "tinh", above)
    where, client = f"/reports/{opened(cast, above, 'tinh')}", sign_in("tinh.officer")
    submitted(cast, "huyen-a", consolidated(cast, "huyen-a", plan_id))
    page = client.get(where).text
    assert "Chờ tiếp nhận" in page
    assert "Sắp đến hạn" in page
    assert "Đã có số liệu mới hơn" not in page
    answered(cast)
    assert "Đã có số liệu mới hơn" in client.get(where).text
    consolidated(cast, "tinh", above)
    page = client.get(where).text
    assert "Đã có số liệu mới hơn" not in page
    assert "Báo cáo đã cộng" in page
    assert not any(name in page for name in NAMES)


@pytest.mark.parametrize("table", ["levels", "units", "officials"])
def test_each_table_is_exported_as_it_was_frozen(
    cast: Cast, plan_id: UUID, sign_in: SignIn, table: str
) -> None:
    consolidated(cast, "huyen-a", plan_id)
    where, client = f"/reports/{opened(cast, plan_id)}", sign_in("huyen-a.officer")
    answer = client.get(f"{where}/{table}.xlsx?version=1")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=Bao-cao-2026-Q1-ban-1-")
    assert len(rows) > 1
    assert rows[0][0] in {"Cấp", "Đơn vị", "Họ và tên"}
    assert client.get(f"{where}/others.xlsx").status_code == 404


def test_the_list_takes_the_same_statements_at_any_length(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    for quarter in (QUARTER, QUARTER.next):
        opened(cast, plan_id, quarter=quarter)
        with statements(scope.Session.kw["bind"]) as seen:
            assert quarter.title in client.get("/reports/").text
        assert len(seen) == LIST_STATEMENTS


PAGES = ("", "/differences", "/submit", "/receipt", "/units.xlsx")


@pytest.mark.parametrize("page", PAGES)
def test_a_sibling_tenant_s_report_is_not_there(
    cast: Cast, plan_id: UUID, sign_in: SignIn, page: str
) -> None:
    submitted(cast, "huyen-a", consolidated(cast, "huyen-a", plan_id))
    changed_records(cast)
    submitted(cast, "huyen-a", consolidated(cast, "huyen-a", plan_id))
    where = f"/reports/{opened(cast, plan_id)}{page}"
    assert sign_in("huyen-a.standing").get(where).status_code == 200
    assert sign_in("huyen-b.standing").get(where).status_code == 404
    assert sign_in("tinh.standing").get(where).status_code == 404


def test_a_sibling_tenant_s_plan_cannot_be_reported(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    page = sign_in("huyen-b.officer").submit("/reports/", {"plan_id": str(plan_id), "quarter": "1"}).text
    assert "Chưa có kế hoạch nào được ban hành" in page


def test_rights_and_methods(cast: Cast, plan_id: UUID, sign_in: SignIn) -> None:
    consolidated(cast, "huyen-a", plan_id)
    with cast.session("huyen-a") as session:
        where = f"/reports/{only_report(session).id}"
    officer, standing = sign_in("huyen-a.officer"), sign_in("huyen-a.standing")
    secretary = sign_in("huyen-a.secretary")
    assert [secretary.get(f"{where}{page}").status_code for page in PAGES] == [403] * len(PAGES)
    assert officer.submit(f"{where}/submit", {"version": "1"}).status_code == 403
    assert standing.submit(f"{where}/consolidate").status_code == 403
    assert standing.submit("/reports/").status_code == 403
    assert officer.get(f"{where}/consolidate").status_code == 405
    assert officer.submit(where).status_code == 405
    assert "Kiểm tra và gửi lên trên" not in officer.get(where).text
    assert ">Tổng hợp lại<" not in standing.get(where).text
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(ReportVersion.dispatch_id)).all() == [None]
