"""The audit of a database's catalogue: whatever would let one tenant's rows reach another has a line here.

Every check asks pg_catalog and answers with findings, one line each, that name the table; a sound database
gives none (design: security 2-4, 8-10, 14). It needs no rights beyond reading the catalogue, so the same
audit serves a test's database and one restored from a backup.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from migrations import configuration
from tenants.isolation import PLATFORM, TENANT

Row = tuple[Any, ...]
BOTH = f"{TENANT} OR {PLATFORM}"


def _declared_by_migrations(name: str) -> dict[str, str]:
    """Rights by table from the constant of that name in every migration that has one, the oldest first."""
    revisions = reversed(list(ScriptDirectory.from_config(configuration("")).walk_revisions()))
    return {k: v for revision in revisions for k, v in getattr(revision.module, name, {}).items()}


OWNED, PLATFORMS = _declared_by_migrations("OWNED"), _declared_by_migrations("PLATFORM")


@dataclass(frozen=True)
class Declared:
    """What the migration says the database must be."""

    owned: Mapping[str, str] = field(default_factory=lambda: OWNED)
    platform: Mapping[str, str] = field(default_factory=lambda: PLATFORMS)
    shared: frozenset[str] = frozenset({"job", "tenant_health"})
    kept: Mapping[str, str] = field(default_factory=lambda: KEPT)
    readable: frozenset[str] = frozenset({"tenant"})
    restrictive: Mapping[tuple[str, str], Row] = field(default_factory=lambda: RESTRICTIVE)
    definers: frozenset[str] = frozenset()


KEPT: Mapping[str, str] = {
    **dict.fromkeys(("heartbeat", "operator", "platform_entry", "sign_in_failure", "tenant"), PLATFORM),
    "web_session": f"{TENANT.replace('tenant_id', 'home_id', 1)} OR {PLATFORM}",
}
_DRAFT = (
    "EXISTS (SELECT 1 FROM rotation_version v WHERE v.tenant_id = planned_visit.tenant_id "
    "AND v.id = planned_visit.version_id AND v.published_at IS NULL)"
)
RESTRICTIVE: dict[tuple[str, str], Row] = {
    ("rotation_version", "published_is_frozen"): ("UPDATE", "published_at IS NULL", "true"),
    ("rotation_version", "published_is_kept"): ("DELETE", "published_at IS NULL", ""),
    ("planned_visit", "published_is_kept"): ("DELETE", _DRAFT, ""),
    ("planned_visit", "published_is_full"): ("INSERT", "", _DRAFT),
    ("task", "done_is_kept"): ("DELETE", "done_on IS NULL", ""),
    ("job", "work_is_kept"): (
        "DELETE",
        "state = 'done' AND requested_by IS NULL AND done_at < now() - interval '1 day'",
        "",
    ),
}
_TABLES = (
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' "
)
_HAS_TENANT = (
    "EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = {oid} AND t.attname = 'tenant_id' "
    "AND NOT t.attisdropped)"
)


def _ask(connection: sa.Connection, query: str, **values: object) -> list[Row]:
    return [tuple(row) for row in connection.execute(sa.text(query), values)]


def _tables(connection: sa.Connection, *, owned: bool) -> set[str]:
    sign = "" if owned else "NOT "
    query = f"SELECT c.relname {_TABLES} AND c.relkind IN ('r', 'p', 'f') AND {sign}"
    return {row[0] for row in _ask(connection, query + _HAS_TENANT.format(oid="c.oid"))}


def undeclared_tables(connection: sa.Connection, declared: Declared) -> Iterable[str]:
    """Every table is declared as a tenant's or the platform's, and has `tenant_id` or has not."""
    for owned, names in ((True, set(declared.owned)), (False, set(declared.platform))):
        found, kind = _tables(connection, owned=owned), "tenants'" if owned else "platform's"
        yield from (f"{name}: not declared as a {kind} table" for name in sorted(found - names))
        yield from (f"{name}: declared as a {kind} table, but is none" for name in sorted(names - found))


def open_tables(connection: sa.Connection, declared: Declared) -> Iterable[str]:
    """Row-level security is on, and the owner is under it too; no row is without a tenant."""
    tables = f"SELECT c.relname {_TABLES} AND c.relkind IN ('r', 'p', 'f') AND "
    query, fenced = tables + _HAS_TENANT, f"{tables} ({_HAS_TENANT} OR c.relname = ANY(:kept))"
    forced = " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    for (name,) in _ask(connection, fenced.format(oid="c.oid") + forced, kept=list(declared.kept)):
        yield f"{name}: row-level security is not forced"
    nullable = (
        " AND EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' "
        "AND NOT a.attnotnull)"
    )
    for (name,) in _ask(connection, query.format(oid="c.oid") + nullable):
        yield f"{name}: tenant_id may be null"


_POLICIES = (
    "SELECT tablename, policyname, permissive, array_to_string(roles, ','), cmd, coalesce(qual, ''), "
    "coalesce(with_check, '') FROM pg_policies WHERE tablename = ANY(:names) ORDER BY 1, 2"
)


def _spoken(connection: sa.Connection, table: str, cmd: str, using: str, check: str) -> Row:
    """USING and WITH CHECK as this server writes them: read back from a temporary copy of the table."""
    clauses = (f"USING ({using}) " if using else "") + (f"WITH CHECK ({check})" if check else "")
    with connection.begin_nested() as savepoint:
        connection.exec_driver_sql(f'CREATE TEMP TABLE "{table}" (LIKE public."{table}")')
        connection.exec_driver_sql(f'CREATE POLICY audited ON pg_temp."{table}" FOR {cmd} {clauses}')
        found = [row for row in _ask(connection, _POLICIES, names=[table]) if row[1] == "audited"]
        savepoint.rollback()
    return found[0][5:]


def strange_policies(connection: sa.Connection, declared: Declared) -> Iterable[str]:
    """Each table has the tenants' or the platform's policy word for word, the others known, and no more."""
    names = sorted({*declared.owned, *declared.platform})
    found = {row[:2]: row[2:] for row in _ask(connection, _POLICIES, names=names)}
    wanted: dict[Row, Row] = {}
    alone, shared = (_spoken(connection, "unit", "ALL", rule, rule) for rule in (TENANT, BOTH))
    for table in declared.owned:
        said = shared if table in declared.shared else alone
        wanted[table, "tenant_isolation"] = ("PERMISSIVE", "public", "ALL", *said)
    for table, rule in declared.kept.items():
        wanted[table, "platform_alone"] = (
            "PERMISSIVE", "public", "ALL", *_spoken(connection, table, "ALL", rule, rule)
        )  # fmt: skip
    for table in declared.readable:
        wanted[table, "readable"] = ("PERMISSIVE", "public", "SELECT", "true", "")
    for (table, name), (cmd, using, check) in declared.restrictive.items():
        said = _spoken(connection, table, cmd, using, check)
        wanted[table, name] = ("RESTRICTIVE", "public", cmd, *said)
    for key in sorted(found.keys() | wanted.keys()):
        if found.get(key) != wanted.get(key):
            yield f"{key[0]}: policy {key[1]} is {found.get(key)}, expected {wanted.get(key)}"


_FOREIGN = (
    "SELECT con.conname, a.relname, b.relname, "
    + _HAS_TENANT.format(oid="a.oid")
    + ", "
    + _HAS_TENANT.format(oid="b.oid")
    + ", EXISTS (SELECT 1 FROM unnest(con.conkey, con.confkey) AS k(here, there) "
    "JOIN pg_attribute x ON x.attrelid = a.oid AND x.attnum = k.here "
    "JOIN pg_attribute y ON y.attrelid = b.oid AND y.attnum = k.there "
    "WHERE x.attname = 'tenant_id' "
    "AND (y.attname = 'tenant_id' OR b.relname = 'tenant' AND y.attname = 'id')) "
    "FROM pg_constraint con JOIN pg_class a ON a.oid = con.conrelid "
    "JOIN pg_class b ON b.oid = con.confrelid WHERE con.contype = 'f' ORDER BY 2, 1"
)


def loose_foreign_keys(connection: sa.Connection, _declared: Declared) -> Iterable[str]:
    """A key from or to a tenants' table carries tenant_id on both sides; so it cannot leave the tenant."""
    for name, table, target, here, there, together in _ask(connection, _FOREIGN):
        if (here or there) and not together:
            yield f"{table}: foreign key {name} to {target} may leave the tenant"


