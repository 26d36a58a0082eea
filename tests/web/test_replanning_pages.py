"""Something has changed, as pages: a list of events, its preview, its confirmation (S4-12, S4-15)."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.meetings.models import Meeting
from core.rotation.by_hand import Trial
from core.rotation.models import Absence, Official
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, published, statements

SignIn = Callable[[str], Browser]
LIST_STATEMENTS, PREVIEW_STATEMENTS = 8, 18
JUNE = date(2026, 6, 1)
ILL = {"starts_on": "2026-05-01", "ends_on": "2026-05-31", "reason": "Phẫu thuật"}


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def rotation_id(app: object, cast: Cast) -> UUID:
    return published(cast)


def _official(cast: Cast) -> str:
    with cast.session("huyen-a") as session:
        mine = Official.person_id == cast.actor("huyen-a.official").person_id
        return str(session.scalars(sa.select(Official.id).where(mine)).one())


def _chosen(client: Browser, url: str, name: str) -> str:
    """The value of the first choice whose words hold `name`."""
    found = re.search(rf'value="([0-9a-f-]{{36}})"[^>]*><span>{name}', client.get(url).text)
    assert found is not None
    return found[1]


def _listed(client: Browser, rotation_id: UUID, kind: str, **typed: str) -> str:
    """The list once the event is put on it."""
    answer = client.submit(f"/rotation/{rotation_id}/adjust/{kind}", typed, follow_redirects=True)
    return answer.text


def _previewed(client: Browser, cast: Cast, rotation_id: UUID) -> str:
    """The address of the preview."""
    job = client.submit(f"/rotation/{rotation_id}/adjust/preview").location
    run_jobs(cast, "huyen-a")
    trial = client.get(client.get(f"{job}/state.json").json["result_url"]).location  # type: ignore[index]
    assert trial is not None
    return trial


def test_an_illness_goes_from_the_list_to_the_draft(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in("huyen-a.officer"), f"/rotation/{rotation_id}"
    assert "Có việc thay đổi" in client.get(url).text
    key = _chosen(client, f"{url}/adjust/away/choose?q=ngo+quang", "Ngô Quang Vinh")
    page = _listed(client, rotation_id, "away", subject=key, **ILL)
    assert "Đồng chí Ngô Quang Vinh vắng từ 01/05/2026 đến hết 31/05/2026" in page
    assert "Phẫu thuật" not in page
    preview = _previewed(client, cast, rotation_id)
    seen = client.get(preview).text
    for words in ("Lượt bắt buộc đổi", "Không còn lượt", "Đồng chí vắng mặt", "chưa ai được báo"):
        assert words in seen
    assert "Chưa lưu được" in client.submit(preview, {"reason": "", "policy": "keep"}).text
    assert "Chưa lưu được" in client.submit(preview, {"reason": "Ốm", "policy": "none"}).text
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(Absence.id))) == 0
    assert "/jobs/" in client.submit(preview, {"reason": "Đồng chí vắng", "policy": "keep"}).location
    run_jobs(cast, "huyen-a")
    assert "Lý do điều chỉnh: Đồng chí vắng" in client.get(f"{url}/draft").text
    assert "Đã xác nhận" in client.get(preview).text
    assert "Danh sách việc (0)" in client.get(f"{url}/adjust").text


def test_wrong_days_stay_in_the_form_beside_their_field(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    wrong = {"subject": _official(cast), "starts_on": "2026-05-09", "ends_on": "2026-05-01", "reason": "Mổ"}
    page = _listed(sign_in("huyen-a.officer"), rotation_id, "away", **wrong)
    assert 'id="ends_on-error"' in page
    assert 'value="Mổ"' in page


def test_each_kind_of_event_is_chosen_asked_and_listed(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    client, url, key = sign_in("huyen-a.officer"), f"/rotation/{rotation_id}/adjust", _official(cast)
    assert "thôi dự sinh hoạt từ 01/06/2026" in _listed(
        client, rotation_id, "left", subject=key, since="2026-06-01"
    )
    unit = _chosen(client, f"{url}/reassigned/choose?subject={key}&q=so+2", "Chi bộ số 2")
    area = {"subject": key, "units": unit, "since": "2026-05-01", "level": ""}
    assert "phụ trách Chi bộ số 2 từ 01/05/2026" in _listed(client, rotation_id, "reassigned", **area)
    cell = _chosen(client, f"{url}/postponed/choose?q=so+1", "Chi bộ số 1")
    with cast.session("huyen-a") as session:
        june = sa.select(Meeting.id).where(Meeting.cell_id == UUID(cell), Meeting.month == JUNE)
        meeting = str(session.scalars(june).one())
    day = {"subject": cell, "meeting": meeting, "slot": "morning"}
    beside = _listed(client, rotation_id, "postponed", **day, meets_on="2026-07-01")
    assert "Chỉ chọn được ngày trong tháng 06/2026" in beside
    said = _listed(client, rotation_id, "postponed", **day, meets_on="2026-06-20")
    assert "Chi bộ số 1 họp buổi sáng ngày 20/06/2026" in said
    assert said.count("Bỏ việc này") == 3
    dropped = re.search(r'name="key" value="([0-9a-f]+)"', said)
    assert dropped is not None
    client.submit(f"{url}/drop", {"key": dropped[1]})
    assert client.get(url).text.count("Bỏ việc này") == 2


def test_a_cell_without_days_takes_part_from_a_month(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in("huyen-a.officer"), f"/rotation/{rotation_id}/adjust"
    assert "Mọi chi bộ khu dân cư đã có ngày họp" in client.get(f"{url}/cell/choose").text
    with cast.session("huyen-a") as session:
        session.execute(sa.delete(Meeting).where(Meeting.cell_id == cast.unit("huyen-a/CB-3")))
    cell = _chosen(client, f"{url}/cell/choose", "Chi bộ số 3")
    asked = {"subject": cell, "first_month": "2026-05-01", "day": "12", "slot": "evening"}
    assert "Chi bộ số 3 nhận đồng chí về dự từ tháng 05/2026" in _listed(client, rotation_id, "cell", **asked)
    client.submit(_previewed(client, cast, rotation_id), {"reason": "Chi bộ mới", "policy": "alone"})
    with cast.session("huyen-a") as session:
        days = sa.select(Meeting.meets_on).where(Meeting.cell_id == UUID(cell)).order_by(Meeting.meets_on)
        assert [f"{day:%d/%m}" for day in session.scalars(days)] == ["12/05", "12/06"]


def test_units_to_reorganise_show_their_visits_and_the_way(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    url, unit = f"/rotation/{rotation_id}/adjust/units", cast.unit("huyen-a/CB-1")
    assert _chosen(sign_in("huyen-a.officer"), f"{url}?q=so+1", "Chi bộ số 1") == str(unit)
    page = sign_in("huyen-a.admin").get(f"{url}/visits?units={unit}").text
    assert "Chi bộ số 1" in page
    assert f"/reorganise/split/choose?units={unit}" in page
    assert "quản trị đơn vị" in sign_in("huyen-a.officer").get(f"{url}/visits?units={unit}").text
    assert sign_in("huyen-a.officer").get(f"{url}/visits?units={rotation_id}").status_code == 404
    assert sign_in("huyen-a.officer").get(f"{url}/visits").location == url


def test_nothing_in_the_list_shows_what_was_written_elsewhere(
    rotation_id: UUID, cast: Cast, sign_in: SignIn
) -> None:
    with cast.session("huyen-a") as session:
        away = {"starts_on": NOW.date().replace(month=5), "ends_on": NOW.date().replace(month=6)}
        session.add(Absence(person_id=cast.actor("huyen-a.official").person_id, **away))
    page = sign_in("huyen-a.officer").get(_previewed(sign_in("huyen-a.officer"), cast, rotation_id)).text
    assert "Chỉ gồm những việc đã ghi ở nơi khác" in page
    assert "Ngô Quang Vinh" in page


def test_the_pages_are_for_coordinators_of_the_tenant(rotation_id: UUID, cast: Cast, sign_in: SignIn) -> None:
    client, key = sign_in("huyen-a.officer"), _official(cast)
    _listed(client, rotation_id, "left", subject=key, since="2026-06-01")
    preview, url = _previewed(client, cast, rotation_id), f"/rotation/{rotation_id}/adjust"
    pages = [url, f"{url}/away/choose", f"{url}/away?subject={key}", f"{url}/units", preview]
    for page in pages:
        assert client.get(page).status_code == 200
        assert sign_in("huyen-a.standing").get(page).status_code == 403
        assert sign_in("huyen-b.officer").get(page).status_code == 404
        assert client.delete(page).status_code in (400, 405)
    for verb in ("drop", "preview"):
        assert sign_in("huyen-a.standing").submit(f"{url}/{verb}").status_code == 403
        assert sign_in("huyen-b.officer").submit(f"{url}/{verb}").status_code == 404
        assert client.get(f"{url}/{verb}").status_code in (404, 405)
    assert client.get(f"{url}/nothing?subject={key}").status_code == 404


@pytest.mark.parametrize("events", [1, 3])
def test_a_list_costs_the_same_however_long(
    rotation_id: UUID, cast: Cast, sign_in: SignIn, events: int
) -> None:
    client, key = sign_in("huyen-a.officer"), _official(cast)
    for number in range(events):
        _listed(client, rotation_id, "away", subject=key, **ILL | {"ends_on": f"2026-06-0{number + 1}"})
    preview = _previewed(client, cast, rotation_id)
    for url, most in ((f"/rotation/{rotation_id}/adjust", LIST_STATEMENTS), (preview, PREVIEW_STATEMENTS)):
        client.get(url)
        with statements(scope.Session.kw["bind"]) as asked:
            client.get(url)
        assert len(asked) <= most
    with cast.session("huyen-a") as session:
        assert len(session.scalars(sa.select(Trial)).one().asked) == events
