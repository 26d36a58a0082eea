"""The board, scenarios, prices and fairness as pages (product D3, H5, R05)."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.rotation.by_hand import BoardEdit, Trial
from core.rotation.models import Absence, PlannedVisit, RotationVersion
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, drafted, published, statements

SignIn = Callable[[str], Browser]
BOARD_STATEMENTS = 12


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def rotation_id(app: object, cast: Cast) -> UUID:
    """A rotation with a draft."""
    return drafted(cast)


def _targets(client: Browser, url: str, kind: str) -> list[str]:
    return re.findall(rf'name="target" value="({kind}:[^"]+)"', client.get(url).text)


def test_a_cell_of_the_board_leads_to_a_change_seen_before_it_is_kept(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in("huyen-a.officer")
    board = client.get(f"/rotation/{rotation_id}/board").text
    [url, *_others] = re.findall(r'href="(/rotation/board/[^"]+)"', board)
    [target, *_more] = _targets(client, url, "swap") or _targets(client, url, "cell")
    seen = client.submit(url, {"target": target}).text
    assert "Xem trước thay đổi" in seen
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(BoardEdit.id))) == 0
    kept = client.submit(url, {"target": target, "step": "keep", "reason": "Thử"})
    assert kept.status_code == 302
    after = client.get(f"/rotation/{rotation_id}/board").text
    assert "Đã sửa tay (1)" in after
    assert re.search(r"Bớt: [^<]+ dự Chi bộ số \d, \d\d/\d\d/2026", after)
    client.submit(f"/rotation/{rotation_id}/board/undo")
    assert "Đã sửa tay" not in client.get(f"/rotation/{rotation_id}/board").text


def test_a_choice_that_breaks_a_rule_asks_for_a_reason(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    with cast.session("huyen-a") as session:
        lines = sa.select(PlannedVisit).order_by(PlannedVisit.official_id, PlannedVisit.month)
        row, june = session.scalars(lines).all()[4:6]
        cells = sa.select(PlannedVisit.cell_id).where(PlannedVisit.cell_id != june.cell_id)
        free = session.scalars(cells).first()
    client, url = sign_in("huyen-a.officer"), f"/rotation/board/{row.id}"
    asked = {"target": "other", "cell": str(free), "month": "2026-06-01"}
    assert "Lý do vẫn giữ" in client.submit(url, asked).text
    assert "xin ghi lý do" in client.submit(url, asked | {"step": "keep"}).text
    assert client.submit(url, asked | {"step": "keep", "reason": "Xin dự bù"}).status_code == 302
    assert "Xin dự bù" in client.get(f"/rotation/{rotation_id}/board").text


def _dated_late(cast: Cast, client: Browser) -> UUID:
    """A line of May moved to June with a reason, so that its official's May is unmet; the official's id."""
    with cast.session("huyen-a") as session:
        lines = sa.select(PlannedVisit).order_by(PlannedVisit.official_id, PlannedVisit.month)
        row, june = session.scalars(lines).all()[4:6]
        free = session.scalars(sa.select(PlannedVisit.cell_id).where(PlannedVisit.cell_id != june.cell_id))
        asked = {"target": "other", "cell": str(free.first()), "month": "2026-06-01"}
    client.submit(f"/rotation/board/{row.id}", asked | {"step": "keep", "reason": "Xin dự bù"})
    return row.official_id


def test_an_open_duty_is_filled_from_the_board(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    official_id = _dated_late(cast, client)
    url = f"/rotation/{rotation_id}/board/open/{official_id}"
    assert f"{url}?duty=2026-05-01" in client.get(f"/rotation/{rotation_id}/draft?kind=unmet").text
    [target, *_others] = _targets(client, url, "cell")
    assert "Cả lịch tốt lên" in client.submit(url, {"target": target}).text
    assert client.submit(url, {"target": target, "step": "keep"}).status_code == 302
    assert "đã đủ lượt dự" in client.get(url).text
    assert "Xin chọn một chi bộ và một tháng" in client.submit(url, {"target": "cell:x"}).text
    assert sign_in("huyen-b.officer").get(url).status_code == 404
    assert sign_in("huyen-a.standing").get(url).status_code == 403


def test_publishing_names_its_exceptions_and_what_forbids_it(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    _dated_late(cast, sign_in("huyen-a.officer"))
    client, url = sign_in("huyen-a.standing"), f"/rotation/{rotation_id}/publish"
    assert "1 ngoại lệ được chấp nhận" in client.get(url).text
    with cast.session("huyen-a") as session:
        [row, *_others] = session.scalars(sa.select(PlannedVisit).order_by(PlannedVisit.month))
        session.add(Absence(person_id=row.official.person_id, starts_on=row.meets_on, ends_on=row.meets_on))
        version_id = row.version_id
    refused = client.submit(url, {"version_id": str(version_id)}, follow_redirects=True).text
    assert "đồng chí vắng mặt ngày này" in refused
    assert "Công bố và gửi thông báo" not in refused


def test_nonsense_is_answered_in_words(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    with cast.session("huyen-a") as session:
        line = session.scalars(sa.select(PlannedVisit.id)).first()
    client = sign_in("huyen-a.officer")
    assert "Xin chọn một cách thay đổi" in client.submit(f"/rotation/board/{line}").text
    for typed in ({"target": "cell:x"}, {"target": "other", "cell": "x", "month": "y"}):
        assert "Xin chọn một chi bộ và một tháng" in client.submit(f"/rotation/board/{line}", typed).text


def test_a_line_is_pinned_and_let_go(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    with cast.session("huyen-a") as session:
        line = session.scalars(sa.select(PlannedVisit.id)).first()
    client, url = sign_in("huyen-a.officer"), f"/rotation/board/{line}"
    for words in ("Đã ghim; lần xếp sau", "Đã bỏ ghim"):
        assert words in client.submit(f"{url}/pin", follow_redirects=True).text


def test_a_line_is_dropped_and_its_duty_is_open(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    with cast.session("huyen-a") as session:
        [row, *_others] = session.scalars(sa.select(PlannedVisit).order_by(PlannedVisit.month.desc()))
    client, url = sign_in("huyen-a.officer"), f"/rotation/board/{row.id}"
    assert "Cả lịch kém đi 10." in client.submit(url, {"target": "drop"}).text
    assert client.submit(url, {"target": "drop", "step": "keep"}).status_code == 302
    opened = client.get(f"/rotation/{rotation_id}/board/open/{row.official_id}").text
    assert "Tháng 06/2026" in opened
    client.submit(f"/rotation/{rotation_id}/board/undo")
    assert "đã đủ lượt dự" in client.get(f"/rotation/{rotation_id}/board/open/{row.official_id}").text


def test_a_line_says_what_it_breaks_now(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    with cast.session("huyen-a") as session:
        [row, other, *_more] = session.scalars(sa.select(PlannedVisit).order_by(PlannedVisit.month.desc()))
        session.add(Absence(person_id=row.official.person_id, starts_on=row.meets_on, ends_on=row.meets_on))
    client = sign_in("huyen-a.officer")
    assert "đồng chí vắng mặt ngày này" in client.get(f"/rotation/board/{row.id}").text
    assert "đang trái quy tắc" not in client.get(f"/rotation/board/{other.id}").text


def test_the_board_is_searched_filtered_and_costs_the_same(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    client, url = sign_in("huyen-a.officer"), f"/rotation/{rotation_id}/board"
    assert "Bùi Văn Sáu" in client.get(f"{url}?q=bui van").text
    assert "Bùi Văn Sáu" not in client.get(f"{url}?q=dinh").text
    unit = cast.unit("huyen-a/XA-1")
    for query in ("?q=bui", "", f"?kind=cells&unit={unit}"):
        with statements(scope.Session.kw["bind"]) as asked:
            client.get(f"{url}{query}")
        assert len(asked) <= BOARD_STATEMENTS


def test_the_board_has_a_calendar_of_days(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in("huyen-a.officer"), f"/rotation/{rotation_id}/board?kind=days"
    whole = client.get(f"{url}&month=2026-05").text
    [day, *others] = re.findall(r'href="([^"]+day=2026-05-\d\d)#ngay"', whole)
    assert len(others) == 2
    one = client.get(day.replace("&amp;", "&")).text
    assert (whole.count("/rotation/board/"), one.count("/rotation/board/")) == (3, 1)
    assert client.get(f"{url}&month=2026-05&day=2026-05-31").text.count("/rotation/board/") == 3
    with statements(scope.Session.kw["bind"]) as asked:
        client.get(url)
    assert len(asked) <= BOARD_STATEMENTS


def test_the_board_is_for_planners_of_the_tenant(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    with cast.session("huyen-a") as session:
        line = session.scalars(sa.select(PlannedVisit.id)).first()
    for url in (f"/rotation/{rotation_id}/board", f"/rotation/board/{line}"):
        assert sign_in("huyen-b.officer").get(url).status_code == 404
        assert sign_in("huyen-a.secretary").get(url).status_code == 403
    assert sign_in("huyen-a.standing").submit(f"/rotation/board/{line}").status_code == 403


def test_scenarios_stand_side_by_side(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id, client = published(cast), sign_in("huyen-a.officer")
    url = f"/rotation/{rotation_id}/trials"
    assert "từ 1 đến 4 phương án" in client.submit(url, {"cadence": "months-3"}).text
    half = {"count": "2", "rule": "travel"}
    assert "Nhập tên một đồng chí để lấy cấp và địa bàn." in client.submit(url, half).text
    page = client.get(url).text
    typed = {"count": "2", "like": "bui van sau", "level": "commune", "cadence": "months-3", "rule": "travel"}
    assert "/jobs/" in client.submit(url, typed).location
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        trial_id = session.scalars(sa.select(Trial.id)).one()
        assert session.scalar(sa.select(sa.func.count(RotationVersion.id))) == 1
    shown = client.get(f"/rotation/trials/{trial_id}").text
    level = next(
        label for key, label in re.findall(r'<option value="(\w+)">([^<]+)', page) if key == "commune"
    )
    for words in ("Như hiện nay", "Thêm 2 đồng chí", f"{level}: hằng quý", "Bỏ quy tắc"):
        assert words in shown
    assert sign_in("huyen-b.officer").get(f"/rotation/trials/{trial_id}").status_code == 404


def test_a_comrade_to_be_like_is_typed_and_chosen_among_those_who_fit(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    url, client = f"/rotation/{published(cast)}/trials", sign_in("huyen-a.officer")
    nobody = client.submit(url, {"count": "2", "like": "không ai"}).text
    assert "Không có đồng chí nào khớp “không ai”" in nobody
    assert 'value="không ai"' in nobody
    several = client.submit(url, {"count": "2", "like": "i"}).text
    assert "Nhiều đồng chí khớp" in several
    offered = dict(re.findall(r'name="who"[^>]*value="([^"]+)"[^>]*><span>([^<(]+) \(', several))
    who = next(key for key, name in offered.items() if name == "Bùi Văn Sáu")
    assert "/jobs/" in client.submit(url, {"count": "2", "like": "i", "who": who}).location
    elsewhere = {"count": "2", "like": "dinh thi", "who": who}
    client.submit(url, elsewhere)
    with cast.session("huyen-a") as session:
        asked = session.scalars(sa.select(Trial.asked)).all()
    assert sorted(one["like"] == who for [one] in asked) == [False, True]


def test_the_admin_orders_the_rules(app: object, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    page = client.get("/rotation/weights").text
    typed = dict(re.findall(r'name="([a-z]+)"[^>]*value="(\d+)"', page))
    assert typed["unmet"] == "10000000"
    assert "phải lớn hơn" in client.submit("/rotation/weights", typed | {"unmet": "3"}).text
    assert client.submit("/rotation/weights", typed | {"travel": "5"}).status_code == 302
    assert 'value="5"' in client.get("/rotation/weights").text
    assert sign_in("huyen-a.officer").get("/rotation/weights").status_code == 403


def test_fairness_is_a_table_bars_and_a_file(app: object, cast: Cast, sign_in: SignIn) -> None:
    published(cast)
    client = sign_in("huyen-a.officer")
    for kind in ("officials", "cells", "areas"):
        assert 'class="bars"' in client.get(f"/rotation/fairness?kind={kind}").text
    rows = client.get("/rotation/fairness.csv?kind=officials").data.decode("utf-8-sig").splitlines()
    assert rows[0] == "Tên,Thuộc,2024,2025,2026,Cộng"
    assert len(rows) == 4
