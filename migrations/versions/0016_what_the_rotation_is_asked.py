"""Levels that attend so many times a year, their own cell; how many visitors and visits a cell asks for."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

ASKED = (
    ("visitors_wanted", sa.SmallInteger(), "1"),
    ("visits_least", sa.SmallInteger(), None),
    ("visited_first", sa.Boolean(), "false"),
)
CHECKS = (
    ("unit", "visitors_wanted", "visitors_wanted BETWEEN 1 AND 9"),
    ("unit", "visits_least", "visits_least BETWEEN 1 AND 99"),
    ("rotation_level", "own_cell", "own_cell IN ('excluded', 'last', 'allowed')"),
    ("rotation_level", "per_year", "per_year BETWEEN 1 AND 12"),
    ("rotation_level", "cadence", "num_nonnulls(period_months, per_year) = 1"),
)


def upgrade() -> None:
    for name, kind, usual in ASKED:
        _add("unit", name, kind, usual)
    _add("rotation_level", "own_cell", sa.String(32), "excluded")
    _add("rotation_level", "per_year", sa.SmallInteger(), None)
    op.alter_column("rotation_level", "period_months", nullable=True)
    for table, name, rule in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], usual: str | None) -> None:
    """A column whose rows so far have the usual value, which the model gives from now on."""
    op.add_column(table, sa.Column(name, kind, nullable=usual is None, server_default=usual))
    if usual is not None:
        op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    for table, name, _rule in CHECKS:
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.execute("ALTER TABLE rotation_level NO FORCE ROW LEVEL SECURITY")
    periods = "SELECT max(p) FROM unnest(ARRAY[1, 2, 3, 4, 6, 12]) p WHERE p * per_year <= 12"
    op.execute(f"UPDATE rotation_level SET period_months = ({periods}) WHERE per_year IS NOT NULL")
    op.execute("ALTER TABLE rotation_level FORCE ROW LEVEL SECURITY")
    op.alter_column("rotation_level", "period_months", nullable=False)
    for name in ("per_year", "own_cell"):
        op.drop_column("rotation_level", name)
    for name, _kind, _usual in ASKED:
        op.drop_column("unit", name)