_UNIQUE = (
    "SELECT c.relname, i.relname, coalesce(a.attname, 'an expression') FROM pg_index x "
    "JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid "
    "LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0] AND x.indkey[0] <> 0 "
    "WHERE (x.indisunique OR x.indisexclusion) AND c.relname = ANY(:names) ORDER BY 1, 2"
)


def telling_keys(connection: sa.Connection, _declared: Declared) -> Iterable[str]:
    """Primary keys, unique and exclusion constraints lead with tenant_id: no refusal tells of other rows."""
    names = sorted(_tables(connection, owned=True))
    for table, index, first in _ask(connection, _UNIQUE, names=names):
        if first != "tenant_id":
            yield f"{table}: {index} is unique over {first}, across tenants"


_FLAGS = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")


def strong_role(connection: sa.Connection, role: str) -> Iterable[str]:
    """The role is no owner, belongs to no other role, and has no attribute that passes row-level security."""
    row = connection.execute(sa.text("SELECT * FROM pg_roles WHERE rolname = :role"), {"role": role})
    flags = row.mappings().one()
    yield from (f"{role}: has {name}" for name in _FLAGS if flags[name])
    member = (
        "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = :oid"
    )
    yield from (f"{role}: is a member of {name}" for (name,) in _ask(connection, member, oid=flags["oid"]))
    owned = f"SELECT c.relname {_TABLES} AND c.relowner = :oid ORDER BY 1"
    yield from (f"{role}: owns {name}" for (name,) in _ask(connection, owned, oid=flags["oid"]))
    reach = (
        "SELECT has_schema_privilege(:role, 'public', 'CREATE'), "
        "has_database_privilege(:role, current_database(), 'TEMP, CREATE')"
    )
    for may, what in zip(
        _ask(connection, reach, role=role)[0], ("in the schema", "in the database"), strict=True
    ):
        if may:
            yield f"{role}: may create {what}"


