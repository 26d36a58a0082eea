"""What plans ask of units: milestones, tasks, moved due days, extensions, pilots; meetings held."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.isolation import fence, grant

revision = "0007"
down_revision = "0006"

OWNED = {
    "due_change": "INSERT",
    "extension": "INSERT, UPDATE",
    "milestone": "INSERT, UPDATE",
    "plan_pilot": "INSERT, UPDATE, DELETE",
    "task": "INSERT, UPDATE",
}
KINDS = "kind IN ('regular', 'thematic', 'forum', 'self_review'"


def upgrade() -> None:
    op.create_table(
        "milestone",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "plan",
                "register",
                "select_pilots",
                "assign",
                "prepare",
                "send_documents",
                "suggest",
                "agree",
                "hold",
                "score",
                "lesson",
                "follow_up",
                "report",
                "consolidate",
                "inspect",
                "communicate",
                "other",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "meeting",
            sa.Enum(
                "regular",
                "thematic",
                "forum",
                "self_review",
                "committee",
                name="meeting",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["plan.tenant_id", "plan.id"],
            name=op.f("fk_milestone_tenant_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_milestone_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("tenant_id", "plan_id", "code", name=op.f("uq_milestone_tenant_id_plan_id_code")),
    )
    op.create_table(
        "plan_pilot",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "meeting",
            sa.Enum(
                "regular",
                "thematic",
                "forum",
                "self_review",
                "committee",
                name="meeting",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["plan.tenant_id", "plan.id"],
            name=op.f("fk_plan_pilot_tenant_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["unit.tenant_id", "unit.id"],
            name=op.f("fk_plan_pilot_tenant_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_pilot_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_pilot")),
        sa.UniqueConstraint(
            "tenant_id", "plan_id", "unit_id", name=op.f("uq_plan_pilot_tenant_id_plan_id_unit_id")
        ),
    )
    op.create_table(
        "task",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("base_on", sa.Date(), nullable=True),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=False),
        sa.CheckConstraint("extended_to IS NULL OR extended_to >= due_on", name=op.f("ck_task_extension")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "milestone_id"],
            ["milestone.tenant_id", "milestone.id"],
            name=op.f("fk_task_tenant_id_milestone_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name=op.f("fk_task_tenant_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], name=op.f("fk_task_tenant_id_unit_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_task_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_task")),
        sa.UniqueConstraint(
            "tenant_id",
            "milestone_id",
            "unit_id",
            "period",
            name=op.f("uq_task_tenant_id_milestone_id_unit_id_period"),
        ),
    )
    op.create_index(
        "ix_task_due",
        "task",
        ["tenant_id", "due_on", "unit_id"],
        unique=False,
        postgresql_where=sa.text("done_on IS NULL AND withdrawn_on IS NULL"),
    )
    op.create_index(
        "ix_task_unit",
        "task",
        ["tenant_id", "unit_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("done_on IS NULL AND withdrawn_on IS NULL"),
    )
    op.create_table(
        "due_change",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=True),
        sa.Column("due_to", sa.Date(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"],
            ["task.tenant_id", "task.id"],
            name=op.f("fk_due_change_tenant_id_task_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_due_change_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_due_change")),
    )
    op.create_index("ix_due_change_task", "due_change", ["tenant_id", "task_id"], unique=False)
    op.create_table(
        "extension",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"],
            ["task.tenant_id", "task.id"],
            name=op.f("fk_extension_tenant_id_task_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_extension_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_extension")),
    )
    op.create_index(
        "uq_extension_asked",
        "extension",
        ["tenant_id", "task_id"],
        unique=True,
        postgresql_where=sa.text("granted IS NULL"),
    )
    op.add_column("meeting", sa.Column("place", sa.Text(), nullable=False, server_default=""))
    op.alter_column("meeting", "place", server_default=None)
    op.add_column("meeting", sa.Column("held_on", sa.Date(), nullable=True))
    op.add_column("meeting", sa.Column("concluded", sa.Boolean(), nullable=True))
    op.add_column("meeting", sa.Column("plan_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_meeting_tenant_id_plan_id"), "meeting", "plan", ["tenant_id", "plan_id"], ["tenant_id", "id"]
    )
    _meeting_kinds(f"{KINDS}, 'committee')")
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in fence(table):
            op.execute(statement)
        op.execute(grant(table, role, writes=writes))


def _meeting_kinds(rule: str) -> None:
    op.drop_constraint(op.f("ck_meeting_kind"), "meeting", type_="check")
    op.create_check_constraint(op.f("ck_meeting_kind"), "meeting", rule)


def downgrade() -> None:
    _meeting_kinds(f"{KINDS})")
    op.drop_constraint(op.f("fk_meeting_tenant_id_plan_id"), "meeting", type_="foreignkey")
    op.drop_column("meeting", "plan_id")
    op.drop_column("meeting", "concluded")
    op.drop_column("meeting", "held_on")
    op.drop_column("meeting", "place")
    op.drop_index("uq_extension_asked", table_name="extension", postgresql_where=sa.text("granted IS NULL"))
    op.drop_table("extension")
    op.drop_index("ix_due_change_task", table_name="due_change")
    op.drop_table("due_change")
    op.drop_index(
        "ix_task_unit",
        table_name="task",
        postgresql_where=sa.text("done_on IS NULL AND withdrawn_on IS NULL"),
    )
    op.drop_index(
        "ix_task_due", table_name="task", postgresql_where=sa.text("done_on IS NULL AND withdrawn_on IS NULL")
    )
    op.drop_table("task")
    op.drop_table("plan_pilot")
    op.drop_table("milestone")
