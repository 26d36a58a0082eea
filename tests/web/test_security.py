"""What holds for every page: declarations, headers, hosts, sizes, errors (design: security A, C, D)."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, g

from admin import menu
from admin.app import create_app, start
from admin.database import db, enter
from admin.security import require_declarations, rule_of, signed_in
from tenants.access import NotAllowed, Permission
from tenants.isolation import UnsafeRole
from tenants.models import SignInFailure, Unit
from tenants.scope import ScopeError, current_scope, tenant_scope
from tenants.settings import Settings
from tests.cast import Cast
from tests.conftest import Browser, build

SignIn = Callable[[str], Browser]
REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.fixture(scope="module")
def _own_app(settings: Settings) -> Flask:
    """An app with pages that fail in the ways the tests ask for."""
    app = build(settings)

    @signed_in
    def fail() -> str:
        raise RuntimeError("SELECT secret FROM person")

    @signed_in
    def refuse() -> str:
        raise NotAllowed(Permission.UNITS_EDIT)

    @signed_in
    def tell() -> dict[str, str]:
        names = db.session.scalars(sa.select(Unit.name).where(Unit.parent_id.is_(None)))
        return {"tenant": str(current_scope().tenant_id), "root": names.one()}

    for view in (fail, refuse, tell):
        app.add_url_rule(f"/t/{view.__name__}", view.__name__, view, methods=["GET", "POST"])
    return app


@pytest.fixture
def app(_own_app: Flask, database: dict[str, str], settings: Settings) -> Flask:
    _own_app.extensions["settings"] = replace(settings, database_url=database["DATABASE_URL"])
    return _own_app


def plain_rules(app: Flask, method: str) -> list[str]:
    """The addresses without parameters that answer the method."""
    return sorted(r.rule for r in app.url_map.iter_rules() if method in (r.methods or ()) and not r.arguments)


def test_every_page_declares_what_it_asks_or_the_app_does_not_start(app: Flask) -> None:
    require_declarations(app)
    bare = Flask("bare")
    bare.add_url_rule("/open", "open", lambda: "")
    with pytest.raises(LookupError, match="open"):
        require_declarations(bare)


def test_a_menu_entry_asks_what_its_page_asks(app: Flask) -> None:
    asked = {entry.endpoint: rule_of(app, entry.endpoint) for entry in menu.ENTRIES}
    assert {e.endpoint: e.permission for e in menu.ENTRIES} == {
        k: r and r.permission for k, r in asked.items()
    }


def test_a_menu_entry_without_a_page_stops_the_start() -> None:
    with pytest.raises(LookupError):
        menu.require_served(Flask("bare"))


def test_nobody_signed_in_sees_only_what_is_public(app: Flask, anonymous: Browser) -> None:
    for url in plain_rules(app, "GET"):
        endpoint = app.url_map.bind("localhost").match(url)[0]
        rule = rule_of(app, endpoint)
        answer = anonymous.get(url)
        assert (rule and rule.public) or answer.location.startswith("/sign-in"), url


def test_nothing_is_written_without_the_pages_token(app: Flask, sign_in: SignIn) -> None:
    for who in ("huyen-a.admin", "operator"):
        client = sign_in(who)
        codes = {url: client.post(url).status_code for url in plain_rules(app, "POST")}
        assert set(codes.values()) <= {400, 403, 404}, codes


def test_no_page_has_its_own_way_around_the_token() -> None:
    assert not [p for p in Path("admin").rglob("*.py") if "exempt" in p.read_text("utf-8")]


@pytest.mark.parametrize("url", ["/", "/account", "/sign-in", "/nowhere", "/t/fail", "/t/refuse", "/healthz"])
def test_every_answer_carries_the_headers(url: str, sign_in: SignIn) -> None:
    headers = sign_in("huyen-a.admin").get(url).headers
    assert {name: headers.get(name) for name in REQUIRED} == REQUIRED
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize("url", ["/account/two-step", "/admin/units/?flt9_9=x", "/a\tb", "/account?q=%00"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_no_method_loses_the_headers(method: str, url: str, sign_in: SignIn) -> None:
    answer = sign_in("huyen-a.admin").open(url, method=method)
    assert {name: answer.headers.get(name) for name in REQUIRED} == REQUIRED
    assert answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"]


def test_the_answer_to_a_body_too_large_carries_the_headers(sign_in: SignIn) -> None:
    answer = sign_in("huyen-a.admin").submit("/account/password", {"current": "x" * 11_000_000})
    assert {name: answer.headers.get(name) for name in REQUIRED} == REQUIRED


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_methods_that_no_page_has_are_refused(method: str, app: Flask, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.admin")
    assert {client.open(url, method=method).status_code for url in plain_rules(app, "GET")} <= {404, 405}


def test_head_and_options_tell_no_more_than_get(app: Flask, sign_in: SignIn, anonymous: Browser) -> None:
    client = sign_in("huyen-a.secretary")
    for url in plain_rules(app, "GET"):
        if url == "/t/tell":
            continue
        assert client.head(url).status_code == client.get(url).status_code, url
        told = client.options(url)
        assert client.head(url).data == b"", url
        assert told.data == b"" or told.status_code == client.get(url).status_code >= 300, url
        assert anonymous.options(url).status_code in {200, 302}, url


def test_static_files_may_be_kept_and_set_no_cookie(sign_in: SignIn) -> None:
    answer = sign_in("huyen-a.admin").get("/static/site.css", buffered=True)
    answer.close()
    assert answer.headers["Cache-Control"] != "no-store"
    assert answer.headers["ETag"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not answer.headers.getlist("Set-Cookie")


def test_pages_hold_no_inline_script_or_style(sign_in: SignIn) -> None:
    for who in ("huyen-a.admin", "operator"):
        page = sign_in(who).get("/", follow_redirects=True).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example"])
def test_an_unknown_host_is_refused(host: str, anonymous: Browser) -> None:
    assert anonymous.get("/healthz", headers={"Host": host}).status_code == 400


def test_a_body_over_ten_megabytes_is_refused_in_words(sign_in: SignIn) -> None:
    answer = sign_in("huyen-a.admin").submit("/account/password", {"current": "x" * 11_000_000})
    assert (answer.status_code, "10 MB" in answer.text) == (413, True)


def test_a_failure_shows_an_id_that_is_in_the_log_and_no_detail(
    sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = sign_in("huyen-a.admin").get("/t/fail")
    found = re.search(r"Số hiệu <b>([0-9a-f]{8})</b>", page.text)
    assert found
    assert page.status_code == 500
    assert found[1] in caplog.text
    assert not re.search(
        r"SELECT|secret|Traceback|RuntimeError", page.text + caplog.text.replace("'RuntimeError'", "")
    )


@pytest.mark.parametrize(
    ("url", "method", "code"),
    [
        ("/nowhere", "GET", 404),
        ("/sign-out", "GET", 405),
        ("/t/refuse", "GET", 403),
        ("/account?q=%00", "GET", 400),
    ],
)
def test_errors_are_pages_in_vietnamese(url: str, method: str, code: int, sign_in: SignIn) -> None:
    page = sign_in("huyen-a.admin").open(url, method=method)
    assert page.status_code == code
    assert "Về trang đầu" in page.text


def test_the_tenant_comes_from_the_session_alone(sign_in: SignIn, cast: Cast) -> None:
    other = str(cast.tenants["huyen-b"])
    answer = sign_in("huyen-a.admin").submit(
        "/t/tell", {"tenant_id": other}, query_string={"tenant_id": other}, headers={"X-Tenant": other}
    )
    assert answer.json == {"tenant": str(cast.tenants["huyen-a"]), "root": "Huyện Bình Minh"}


def test_the_scope_ends_with_the_request_even_when_it_fails(sign_in: SignIn) -> None:
    for url in ("/t/tell", "/t/fail"):
        sign_in("huyen-a.admin").get(url)
        with pytest.raises(ScopeError):
            current_scope()


def test_an_operators_scope_holds_no_tenants_rows(sign_in: SignIn) -> None:
    assert sign_in("operator").get("/t/tell").status_code == 500


def test_the_session_of_a_request_is_one_and_closed_after_it(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        enter(tenant_scope(cast.tenants["huyen-a"]))
        assert db.session is db.session
        db.session.scalars(sa.select(Unit.id)).all()
        connection = db.session.connection()
        app.do_teardown_request()
        assert connection.closed
        assert "tenant_session" not in g


def test_a_spoofed_forwarded_address_is_not_believed(anonymous: Browser, cast: Cast) -> None:
    form = {"login": "secretary@huyen-a", "password": "sai rồi"}
    anonymous.submit("/sign-in", form, headers={"X-Forwarded-For": "10.0.0.1"})
    with cast.session("operator") as session:
        counted = set(session.scalars(sa.select(SignInFailure.key_hash)))
    peer, spoofed = (sha256(f"address:{address}".encode()).digest() for address in ("127.0.0.1", "10.0.0.1"))
    assert (peer in counted, spoofed in counted) == (True, False)


def test_the_owner_of_the_tables_may_not_serve_them(database: dict[str, str], settings: Settings) -> None:
    with pytest.raises(UnsafeRole, match="owns"):
        create_app(replace(settings, database_url=database["MIGRATION_DATABASE_URL"]))


def test_a_weak_key_ends_the_process_in_clear_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("SECRET_KEY", "short")
    with pytest.raises(SystemExit, match="SECRET_KEY"):
        start()
