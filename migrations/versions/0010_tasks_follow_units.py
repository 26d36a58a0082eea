"""A task that a reorganisation gave a further successor goes again when that is undone; a done one is kept."""

from alembic import context, op

revision = "0010"
down_revision = "0009"

OWNED = {"task": "INSERT, UPDATE, DELETE"}


def upgrade() -> None:
    role = context.config.attributes.get("app_role", "committee_app")
    op.execute(f'GRANT DELETE ON "task" TO "{role}"')
    op.execute("CREATE POLICY done_is_kept ON task AS RESTRICTIVE FOR DELETE USING (done_on IS NULL)")


def downgrade() -> None:
    role = context.config.attributes.get("app_role", "committee_app")
    op.execute("DROP POLICY done_is_kept ON task")
    op.execute(f'REVOKE DELETE ON "task" FROM "{role}"')
