"""Broken hard rules that a rotation was published with, each with its reason."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    column = sa.Column("exceptions", JSON, nullable=False, server_default="[]")
    op.add_column("rotation_version", column)
    op.alter_column("rotation_version", "exceptions", server_default=None)


def downgrade() -> None:
    op.drop_column("rotation_version", "exceptions")
