"""Reorganisations of units, what units were before, and who follows whom."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.isolation import fence, grant

revision = "0008"
down_revision = "0007"

OWNED = {
    "unit_event": "INSERT, UPDATE (state, ledger, problem, applied_at, undone_at, undo_until)",
    "unit_past": "INSERT, DELETE",
    "unit_successor": "INSERT, DELETE",
}
KINDS = ("merge", "split", "rename", "move", "rerank", "dissolve")
JOBS = (
    "check_roster", "import_roster", "generate_rotation", "deliver_dispatch", "consolidate", "render_document",
    "remind", "count_tenant", "send_mail",
)  # fmt: skip
STATES = ("planned", "applied", "undone")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _owned(*parts: sa.schema.SchemaItem) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *parts,
    )


def _keys(table: str, **targets: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{target}.tenant_id", f"{target}.id"],
                name=op.f(f"fk_{table}_tenant_id_{column}"),
            )
            for column, target in targets.items()
        ),
    )


def upgrade() -> None:
    op.create_table(
        "unit_event",
        *_owned(
            sa.Column("kind", _choice("kind", *KINDS), nullable=False),
            sa.Column("effective_on", sa.Date(), nullable=False),
            sa.Column("facts", postgresql.JSONB(), nullable=False),
            sa.Column("state", _choice("state", *STATES), nullable=False),
            sa.Column("ledger", postgresql.JSONB(), nullable=False),
            sa.Column("problem", sa.Text(), nullable=False),
            sa.Column("planned_by", sa.Uuid(), nullable=True),
            sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("undo_until", sa.Date(), nullable=True),
        ),
        *_keys("unit_event", planned_by="person"),
    )
    op.create_index("ix_unit_event_state", "unit_event", ["tenant_id", "state", "effective_on"])
    op.create_table(
        "unit_past",
        *_owned(
            sa.Column("unit_id", sa.Uuid(), nullable=False),
            sa.Column("event_id", sa.Uuid(), nullable=True),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("parent_id", sa.Uuid(), nullable=True),
            sa.Column("path", sa.Text(collation="C"), nullable=False),
            sa.Column("setting_id", sa.Uuid(), nullable=True),
            sa.Column("block", sa.Text(), nullable=False),
            sa.Column("rank", sa.Text(), nullable=False),
            sa.Column("valid_from", sa.Date(), nullable=False),
            sa.Column("valid_to", sa.Date(), nullable=False),
        ),
        *_keys(
            "unit_past", unit_id="unit", event_id="unit_event", parent_id="unit", setting_id="cell_setting"
        ),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "valid_from", name=op.f("uq_unit_past_tenant_id_unit_id_valid_from")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_unit_past_validity")),
    )
    op.create_index("ix_unit_past_event", "unit_past", ["tenant_id", "event_id"])
    op.create_table(
        "unit_successor",
        *_owned(
            sa.Column("unit_id", sa.Uuid(), nullable=False),
            sa.Column("successor_id", sa.Uuid(), nullable=False),
            sa.Column("event_id", sa.Uuid(), nullable=False),
            sa.Column("since", sa.Date(), nullable=False),
            sa.Column("position", sa.SmallInteger(), nullable=False),
        ),
        *_keys("unit_successor", unit_id="unit", successor_id="unit", event_id="unit_event"),
        sa.UniqueConstraint(
            "tenant_id", "event_id", "unit_id", "successor_id",
            name=op.f("uq_unit_successor_tenant_id_event_id_unit_id_successor_id"),
        ),
    )  # fmt: skip
    _allow_jobs(*JOBS, "apply_unit_events")
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in fence(table):
            op.execute(statement)
        op.execute(grant(table, role, writes=writes))


def _allow_jobs(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_job_kind"), "job")
    names = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_job_kind"), "job", f"kind IN ({names})")


def downgrade() -> None:
    op.execute("ALTER TABLE job NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM job WHERE kind = 'apply_unit_events'")
    op.execute("ALTER TABLE job FORCE ROW LEVEL SECURITY")
    _allow_jobs(*JOBS)
    for table in reversed(OWNED):
        op.drop_table(table)
