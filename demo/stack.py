"""The servers of a development machine, a test run or the demonstration, behind one door."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from demo.embedded import Embedded
from demo.processes import StartError

VARIABLES = ("DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL")


def own_servers(environment: Mapping[str, str]) -> dict[str, str]:
    """The three URLs where all are set, nothing where none is; raises StartError naming those missing."""
    given = {name: environment[name] for name in VARIABLES if environment.get(name)}
    if given and len(given) < len(VARIABLES):
        missing = [name for name in VARIABLES if name not in given]
        raise StartError(
            f"{' and '.join(given)} set, but not {' and '.join(missing)}. Set all three to use servers of "
            "your own (the app's role, the owner's role, Redis), or none to use the embedded ones."
        )
    return given


class Stack:
    """`with Stack(folder) as stack`: PostgreSQL and Valkey, running until the block ends.

    The folder is kept: the next start finds its data. `durable=False` is for throw-away folders: faster, and
    still safe against the crash of a process. Where the environment names servers, nothing is started.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.urls = own_servers(os.environ)
        self.embedded = None if self.urls else Embedded(folder, durable=durable)

    def __enter__(self) -> Self:
        if self.embedded:
            self.embedded.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.embedded:
            self.embedded.stop()

    def environment(self, database: str = "") -> dict[str, str]:
        """DATABASE_URL, MIGRATION_DATABASE_URL, REDIS_URL; of another database of the server where named."""
        app, owner, redis_url = self._app_url(), self._owner_url(), self._redis_url()
        if database:
            app, owner = app.set(database=database), owner.set(database=database)
        texts = (
            app.render_as_string(hide_password=False),
            owner.render_as_string(hide_password=False),
            redis_url,
        )
        return dict(zip(VARIABLES, texts, strict=True))

    def create_database(self, name: str, template: str = "template0") -> None:
        """A database of the owner, a copy of `template` (to which nobody may be connected)."""
        names = {
            "name": sql.Identifier(name),
            "template": sql.Identifier(template),
            "owner": sql.Identifier(self._owner_url().username or ""),
            "app": sql.Identifier(self._app_url().username or ""),
        }
        self._administer(
            sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} STRATEGY file_copy").format(
                **names
            ),
            sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**names),
            sql.SQL("GRANT CONNECT ON DATABASE {name} TO {app}").format(**names),
        )

    def drop_database(self, name: str) -> None:
        """Remove a database and end its connections; nothing happens where it does not exist."""
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _administer(self, *statements: sql.Composed) -> None:
        """Outside a transaction, as the superuser or, on servers of one's own, as an owner with CREATEDB."""
        with psycopg.connect(self._admin_conninfo(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _app_url(self) -> URL:
        return self.embedded.database_url("app") if self.embedded else make_url(self.urls["DATABASE_URL"])

    def _owner_url(self) -> URL:
        if self.embedded:
            return self.embedded.database_url("owner")
        return make_url(self.urls["MIGRATION_DATABASE_URL"])

    def _redis_url(self) -> str:
        return self.embedded.redis_url() if self.embedded else self.urls["REDIS_URL"]

    def _admin_conninfo(self) -> str:
        if self.embedded:
            return self.embedded.admin_conninfo()
        url = self._owner_url().set(drivername="postgresql", database="postgres")
        return url.render_as_string(hide_password=False)
