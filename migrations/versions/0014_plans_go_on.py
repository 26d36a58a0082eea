"""A daily job gives units what comes round next under their plans."""

from alembic import op

revision = "0014"
down_revision = "0013"

OWNED: dict[str, str] = {}
JOBS = (
    "check_roster", "import_roster", "generate_rotation", "deliver_dispatch", "consolidate", "render_document",
    "remind", "count_tenant", "send_mail", "apply_unit_events", "try_scenarios",
)  # fmt: skip


def upgrade() -> None:
    _allow_jobs(*JOBS, "continue_plans")


def _allow_jobs(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_job_kind"), "job")
    names = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_job_kind"), "job", f"kind IN ({names})")


def downgrade() -> None:
    op.execute("ALTER TABLE job NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM job WHERE kind = 'continue_plans'")
    op.execute("ALTER TABLE job FORCE ROW LEVEL SECURITY")
    _allow_jobs(*JOBS)
