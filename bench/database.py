"""A throw-away database with one tenant in it, on servers of its own."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import sqlalchemy as sa
from alembic import command

from demo.stack import Stack
from migrations import configuration
from tenants.db import engine as make_engine
from tenants.isolation import require_safe_role
from tenants.scope import connect


@contextmanager
def fresh_database(furnish: Callable[[], UUID]) -> Iterator[tuple[dict[str, str], UUID]]:
    """URLs of the app's and the owner's role, and the id of the tenant that `furnish` opened."""
    with ExitStack() as ending:
        folder = ending.enter_context(tempfile.TemporaryDirectory(prefix="committee-bench-"))
        stack = ending.enter_context(Stack(Path(folder), durable=False))
        name = "committee_bench"
        stack.drop_database(name)
        stack.create_database(name)
        ending.callback(stack.drop_database, name)
        urls = stack.environment(name)
        command.upgrade(configuration(urls["MIGRATION_DATABASE_URL"]), "head")
        engine = make_engine(urls["DATABASE_URL"], statement_timeout_seconds=60)
        ending.callback(engine.dispose)
        require_safe_role(engine)
        connect(engine)
        tenant_id = furnish()
        with psycopg.connect(plain(urls["MIGRATION_DATABASE_URL"]), autocommit=True) as connection:
            connection.execute("ANALYZE")
        yield urls, tenant_id


def plain(url: str) -> str:
    """The URL as psycopg alone takes it."""
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
