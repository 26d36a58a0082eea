"""Forced row-level security on every tenant's table, and the app's rights, table by table."""

from alembic import context, op

from tenants.isolation import AT_HOME, fence, fence_platform, grant
from tenants.isolation import PLATFORM as PLATFORM_RULE

revision = "0002"
down_revision = "0001"

EVERYTHING = "INSERT, UPDATE, DELETE"
KEPT = "INSERT, UPDATE"
ADDED = "INSERT"

OWNED = {
    "absence": EVERYTHING,
    "account": KEPT,
    "appointment": EVERYTHING,
    "artifact": ADDED,
    "audit_entry": ADDED,
    "cell_setting": EVERYTHING,
    "department": EVERYTHING,
    "dispatch": "INSERT, UPDATE (delivered_at, received_at, received_by)",
    "invitation": KEPT,
    "job": EVERYTHING,
    "meeting": EVERYTHING,
    "notice": "INSERT, UPDATE (read_at)",
    "official": EVERYTHING,
    "official_area": EVERYTHING,
    "official_document": ADDED,
    "person": KEPT,
    "petition": KEPT,
    "plan": EVERYTHING,
    "plan_version": ADDED,
    "planned_visit": "INSERT, DELETE",
    "report": KEPT,
    "report_decision": ADDED,
    "report_version": "INSERT, UPDATE (dispatch_id)",
    "roster_upload": EVERYTHING,
    "rotation": KEPT,
    "rotation_level": EVERYTHING,
    "rotation_version": EVERYTHING,
    "tenant_health": KEPT,
    "unit": EVERYTHING,
    "visit": KEPT,
    "visit_report": ADDED,
}
SHARED_WITH_PLATFORM = {"job", "tenant_health"}
PLATFORM = {
    "heartbeat": KEPT,
    "operator": KEPT,
    "platform_entry": ADDED,
    "sign_in_failure": EVERYTHING,
    "tenant": KEPT,
    "tenant_level": "",
    "web_session": EVERYTHING,
    "alembic_version": "",
}
RULES = {
    "heartbeat": PLATFORM_RULE,
    "operator": PLATFORM_RULE,
    "platform_entry": PLATFORM_RULE,
    "sign_in_failure": PLATFORM_RULE,
    "tenant": PLATFORM_RULE,
    "web_session": AT_HOME,
}
READABLE = {"tenant"}
DRAFT = (
    "EXISTS (SELECT 1 FROM rotation_version v WHERE v.tenant_id = planned_visit.tenant_id "
    "AND v.id = planned_visit.version_id AND v.published_at IS NULL)"
)
FROZEN = [
    "CREATE POLICY published_is_frozen ON rotation_version AS RESTRICTIVE FOR UPDATE "
    "USING (published_at IS NULL) WITH CHECK (true)",
    "CREATE POLICY published_is_kept ON rotation_version AS RESTRICTIVE FOR DELETE USING (published_at IS NULL)",
    f"CREATE POLICY published_is_kept ON planned_visit AS RESTRICTIVE FOR DELETE USING ({DRAFT})",
    f"CREATE POLICY published_is_full ON planned_visit AS RESTRICTIVE FOR INSERT WITH CHECK ({DRAFT})",
    "CREATE POLICY work_is_kept ON job AS RESTRICTIVE FOR DELETE "
    "USING (state = 'done' AND requested_by IS NULL AND done_at < now() - interval '1 day')",
]
LEVELS = [("TINH", "Cấp tỉnh", 1, "TU"), ("HUYEN", "Cấp huyện", 2, "HU"), ("XA", "Cấp xã", 3, "ĐU")]


def upgrade() -> None:
    role = context.config.attributes.get("app_role", "committee_app")
    for table, writes in OWNED.items():
        for statement in fence(table, shared_with_platform=table in SHARED_WITH_PLATFORM):
            op.execute(statement)
        op.execute(grant(table, role, writes=writes))
    for table, writes in PLATFORM.items():
        op.execute(grant(table, role, writes=writes))
    for table, rule in RULES.items():
        for statement in fence_platform(table, rule=rule, readable=table in READABLE):
            op.execute(statement)
    for statement in FROZEN:
        op.execute(statement)
    for code, name, rank, symbol in LEVELS:
        op.execute(
            f"INSERT INTO tenant_level (code, name, rank, symbol) VALUES ('{code}', '{name}', {rank}, '{symbol}')"
        )


def downgrade() -> None:
    role = context.config.attributes.get("app_role", "committee_app")
    op.execute("DELETE FROM tenant_level WHERE code NOT IN (SELECT level_code FROM tenant)")
    for table in ("rotation_version", "planned_visit"):
        for policy in ("published_is_frozen", "published_is_kept", "published_is_full"):
            op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
    op.execute("DROP POLICY IF EXISTS work_is_kept ON job")
    for table in OWNED | PLATFORM:
        op.execute(f'REVOKE ALL ON "{table}" FROM "{role}"')
    for table in OWNED:
        op.execute(f'DROP POLICY tenant_isolation ON "{table}"')
    for table in RULES:
        op.execute(f'DROP POLICY platform_alone ON "{table}"')
        op.execute(f'DROP POLICY IF EXISTS readable ON "{table}"')
    for table in OWNED | RULES:
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
