"""What came and went as pages: read, received, taken over, accepted, sent back (S4-14; design: D5, H3)."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.exchange.models import Dispatch, DispatchKind
from core.exchange.service import send
from tenants import scope
from tenants.clock import frozen
from tenants.models import AuditEntry, Tenant
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import (
    AFTER,
    CONTENT,
    NAMES,
    SIGNER,
    behind_the_back,
    consolidated,
    dispatches,
    only_plan,
    plan_of,
    published_plan,
    run_jobs,
    submitted,
    with_visits,
)
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 7
REASON = "Đề nghị rà soát số lượt dự tháng 3."


@pytest.fixture(autouse=True)
def after_the_quarter() -> Iterator[None]:
    with frozen(AFTER):
        yield


def plan_dispatch(cast: Cast, code: str = "huyen-a") -> UUID:
    published_plan(cast)
    (dispatch,) = dispatches(cast, code, DispatchKind.PLAN)
    return dispatch.id


def report_dispatch(cast: Cast, code: str = "huyen-a", above: str = "tinh") -> UUID:
    """A report with visits, sent up from the tenant."""
    if not dispatches(cast, code):
        published_plan(cast, above)
    plan_id = plan_of(cast, code)
    with_visits(cast, code, plan_id)
    submitted(cast, code, consolidated(cast, code, plan_id))
    return dispatches(cast, above, DispatchKind.REPORT)[-1].id


def test_a_received_plan_is_read_in_words_and_taken_over(cast: Cast, sign_in: SignIn) -> None:
    where, client = f"/dispatches/{plan_dispatch(cast)}", sign_in("huyen-a.officer")
    page = client.get(where).text
    assert "Niêm phong nguyên vẹn · mã" in page
    assert CONTENT.purposes[0] in page
    assert "hằng tháng" in page
    plan = client.submit(f"{where}/derive", {"signer": "Lê Văn Mẫu"}).location
    assert "Lê Văn Mẫu" in client.get(plan).text
    again = client.get(where).text
    assert "Đã lập kế hoạch thực hiện" in again
    assert "Đã tiếp nhận" in again


def test_taking_over_asks_for_the_signer(cast: Cast, sign_in: SignIn) -> None:
    where = f"/dispatches/{plan_dispatch(cast)}"
    page = sign_in("huyen-a.officer").submit(f"{where}/derive", {"signer": " "}).text
    assert "Chưa lưu được" in page
    assert "Người ký kế hoạch của đơn vị" in page


def test_receiving_is_shown_and_counted(cast: Cast, sign_in: SignIn) -> None:
    where, client = f"/dispatches/{plan_dispatch(cast)}", sign_in("huyen-a.standing")
    assert "Mới đến" in client.get("/dispatches/").text
    client.submit(f"{where}/receive")
    assert "Mới đến" not in client.get("/dispatches/").text


def test_the_list_is_split_filtered_and_searched(cast: Cast, sign_in: SignIn) -> None:
    report_dispatch(cast)
    client = sign_in("huyen-a.officer")
    for query, found in {
        "": (True, False),
        "?state=out": (True, True),
        "?state=out&kind=report": (False, True),
        "?state=out&kind=plan": (True, False),
        "?q=ke+hoach+DU": (True, False),
        "?q=tinh+an+lac": (True, False),
        "?q=khong+co": (False, False),
    }.items():
        page = client.get(f"/dispatches/{query}").text
        assert ("Kế hoạch Dự sinh hoạt" in page, "Kết quả dự sinh hoạt" in page) == found, query


def answers_sent(cast: Cast, count: int) -> None:
    """Short dispatches from the province to the district, numbered from 0."""
    with cast.session("tinh") as session:
        to, actor = session.get_one(Tenant, cast.tenants["huyen-a"]), cast.actor("tinh.standing")
        for number in range(count):
            body = {"reason": "", "version": 1}
            send(session, actor, to, DispatchKind.ACCEPTANCE, f"Văn bản số {number}.", body)


def test_a_list_of_any_length_takes_the_same_statements(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    for count in (1, 5):
        answers_sent(cast, count)
        run_jobs(cast, "tinh")
        with statements(scope.Session.kw["bind"]) as seen:
            assert client.get("/dispatches/").text.count("Niêm phong nguyên vẹn") >= count
        assert len(seen) == LIST_STATEMENTS


def test_pages_of_a_long_list_follow_one_another(cast: Cast, sign_in: SignIn) -> None:
    answers_sent(cast, 26)
    client = sign_in("tinh.officer")
    assert "Trang 1 trên 2" in client.get("/dispatches/?state=out").text
    last = client.get("/dispatches/?state=out&page=2").text
    assert "Văn bản số 0." in last
    assert "Văn bản số 25." not in last


def test_a_report_is_read_and_accepted(cast: Cast, sign_in: SignIn) -> None:
    where, client = f"/dispatches/{report_dispatch(cast)}", sign_in("tinh.standing")
    page = client.get(where).text
    assert "Kết quả theo đơn vị" in page
    assert "quý I năm 2026" in page
    assert not any(name in page for name in NAMES)
    client.submit(f"{where}/accept")
    page = client.get(where).text
    assert "Đã tiếp nhận" in page
    assert ">Tiếp nhận báo cáo<" not in page
    assert "đã được tiếp nhận hoặc trả lại" in client.submit(f"{where}/accept", follow_redirects=True).text


def test_a_report_is_sent_back_with_a_reason_beside_its_field(cast: Cast, sign_in: SignIn) -> None:
    where, client = f"/dispatches/{report_dispatch(cast)}", sign_in("tinh.standing")
    page = client.submit(f"{where}/return", {"reason": "  "}).text
    assert "Chưa lưu được" in page
    assert '<details class="confirm" open>' in page
    client.submit(f"{where}/return", {"reason": REASON})
    assert REASON in client.get(where).text
    run_jobs(cast, "tinh")
    (answer,) = dispatches(cast, "huyen-a", DispatchKind.RETURN)
    assert REASON in sign_in("huyen-a.officer").get(f"/dispatches/{answer.id}").text


def test_a_corrected_report_shows_what_changed(cast: Cast, sign_in: SignIn) -> None:
    where, client = f"/dispatches/{report_dispatch(cast)}", sign_in("tinh.standing")
    client.submit(f"{where}/return", {"reason": REASON})
    run_jobs(cast, "tinh")
    with cast.session("huyen-a") as session:
        plan_id = only_plan(session)
    submitted(cast, "huyen-a", consolidated(cast, "huyen-a", plan_id))
    second = dispatches(cast, "tinh", DispatchKind.REPORT)[-1]
    page = client.get(f"/dispatches/{second.id}").text
    assert "Thay đổi so với bản 1" in page
    assert "Không có số liệu nào thay đổi" in page
    assert "Đã có văn bản mới hơn" in client.get(where).text


def test_a_broken_seal_is_shown_refused_and_noted(
    cast: Cast, sign_in: SignIn, database: dict[str, str]
) -> None:
    dispatch_id = plan_dispatch(cast)
    behind_the_back(database, cast.tenants["huyen-a"], "UPDATE dispatch SET subject = 'Khác'")
    client = sign_in("huyen-a.officer")
    page = client.get(f"/dispatches/{dispatch_id}").text
    assert "Niêm phong không còn nguyên vẹn" in page
    assert CONTENT.purposes[0] not in page
    assert "Niêm phong không còn nguyên vẹn" in client.get("/dispatches/").text
    for verb, data in (("receive", {}), ("derive", {"signer": SIGNER})):
        answer = client.submit(f"/dispatches/{dispatch_id}/{verb}", data)
        assert (answer.status_code, "đã được ghi nhật ký" in answer.text) == (409, True)
    with cast.session("huyen-a") as session:
        tags = session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_id == dispatch_id)).all()
        assert tags == ["dispatch:broken_seal"] * 2
        assert session.get_one(Dispatch, dispatch_id).received_at is None


def test_a_sibling_tenant_s_dispatch_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    mine, theirs = plan_dispatch(cast), dispatches(cast, "huyen-b", DispatchKind.PLAN)[0].id
    client = sign_in("huyen-a.standing")
    assert client.get(f"/dispatches/{mine}").status_code == 200
    assert client.get(f"/dispatches/{theirs}").status_code == 404
    for verb in ("receive", "derive", "accept", "return"):
        data = {"signer": "Một", "reason": "Hai"}
        assert client.submit(f"/dispatches/{theirs}/{verb}", data).status_code == 404


def test_a_verb_fits_its_kind_and_direction(cast: Cast, sign_in: SignIn) -> None:
    incoming = plan_dispatch(cast)
    outgoing = dispatches(cast, "tinh", DispatchKind.PLAN)[0].id
    assert sign_in("huyen-a.standing").submit(f"/dispatches/{incoming}/accept").status_code == 404
    assert sign_in("tinh.standing").submit(f"/dispatches/{outgoing}/receive").status_code == 404


def test_rights_and_methods(cast: Cast, sign_in: SignIn) -> None:
    where = f"/dispatches/{report_dispatch(cast)}"
    officer, secretary = sign_in("tinh.officer"), sign_in("tinh.secretary")
    assert officer.get(where).status_code == 200
    assert ">Tiếp nhận báo cáo<" not in officer.get(where).text
    for verb in ("accept", "return"):
        assert officer.submit(f"{where}/{verb}", {"reason": REASON}).status_code == 403
    for path in ("/dispatches/", where):
        assert secretary.get(path).status_code == 403
        assert officer.submit(path).status_code == 405
    for verb in ("receive", "derive", "accept", "return"):
        assert secretary.submit(f"{where}/{verb}").status_code == 403
        assert officer.get(f"{where}/{verb}").status_code == 405
