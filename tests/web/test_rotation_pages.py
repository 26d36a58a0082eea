"""Drawing up, reading and publishing a rotation as pages (design: product D3)."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from core.notices.models import Job, JobState, Notice
from core.plans.models import Plan
from core.rotation.models import (
    Absence,
    Official,
    OfficialArea,
    PlannedVisit,
    Rotation,
    RotationVersion,
    Visit,
)
from core.rotation.service import adjust
from core.rotation.solving.replan import Policy
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, drafted, furnished, published, statements, version_of

SignIn = Callable[[str], Browser]
VIEW_STATEMENTS = {"": 8, "/officials": 8, "/cells": 8}


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


def _version_id(cast: Cast, rotation_id: UUID) -> UUID:
    with cast.session("huyen-a") as session:
        return version_of(session, rotation_id).id


def test_a_rotation_is_asked_for_watched_and_looked_at(app: object, cast: Cast, sign_in: SignIn) -> None:
    plan_id, client = furnished(cast), sign_in("huyen-a.officer")
    form = {"plan_id": str(plan_id), "first_month": "2026-01-01", "months": "6"}
    watching = client.submit("/rotation/new", form).location
    assert "Đang chờ" in client.get(watching).text
    assert client.get(f"{watching}/state.json").json["finished"] is False  # type: ignore[index]
    run_jobs(cast, "huyen-a")
    done = client.get(f"{watching}/state.json").json
    assert done["percent"] == 100  # type: ignore[index]
    assert "Xem dự thảo lịch, bản 1" in client.get(done["result_url"]).text  # type: ignore[index]


def test_a_drawing_is_taken_back_by_who_asked_for_it(app: object, cast: Cast, sign_in: SignIn) -> None:
    plan_id, client = furnished(cast), sign_in("huyen-a.officer")
    form = {"plan_id": str(plan_id), "first_month": "2026-01-01", "months": "6"}
    watching = client.submit("/rotation/new", form).location
    assert "Hủy tác vụ" in client.get(watching).text
    for stranger in ("huyen-b.officer", "huyen-a.secretary"):
        assert sign_in(stranger).submit(f"{watching}/cancel").status_code == 404
    assert client.submit(f"{watching}/cancel").status_code == 302
    run_jobs(cast, "huyen-a")
    page = client.get(watching).text
    assert "Đã hủy; không có gì thay đổi" in page
    assert "Hủy tác vụ" not in page
    back = re.findall(r'href="(/rotation/[0-9a-f-]{36})"', page)
    assert "Chưa xếp lịch cho các tháng này." in client.get(back[0]).text
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(RotationVersion.id))) == 0
    assert client.submit(f"{watching}/cancel").status_code == 302
    assert "không hủy được nữa" in client.get(watching).text
    again = client.submit("/rotation/new", form).location
    run_jobs(cast, "huyen-a")
    assert client.get(f"{again}/state.json").json["result_url"]  # type: ignore[index]


def test_months_of_a_published_rotation_are_not_drawn_up_again(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        plan_id = session.scalars(sa.select(Plan.id)).one()
    form = {"plan_id": str(plan_id), "first_month": "2026-06-01", "months": "2"}
    refused = sign_in("huyen-a.officer").submit("/rotation/new", form)
    assert "Lịch từ tháng 01/2026 đến 06/2026 đã công bố có cả tháng 06/2026." in refused.text
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(Rotation.id))) == 1


@pytest.mark.parametrize(
    ("story", "first", "chosen"),
    [(furnished, "Tháng 4/2026", "2026-04"), (published, "Tháng 4/2026 (đã có lịch công bố)", "2026-07")],
)
def test_the_coming_months_are_offered_first_and_a_free_one_is_chosen(
    app: object, cast: Cast, sign_in: SignIn, story: Callable[[Cast], UUID], first: str, chosen: str
) -> None:
    story(cast)
    page = sign_in("huyen-a.officer").get("/rotation/new").text
    months = re.findall(r'<option (selected )?value="(2026-\d\d)-01">([^<]+)', page)
    assert months[0][2] == first
    assert [month for _, month, _ in months[9:]] == ["2026-03", "2026-02", "2026-01"]
    assert [month for selected, month, _ in months if selected] == [chosen]


def test_a_draft_asked_for_again_takes_the_months_asked_for(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id, client = drafted(cast), sign_in("huyen-a.officer")
    with cast.session("huyen-a") as session:
        plan_id = session.get_one(Rotation, rotation_id).plan_id
    client.submit("/rotation/new", {"plan_id": str(plan_id), "first_month": "2026-01-01", "months": "4"})
    with cast.session("huyen-a") as session:
        assert session.get_one(Rotation, rotation_id).months == 4


def test_a_period_that_is_over_is_told_without_a_way_to_fill_it(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session:
        level_id = session.scalars(sa.select(Official.level_id)).first()
        newcomer = Official(person_id=cast.actor("huyen-a.secretary").person_id, level_id=level_id)
        session.add(newcomer)
        session.flush()
        session.add(OfficialArea(official_id=newcomer.id, unit_id=cast.unit("huyen-a/XA-1")))
        adjust(session, cast.actor("huyen-a.officer"), session.get_one(Rotation, rotation_id), "Người mới")
    run_jobs(cast, "huyen-a")
    page = sign_in("huyen-a.officer").get(f"/rotation/{rotation_id}/draft?kind=unmet").text
    assert page.count("kỳ này đã qua") == page.count('<li class="card is-warn">') == 3
    assert "Chọn buổi trên bảng" not in page


def test_a_draft_shows_scores_and_what_it_changes(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id, client = drafted(cast), sign_in("huyen-a.standing")
    page = client.get(f"/rotation/{rotation_id}/draft").text
    assert "Cặp đồng chí dự cùng một buổi" in page
    assert "Thấp nhất" in page
    assert "Vì sao không thấp hơn" in page
    changes = client.get(f"/rotation/{rotation_id}/draft/changes").text
    assert changes.count("Thêm 6 lượt") == 3


def test_publishing_says_first_how_many_are_told_then_tells_so_many(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    rotation_id, client = drafted(cast), sign_in("huyen-a.standing")
    assert "4 đồng chí sẽ nhận thông báo" in client.get(f"/rotation/{rotation_id}/publish").text
    client.submit(f"/rotation/{rotation_id}/publish", {"version_id": str(_version_id(cast, rotation_id))})
    with cast.session("huyen-a") as session:
        told = sa.select(sa.func.count(Notice.person_id.distinct())).where(Notice.kind == "rotation")
        assert session.scalar(told) == 4
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == 18


def test_another_draft_than_the_one_looked_at_is_not_published(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    rotation_id, client = drafted(cast), sign_in("huyen-a.standing")
    answer = client.submit(f"/rotation/{rotation_id}/publish", {"version_id": str(rotation_id)})
    assert answer.status_code == 409
    with cast.session("huyen-a") as session:
        assert version_of(session, rotation_id).published_at is None


def test_a_discarded_draft_is_gone(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id, client = drafted(cast), sign_in("huyen-a.officer")
    client.submit(f"/rotation/{rotation_id}/discard")
    assert client.get(f"/rotation/{rotation_id}/draft").location == f"/rotation/{rotation_id}"
    assert "Chưa xếp lịch" in client.get(f"/rotation/{rotation_id}").text


def test_a_published_rotation_is_not_generated_again(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id, client = published(cast), sign_in("huyen-a.officer")
    client.submit(f"/rotation/{rotation_id}/generate")
    assert "điều chỉnh lịch" in client.get(f"/rotation/{rotation_id}").text


@pytest.mark.parametrize("path", ["draft", "draft/changes"])
def test_a_draft_is_for_planners(app: object, cast: Cast, sign_in: SignIn, path: str) -> None:
    url = f"/rotation/{drafted(cast)}/{path}"
    assert sign_in("huyen-a.standing").get(url).status_code == 200
    assert sign_in("huyen-a.secretary").get(url).status_code == 403
    assert sign_in("huyen-a.official").get(url).status_code == 403
    assert sign_in("huyen-b.standing").get(url).status_code == 404
    assert sign_in("huyen-a.standing").submit(url).status_code == 405


@pytest.mark.parametrize(
    ("verb", "allowed", "refused"),
    [("publish", "standing", "officer"), ("discard", "officer", "standing"),
     ("adjust/preview", "officer", "standing"), ("generate", "officer", "secretary")],
)  # fmt: skip
def test_each_verb_asks_its_own_right(
    app: object, cast: Cast, sign_in: SignIn, verb: str, allowed: str, refused: str
) -> None:
    url = f"/rotation/{drafted(cast)}/{verb}"
    assert sign_in(f"huyen-a.{refused}").submit(url, {"reason": "Vì"}).status_code == 403
    assert sign_in(f"huyen-b.{allowed}").submit(url, {"reason": "Vì"}).status_code == 404
    assert sign_in(f"huyen-a.{allowed}").delete(url).status_code in (400, 405)


@pytest.mark.parametrize("view", VIEW_STATEMENTS)
def test_a_version_is_read_by_month_by_official_and_by_cell(
    app: object, cast: Cast, sign_in: SignIn, view: str
) -> None:
    url = f"/rotation/versions/{_version_id(cast, published(cast))}{view}"
    assert "Ngô Quang Vinh" in sign_in("huyen-a.officer").get(url).text
    assert sign_in("huyen-b.officer").get(url).status_code == 404
    assert sign_in("huyen-a.official").get(url).status_code == 403
    assert sign_in("huyen-a.officer").submit(url).status_code == 405


@pytest.mark.parametrize("view", VIEW_STATEMENTS)
def test_a_secretary_sees_the_own_cell_alone(app: object, cast: Cast, sign_in: SignIn, view: str) -> None:
    version_id = _version_id(cast, published(cast))
    page = sign_in("huyen-a.secretary").get(f"/rotation/versions/{version_id}{view}").text
    assert "số 2" not in page
    assert "số 3" not in page


def test_out_of_reach_a_cell_and_a_draft_are_not_there(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id = drafted(cast)
    draft = f"/rotation/versions/{_version_id(cast, rotation_id)}"
    assert sign_in("huyen-a.secretary").get(draft).status_code == 404
    client = sign_in("huyen-a.standing")
    client.submit(f"/rotation/{rotation_id}/publish", {"version_id": str(_version_id(cast, rotation_id))})
    cells = [f"{draft}/cells/{cast.unit(f'huyen-a/CB-{number}')}" for number in (1, 2)]
    assert [sign_in("huyen-a.secretary").get(url).status_code for url in cells] == [200, 404]
    assert [sign_in("huyen-a.base-officer").get(url).status_code for url in cells] == [200, 200]


def test_names_are_found_without_diacritics(app: object, cast: Cast, sign_in: SignIn) -> None:
    url = f"/rotation/versions/{_version_id(cast, published(cast))}/officials?q=dinh+thi"
    page = sign_in("huyen-a.officer").get(url).text
    assert "Đinh Thị Tám" in page
    assert "Ngô Quang Vinh" not in page


def test_one_line_is_explained_with_priced_alternatives(app: object, cast: Cast, sign_in: SignIn) -> None:
    version_id = _version_id(cast, published(cast))
    with cast.session("huyen-a") as session:
        line = session.scalars(sa.select(PlannedVisit).where(PlannedVisit.version_id == version_id)).first()
    assert line is not None
    url = f"/rotation/versions/why/{line.id}"
    page = sign_in("huyen-a.officer").get(url).text
    assert "Trong địa bàn được phân công" in page
    assert "Các phương án khác" in page
    assert sign_in("huyen-a.secretary").get(url).status_code == 403
    assert sign_in("huyen-b.officer").get(url).status_code == 404


def test_the_spreadsheet_holds_what_is_in_reach(app: object, cast: Cast, sign_in: SignIn) -> None:
    url = f"/rotation/versions/{_version_id(cast, published(cast))}/export.xlsx"

    def rows(who: str) -> list[list[object]]:
        book = CalamineWorkbook.from_filelike(BytesIO(sign_in(who).get(url).data))
        return book.get_sheet_by_index(0).to_python()  # type: ignore[return-value]

    assert len(rows("huyen-a.officer")) == 19
    assert {row[2] for row in rows("huyen-a.secretary")[1:]} == {"Chi bộ số 1"}


@pytest.mark.parametrize("months", [1, 3])
@pytest.mark.parametrize("view", VIEW_STATEMENTS)
def test_a_view_costs_the_same_however_long(
    app: object, cast: Cast, sign_in: SignIn, view: str, months: int
) -> None:
    client = sign_in("huyen-a.officer")
    url = f"/rotation/versions/{_version_id(cast, published(cast, months=months))}{view}"
    client.get(url)
    with statements(scope.Session.kw["bind"]) as asked:
        client.get(url)
    assert len(asked) == VIEW_STATEMENTS[view]


def test_a_job_that_gave_up_is_let_run_again_by_the_admin(app: object, cast: Cast, sign_in: SignIn) -> None:
    drafted(cast)
    with cast.session("huyen-a") as session:
        job = session.scalars(sa.select(Job).order_by(Job.created_at.desc())).first()
        assert job is not None
        job.state = JobState.DEAD
    assert sign_in("huyen-a.officer").submit(f"/jobs/{job.id}/retry").status_code == 403
    assert sign_in("huyen-b.admin").submit(f"/jobs/{job.id}/retry").status_code == 404
    assert sign_in("huyen-b.officer").get(f"/jobs/{job.id}").status_code == 404
    assert sign_in("huyen-a.secretary").get(f"/jobs/{job.id}").status_code == 404
    client = sign_in("huyen-a.admin")
    assert "Chạy lại" in client.get(f"/jobs/{job.id}").text
    client.submit(f"/jobs/{job.id}/retry")
    with cast.session("huyen-a") as session:
        assert session.get_one(Job, job.id).state is JobState.QUEUED


def test_a_rotation_without_a_published_version_is_hidden_from_readers(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    rotation_id = drafted(cast)
    assert sign_in("huyen-a.secretary").get(f"/rotation/{rotation_id}").status_code == 404
    assert str(rotation_id) not in sign_in("huyen-a.secretary").get("/rotation/").text
    assert str(rotation_id) in sign_in("huyen-a.officer").get("/rotation/").text
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(RotationVersion)).one().published_at is None


def test_the_schedule_is_issued_and_downloaded(app: object, cast: Cast, sign_in: SignIn) -> None:
    rotation_id, client = published(cast), sign_in("huyen-a.standing")
    version_id = _version_id(cast, rotation_id)
    assert "Ban hành văn bản lịch" in client.get(f"/rotation/{rotation_id}").text
    answer = client.submit(f"/rotation/versions/{version_id}/document", follow_redirects=True)
    assert "Văn bản số 01-TB/HU" in answer.text
    run_jobs(cast, "huyen-a")
    page = client.get(f"/rotation/{rotation_id}").text
    assert "Lịch số 01-TB/HU" in page
    [url] = re.findall(r"/documents/[^/]+/file", page)
    assert client.get(url).data.startswith(b"%PDF-")


def test_a_replan_says_what_was_forced_what_came_on_top_and_why(
    app: object, cast: Cast, sign_in: SignIn
) -> None:
    rotation_id, client = published(cast), sign_in("huyen-a.officer")
    with cast.session("huyen-a") as session:
        away = {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 5, 31)}
        session.add(Absence(person_id=cast.actor("huyen-a.official").person_id, **away))
    for policy in ("keep", "alone"):
        with cast.session("huyen-a") as session:
            rotation = session.get_one(Rotation, rotation_id)
            adjust(session, cast.actor("huyen-a.officer"), rotation, "Đi học", Policy(policy))
        run_jobs(cast, "huyen-a")
        page = client.get(f"/rotation/{rotation_id}/draft/changes").text
        assert "Bắt buộc đổi 1, đổi thêm 0." in page
        assert "vắng mặt" in page
    draft = client.get(f"/rotation/{rotation_id}/draft").text
    assert "Bản điều chỉnh giữ lịch đã công bố nên không so với mức thấp nhất." in draft
    with cast.session("huyen-a") as session:
        assert {row["bound"] for row in version_of(session, rotation_id).scores} == {None}
