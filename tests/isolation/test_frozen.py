"""What is frozen stays as it was, whatever the app's role says to the database (design: security 14, 87)."""

import pytest
import sqlalchemy as sa
from psycopg import errors

from tests.isolation.test_rows import refused
from tests.isolation.world import OWN, World, scoped

DENIED = (
    "UPDATE plan_version SET body = '{}'", "UPDATE plan_version SET sha256 = ''", "DELETE FROM plan_version",
    "UPDATE planned_visit SET meets_on = '2026-01-01'", "UPDATE planned_visit SET official_id = official_id",
    "UPDATE dispatch SET body = '{}'", "UPDATE dispatch SET sha256 = ''", "UPDATE dispatch SET subject = ''",
    "UPDATE dispatch SET counterpart_id = tenant_id", "DELETE FROM dispatch",
    "UPDATE report_version SET figures = '{}'", "UPDATE report_version SET sources = '[]'",
    "UPDATE report_version SET missing = '[]'", "UPDATE report_version SET sha256 = ''",
    "DELETE FROM report_version", "UPDATE report_decision SET reason = ''", "DELETE FROM report_decision",
    "UPDATE audit_entry SET facts = '{}'", "UPDATE audit_entry SET hash = hash", "DELETE FROM audit_entry",
    "UPDATE artifact SET content = ''", "UPDATE artifact SET sha256 = ''", "DELETE FROM artifact",
    "UPDATE official_document SET number = 0", "DELETE FROM official_document",
    "UPDATE visit_report SET content = ''", "DELETE FROM visit_report", "DELETE FROM visit",
    "UPDATE unit_event SET facts = '{}'", "DELETE FROM unit_event", "UPDATE unit_past SET name = ''",
    "DELETE FROM petition", "DELETE FROM report", "DELETE FROM rotation", "DELETE FROM person",
    "DELETE FROM account", "DELETE FROM invitation", "DELETE FROM notice", "UPDATE notice SET text = ''",
    "DELETE FROM platform_entry", "UPDATE platform_entry SET facts = '{}'", "DELETE FROM tenant",
    "TRUNCATE notice", "ALTER TABLE notice DISABLE ROW LEVEL SECURITY", "DROP TABLE notice",
    "DROP POLICY tenant_isolation ON notice", "CREATE TABLE mine (id int)", "SET ROLE committee_owner",
)  # fmt: skip
PUBLISHED = "published_at IS NOT NULL"
OF_PUBLISHED = f"version_id IN (SELECT id FROM rotation_version WHERE {PUBLISHED})"
UNTOUCHED = (
    f"UPDATE rotation_version SET reason = 'x' WHERE {PUBLISHED}",
    f"UPDATE rotation_version SET published_at = NULL WHERE {PUBLISHED}",
    f"DELETE FROM rotation_version WHERE {PUBLISHED}",
    f"DELETE FROM planned_visit WHERE {OF_PUBLISHED}",
    "DELETE FROM job WHERE requested_by IS NOT NULL",
    "DELETE FROM job WHERE state <> 'done'",
    "DELETE FROM task WHERE done_on IS NOT NULL",
)
THAWED = (
    "UPDATE rotation_version SET reason = 'x' WHERE published_at IS NULL",
    f"DELETE FROM planned_visit WHERE NOT {OF_PUBLISHED}",
    "UPDATE dispatch SET delivered_at = now()",
)


@pytest.mark.parametrize("statement", DENIED)
def test_the_app_has_no_right_to_change_what_is_frozen(statement: str, world: World, urls: object) -> None:
    with scoped(world, OWN) as session, refused(errors.InsufficientPrivilege):
        session.connection().exec_driver_sql(statement)


@pytest.mark.parametrize("statement", UNTOUCHED)
def test_a_published_rotation_and_owed_work_are_out_of_reach(
    statement: str, world: World, urls: object
) -> None:
    with scoped(world, OWN) as session:
        assert session.connection().exec_driver_sql(statement).rowcount == 0


@pytest.mark.parametrize("statement", THAWED)
def test_what_is_not_frozen_can_be_changed(statement: str, world: World, urls: object) -> None:
    with scoped(world, OWN) as session:
        assert session.connection().exec_driver_sql(statement).rowcount > 0


def test_nothing_is_added_to_a_published_rotation(world: World, urls: object) -> None:
    columns = "tenant_id, version_id, official_id, cell_id, meets_on, source"
    copied = sa.text(
        f"INSERT INTO planned_visit (id, month, {columns}) SELECT gen_random_uuid(), '2027-01-01', {columns} "
        f"FROM planned_visit WHERE {OF_PUBLISHED} LIMIT 1"
    )
    with scoped(world, OWN) as session, refused(errors.InsufficientPrivilege):
        session.execute(copied)
