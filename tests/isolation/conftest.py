"""The world of the isolation tests: built once, cloned for each module; time stands still in it."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from demo.stack import Stack
from tenants import scope
from tenants.clock import frozen
from tenants.db import engine as make_engine
from tenants.settings import Settings
from tests.cast import Cast
from tests.conftest import TEMPLATE
from tests.isolation.crawling import Crawler, checksums
from tests.isolation.world import NOW, World, build_world

WORLD = "committee_world"
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _april() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture(scope="session")
def world(stack: Stack, cast: Cast, settings: Settings) -> World:
    """What is in every clone."""
    stack.drop_database(WORLD)
    stack.create_database(WORLD, TEMPLATE)
    engine = make_engine(stack.environment(WORLD)["DATABASE_URL"], statement_timeout_seconds=60)
    scope.connect(engine)
    made = build_world(cast)
    engine.dispose()
    return made


@pytest.fixture(scope="module")
def urls(stack: Stack, world: World) -> Iterator[dict[str, str]]:
    """A module's own clone of the world, bound to every session."""
    name = f"{WORLD}_{next(_numbers)}"
    stack.create_database(name, WORLD)
    found = stack.environment(name)
    engine = make_engine(found["DATABASE_URL"])
    scope.connect(engine)
    yield found
    engine.dispose()
    stack.drop_database(name)


@pytest.fixture(scope="module")
def engine(urls: dict[str, str]) -> sa.Engine:
    """What the sessions are bound to: the app's role."""
    bound: sa.Engine = scope.Session.kw["bind"]
    return bound


@pytest.fixture(scope="module")
def office(_app: Flask, urls: dict[str, str], settings: Settings) -> Iterator[Flask]:
    """The application on the module's clone."""
    _app.extensions["settings"] = replace(settings, database_url=urls["DATABASE_URL"])
    yield _app
    _app.extensions["settings"] = settings


@pytest.fixture(scope="module")
def crawler(office: Flask, world: World) -> Crawler:
    """Who asks for pages of the module's clone."""
    return Crawler(office, world)


@pytest.fixture(scope="module")
def before(urls: object, world: World) -> dict[tuple[str, str], str]:
    """The whole database before the first request."""
    return checksums(world)
