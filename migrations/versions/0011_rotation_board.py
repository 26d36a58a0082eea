"""Drafts changed by hand, prices of the soft rules, scenarios tried side by side and the job that tries them."""

import re

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.isolation import fence, grant

revision = "0011"
down_revision = "0010"

OWNED = {
    "board_edit": "INSERT, UPDATE (undone_at)",
    "rule_weights": "INSERT, UPDATE, DELETE",
    "trial": "INSERT, UPDATE (outcomes, done_at)",
}
JSON = postgresql.JSONB(astext_type=sa.Text())
KIND = "try_scenarios"
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "board_edit",
        *_owned("board_edit"),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, JSON, nullable=False) for name in ("gone", "come")),
        sa.Column("price", sa.BigInteger(), nullable=False),
        *(sa.Column(name, JSON, nullable=False) for name in ("deltas", "warned")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("undone_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "version_id"],
            ["rotation_version.tenant_id", "rotation_version.id"],
            name=op.f("fk_board_edit_tenant_id_version_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_board_edit_version", "board_edit", ["tenant_id", "version_id", "made_at"])
    op.create_table(
        "rule_weights",
        *_owned("rule_weights"),
        sa.Column("weights", JSON, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_rule_weights_tenant_id")),
    )
    op.create_table(
        "trial",
        *_owned("trial"),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("asked", JSON, nullable=False),
        sa.Column("outcomes", JSON, nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("done_at", AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rotation_id"],
            ["rotation.tenant_id", "rotation.id"],
            name=op.f("fk_trial_tenant_id_rotation_id"),
        ),
    )
    op.create_index("ix_trial_rotation", "trial", ["tenant_id", "rotation_id"])
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in fence(table):
            op.execute(statement)
        op.execute(grant(table, role, writes=writes))
    _allow([*_allowed(), KIND])


def _allowed() -> list[str]:
    """The kinds of job the database allows at present."""
    asked = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_job_kind'"
    return re.findall(r"'([a-z_]+)'", op.get_bind().exec_driver_sql(asked).scalar_one())


def _allow(kinds: list[str]) -> None:
    op.drop_constraint(op.f("ck_job_kind"), "job", type_="check")
    words = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_job_kind"), "job", f"kind IN ({words})")


def _owned(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    for table in ("trial", "rule_weights", "board_edit"):
        op.drop_table(table)
    op.execute("SELECT set_config('app.platform', 'on', true)")
    ended = "state = 'done', requested_by = NULL, done_at = now() - interval '2 days'"
    op.execute(f"UPDATE job SET {ended} WHERE kind = '{KIND}'")
    op.execute(f"DELETE FROM job WHERE kind = '{KIND}'")
    op.execute("SELECT set_config('app.platform', '', true)")
    _allow([kind for kind in _allowed() if kind != KIND])
