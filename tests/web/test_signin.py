"""Signing in and out (design: security 39-55)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tenants.access import TenantState
from tenants.accounts import invite
from tenants.clock import now
from tenants.models import Account, AuditEntry, PlatformEntry, Tenant, WebSession
from tests.cast import PASSWORD, Cast
from tests.conftest import Browser

SignIn = Callable[[str], Browser]
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = re.compile(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}")
NAMES = ("secretary@huyen-a", "nobodyxx@huyen-a", "secretary@nowhere", "nobodyxx")
EVIL = (
    "//evil.example", "///evil.example", "\\\\evil.example", "/\\evil.example", "https://evil.example",
    "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1", "/\r\nx: y", "//evil.example/%2e%2e", "@evil.example",
    "/@evil.example:80//", "/．．//evil.example", "/%2f%2fevil.example", "http:evil.example", "/\tevil",
)  # fmt: skip


def login(client: Browser, name: str = NAMES[0], password: str = PASSWORD, query: str = "") -> int:
    return client.submit(f"/sign-in{query}", {"login": name, "password": password}).status_code


def give_second_factor(cast: Cast, who: str) -> None:
    with cast.session(who) as session:
        session.get_one(Account, cast.accounts[who].account_id).totp_secret = SECRET


def test_a_right_password_opens_the_visitors_first_page(anonymous: Browser) -> None:
    assert login(anonymous) == 302
    page = anonymous.get("/", follow_redirects=True)
    assert (page.status_code, "Hoàng Thị Đào" in page.text) == (200, True)


def test_an_unknown_name_and_a_wrong_password_look_the_same(anonymous: Browser) -> None:
    pages = [anonymous.submit("/sign-in", {"login": name, "password": "sai rồi"}) for name in NAMES]
    assert {page.status_code for page in pages} == {401}
    varying = re.compile(r'value="[^"]*"')
    assert len({varying.sub("", page.text) for page in pages}) == 1


def test_wrong_tries_make_everyone_of_that_address_wait_and_then_count_again(anonymous: Browser) -> None:
    codes = [login(anonymous, password="sai rồi") for _ in range(6)]
    assert codes == [401] * 5 + [429]
    assert "Xin chờ" in anonymous.submit("/sign-in", {"login": NAMES[0], "password": PASSWORD}).text
    with time_machine.travel(now() + timedelta(seconds=10), tick=True):
        assert login(anonymous) == 302


def test_a_stolen_cookie_is_worthless_after_signing_out(sign_in: SignIn) -> None:
    client = sign_in("huyen-a.secretary")
    stolen = client.get_cookie("__Host-session")
    client.submit("/sign-out")
    assert stolen is not None
    client.set_cookie("__Host-session", stolen.value, domain="localhost", secure=True)
    assert client.get("/account").status_code == 302


def test_every_sign_in_makes_a_new_session(anonymous: Browser) -> None:
    seen = set()
    for _ in range(2):
        login(anonymous)
        with anonymous.session_transaction(base_url="https://localhost") as kept:
            seen.add(kept["sid"])
    assert len(seen) == 2


def test_the_cookie_is_bound_to_this_host_and_unseen_by_scripts(anonymous: Browser) -> None:
    answer = anonymous.submit("/sign-in", {"login": NAMES[0], "password": PASSWORD})
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} == set(cookie.split("; ")[1:])


@pytest.mark.parametrize("target", EVIL)
def test_signing_in_never_leads_to_another_site(target: str, anonymous: Browser) -> None:
    form = {"login": NAMES[0], "password": PASSWORD}
    assert anonymous.submit("/sign-in", form, query_string={"next": target}).location == "/"


def test_signing_in_leads_back_to_the_page_asked_for(anonymous: Browser) -> None:
    asked = anonymous.get("/account/password")
    assert asked.location == "/sign-in?next=/account/password"
    form = {"login": NAMES[0], "password": PASSWORD}
    assert anonymous.submit(asked.location, form).location == "/account/password"


@pytest.mark.parametrize(("minutes", "steps"), [(31, 1), (29, 26)])
def test_a_session_ends_when_idle_or_old(minutes: int, steps: int, sign_in: SignIn) -> None:
    client, codes = sign_in("huyen-a.secretary"), []
    for step in range(steps + 1):
        with time_machine.travel(now() + timedelta(minutes=minutes * step), tick=False):
            codes.append(client.get("/account").status_code)
    assert (codes[0], codes[-1]) == (200, 302)


def test_a_disabled_account_is_out_at_once(sign_in: SignIn, cast: Cast) -> None:
    client = sign_in("huyen-a.secretary")
    with cast.session("huyen-a") as session:
        session.get_one(Account, cast.accounts["huyen-a.secretary"].account_id).disabled_at = now()
    assert client.get("/account").status_code == 302


def test_a_locked_tenant_is_out_at_once_and_told_only_after_the_right_password(
    sign_in: SignIn, anonymous: Browser, cast: Cast
) -> None:
    client = sign_in("huyen-a.secretary")
    with cast.session("operator") as session:
        session.get_one(Tenant, cast.tenants["huyen-a"]).state = TenantState.LOCKED
    assert client.get("/account").status_code == 302
    assert [login(anonymous, password=p) for p in ("sai rồi", PASSWORD)] == [401, 403]


def test_a_second_factor_is_asked_and_a_wrong_code_refused(anonymous: Browser, cast: Cast) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    login(anonymous)
    assert anonymous.get("/account").status_code == 302
    assert anonymous.submit("/sign-in/code", {"code": "000000"}).status_code == 401
    right = anonymous.submit("/sign-in/code", {"code": pyotp.TOTP(SECRET).now()})
    assert (right.location, anonymous.get("/account").status_code) == ("/", 200)


def test_codes_are_throttled_even_when_the_old_cookie_is_sent_again(anonymous: Browser, cast: Cast) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    login(anonymous)
    codes = [anonymous.submit("/sign-in/code", {"code": "000000"}).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]


def test_a_password_alone_waits_five_minutes_for_its_code(anonymous: Browser, cast: Cast) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    login(anonymous)
    with time_machine.travel(now() + timedelta(minutes=6), tick=True):
        assert anonymous.get("/sign-in/code").location == "/sign-in"


@pytest.mark.parametrize("who", ["huyen-a.admin", "operator"])
def test_admins_see_nothing_before_they_enrol(who: str, app: Flask, sign_in: SignIn) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], require_totp=True)
    client = sign_in(who)
    assert {client.get(url).location for url in ("/", "/account", "/platform/tenants")} == {
        "/account/two-step"
    }
    secret = re.search(r"<b class=\"code\">(\w+)</b>", client.get("/account/two-step").text)
    assert secret
    shown = client.submit("/account/two-step", {"code": pyotp.TOTP(secret[1]).now()})
    assert len(set(RECOVERY.findall(shown.text))) == 8
    assert client.get("/account").status_code == 200
    assert client.get("/account/two-step/off").location == "/account"


def test_changing_the_password_signs_out_every_other_browser(sign_in: SignIn) -> None:
    here, elsewhere = sign_in("huyen-a.secretary"), sign_in("huyen-a.secretary")
    form = {"current": PASSWORD, "password": "Gió heo may đã về", "again": "Gió heo may đã về"}
    assert here.submit("/account/password", form).location == "/account"
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 302)
    assert login(elsewhere, password="Gió heo may đã về") == 302


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (
            {"current": "sai", "password": "Gió heo may đã về", "again": "Gió heo may đã về"},
            "hiện tại chưa đúng",
        ),
        ({"current": PASSWORD, "password": "ngắn", "again": "ngắn"}, "ít nhất 12 ký tự"),
        ({"current": PASSWORD, "password": "Gió heo may đã về", "again": "khác"}, "chưa giống nhau"),
        ({}, "Lỗi"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_field(
    form: dict[str, str], sentence: str, sign_in: SignIn
) -> None:
    client = sign_in("huyen-a.secretary")
    assert sentence in client.submit("/account/password", form).text


def test_signing_out_everywhere_ends_every_session(sign_in: SignIn, cast: Cast) -> None:
    clients = [sign_in("huyen-a.secretary") for _ in range(2)]
    clients[0].submit("/account/sign-out-everywhere")
    assert [client.get("/account").status_code for client in clients] == [302, 302]
    with cast.session("operator") as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(WebSession)) == 0


def invited(cast: Cast) -> str:
    with cast.session("huyen-a") as session:
        account = session.get_one(Account, cast.accounts["huyen-a.officer"].account_id)
        return f"/invitation/huyen-a/{invite(session, account)}"


def test_an_invitation_sets_the_password_once(anonymous: Browser, cast: Cast) -> None:
    url, form = invited(cast), {"password": "Gió heo may đã về", "again": "Gió heo may đã về"}
    assert "officer@huyen-a" in anonymous.get(url).text
    assert anonymous.submit(url, form).location == "/sign-in"
    assert (anonymous.get(url).status_code, anonymous.submit(url, form).status_code) == (410, 410)
    assert login(anonymous, "officer@huyen-a", "Gió heo may đã về") == 302


def test_an_invitation_ends_after_a_day_and_is_no_good_elsewhere(anonymous: Browser, cast: Cast) -> None:
    url = invited(cast)
    assert anonymous.get(url.replace("huyen-a", "huyen-b")).status_code == 410
    assert anonymous.get(url.replace("huyen-a", "nowhere")).status_code == 410
    with time_machine.travel(now() + timedelta(hours=25), tick=True):
        assert anonymous.get(url).status_code == 410


def trail(cast: Cast, who: str) -> list[str]:
    """The tags about ways in, in the order they were written."""
    kind = AuditEntry if "." in who else PlatformEntry
    with cast.session(who) as session:
        tags = session.scalars(sa.select(kind.tag).order_by(kind.at, kind.id))
        return [tag for tag in tags if tag.startswith(("account:", "operator:"))]


def test_each_try_of_a_known_account_is_one_entry_without_personal_data(
    anonymous: Browser, cast: Cast
) -> None:
    for name, password in (
        (NAMES[0], "sai rồi"),
        (NAMES[1], PASSWORD),
        (NAMES[2], "x"),
        (NAMES[0], PASSWORD),
    ):
        login(anonymous, name, password)
    anonymous.submit("/sign-out")
    assert trail(cast, "huyen-a.") == ["account:fail_password", "account:sign_in", "account:sign_out"]
    assert trail(cast, "huyen-b.") == trail(cast, "operator") == []
    with cast.session("huyen-a") as session:
        entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.tag.like("account:%"))).all()
    account_id = cast.accounts["huyen-a.secretary"].account_id
    assert [entry.actor_id for entry in entries] == [None, account_id, account_id]
    assert {(entry.subject_id, str(entry.facts)) for entry in entries} == {(account_id, "{}")}


def test_an_operators_sign_ins_are_in_the_platforms_trail(anonymous: Browser, cast: Cast) -> None:
    for password in ("sai rồi", PASSWORD):
        login(anonymous, "operator", password)
    anonymous.submit("/sign-out")
    assert trail(cast, "operator") == ["operator:fail_password", "operator:sign_in", "operator:sign_out"]


def test_a_try_at_a_locked_tenant_is_in_its_trail(anonymous: Browser, cast: Cast) -> None:
    with cast.session("operator") as session:
        session.get_one(Tenant, cast.tenants["huyen-a"]).state = TenantState.LOCKED
    login(anonymous)
    assert trail(cast, "huyen-a.") == ["account:fail_locked"]


def test_throttled_tries_fill_no_trail(anonymous: Browser, cast: Cast) -> None:
    for _ in range(9):
        login(anonymous, password="sai rồi")
    assert trail(cast, "huyen-a.") == ["account:fail_password"] * 5


def test_a_code_is_accepted_once(anonymous: Browser, app: Flask, cast: Cast) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    code, seen = pyotp.TOTP(SECRET).now(), []
    for client in (anonymous, Browser(app, app.response_class, use_cookies=True)):
        login(client)
        seen.append(client.submit("/sign-in/code", {"code": code}).status_code)
    assert seen == [302, 401]
    assert trail(cast, "huyen-a.") == ["account:sign_in", "account:fail_code"]


def test_an_earlier_code_is_worthless_after_a_later_one(anonymous: Browser, cast: Cast) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    totp, moment = pyotp.TOTP(SECRET), now()
    with time_machine.travel(moment, tick=False):
        login(anonymous)
        later = totp.at(moment + timedelta(seconds=30))
        assert anonymous.submit("/sign-in/code", {"code": later}).status_code == 302
        login(anonymous)
        assert anonymous.submit("/sign-in/code", {"code": totp.at(moment)}).status_code == 401


def recovery_codes(client: Browser) -> list[str]:
    return RECOVERY.findall(client.submit("/account/recovery-codes").text)


def test_a_recovery_code_signs_in_once_in_place_of_the_phone(
    anonymous: Browser, sign_in: SignIn, cast: Cast
) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    code, seen = recovery_codes(sign_in("huyen-a.secretary"))[0].upper().replace("-", " "), []
    for _ in range(2):
        login(anonymous)
        seen.append(anonymous.submit("/sign-in/code", {"code": code}).status_code)
    assert seen == [302, 401]
    assert trail(cast, "huyen-a.") == ["account:recovery_codes", "account:recover", "account:fail_code"]


def test_recovery_codes_are_kept_as_hashes_and_new_ones_replace_them(
    anonymous: Browser, sign_in: SignIn, cast: Cast
) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    client = sign_in("huyen-a.secretary")
    old, _new = recovery_codes(client), recovery_codes(client)
    with cast.session("huyen-a") as session:
        kept = session.get_one(Account, cast.accounts["huyen-a.secretary"].account_id).recovery_hashes
    assert len(kept) == 8
    assert not set(kept) & {*old, *_new}
    login(anonymous)
    assert anonymous.submit("/sign-in/code", {"code": old[0]}).status_code == 401


def test_a_recovery_code_proves_no_new_phone(sign_in: SignIn, cast: Cast) -> None:
    give_second_factor(cast, "huyen-a.secretary")
    client = sign_in("huyen-a.secretary")
    code = recovery_codes(client)[0]
    client.get("/account/two-step")
    assert client.submit("/account/two-step", {"code": code}).status_code == 401
