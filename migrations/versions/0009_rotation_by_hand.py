"""Own yearly plans and exchanged visits of officials; days of meetings that cells have registered."""

import sqlalchemy as sa
from alembic import context, op

from tenants.isolation import fence, grant

revision = "0009"
down_revision = "0008"

OWNED = {"pin": "INSERT, UPDATE, DELETE", "swap": "INSERT, UPDATE"}
STATES = "'asked', 'accepted', 'approved', 'declined', 'refused', 'withdrawn', 'undone'"


def upgrade() -> None:
    op.add_column("meeting", sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "pin",
        *_owned("pin"),
        sa.Column("official_id", sa.Uuid(), nullable=False),
        sa.Column("cell_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        _key("pin", "official_id", "official"),
        _key("pin", "cell_id", "unit"),
        sa.UniqueConstraint(
            *("tenant_id", "official_id", "cell_id", "month"),
            name=op.f("uq_pin_tenant_id_official_id_cell_id_month"),
        ),
    )
    op.create_table(
        "swap",
        *_owned("swap"),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("other_visit_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_swap_state")),
        _key("swap", "visit_id", "visit"),
        _key("swap", "other_visit_id", "visit"),
    )
    op.create_index("ix_swap_visit", "swap", ["tenant_id", "visit_id"])
    op.create_index("ix_swap_other_visit", "swap", ["tenant_id", "other_visit_id"])
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in fence(table):
            op.execute(statement)
        op.execute(grant(table, role, writes=writes))


def _owned(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_tenant_id_{column}")
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=name)


def downgrade() -> None:
    op.drop_table("swap")
    op.drop_table("pin")
    op.drop_column("meeting", "registered_at")
