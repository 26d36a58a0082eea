"""How Alembic reaches the database: always online, in one transaction, as the owner."""

import sqlalchemy as sa
from alembic import context

from core.registry import metadata


def run() -> None:
    """Run the migrations asked for."""
    engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run()
