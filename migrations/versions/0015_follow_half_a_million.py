"""Following up reads a plan's tasks, and counts what is overdue, from indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

DUE, OPEN = ["tenant_id", "due_on", "unit_id"], sa.text("done_on IS NULL AND withdrawn_on IS NULL")


def upgrade() -> None:
    op.drop_index("ix_task_due", table_name="task")
    op.create_index("ix_task_due", "task", DUE, postgresql_include=["extended_to"], postgresql_where=OPEN)
    op.create_index("ix_task_plan", "task", ["tenant_id", "plan_id", "unit_id"])


def downgrade() -> None:
    op.drop_index("ix_task_plan", table_name="task")
    op.drop_index("ix_task_due", table_name="task")
    op.create_index("ix_task_due", "task", DUE, postgresql_where=OPEN)
