"""How the tests ask for pages: as anyone, of any tenant's samples, keeping what is written or not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.registry import metadata
from tenants import scope
from tenants.db import Base
from tenants.scope import TenantOwned, across_tenants, tenant_scope, transaction
from tests.conftest import ORIGIN, Browser
from tests.isolation.matrix import MATRIX, Line
from tests.isolation.world import CODES, OWN, World

FALLBACK = {"plan dispatch": "dispatch", "report dispatch": "dispatch", "any dead job": "dead job"}


@dataclass
class Crawler:
    """Browsers of everyone on one application."""

    app: Flask
    world: World
    cookies: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = dict(self.world.secrets)

    def browser(self, who: str) -> Browser:
        """A new browser in which "huyen-a.admin" is signed in; nobody in ""."""
        client = Browser(self.app, self.app.response_class, use_cookies=True)
        name = self.app.config["SESSION_COOKIE_NAME"]
        if who in self.cookies:
            client.set_cookie(name, self.cookies[who], secure=True)
        elif who:
            with client.session_transaction(base_url=ORIGIN) as kept:
                kept["sid"] = self.secrets[who]
            cookie = client.get_cookie(name)
            self.cookies[who] = cookie.value if cookie else ""
        return client

    def filled(self, values: Mapping[str, str], code: str, login: str) -> dict[str, str]:
        """The names of samples replaced by the ids of a tenant's rows."""
        return {key: self._value(name, code, login) for key, name in values.items()}

    def _value(self, name: str, code: str, login: str) -> str:
        if name.startswith("="):
            return name[1:]
        if name == "notice":
            name = f"notice {login if login and login != 'operator' else 'member'}"
        known = (code, name) in self.world.samples
        return self.world.sample(code, name if known else FALLBACK[name])

    def ask(self, endpoint: str, method: str, who: str, code: str, **extra: Any) -> TestResponse:
        """One request to a page of the matrix, speaking of the tenant's samples."""
        line, login = MATRIX[endpoint], who.rpartition(".")[2]
        address = self.app.url_map.bind("localhost")
        url = address.build(endpoint, self.filled(line.ids, code, login))
        query = self.filled(line.query, code, login) | extra.pop("query", {})
        client = self.browser(who)
        if method == "GET":
            return client.get(url, query_string=query, buffered=True, **extra)
        form = self.filled(line.form, code, login) | extra.pop("form", {})
        return client.submit(url, form, query_string=query, buffered=True, **extra)


def known_to_own(world: World, line: Line, code: str) -> bool:
    """Whether the foreign sample lies with "own" too: a dispatch is on both sides."""
    if code == OWN or not any("dispatch" in name for name in line.samples):
        return False
    return world.sample(code, "dispatch") in world.samples[OWN, "all dispatches"]


@contextmanager
def undone() -> Iterator[None]:
    """Inside the block every commit of the sessions' engine takes back what was written instead."""
    engine: sa.Engine = scope.Session.kw["bind"]
    dialect: Any = engine.dialect
    dialect.do_commit = dialect.do_rollback
    try:
        yield
    finally:
        del dialect.do_commit


def _sums(tables: list[str]) -> dict[str, str]:
    parts = [
        f"SELECT '{name}', md5(coalesce(string_agg(r, '|' ORDER BY r), '')) "
        f"FROM (SELECT (to_jsonb(t) - 'seen_at')::text AS r FROM {name} t) s"
        for name in tables
    ]
    with transaction() as session:
        rows = session.connection().exec_driver_sql(" UNION ALL ".join(parts)).all()
    return {row[0]: row[1] for row in rows}


def owned_mappers() -> tuple[type[TenantOwned], ...]:
    """Every mapped class whose rows belong to a tenant, by table name."""
    classes = [m.class_ for m in Base.registry.mappers if issubclass(m.class_, TenantOwned)]
    return tuple(sorted(classes, key=lambda cls: cls.__tablename__))


def checksums(world: World) -> dict[tuple[str, str], str]:
    """A digest of every table's rows, by tenant and table; the platform's tables under ""."""
    owned = [kind.__tablename__ for kind in owned_mappers()]
    found: dict[tuple[str, str], str] = {}
    for code in CODES:
        with tenant_scope(world.cast.tenants[code]):
            found |= {(code, name): digest for name, digest in _sums(owned).items()}
    with across_tenants("a test"):
        platform = sorted(set(metadata.tables) - set(owned))
        found |= {("", name): digest for name, digest in _sums(platform).items()}
    return found
