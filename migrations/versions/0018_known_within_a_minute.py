"""A tenant just loaded is known to the planner within a minute, however many rows others have.

By default a table is analysed when a tenth of it has changed: a tenant of a hundredth stays unknown, is taken
for one row, and its lists are joined row by row.
"""

from alembic import op

revision = "0018"
down_revision = "0017"

ROWS = {
    "unit": 200, "person": 200, "appointment": 200, "official": 200, "official_area": 200,
    "meeting": 1_000, "visit": 1_000, "planned_visit": 1_000, "task": 5_000,
}  # fmt: skip


def upgrade() -> None:
    for table, rows in ROWS.items():
        storage = f"autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = {rows}"
        op.execute(f'ALTER TABLE "{table}" SET ({storage})')


def downgrade() -> None:
    for table in ROWS:
        op.execute(
            f'ALTER TABLE "{table}" RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)'
        )
