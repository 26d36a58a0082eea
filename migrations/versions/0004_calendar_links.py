"""Calendar links of officials; when a visit last changed and how often, as a calendar asks (RFC 5545)."""

import sqlalchemy as sa
from alembic import context, op

from tenants.isolation import fence, grant

revision = "0004"
down_revision = "0003"

OWNED = {"calendar_link": "INSERT, UPDATE, DELETE"}


def upgrade() -> None:
    op.create_table(
        "calendar_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f("fk_calendar_link_tenant_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_calendar_link_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_calendar_link_tenant_id_person_id")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_calendar_link_tenant_id_token_hash")),
    )
    op.add_column("visit", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "visit",
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    for column in ("sequence", "changed_at"):
        op.alter_column("visit", column, server_default=None)
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in fence(table):
            op.execute(statement)
        op.execute(grant(table, role, writes=writes))


def downgrade() -> None:
    op.drop_column("visit", "changed_at")
    op.drop_column("visit", "sequence")
    op.drop_table("calendar_link")
