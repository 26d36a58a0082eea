"""Areas of officials from day to day; lists of events tried before they are written down."""

import sqlalchemy as sa
from alembic import context, op

from tenants.isolation import grant

revision = "0017"
down_revision = "0016"

OWNED = {"trial": "INSERT, UPDATE (asked, outcomes, done_at, settled_at)"}


def upgrade() -> None:
    for name in ("valid_from", "valid_to"):
        op.add_column("official_area", sa.Column(name, sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_official_area_order"), "official_area", "valid_to >= valid_from")
    op.add_column("trial", sa.Column("kind", sa.String(32), nullable=False, server_default="scenarios"))
    op.alter_column("trial", "kind", server_default=None)
    op.create_check_constraint(op.f("ck_trial_kind"), "trial", "kind IN ('scenarios', 'events')")
    op.add_column("trial", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        op.execute(grant(table, role, writes=writes))


def downgrade() -> None:
    role = context.config.attributes.get("app_role", "committee_app")
    op.execute(f'REVOKE UPDATE (asked) ON trial FROM "{role}"')
    op.execute("ALTER TABLE trial NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM trial WHERE kind = 'events'")
    op.execute("ALTER TABLE trial FORCE ROW LEVEL SECURITY")
    for name in ("settled_at", "kind"):
        op.drop_column("trial", name)
    for name in ("valid_to", "valid_from"):
        op.drop_column("official_area", name)
