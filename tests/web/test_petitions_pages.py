"""Petitions as pages (S4-04, S4-17)."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.meetings.models import Petition
from core.meetings.petitions import NewPetition
from tenants import scope
from tenants.clock import frozen
from tests.cast import Cast
from tests.conftest import Browser
from tests.rotation_ground import NOW, published, reported, statements

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 6


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def petition_id(app: object, cast: Cast) -> UUID:
    """A petition of the official's January visit, urgent; another one answered on the spot."""
    published(cast)
    reported(
        cast, 0, NewPetition("Đề nghị sửa đường", "Giao thông", True), NewPetition("Thủ tục", answer="Rồi")
    )
    with cast.session("huyen-a") as session:
        return session.scalars(sa.select(Petition.id).where(Petition.urgent)).one()


def test_the_list_is_filtered_and_searched_without_diacritics(petition_id: UUID, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    for query, found in {
        "state=open": (True, False),
        "state=answered": (False, True),
        "urgent=1": (True, False),
        "q=sua+duong": (True, False),
        "q=THỦ+TỤC": (False, True),
        "q=nothing": (False, False),
    }.items():
        page = client.get(f"/petitions/?{query}").text
        assert (
            "Đề nghị sửa đường" in page,
            'class="card"><h3' in page.replace("\n", "") and "Thủ tục" in page,
        ) == found


def test_a_petition_is_passed_on_then_answered(petition_id: UUID, sign_in: SignIn) -> None:
    client, url = sign_in("huyen-a.base-officer"), f"/petitions/{petition_id}"
    client.submit(f"{url}/refer", {"to": "Phòng Kinh tế xã"})
    client.submit(f"{url}/answer", {"text": "Sẽ sửa trong quý II"})
    page = client.get(url).text
    steps = [page.index(words) for words in ("Nêu kiến nghị", "Chuyển cơ quan", "Phòng Kinh tế xã")]
    assert "Sẽ sửa trong quý II" in page
    assert all(steps)


def test_an_answered_petition_takes_no_second_answer(petition_id: UUID, sign_in: SignIn) -> None:
    client, url = sign_in("huyen-a.officer"), f"/petitions/{petition_id}"
    client.submit(f"{url}/answer", {"text": "Lần đầu"})
    page = client.submit(f"{url}/answer", {"text": "Lần hai"}).text
    assert "Kiến nghị đã được trả lời." in page
    assert "Lần hai" not in client.get(url).text


def test_an_empty_answer_says_what_to_do(petition_id: UUID, sign_in: SignIn) -> None:
    page = sign_in("huyen-a.officer").submit(f"/petitions/{petition_id}/answer", {"text": " "}).text
    assert "Chưa lưu được" in page


@pytest.mark.parametrize("verb", ["answer", "refer"])
def test_readers_do_not_write_and_strangers_see_nothing(
    petition_id: UUID, sign_in: SignIn, verb: str
) -> None:
    url = f"/petitions/{petition_id}"
    assert sign_in("huyen-b.officer").submit(f"{url}/{verb}", {"text": "a", "to": "b"}).status_code == 404
    assert sign_in("huyen-a.secretary").submit(f"{url}/{verb}", {"text": "a", "to": "b"}).status_code == 403
    assert sign_in("huyen-a.officer").get(f"{url}/{verb}").status_code == 405


def test_a_petition_is_read_in_reach_only(petition_id: UUID, sign_in: SignIn) -> None:
    url = f"/petitions/{petition_id}"
    assert sign_in("huyen-a.standing").get(url).status_code == 200
    assert sign_in("huyen-b.standing").get(url).status_code == 404
    assert sign_in("huyen-a.official").get(url).status_code == 403
    assert sign_in("huyen-a.standing").submit(url).status_code == 405


def test_a_secretary_sees_the_own_cells_alone(app: object, cast: Cast, sign_in: SignIn) -> None:
    published(cast)
    for place in range(3):
        reported(cast, place, NewPetition(f"Việc {place}"))
    with cast.session("huyen-a") as session:
        own = {p.text for p in session.scalars(sa.select(Petition)) if p.cell_id == cast.unit("huyen-a/CB-1")}
    page = sign_in("huyen-a.secretary").get("/petitions/").text
    assert {f"Việc {place}" for place in range(3) if f"Việc {place}" in page} == own


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(app: object, cast: Cast, sign_in: SignIn, rows: int) -> None:
    published(cast)
    reported(cast, 0, *(NewPetition(f"Việc {number}") for number in range(rows)))
    client = sign_in("huyen-a.officer")
    client.get("/petitions/")
    with statements(scope.Session.kw["bind"]) as asked:
        assert client.get("/petitions/").text.count("Việc ") >= rows
    assert len(asked) == LIST_STATEMENTS
