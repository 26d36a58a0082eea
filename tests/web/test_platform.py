"""The operators' back office (design: product P1, P3, T01, T02; security 15)."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.notices.models import Job, JobKind, JobState, TenantHealth
from core.notices.work import owe
from tenants.access import TenantState
from tenants.clock import now
from tenants.models import PlatformEntry, Tenant
from tests.cast import PASSWORD, Cast
from tests.conftest import Browser

SignIn = Callable[[str], Browser]
PAGES = ("tenants", "tenants/new", "tenants/new/admin", "tenants/huyen-a/state", "jobs", "health", "trail")
PARTICULARS = {
    "name": "Huyện Hòa Bình Mới", "committee_name": "Huyện ủy Hòa Bình Mới", "place": "Hòa Bình Mới",
    "code": "hoa-binh-moi", "level_code": "HUYEN", "parent_code": "tinh",
}  # fmt: skip
ADMIN = {"admin_name": "Bùi Thị Mai", "admin_login": "bui.mai"}


def dead_job(cast: Cast) -> UUID:
    with cast.session("huyen-a") as session:
        job_id = owe(session, cast.actor("huyen-a.admin"), JobKind.REMIND, "key")
        session.execute(sa.update(Job).values(state=JobState.DEAD, error="TimeoutError", attempts=8))
    return job_id


@pytest.mark.parametrize("page", PAGES)
def test_an_operator_opens_every_page_and_nobody_else_any(
    page: str, sign_in: SignIn, anonymous: Browser
) -> None:
    url = f"/platform/{page}"
    codes = [sign_in(who).get(url).status_code for who in ("operator", "tinh.admin", "huyen-a.secretary")]
    assert codes == [200, 404, 404]
    assert anonymous.get(url).location.startswith("/sign-in")
    assert sign_in("operator").delete(url).status_code == 405


def test_tenants_are_found_by_name_without_diacritics_with_their_counts(sign_in: SignIn, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        counts = {"units": 6, "people": 418, "accounts": 6, "open_jobs": 0, "dead_jobs": 1, "stored_bytes": 0}
        session.add(TenantHealth(counted_at=now(), **counts))
    page = sign_in("operator").get("/platform/tenants?q=binh minh").text
    assert "418" in page
    assert "Huyện Bình Minh" in page
    assert "Huyện Tân Hòa" not in page


def test_the_list_of_tenants_shows_nothing_of_their_content(sign_in: SignIn) -> None:
    pages = "".join(sign_in("operator").get(f"/platform/{page}").text for page in PAGES)
    assert not re.search("Chi bộ số|Hoàng Thị Đào|Yên Phú", pages)


def test_an_unknown_page_number_shows_the_last_page(sign_in: SignIn) -> None:
    assert "Huyện Tân Hòa" in sign_in("operator").get(f"/platform/tenants?page={'9' * 20}").text


def open_tenant(client: Browser) -> str:
    assert client.submit("/platform/tenants/new", PARTICULARS).location == "/platform/tenants/new/admin"
    assert client.submit("/platform/tenants/new/admin", ADMIN).location == "/platform/tenants/new/check"
    assert "Bùi Thị Mai" in client.get("/platform/tenants/new/check").text
    return client.submit("/platform/tenants/new/check").text


def test_the_wizard_opens_a_tenant_whose_admin_can_sign_in(sign_in: SignIn, anonymous: Browser) -> None:
    link = re.search(r"https://localhost(/invitation/hoa-binh-moi/[\w-]+)", open_tenant(sign_in("operator")))
    assert link
    assert anonymous.submit(link[1], {"password": PASSWORD, "again": PASSWORD}).location == "/sign-in"
    form = {"login": "bui.mai@hoa-binh-moi", "password": PASSWORD}
    assert anonymous.submit("/sign-in", form).location == "/"


def test_the_link_is_shown_once(sign_in: SignIn) -> None:
    client = sign_in("operator")
    open_tenant(client)
    assert client.submit("/platform/tenants/new/check").location == "/platform/tenants/new"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "huyen-a"}, "đã có đơn vị dùng"),
        ({"code": "Có Dấu"}, "chữ thường không dấu"),
        ({"parent_code": "xa-c"}, "không ở cấp trên"),
        ({"name": ""}, "Tên đơn vị"),
        ({"level_code": "LANG"}, "Lỗi"),
    ],
)
def test_the_wizard_says_what_is_wrong_and_keeps_what_was_typed(
    changed: dict[str, str], sentence: str, sign_in: SignIn
) -> None:
    page = sign_in("operator").submit("/platform/tenants/new", PARTICULARS | changed).text
    assert sentence in page
    assert "Huyện ủy Hòa Bình Mới" in page


def test_a_suspension_needs_a_reason_and_takes_effect_at_once(sign_in: SignIn, cast: Cast) -> None:
    operator, admin = sign_in("operator"), sign_in("huyen-a.admin")
    url, form = "/platform/tenants/huyen-a/state", {"state": "locked", "reason": "Theo đề nghị của Huyện ủy"}
    assert "Xin ghi lý do" in operator.submit(url, form | {"reason": " "}).text
    assert admin.get("/account").status_code == 200
    assert operator.submit(url, form).location == "/platform/tenants"
    assert admin.get("/account").status_code == 302
    with cast.session("operator") as session:
        assert session.get_one(Tenant, cast.tenants["huyen-a"]).state is TenantState.LOCKED
        entry = session.scalars(sa.select(PlatformEntry).where(PlatformEntry.tag == "tenant:locked")).one()
    assert (entry.operator_id, entry.tenant_code) == (cast.accounts["operator"].account_id, "huyen-a")
    assert "Theo đề nghị của Huyện ủy" in operator.get("/platform/trail").text


def test_a_tenant_works_again_after_it_is_resumed(sign_in: SignIn, cast: Cast) -> None:
    operator, url = sign_in("operator"), "/platform/tenants/huyen-a/state"
    for form in ({"state": "read_only", "reason": "Bảo trì"}, {"state": "active", "reason": ""}):
        operator.submit(url, form)
    with cast.session("operator") as session:
        assert session.get_one(Tenant, cast.tenants["huyen-a"]).state is TenantState.ACTIVE


def test_an_unknown_tenant_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("operator").get("/platform/tenants/nowhere/state").status_code == 404


def test_a_dead_job_is_seen_and_run_again(sign_in: SignIn, cast: Cast) -> None:
    job_id, client = dead_job(cast), sign_in("operator")
    assert "TimeoutError" in client.get("/platform/jobs?state=dead").text
    assert "TimeoutError" not in client.get("/platform/jobs?state=done").text
    client.submit(f"/platform/jobs/{job_id}/retry")
    with cast.session("huyen-a") as session:
        assert session.get_one(Job, job_id).state is JobState.QUEUED


@pytest.mark.parametrize("who", ["huyen-a.admin", "huyen-b.admin"])
def test_no_tenant_runs_jobs_by_the_operators_door(who: str, sign_in: SignIn, cast: Cast) -> None:
    assert sign_in(who).submit(f"/platform/jobs/{dead_job(cast)}/retry").status_code == 404


def test_an_unknown_job_is_not_found(sign_in: SignIn) -> None:
    assert sign_in("operator").submit("/platform/jobs/abc/retry").status_code == 404
