"""Row-level security as DDL, and the check that a role cannot go round it (design: security 2-6)."""

import sqlalchemy as sa

TENANT = "tenant_id = (SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid)"
PLATFORM = "(SELECT current_setting('app.platform', true)) = 'on'"
AT_HOME = f"{TENANT.replace('tenant_id', 'home_id', 1)} OR {PLATFORM}"


class UnsafeRole(Exception):
    """The database role could read past row-level security; each reason is one line."""


def force(table: str) -> list[str]:
    """Statements that put a table under row-level security, its owner too."""
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
    ]


def fence(table: str, *, shared_with_platform: bool = False) -> list[str]:
    """Statements that force the tenant policy on a table; idempotent for the migrations' owner."""
    rule = f"{TENANT} OR {PLATFORM}" if shared_with_platform else TENANT
    return [*force(table), policy("tenant_isolation", table, rule)]


def policy(name: str, table: str, rule: str, command: str = "ALL") -> str:
    """A policy whose rule holds for the rows looked at and for the rows written."""
    clauses = {"SELECT": f"USING ({rule})", "INSERT": f"WITH CHECK ({rule})"}
    both = f"USING ({rule}) WITH CHECK ({rule})"
    return f'CREATE POLICY {name} ON "{table}" FOR {command} {clauses.get(command, both)}'


def fence_platform(table: str, *, rule: str = PLATFORM, readable: bool = False) -> list[str]:
    """Statements that keep a table of the platform to its own scope; a `readable` one may be read in all."""
    readers = [policy("readable", table, "true", "SELECT")] if readable else []
    return [*force(table), policy("platform_alone", table, rule), *readers]


def grant(table: str, role: str, *, writes: str = "INSERT, UPDATE, DELETE") -> str:
    """The app's rights on a table: never TRUNCATE, REFERENCES or TRIGGER."""
    rights = f"SELECT, {writes}" if writes else "SELECT"
    return f'GRANT {rights} ON "{table}" TO "{role}"'


_ROLE = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
_OWNED = (
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v') "
    "AND pg_has_role(current_user, c.relowner, 'MEMBER')"
)
_OPEN = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') "
    "AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1"
)


def role_problems(engine: sa.Engine) -> list[str]:
    """Why the role of this engine must not serve tenants; empty when it is safe."""
    with engine.connect() as connection:
        flags = connection.exec_driver_sql(_ROLE).mappings().one()
        owned = connection.exec_driver_sql(_OWNED).scalar_one()
        unfenced = connection.exec_driver_sql(_OPEN).scalars().all()
    problems = [f"the role has {name}" for name, value in flags.items() if value]
    if owned:
        problems.append(f"the role owns {owned} tables")
    return problems + [f"table {name} has no forced row-level security" for name in unfenced]


def require_safe_role(engine: sa.Engine) -> None:
    """Raise UnsafeRole where row-level security could be bypassed: the app refuses to start."""
    if problems := role_problems(engine):
        raise UnsafeRole("\n".join(problems))
