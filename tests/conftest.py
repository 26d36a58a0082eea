"""Real servers, a real migrated database, a cast of people; every test in its own copy of them.

Isolation: the cast is written once into a template database; each test that asks for `database` gets a clone
of it (about 0.1 s), so that tests may commit, use several sessions and several tenants like the product does.
A savepoint around everything is no choice here: `SET LOCAL` would outlive the inner transactions.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis
import sqlalchemy as sa
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.test import TestResponse

from admin.app import create_app
from demo.stack import Stack
from migrations import configuration
from tenants import scope
from tenants.accounts import start_session
from tenants.db import engine as make_engine
from tenants.settings import Settings
from tests.browser import browser as browser
from tests.cast import Cast, build_cast
from tests.servers import stack as stack
from tests.stories import close_book, open_book

TEMPLATE = "committee_cast"
SECRET = "a secret of the tests, long enough to pass"
ORIGIN = "https://localhost"
_databases: list[str] = []


@pytest.fixture(scope="session")
def cast(stack: Stack) -> Cast:
    """The people of the template database."""
    stack.drop_database(TEMPLATE)
    stack.create_database(TEMPLATE)
    urls = stack.environment(TEMPLATE)
    command.upgrade(configuration(urls["MIGRATION_DATABASE_URL"]), "head")
    engine = make_engine(urls["DATABASE_URL"])
    scope.connect(engine)
    made = build_cast()
    engine.dispose()
    return made


@pytest.fixture(scope="session")
def settings(stack: Stack, cast: Cast) -> Settings:
    """A deployment as strict as production, except that admins need no second factor.

    Its database is where the application starts; the template must have no connections.
    """
    start = f"{TEMPLATE}_start"
    stack.drop_database(start)
    stack.create_database(start, TEMPLATE)
    urls = stack.environment(start)
    return Settings(
        urls["DATABASE_URL"], urls["REDIS_URL"], SECRET, trusted_hosts=("localhost",), require_totp=False
    )


def build(settings: Settings) -> Flask:
    """An application that holds no connection yet: a test's database is bound below it."""
    app = create_app(settings)
    scope.Session.kw["bind"].dispose()
    return app


@pytest.fixture(scope="session")
def _app(settings: Settings) -> Flask:
    """The application, built once."""
    return build(settings)


@pytest.fixture(scope="session")
def _engine(stack: Stack) -> sa.Engine:
    """One engine for the tests' databases, the newest of them: what it has compiled serves all."""
    engine = make_engine(stack.environment()["DATABASE_URL"])

    @event.listens_for(engine, "do_connect")
    def _newest(_dialect: object, _record: object, _args: object, options: dict[str, Any]) -> None:
        options["dbname"] = _databases[-1]

    return engine


@pytest.fixture
def database(stack: Stack, cast: Cast, _engine: sa.Engine) -> Iterator[dict[str, str]]:
    """A fresh clone of the cast's database, bound to every session; its URLs by environment name."""
    name = f"{TEMPLATE}_{len(_databases)}"
    _databases.append(name)
    stack.create_database(name, TEMPLATE)
    scope.connect(_engine)
    open_book(stack, name, _engine)
    yield stack.environment(name)
    close_book()
    _engine.dispose()
    stack.drop_database(name)


@pytest.fixture
def app(_app: Flask, database: dict[str, str], settings: Settings) -> Iterator[Flask]:
    """The application on this test's database."""
    _app.extensions["settings"] = replace(settings, database_url=database["DATABASE_URL"])
    yield _app
    _app.extensions["settings"] = settings


class Browser(FlaskClient):
    """A client over TLS. `post` sends what it is given; `submit` adds the page's CSRF token, as forms do."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Ask the app, at its own origin unless told otherwise."""
        if args and isinstance(args[0], str):
            options.setdefault("base_url", ORIGIN)
        return super().open(*args, **options)

    def submit(self, url: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form."""
        with self.session_transaction(base_url=ORIGIN) as kept:
            raw = kept.setdefault("csrf_token", "0" * 40)
        token = URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(raw)
        headers = {"Referer": f"{ORIGIN}/"} | options.pop("headers", {})
        return self.post(url, data={"csrf_token": token} | (data or {}), headers=headers, **options)


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app, app.response_class, use_cookies=True)


@pytest.fixture
def sign_in(app: Flask, cast: Cast) -> Callable[[str], Browser]:
    """`sign_in("huyen-a.secretary")`: a browser with that person's server-side session."""

    def browser(who: str) -> Browser:
        with scope.across_tenants("a test"), scope.transaction() as session:
            secret = start_session(session, cast.accounts[who])
        client = Browser(app, app.response_class, use_cookies=True)
        with client.session_transaction(base_url=ORIGIN) as kept:
            kept["sid"] = secret
        return client

    return browser


@pytest.fixture
def queue(stack: Stack) -> Iterator[redis.Redis]:
    """Redis as the product's limited user; emptied of the product's keys after the test."""
    with redis.Redis.from_url(stack.environment()["REDIS_URL"]) as client:
        yield client
        for key in client.scan_iter("rq:*"):
            client.delete(key)


@pytest.fixture
def owner(database: dict[str, str]) -> Iterator[sa.Engine]:
    """The owner's role on this test's database: for looking past nothing, row-level security is forced."""
    engine = sa.create_engine(database["MIGRATION_DATABASE_URL"], poolclass=sa.NullPool)
    yield engine
    engine.dispose()
