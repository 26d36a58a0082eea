"""Words in a request that name another tenant change nothing of it (design: security 1)."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from tenants.accounts import start_session
from tenants.models import AuditEntry
from tenants.scope import across_tenants, transaction
from tests.isolation.crawling import Crawler, checksums
from tests.isolation.matrix import ANYONE, MATRIX, ROLES, expected
from tests.isolation.world import OWN, STRANGER, World, scoped

POSTS = [endpoint for endpoint, line in MATRIX.items() if "POST" in line.answers]


def signed_in_anew(crawler: Crawler, who: str) -> None:
    """A session of its own for one request: signing out is among them."""
    with across_tenants("a test"), transaction() as session:
        crawler.secrets[who] = start_session(session, crawler.world.cast.accounts[who])
    crawler.cookies.pop(who, None)


def strongest(endpoint: str) -> str:
    """Whoever may use the page."""
    line = MATRIX[endpoint]
    if line.asks == ANYONE:
        return f"{OWN}.admin"
    may = [login for login in ROLES if expected(line, "POST", login, foreign=False) == line.answers["POST"]]
    return may[0] if may[0] == "operator" else f"{OWN}.{may[0]}"


@pytest.mark.parametrize("endpoint", POSTS)
def test_naming_another_tenant_is_of_no_use(
    endpoint: str, crawler: Crawler, world: World, before: object
) -> None:
    who, foreign = strongest(endpoint), str(world.cast.tenants[STRANGER])
    signed_in_anew(crawler, who)
    named = {"tenant_id": foreign, "tenant": STRANGER, "home_id": foreign, "code": STRANGER}
    headers = {
        "X-Tenant": foreign,
        "X-Tenant-Id": foreign,
        "X-Forwarded-Host": STRANGER,
        "X-Original-URL": "/",
    }
    answer = crawler.ask(endpoint, "POST", who, OWN, form=named, query=named, headers=headers)
    assert answer.status_code < 500
    assert foreign.encode() not in answer.get_data()


def test_another_host_is_not_served(crawler: Crawler) -> None:
    client = crawler.browser(f"{OWN}.admin")
    assert client.get("/units", base_url=f"https://{STRANGER}.localhost").status_code == 400
    assert client.get("/units", headers={"Host": STRANGER}).status_code == 400


def test_nothing_of_another_tenant_was_changed(before: dict[tuple[str, str], str], world: World) -> None:
    after = checksums(world)
    changed = {key for key, digest in before.items() if after[key] != digest}
    assert {code for code, _table in changed} == {OWN, ""}
    assert {table for code, table in changed if not code} <= {
        "web_session", "platform_entry", "tenant", "sign_in_failure",
    }  # fmt: skip
    assert {("huyen-a", "petition"), (OWN, "notice"), (OWN, "account")} <= changed
    with scoped(world, OWN) as session:
        owners = set(session.scalars(sa.select(AuditEntry.tenant_id)))
    assert owners == {UUID(str(world.cast.tenants[OWN]))}
