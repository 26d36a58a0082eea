"""Letters owed to people, who wants them, and the kind of job that sends them."""

import sqlalchemy as sa
from alembic import context, op

from tenants.isolation import fence, grant

revision = "0006"
down_revision = "0005"

OWNED = {"mail": "INSERT, UPDATE (state, attempts, ended_at)", "mail_preference": "INSERT, UPDATE"}
KINDS = (
    *(
        "check_roster",
        "import_roster",
        "generate_rotation",
        "deliver_dispatch",
        "consolidate",
        "render_document",
    ),
    *("remind", "count_tenant"),
)


def upgrade() -> None:
    states = sa.Enum(
        *("waiting", "sent", "refused", "expired"),
        name="state",
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    op.create_table(
        "mail",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.Text(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("mail"),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "dedup_key", name=op.f("uq_mail_tenant_id_person_id_dedup_key")
        ),
    )
    op.create_table(
        "mail_preference",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=True),
        sa.Column("refused_address", sa.Text(), nullable=False),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("mail_preference"),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_mail_preference_tenant_id_person_id")),
    )
    _widen("send_mail")
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in (*fence(table), grant(table, role, writes=writes)):
            op.execute(statement)


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["person.tenant_id", "person.id"],
            name=op.f(f"fk_{table}_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _widen(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_job_kind"), "job", type_="check")
    words = ", ".join(f"'{kind}'" for kind in (*KINDS, *kinds))
    op.create_check_constraint(op.f("ck_job_kind"), "job", f"kind IN ({words})")


def downgrade() -> None:
    op.drop_table("mail_preference")
    op.drop_table("mail")
    op.execute("SELECT set_config('app.platform', 'on', true)")
    ended = "state = 'done', requested_by = NULL, done_at = now() - interval '2 days'"
    op.execute(f"UPDATE job SET {ended} WHERE kind = 'send_mail'")
    op.execute("DELETE FROM job WHERE kind = 'send_mail'")
    op.execute("SELECT set_config('app.platform', '', true)")
    _widen()
