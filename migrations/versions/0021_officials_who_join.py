"""An official may join in the middle of a year and owes nothing of what was before."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

OWNED: dict[str, str] = {}


def upgrade() -> None:
    op.add_column("official", sa.Column("joined_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("official", "joined_on")