_GRANTED = (
    "SELECT c.relname, g.grantee = 0, g.privilege_type, '' "
    + _TABLES.replace("WHERE", ", aclexplode(c.relacl) g WHERE")
    + "AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND g.grantee = ANY(:grantees) UNION ALL "
    "SELECT c.relname, g.grantee = 0, g.privilege_type, a.attname "
    + _TABLES.replace("WHERE", "JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g WHERE")
    + "AND g.grantee = ANY(:grantees)"
)  # fmt: skip


def _rights(words: str) -> set[tuple[str, str]]:
    """("INSERT", "") or ("UPDATE", column) for each right in a text such as "INSERT, UPDATE (a, b)"."""
    whole, _, columns = words.partition(" (")
    rights = {(right.strip(), "") for right in f"SELECT, {whole}".split(",") if right.strip()}
    if not columns:
        return rights
    return (rights - {("UPDATE", "")}) | {("UPDATE", name.strip()) for name in columns.rstrip(")").split(",")}


def strange_rights(connection: sa.Connection, declared: Declared, role: str) -> Iterable[str]:
    """The role and PUBLIC have exactly the declared rights: no TRUNCATE, REFERENCES or TRIGGER anywhere."""
    oids = [
        0,
        *(oid for (oid,) in _ask(connection, "SELECT oid FROM pg_roles WHERE rolname = :role", role=role)),
    ]
    found = set(_ask(connection, _GRANTED, grantees=oids))
    tables = {**declared.owned, **declared.platform}
    wanted = {(table, False, *right) for table, words in tables.items() for right in _rights(words)}
    for table, everybody, right, column in sorted(found - wanted):
        yield f"{table}: {'everybody' if everybody else role} has {right} {column}".strip()
    for table, _everybody, right, column in sorted(wanted - found):
        yield f"{table}: {role} lacks {right} {column}".strip()
    for (kind,) in _ask(connection, "SELECT defaclobjtype::text FROM pg_default_acl"):
        yield f"default rights on objects of kind {kind}"


def side_doors(connection: sa.Connection, declared: Declared) -> Iterable[str]:
    """No view that reads as its owner, no stored copy, no sequence, no function with its owner's rights."""
    kinds = {
        "m": "a materialised view",
        "S": "a sequence that counts for all tenants",
        "f": "a foreign table",
    }
    for name, kind in _ask(connection, f"SELECT c.relname, c.relkind::text {_TABLES} ORDER BY 1"):
        if kind in kinds:
            yield f"{name}: {kinds[kind]}"
    views = f"SELECT c.relname {_TABLES} AND c.relkind = 'v' AND NOT coalesce(c.reloptions, '{{}}') && "
    for (name,) in _ask(connection, views + "ARRAY['security_invoker=true', 'security_invoker=on']"):
        yield f"{name}: a view that reads with its owner's rights"
    rules = "SELECT c.relname, r.rulename " + _TABLES.replace(
        "WHERE", "JOIN pg_rewrite r ON r.ev_class = c.oid WHERE"
    )
    for name, rule in _ask(connection, rules + "AND c.relkind <> 'v' AND c.relkind <> 'm'"):
        yield f"{name}: a rule, {rule}"
    definers = (
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef "
        "AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    for (name,) in _ask(connection, definers):
        if name not in declared.definers:
            yield f"{name}: a function with its owner's rights"


CHECKS: tuple[Callable[[sa.Connection, Declared], Iterable[str]], ...] = (
    undeclared_tables, open_tables, strange_policies, loose_foreign_keys, telling_keys, side_doors,
)  # fmt: skip


def audit(connection: sa.Connection, role: str, declared: Declared | None = None) -> list[str]:
    """Every finding about the database and the role that serves tenants; empty when both are sound."""
    declared = declared or Declared()
    found = [line for check in CHECKS for line in check(connection, declared)]
    return [*found, *strong_role(connection, role), *strange_rights(connection, declared, role)]
