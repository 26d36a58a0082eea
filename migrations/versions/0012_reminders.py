"""A tenant's rules of reminding, and the days on which its people were told."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.isolation import fence, grant

revision = "0012"
down_revision = "0011"

OWNED = {"reminder_setting": "INSERT, UPDATE, DELETE", "digest_day": "INSERT"}


def upgrade() -> None:
    op.create_table(
        "reminder_setting",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest_hour", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_to", sa.SmallInteger(), nullable=False),
        sa.Column("rungs", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("quiet_weekends", sa.Boolean(), nullable=False),
        sa.Column("quiet_holidays", sa.Boolean(), nullable=False),
        sa.Column("escalate_after", sa.SmallInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name=op.f("ck_reminder_setting_digest_hour")),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 23", name=op.f("ck_reminder_setting_quiet_from")),
        sa.CheckConstraint("quiet_to BETWEEN 0 AND 23", name=op.f("ck_reminder_setting_quiet_to")),
        sa.CheckConstraint(
            "escalate_after BETWEEN 0 AND 60", name=op.f("ck_reminder_setting_escalate_after")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_reminder_setting_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_reminder_setting")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_reminder_setting_tenant_id")),
    )
    op.create_table(
        "digest_day",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_digest_day_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_digest_day")),
        sa.UniqueConstraint("tenant_id", "day", name=op.f("uq_digest_day_tenant_id_day")),
    )
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in (*fence(table), grant(table, role, writes=writes)):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("digest_day")
    op.drop_table("reminder_setting")
