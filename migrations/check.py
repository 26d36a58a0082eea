"""`python -m migrations.check`: up, down, up again, then compare models and database."""

import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from core.registry import metadata
from demo.stack import Stack
from migrations import configuration


def differences(url: str) -> list[object]:
    """What the models say and the database at `url` does not, or the other way round."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def round_trip(url: str) -> list[object]:
    """Every migration up, down and up again on an empty database, then the differences."""
    config = configuration(url)
    for step, target in (("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head")):
        getattr(command, step)(config, target)
    return differences(url)


def main() -> None:
    """The round trip on a throw-away server; what differs ends the process with an error."""
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), durable=False) as stack:
        stack.create_database("migrations")
        found = round_trip(stack.environment("migrations")["MIGRATION_DATABASE_URL"])
    sys.exit("\n".join(map(str, found)) if found else 0)


if __name__ == "__main__":
    main()
