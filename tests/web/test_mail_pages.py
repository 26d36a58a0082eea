"""Mail on the account page, on a person's record and on the command line."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from core.notices.mailing import write_letters
from core.notices.models import MailPreference
from jobs.run import run_pending
from tests.cast import Cast
from tests.conftest import Browser
from tests.mail_ground import Received, connected_to, give_address, mail_server, settings_of

SignIn = Callable[[str], Browser]
WHO, TO = "huyen-a.secretary", "dao@example.vn"


@pytest.fixture
def server(app: Flask) -> Iterator[Received]:
    """The deployment has a mail server."""
    with mail_server() as received:
        known = settings_of(received)
        app.extensions["settings"] = replace(app.extensions["settings"], mail=known)
        with connected_to(known):
            yield received


def record_of(cast: Cast, browser: Browser) -> str:
    return browser.get(f"/admin/people/details/?id={cast.actor(WHO).person_id}").text


def test_where_there_is_no_server_the_page_says_so(sign_in: SignIn, cast: Cast) -> None:
    give_address(cast, WHO, TO)
    assert "chưa nối máy chủ thư" in sign_in(WHO).get("/account").text


def test_without_an_address_the_page_says_whom_to_ask(server: Received, sign_in: SignIn, cast: Cast) -> None:
    page = sign_in(WHO).get("/account").text
    assert "Nhờ quản trị đơn vị ghi vào" in page
    assert 'name="wanted"' not in page


def test_one_takes_mail_and_takes_none(server: Received, sign_in: SignIn, cast: Cast) -> None:
    give_address(cast, WHO, TO)
    browser, admin = sign_in(WHO), sign_in("huyen-a.admin")
    assert "Đang nhận" in browser.get("/account").text
    assert "có thể đến hai lần" in browser.get("/account").text
    browser.submit("/account/mail", {"wanted": "no"})
    assert "Không nhận" in browser.get("/account").text
    assert "theo ý đồng chí" in record_of(cast, admin)
    browser.submit("/account/mail", {"wanted": "yes"})
    assert "Đang nhận" in browser.get("/account").text
    with cast.session("huyen-a") as session:
        preference = session.scalars(sa.select(MailPreference)).one()
    assert (preference.person_id, preference.wanted) == (cast.actor(WHO).person_id, True)


def test_a_refused_address_is_told_to_the_person_and_to_the_admin(
    server: Received, sign_in: SignIn, cast: Cast
) -> None:
    give_address(cast, WHO, TO)
    server.refusing[TO] = "550 No such user"
    actor = cast.actor(WHO)
    assert actor.person_id is not None
    with cast.session(WHO) as session:
        write_letters(session, actor, {actor.person_id: "Nhắc"}, "Nhắc việc", "day", "https://example.vn/")
    with cast.scope(WHO):
        run_pending()
    page = sign_in(WHO).get("/account").text
    assert "Máy chủ thư không nhận địa chỉ này" in page
    assert "máy chủ thư từ chối địa chỉ này" in record_of(cast, sign_in("huyen-a.admin"))


def test_an_operator_has_no_mail_to_choose(server: Received, sign_in: SignIn) -> None:
    browser = sign_in("operator")
    assert "Thư điện tử" not in browser.get("/account").text
    assert browser.submit("/account/mail", {"wanted": "yes"}).status_code == 302
    assert browser.get("/account/mail").status_code == 405


def test_the_check_of_the_settings_asks_the_server(app: Flask, cast: Cast) -> None:
    def said() -> list[str]:
        lines = app.test_cli_runner().invoke(args=["config", "check"]).output.splitlines()
        return [line.split()[1] for line in lines if line.startswith("mail")]

    assert said() == ["off"]
    with mail_server() as received:
        app.extensions["settings"] = replace(app.extensions["settings"], mail=settings_of(received))
        assert said() == ["ok"]
    assert said() == ["failing"]
