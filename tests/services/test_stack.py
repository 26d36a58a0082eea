"""The servers a newcomer gets: they keep their data, leave nothing behind and cannot pass the wall."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import make_url

from demo.processes import StartError
from demo.stack import VARIABLES, Stack, own_servers

LAUNCHER = """
import json, sys, time
from pathlib import Path
from demo.stack import Stack
with Stack(Path(sys.argv[1]), durable=False) as stack:
    pids = [stack.embedded.postgres.process.pid, stack.embedded.valkey.process.pid]
    print(json.dumps(pids), flush=True)
    time.sleep(60)
"""


def connect(stack: Stack, variable: str = "DATABASE_URL") -> psycopg.Connection:
    url = make_url(stack.environment()[variable]).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@pytest.fixture(autouse=True, scope="module")
def no_servers_named() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="module")
def stack(no_servers_named: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("servers"), durable=False) as running:
        yield running


@pytest.fixture
def launcher(tmp_path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", LAUNCHER, str(tmp_path)], stdout=subprocess.PIPE)


def test_a_second_start_keeps_the_data(tmp_path: Path) -> None:
    with Stack(tmp_path) as first, connect(first, "MIGRATION_DATABASE_URL") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 27 AS number")
        redis.Redis.from_url(first.environment()["REDIS_URL"]).set("rq:kept", "27")
    with Stack(tmp_path) as second, connect(second, "MIGRATION_DATABASE_URL") as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (27,)
        assert redis.Redis.from_url(second.environment()["REDIS_URL"]).get("rq:kept") == b"27"


def test_a_killed_launcher_leaves_no_process_behind(
    launcher: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert launcher.stdout
    with launcher.stdout as output:
        pids = json.loads(output.readline())
    launcher.kill()
    launcher.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, f"still running: {pids}"
        time.sleep(0.05)
    with Stack(tmp_path) as again:
        assert again.embedded
        assert again.embedded.postgres_ready()


def test_servers_crash_and_come_back_with_their_data(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        assert stack.embedded
        with connect(stack, "MIGRATION_DATABASE_URL") as connection:
            connection.execute("CREATE TABLE kept AS SELECT 27 AS number")
        stack.embedded.postgres.kill()
        stack.embedded.start_postgres()
        with connect(stack, "MIGRATION_DATABASE_URL") as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (27,)


def test_no_role_of_the_product_can_bypass_row_level_security(stack: Stack) -> None:
    with connect(stack) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles "
            "WHERE rolname LIKE 'committee%' ORDER BY rolname"
        ).fetchall()
    assert rows == [("committee_app", False), ("committee_owner", False)]


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE mine (id int)", "CREATE SCHEMA mine", "CREATE TEMP TABLE mine (id int)"]
)
def test_the_app_role_creates_nothing(stack: Stack, statement: str) -> None:
    with connect(stack) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("command", ["FLUSHALL", "CONFIG GET *", "KEYS *", "GET other:key"])
def test_the_queue_user_is_limited(stack: Stack, command: str) -> None:
    with (
        redis.Redis.from_url(stack.environment()["REDIS_URL"]) as client,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        client.execute_command(*command.split())


def test_a_copied_database_is_its_own(stack: Stack) -> None:
    stack.create_database("stack_origin")
    stack.create_database("stack_copy", template="stack_origin")
    names = "SELECT count(*) FROM pg_database WHERE datname LIKE 'stack_%'"
    with connect(stack) as connection:
        assert connection.execute(names).fetchone() == (2,)
        stack.drop_database("stack_copy")
        stack.drop_database("stack_origin")
        assert connection.execute(names).fetchone() == (0,)


def test_servers_named_by_halves_are_refused_by_name() -> None:
    with pytest.raises(StartError, match="DATABASE_URL set, but not MIGRATION_DATABASE_URL and REDIS_URL"):
        own_servers({"DATABASE_URL": "postgresql+psycopg://app@host/committee"})


def test_one_folder_serves_one_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demo.embedded.PATIENCE", 0.2)
    with Stack(tmp_path, durable=False) as running:
        with pytest.raises(StartError, match="in use by another start"):
            Stack(tmp_path).__enter__()
        assert running.embedded
        assert running.embedded.postgres_ready()
