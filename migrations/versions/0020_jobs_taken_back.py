"""A job may be cancelled by whoever asked for it."""

from alembic import op

revision = "0020"
down_revision = "0019"

OWNED: dict[str, str] = {}
STATES = ("queued", "running", "done", "dead")


def upgrade() -> None:
    _allow(*STATES, "cancelled")


def _allow(*states: str) -> None:
    op.drop_constraint(op.f("ck_job_state"), "job")
    names = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_job_state"), "job", f"state IN ({names})")


def downgrade() -> None:
    op.execute("ALTER TABLE job NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE job SET state = 'dead' WHERE state = 'cancelled'")
    op.execute("ALTER TABLE job FORCE ROW LEVEL SECURITY")
    _allow(*STATES)
