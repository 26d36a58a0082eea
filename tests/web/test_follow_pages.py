"""“Theo dõi thực hiện” as pages: numbers, map, table, files, whom to call, urging (design: D2, X08)."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from core.notices.models import Notice
from core.plans.extending import ask_extension
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.rotation_ground import statements
from tests.task_ground import FORUM_PLAN, NOW, REGISTER, task_id, task_of, under_way, with_phone

SignIn = Callable[[str], Browser]
STANDING, BASE = "huyen-a.standing", "huyen-a.base-officer"
LATE = datetime(2026, 4, 2, 3, 0, tzinfo=UTC)
STATEMENTS = {"/follow/": 9, "/follow/overdue": 6, "/follow/extensions": 6}


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


def test_each_plan_has_its_four_numbers(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    with frozen(LATE):
        page = sign_in(STANDING).get("/follow/").text
    assert "Tổ chức Diễn đàn chi bộ năm 2026" in page
    assert "17 việc" in page
    for words in ("Đúng hạn", "Được gia hạn", "Trễ", "Chưa gửi", "4 việc chưa xong", "Đảng bộ xã Yên Phú"):
        assert words in page, words


def test_the_map_leads_to_the_task_and_tells_more_than_colour(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    plan_id = under_way(cast)
    with frozen(LATE):
        page = sign_in(STANDING).get(f"/follow/plans/{plan_id}").text
    assert f'href="/tasks/{task_id(cast, "dang_ky")}"' in page
    assert '<b aria-hidden="true">✕</b><span>Quá hạn</span>' in page
    assert "Chờ xác định hạn" in page


def test_the_table_says_the_same_and_goes_into_a_file(app: object, cast: Cast, sign_in: SignIn) -> None:
    plan_id = under_way(cast)
    with frozen(LATE):
        client = sign_in(STANDING)
        table = client.get(f"/follow/plans/{plan_id}?view=table&q=chi+bo+so+1").text
        file = client.get(f"/follow/plans/{plan_id}/export.csv").data.decode("utf-8-sig")
        sheet = client.get(f"/follow/plans/{plan_id}/export.xlsx")
        assert client.get(f"/follow/plans/{plan_id}/export.exe").status_code == 404
    assert table.count("Đăng ký thời gian, địa điểm Diễn đàn") == 1
    assert "Chi bộ số 2" not in table
    rows = list(csv.reader(io.StringIO(file)))
    assert len(rows) == 18
    assert ["Chi bộ số 1", REGISTER.title, "29/03/2026", "", "", "Quá hạn", "4"] in rows
    assert sheet.data[:2] == b"PK"


def test_a_base_officer_follows_the_cells_below_and_not_his_own_unit(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    plan_id = under_way(cast)
    rows = sign_in(BASE).get(f"/follow/plans/{plan_id}/export.csv").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 17
    assert not any("Tổng hợp kết quả" in row for row in rows)


def test_who_is_late_can_be_called(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    with_phone(cast, "huyen-a.secretary", "0905 123 456")
    with frozen(LATE):
        page = sign_in(BASE).get("/follow/overdue?q=dang+ky").text
        nothing = sign_in(BASE).get("/follow/overdue?q=xyz").text
    assert "Bí thư: đồng chí Hoàng Thị Đào" in page
    assert 'href="tel:0905123456"' in page
    assert "Quá hạn 4 ngày" in page
    assert "Chưa có người phụ trách" in page
    assert "Không có việc nào quá hạn như vậy" in nothing


def test_urging_shows_who_receives_what_before_it_is_sent(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    ticked = {"task": [str(task_id(cast, "dang_ky")), str(task_id(cast, "dang_ky", "CB-2"))]}
    with frozen(LATE):
        client = sign_in(STANDING)
        preview = client.submit("/follow/nudge", ticked).text
        assert "Gửi đồng chí Hoàng Thị Đào" in preview
        assert "Chưa có ai nhận" in preview
        assert _nudges(cast) == []
        said = ticked | {"step": "send", "words": "Gửi trước 17 giờ."}
        assert client.submit("/follow/nudge", said).location == "/follow/overdue"
        assert "Đã gửi 1 lời nhắc." in client.get("/follow/overdue").text
        assert "Hôm nay đã nhắc" in client.submit("/follow/nudge", ticked).text
        assert client.submit("/follow/nudge").location == "/follow/overdue"
    assert len(_nudges(cast)) == 1


def _nudges(cast: Cast) -> list[str]:
    with cast.session("huyen-a") as session:
        return list(session.scalars(sa.select(Notice.text).where(Notice.dedup_key.like("nudge:%"))))


def test_nobody_urges_out_of_his_reach(app: object, cast: Cast, sign_in: SignIn) -> None:
    under_way(cast)
    mine = {"task": str(task_id(cast, "tong_hop", "XA-1")), "step": "send"}
    theirs = {"task": str(task_id(cast, "dang_ky")), "step": "send"}
    assert sign_in(BASE).submit("/follow/nudge", mine).status_code == 404
    assert sign_in("huyen-b.admin").submit("/follow/nudge", theirs).status_code == 404
    assert sign_in("huyen-a.secretary").submit("/follow/nudge", theirs).status_code == 403
    assert sign_in(BASE).get("/follow/nudge").status_code == 405
    assert _nudges(cast) == []


def test_what_is_not_ones_own_is_not_there(
    app: object, cast: Cast, sign_in: SignIn, anonymous: Browser
) -> None:
    plan_id = under_way(cast)
    with cast.session("huyen-a") as session:
        asked = ask_extension(
            session, cast.actor("huyen-a.secretary"), task_of(session, "dang_ky"), LATE.date(), "Bão"
        ).id
    for url in ("/follow/", "/follow/overdue", "/follow/extensions"):
        assert sign_in("huyen-a.secretary").get(url).status_code == 403
        assert anonymous.get(url).status_code == 302
        assert sign_in("huyen-b.admin").get(url).status_code == 200
    for url in (f"/follow/plans/{plan_id}", f"/follow/extensions/{asked}"):
        assert sign_in("huyen-b.admin").get(url).status_code == 404
        assert sign_in("huyen-a.secretary").get(url).status_code == 403
        assert sign_in(BASE).get(url).status_code == 200
    assert "Bão" in sign_in(BASE).get("/follow/extensions?q=dien+dan").text
    assert "Bão" not in sign_in("huyen-b.admin").get("/follow/extensions").text
    assert sign_in(BASE).submit("/follow/").status_code == 405


@pytest.mark.parametrize("url", list(STATEMENTS))
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long(
    app: object, cast: Cast, sign_in: SignIn, count: int, url: str
) -> None:
    many = tuple(replace(REGISTER, code=f"viec_{n}", title=f"Việc {n}") for n in range(count))
    under_way(cast, replace(FORUM_PLAN, milestones=many))
    with cast.session("huyen-a") as session:
        for number in range(count):
            ask_extension(
                session,
                cast.actor("huyen-a.secretary"),
                task_of(session, f"viec_{number}"),
                LATE.date(),
                "Bão",
            )
    with frozen(LATE):
        client = sign_in(STANDING)
        client.get(url)
        with statements(scope.Session.kw["bind"]) as asked:
            assert client.get(url).status_code == 200
    assert len(asked) == STATEMENTS[url]
