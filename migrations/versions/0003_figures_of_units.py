"""What plans ask of units: block, rank, members, rounds held; and the code of a kind of cell."""

import sqlalchemy as sa
from alembic import op

from tenants.codes import code_of

revision = "0003"
down_revision = "0002"

SLUG = "^[a-z0-9_]{1,40}$"
RANK = "rank IN ('', 'province', 'district', 'commune', 'base', 'partial')"
CHECKS = {
    "block": f"block = '' OR block ~ '{SLUG}'",
    "rank": RANK,
    "members": "members >= 0",
    "rounds_held": "rounds_held >= 0",
}


def upgrade() -> None:
    for name in ("block", "rank"):
        op.add_column("unit", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("unit", name, server_default=None)
    op.add_column("unit", sa.Column("members", sa.Integer(), nullable=True))
    op.add_column("unit", sa.Column("rounds_held", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("unit", "rounds_held", server_default=None)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_unit_{name}"), "unit", rule)
    _code_settings()


def _code_settings() -> None:
    """Each setting gets the code of its name; the owner looks past the fence for the length of this step."""
    op.add_column("cell_setting", sa.Column("code", sa.Text(), nullable=True))
    op.execute("ALTER TABLE cell_setting NO FORCE ROW LEVEL SECURITY")
    taken = set[tuple[object, str]]()
    connection = op.get_bind()
    for tenant, key, name in connection.execute(
        sa.text("SELECT tenant_id, id, name FROM cell_setting ORDER BY tenant_id, name")
    ).all():
        code = _free(taken, tenant, code_of(name) or "other")
        connection.execute(
            sa.text("UPDATE cell_setting SET code = :code WHERE tenant_id = :tenant AND id = :key"),
            {"code": code, "tenant": tenant, "key": key},
        )
    op.execute("ALTER TABLE cell_setting FORCE ROW LEVEL SECURITY")
    op.alter_column("cell_setting", "code", nullable=False)
    op.create_check_constraint(op.f("ck_cell_setting_code"), "cell_setting", f"code ~ '{SLUG}'")
    op.create_unique_constraint(op.f("uq_cell_setting_tenant_id_code"), "cell_setting", ["tenant_id", "code"])


def _free(taken: set[tuple[object, str]], tenant: object, code: str) -> str:
    number, free = 1, code
    while (tenant, free) in taken:
        number += 1
        free = f"{code[:36]}_{number}"
    taken.add((tenant, free))
    return free


def downgrade() -> None:
    op.drop_column("cell_setting", "code")
    for name in ("rounds_held", "members", "rank", "block"):
        op.drop_column("unit", name)
