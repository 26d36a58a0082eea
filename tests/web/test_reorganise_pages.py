"""Reorganising units as pages: chosen, previewed, applied, undone (design: product F02, P5)."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tenants import scope
from tenants.clock import today
from tenants.models import Unit
from tenants.people import UnitFacts, save_unit
from tenants.tree import UnitKind
from tenants.unit_models import EventState, UnitEvent
from tests.cast import OPENED, Cast
from tests.conftest import Browser
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
ADMIN = "huyen-a.admin"


@pytest.fixture
def browser(sign_in: SignIn, cast: Cast) -> Browser:
    """The admin's, in a tenant with a second commune, XA-2, and its cell CB-9."""
    root = cast.unit("huyen-a/")
    with cast.session(ADMIN) as session:
        facts = UnitFacts("XA-2", "Đảng bộ xã Đồng Tâm", UnitKind.ORGANISATION, root, OPENED)
        above = save_unit(session, cast.actor(ADMIN), facts)
        below = UnitFacts("CB-9", "Chi bộ số 9", UnitKind.CELL, above.id, OPENED, members=12)
        save_unit(session, cast.actor(ADMIN), below)
    return sign_in(ADMIN)


def ids(cast: Cast) -> dict[str, str]:
    with cast.session(ADMIN) as session:
        return {unit.code: str(unit.id) for unit in session.scalars(sa.select(Unit))}


def paths(cast: Cast) -> dict[str, str]:
    with cast.session(ADMIN) as session:
        return {unit.code: unit.path for unit in session.scalars(sa.select(Unit))}


def only_event(cast: Cast) -> UnitEvent:
    with cast.session(ADMIN) as session:
        return session.scalars(sa.select(UnitEvent)).one()


def merger(cast: Cast, **typed: str) -> dict[str, Any]:
    known = ids(cast)
    said = {"into": "new", "code": "xa-9", "name": "Đảng bộ xã Hợp Nhất", "day": today().isoformat()}
    return {"units": [known["XA-1"], known["XA-2"]]} | said | typed


def test_two_communes_become_one_and_are_two_again(browser: Browser, cast: Cast) -> None:
    before = paths(cast)
    shown = browser.submit("/reorganise/merge/details", merger(cast) | {"step": "preview"}).text
    assert "Lập mới, thuộc Huyện Bình Minh" in shown
    assert re.search(r"<b>12</b><span class=\"text\">đảng viên", shown)
    assert "văn phòng đảng ủy cơ sở, Đảng bộ xã Yên Phú – kết thúc" in shown
    assert paths(cast) == before
    answer = browser.submit("/reorganise/merge/details", merger(cast) | {"step": "confirm"})
    event_id = only_event(cast).id
    assert answer.location == f"/reorganise/{event_id}"
    assert paths(cast)["CB-9"] == "/HUYEN-A/XA-9/CB-9/"
    assert "Hoàn tác được đến" in browser.get(answer.location).text
    assert browser.submit(f"/reorganise/{event_id}/undo").status_code == 302
    assert paths(cast) == before
    assert "Đã hoàn tác" in browser.get("/reorganise/").text


def test_each_cell_of_a_split_commune_chooses(browser: Browser, cast: Cast) -> None:
    known = ids(cast)
    typed = {"units": known["XA-1"], "keep": "y", "code1": "XA-3", "name1": "Đảng bộ xã Ba"}
    typed |= {"day": today().isoformat(), "step": "confirm"}
    typed |= {f"child_{known[f'CB-{n}']}": "1" if n < 3 else "old" for n in range(1, 4)}
    refused = browser.submit("/reorganise/split/details", typed).text
    assert re.search(r'href="#child_[^"]+">Chi bộ số 4: ', refused)
    assert 'value="Đảng bộ xã Ba"' in refused
    typed[f"child_{known['CB-4']}"] = "old"
    assert browser.submit("/reorganise/split/details", typed).status_code == 302
    made = paths(cast)
    assert (made["CB-2"], made["CB-4"]) == ("/HUYEN-A/XA-3/CB-2/", "/HUYEN-A/XA-1/CB-4/")


KINDS: list[tuple[str, str, dict[str, str], str]] = [
    ("rename", "CB-1", {"name": "Chi bộ Hợp Nhất"}, "Chi bộ Hợp Nhất"),
    ("move", "CB-1", {"target": "XA-2"}, "Đảng bộ xã Đồng Tâm"),
    ("rerank", "XA-1", {"rank": "commune"}, "Đảng bộ xã Yên Phú"),
    ("dissolve", "XA-1", {"target": "XA-2"}, "Kết thúc"),
]


