"""A plan is published by a job, which keeps the reasons where it cannot be."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

OWNED: dict[str, str] = {}
JOBS = (
    "check_roster", "import_roster", "generate_rotation", "deliver_dispatch", "consolidate", "render_document",
    "remind", "count_tenant", "send_mail", "apply_unit_events", "try_scenarios", "continue_plans",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("plan", sa.Column("refused", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.alter_column("plan", "refused", server_default=None)
    _allow_jobs(*JOBS, "publish_plan")


def _allow_jobs(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_job_kind"), "job")
    names = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_job_kind"), "job", f"kind IN ({names})")


def downgrade() -> None:
    op.execute("ALTER TABLE job NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM job WHERE kind = 'publish_plan'")
    op.execute("ALTER TABLE job FORCE ROW LEVEL SECURITY")
    _allow_jobs(*JOBS)
    op.drop_column("plan", "refused")
