"""The catalogue of a migrated database lets nothing across; and each check of it can see what it is for."""

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from admin.app import create_app
from demo.stack import Stack
from tenants.isolation import TENANT, UnsafeRole
from tenants.settings import Settings
from tests.cast import Cast
from tests.conftest import TEMPLATE
from tests.isolation.catalogue import audit

BASE = f"{TEMPLATE}_audited"
BAD_TABLE = "CREATE TABLE secret (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id))"


@pytest.fixture(scope="module")
def urls(stack: Stack, cast: Cast) -> Iterator[dict[str, str]]:
    stack.create_database(BASE, TEMPLATE)
    yield stack.environment(BASE)
    stack.drop_database(BASE)


@pytest.fixture
def owner(urls: dict[str, str]) -> Iterator[sa.Connection]:
    """The owner in a transaction that is taken back."""
    engine = sa.create_engine(urls["MIGRATION_DATABASE_URL"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def app_role(urls: dict[str, str]) -> str:
    return str(sa.make_url(urls["DATABASE_URL"]).username)


def test_nothing_in_the_catalogue_lets_a_row_across(owner: sa.Connection, app_role: str) -> None:
    assert audit(owner, app_role) == []


SPOILT = {
    "no fence": ("ALTER TABLE unit DISABLE ROW LEVEL SECURITY", "unit: row-level security is not forced"),
    "owner goes round": ("ALTER TABLE visit NO FORCE ROW LEVEL SECURITY", "visit: row-level security is not"),
    "rows of nobody": (
        "ALTER TABLE notice DROP CONSTRAINT pk_notice, ALTER tenant_id DROP NOT NULL",
        "notice: tenant_id may be null",
    ),
    "new bare table": (BAD_TABLE, "secret: row-level security is not forced"),
    "unknown table": (BAD_TABLE, "secret: not declared as a tenants' table"),
    "hidden tenant": ("CREATE TABLE secret (id uuid)", "secret: not declared as a platform's table"),
    "lost table": ("DROP TABLE absence", "absence: declared as a tenants' table, but is none"),
    "no policy": ("DROP POLICY tenant_isolation ON person", "person: policy tenant_isolation is None"),
    "reads all": ("ALTER POLICY tenant_isolation ON person USING (true)", "person: policy tenant_isolation"),
    "writes all": (
        "ALTER POLICY tenant_isolation ON person WITH CHECK (true)",
        "person: policy tenant_isolation",
    ),
    "wider policy": ("CREATE POLICY more ON person USING (true)", "person: policy more is ('PERMISSIVE'"),
    "narrow policy": (
        "DROP POLICY tenant_isolation ON unit; "
        f"CREATE POLICY tenant_isolation ON unit FOR SELECT USING ({TENANT})",
        "unit: policy tenant_isolation is ('PERMISSIVE', 'public', 'SELECT'",
    ),
    "platform without a fence": (
        "ALTER TABLE web_session NO FORCE ROW LEVEL SECURITY",
        "web_session: row-level security is not forced",
    ),
    "operators for all": (
        "CREATE POLICY readable ON operator FOR SELECT USING (true)",
        "operator: policy readable is ('PERMISSIVE'",
    ),
    "tenants written by all": (
        "ALTER POLICY platform_alone ON tenant USING (true)",
        "tenant: policy platform",
    ),
    "thawed": (
        "DROP POLICY published_is_frozen ON rotation_version",
        "rotation_version: policy published_is",
    ),
    "loose key": (
        "ALTER TABLE unit ADD UNIQUE (id); ALTER TABLE visit ADD FOREIGN KEY (cell_id) REFERENCES unit (id)",
        "visit: foreign key visit_cell_id_fkey to unit may leave the tenant",
    ),
    "key of the platform": (
        "ALTER TABLE unit ADD UNIQUE (id); ALTER TABLE heartbeat ADD unit_id uuid REFERENCES unit (id)",
        "heartbeat: foreign key heartbeat_unit_id_fkey to unit may leave the tenant",
    ),
    "telling constraint": (
        "ALTER TABLE absence ADD UNIQUE (reason)",
        "absence: absence_reason_key is unique over reason",
    ),
    "telling index": (
        "CREATE UNIQUE INDEX told ON petition (lower(text))",
        "petition: told is unique over an expression, across tenants",
    ),
    "telling primary key": (
        "ALTER TABLE notice DROP CONSTRAINT pk_notice, ADD CONSTRAINT pk_notice PRIMARY KEY (id)",
        "notice: pk_notice is unique over id",
    ),
    "exclusion": (
        "ALTER TABLE meeting ADD CONSTRAINT apart EXCLUDE USING btree (month WITH =)",
        "meeting: apart is unique over month",
    ),
    "truncate": ("GRANT TRUNCATE ON unit TO {role}", "unit: {role} has TRUNCATE"),
    "references": ("GRANT REFERENCES ON unit TO {role}", "unit: {role} has REFERENCES"),
    "trigger": ("GRANT TRIGGER ON unit TO {role}", "unit: {role} has TRIGGER"),
    "too much": ("GRANT UPDATE ON artifact TO {role}", "artifact: {role} has UPDATE"),
    "a column too much": ("GRANT UPDATE (body) ON dispatch TO {role}", "dispatch: {role} has UPDATE body"),
    "too little": ("REVOKE INSERT ON audit_entry FROM {role}", "audit_entry: {role} lacks INSERT"),
    "everybody": ("GRANT SELECT ON operator TO PUBLIC", "operator: everybody has SELECT"),
    "by default": (
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {role}",
        "default rights on objects of kind r",
    ),
    "creates": ("GRANT CREATE ON SCHEMA public TO {role}", "{role}: may create in the schema"),
    "view": ("CREATE VIEW seen AS SELECT * FROM person", "seen: a view that reads with its owner's rights"),
    "copy": ("CREATE MATERIALIZED VIEW kept AS SELECT * FROM person", "kept: a materialised view"),
    "sequence": ("CREATE SEQUENCE counted", "counted: a sequence that counts for all tenants"),
    "rule": ("CREATE RULE away AS ON DELETE TO notice DO INSTEAD NOTHING", "notice: a rule, away"),
    "definer": (
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
        "peek: a function with its owner's rights",
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_the_audit_names_what_was_spoilt(name: str, owner: sa.Connection, app_role: str) -> None:
    statements, finding = SPOILT[name]
    for statement in statements.format(role=app_role).split("; "):
        owner.exec_driver_sql(statement)
    assert any(line.startswith(finding.format(role=app_role)) for line in audit(owner, app_role))


def test_a_view_with_the_readers_rights_is_no_finding(owner: sa.Connection, app_role: str) -> None:
    owner.exec_driver_sql("CREATE VIEW seen WITH (security_invoker = true) AS SELECT id FROM person")
    assert audit(owner, app_role) == []


def test_the_owner_is_named_as_a_role_too_strong(owner: sa.Connection, urls: dict[str, str]) -> None:
    role = str(sa.make_url(urls["MIGRATION_DATABASE_URL"]).username)
    found = audit(owner, role)
    assert {f"{role}: owns unit", f"{role}: may create in the schema"} <= set(found)


@pytest.mark.parametrize(
    ("made", "finding"),
    [
        ("CREATE ROLE probe BYPASSRLS", "probe: has rolbypassrls"),
        ("CREATE ROLE probe SUPERUSER", "probe: has rolsuper"),
        ("CREATE ROLE probe CREATEROLE", "probe: has rolcreaterole"),
        ("CREATE ROLE probe CREATEDB", "probe: has rolcreatedb"),
        ("CREATE ROLE probe IN ROLE committee_owner", "probe: is a member of committee_owner"),
        ("CREATE ROLE probe IN ROLE pg_read_all_data", "probe: is a member of pg_read_all_data"),
    ],
)
def test_a_role_that_passes_the_fence_is_named(stack: Stack, cast: Cast, made: str, finding: str) -> None:
    admin = "postgresql+psycopg://"
    creator = lambda: psycopg.connect(stack._admin_conninfo(), dbname=BASE)  # noqa: E731
    with sa.create_engine(admin, creator=creator, poolclass=sa.NullPool).connect() as connection:
        connection.exec_driver_sql(made)
        assert finding in audit(connection, "probe")
        connection.rollback()


@pytest.mark.parametrize("whose", ["MIGRATION_DATABASE_URL", "superuser"])
def test_the_app_does_not_start_with_a_role_that_passes_the_fence(
    whose: str, urls: dict[str, str], settings: Settings, stack: Stack
) -> None:
    superuser = psycopg.conninfo.conninfo_to_dict(stack._admin_conninfo())
    address = sa.URL.create(
        "postgresql+psycopg", database=BASE, query={k: str(v) for k, v in superuser.items() if k != "dbname"}
    )
    url = urls.get(whose) or address.render_as_string(hide_password=False)
    with pytest.raises(UnsafeRole, match="the role owns" if whose in urls else "rolsuper"):
        create_app(Settings(url, settings.redis_url, settings.secret_key, trusted_hosts=("localhost",)))