@pytest.mark.parametrize(("kind", "code", "said", "word"), KINDS)
def test_other_events_are_asked_shown_and_applied(
    browser: Browser, cast: Cast, kind: str, code: str, said: dict[str, str], word: str
) -> None:
    known = ids(cast)
    typed = {name: known.get(value, value) for name, value in said.items()}
    typed |= {"units": known[code], "day": today().isoformat()}
    asked = {key: value for key, value in typed.items() if key in {"units", "target"}}
    assert browser.get(f"/reorganise/{kind}/details", query_string=asked).status_code == 200
    assert word in browser.submit(f"/reorganise/{kind}/details", typed | {"step": "preview"}).text
    assert browser.submit(f"/reorganise/{kind}/details", typed | {"step": "confirm"}).status_code == 302
    assert only_event(cast).state is EventState.APPLIED


def test_an_event_of_tomorrow_waits_and_can_be_dropped(browser: Browser, cast: Cast) -> None:
    tomorrow = today() + timedelta(days=1)
    typed = merger(cast, day=tomorrow.isoformat())
    assert "Lập, chờ đến ngày" in browser.submit("/reorganise/merge/details", typed).text
    browser.submit("/reorganise/merge/details", typed | {"step": "confirm"})
    assert only_event(cast).state is EventState.PLANNED
    assert "Chờ đến ngày" in browser.get("/reorganise/").text
    browser.submit(f"/reorganise/{only_event(cast).id}/undo")
    assert only_event(cast).state is EventState.UNDONE


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "CB-1"}, "Mã “CB-1” đã dùng"),
        ({"code": ""}, "mã chữ hoa không dấu"),
        ({"day": ""}, "Ngày hiệu lực"),
        ({"day": OPENED.isoformat()}, "mới hoạt động từ 01/01/2026"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    browser: Browser, cast: Cast, typed: dict[str, str], sentence: str
) -> None:
    page = browser.submit("/reorganise/merge/details", merger(cast, **typed) | {"step": "confirm"}).text
    assert sentence in page
    assert 'value="Đảng bộ xã Hợp Nhất"' in page


def test_units_are_found_without_diacritics_and_the_chosen_ones_stay(browser: Browser, cast: Cast) -> None:
    chosen = ids(cast)["CB-1"]
    page = browser.get(f"/reorganise/merge/choose?q=dong+tam&units={chosen}").text
    assert "Đảng bộ xã Đồng Tâm" in page
    assert f'value="{chosen}" checked' in page
    assert "Chi bộ số 2" not in page
    assert "Không có đơn vị nào khớp" in browser.get("/reorganise/merge/choose?q=khong+co").text


def test_nothing_chosen_leads_back_to_choosing(browser: Browser) -> None:
    for step in ("target", "details"):
        assert browser.get(f"/reorganise/move/{step}").location == "/reorganise/move/choose"
    assert browser.get("/reorganise/burn/choose").status_code == 404
    assert browser.get("/reorganise/merge/target").status_code == 404


def test_a_list_of_three_events_asks_as_much_as_a_list_of_one(browser: Browser, cast: Cast) -> None:
    counts = []
    for number in range(1, 4):
        typed = {"units": ids(cast)["CB-1"], "name": f"Chi bộ {number}", "day": today().isoformat()}
        browser.submit("/reorganise/rename/details", typed | {"step": "confirm"})
        with statements(scope.Session.kw["bind"]) as asked:
            browser.get("/reorganise/")
        counts.append(len(asked))
    assert counts[0] == counts[-1]


def test_units_and_events_of_others_are_not_there(browser: Browser, cast: Cast, sign_in: SignIn) -> None:
    foreign = cast.unit("huyen-b/CB-1")
    assert browser.get(f"/reorganise/rename/details?units={foreign}").status_code == 404
    browser.submit("/reorganise/merge/details", merger(cast) | {"step": "confirm"})
    url = f"/reorganise/{only_event(cast).id}"
    stranger = sign_in("huyen-b.admin")
    assert stranger.get(url).status_code == 404
    assert stranger.submit(f"{url}/undo").status_code == 404
    assert sign_in("huyen-a.officer").get(url).status_code == 403
    assert browser.get(f"{url}/undo").status_code == 405
