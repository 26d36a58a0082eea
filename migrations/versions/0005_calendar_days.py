"""Days off and days worked that a tenant keeps beside the country's."""

import sqlalchemy as sa
from alembic import context, op

from tenants.isolation import fence, grant

revision = "0005"
down_revision = "0004"

OWNED = {"calendar_day": "INSERT, UPDATE, DELETE"}


def upgrade() -> None:
    role = context.config.attributes.get("app_role", "committee_app")
    kind = sa.Enum("off", "worked", name="kind", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "calendar_day",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_calendar_day_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("tenant_id", "day", name=op.f("uq_calendar_day_tenant_id_day")),
    )
    for table, writes in OWNED.items():
        for statement in (*fence(table), grant(table, role, writes=writes)):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("calendar_day")
