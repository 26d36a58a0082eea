"""The page on which coordinators set what many cells ask of the rotation (S4-02, S4-11)."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tenants import scope
from tenants.models import CellSetting, Unit
from tenants.tree import UnitKind
from tests.cast import OPENED, Cast
from tests.conftest import Browser
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
URL = "/rotation/wishes"


def more_cells(cast: Cast, count: int) -> None:
    with cast.session("huyen-a") as session:
        above = session.get_one(Unit, cast.unit("huyen-a/XA-1"))
        home = session.scalars(sa.select(CellSetting).where(CellSetting.is_residential)).one()
        for n in range(count):
            code = f"CM-{n:02}"
            session.add(
                Unit(
                    code=code, name=f"Chi bộ mới {n}", search_key=f"chi bo moi {n}", kind=UnitKind.CELL,
                    parent_id=above.id, path=f"{above.path}{code}/", setting_id=home.id, valid_from=OPENED,
                )
            )  # fmt: skip


def firsts(cast: Cast, code: str = "huyen-a") -> set[str]:
    with cast.session(code) as session:
        return set(session.scalars(sa.select(Unit.code).where(Unit.visited_first)))


def test_ticked_cells_get_what_was_chosen(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    cells = [str(cast.unit(f"huyen-a/{name}")) for name in ("CB-1", "CB-3")]
    typed = {"cell": cells, "visited_first": "yes", "special": "2", "visits_least": "4"}
    answer = client.submit(URL, typed, follow_redirects=True)
    assert "Đã đặt cho 2 chi bộ" in answer.text
    assert firsts(cast) == {"CB-1", "CB-3"}
    assert firsts(cast, "huyen-b") == set()
    marked = client.get(f"{URL}?view=marked").text
    assert (
        marked.count("Đặc thù, phức tạp; ít nhất 04 lượt một năm; dự ngay tháng đầu"),
        "Chi bộ số 2" in marked,
    ) == (2, False)
    assert "Chi bộ số 3" in client.get(f"{URL}?q=CHI+bo+so+3").text


def test_all_that_are_found_are_set_beyond_the_page(cast: Cast, sign_in: SignIn) -> None:
    more_cells(cast, 30)
    client = sign_in("huyen-a.officer")
    typed = {"every": "y", "visited_first": "yes"}
    assert "Đặt cho cả 30 chi bộ?" in client.submit(f"{URL}?q=moi", typed | {"sure": "29"}).text
    assert firsts(cast) == set()
    answer = client.submit(f"{URL}?q=moi", typed | {"sure": "30"}, follow_redirects=True)
    assert "Đã đặt cho 30 chi bộ" in answer.text
    assert len(firsts(cast)) == 30


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"special": "1"}, "Xin đánh dấu chi bộ"),
        ({"cell": "CB-1"}, "Xin chọn điều cần đặt"),
        ({"cell": "CB-1", "visitors_wanted": "12"}, "visitors_wanted-error"),
        ({"cell": "CB-1", "visits_least": "nhiều"}, "visits_least-error"),
    ],
)
def test_a_refused_choice_keeps_ticks_and_words(
    cast: Cast, sign_in: SignIn, typed: dict[str, str], said: str
) -> None:
    sent = {
        name: str(cast.unit(f"huyen-a/{text}")) if name == "cell" else text for name, text in typed.items()
    }
    answer = sign_in("huyen-a.officer").submit(URL, sent)
    assert said in answer.text
    assert answer.text.count(" checked") == ("cell" in typed)
    assert firsts(cast) == set()


def test_the_page_is_for_those_who_draw_up_the_rotation(cast: Cast, sign_in: SignIn) -> None:
    typed = {"cell": str(cast.unit("huyen-a/CB-1")), "special": "1"}
    assert sign_in("huyen-b.officer").submit(URL, typed).status_code == 404
    assert sign_in("huyen-a.secretary").submit(URL, typed).status_code == 403
    assert sign_in("huyen-a.secretary").get(URL).status_code == 403
    assert sign_in("huyen-a.officer").delete(URL).status_code == 405
    assert URL in sign_in("huyen-a.officer").get("/rotation/").text
    assert URL not in sign_in("huyen-a.secretary").get("/rotation/").text


def test_a_page_of_twenty_asks_as_much_as_one_of_three(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    client.get(URL)
    counts = []
    for count in (0, 20):
        more_cells(cast, count)
        with statements(scope.Session.kw["bind"]) as asked:
            client.get(URL)
        counts.append(len(asked))
    assert counts[0] == counts[1]
