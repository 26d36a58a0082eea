"""Liveness and readiness (design: product E04)."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from admin.health import HEAD
from jobs.heartbeat import SCHEDULER, WORKER, beat
from tenants.clock import now
from tenants.models import Heartbeat
from tests.cast import Cast
from tests.conftest import Browser


def failing(client: Browser) -> tuple[int, list[str]]:
    answer = client.get("/readyz")
    assert answer.json is not None
    return answer.status_code, answer.json["failing"]


def test_a_process_that_answers_lives(anonymous: Browser) -> None:
    assert anonymous.get("/healthz").json == {"status": "ok"}


def test_all_parts_at_work_are_ready(anonymous: Browser) -> None:
    beat(WORKER)
    beat(SCHEDULER)
    assert failing(anonymous) == (200, [])


def test_a_worker_that_never_came_and_a_scheduler_gone_quiet_are_named(
    anonymous: Browser, cast: Cast
) -> None:
    with cast.session("operator") as session:
        session.add(Heartbeat(name=SCHEDULER, beat_at=now() - timedelta(seconds=61)))
    assert failing(anonymous) == (503, ["scheduler", "worker"])


def test_a_queue_that_is_away_is_named(app: Flask, anonymous: Browser) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], redis_url="unix:///nowhere.sock")
    assert "queue" in failing(anonymous)[1]


def test_a_database_behind_the_code_is_named(anonymous: Browser, owner: sa.Engine) -> None:
    with owner.begin() as connection:
        version = sa.table("alembic_version", sa.column("version_num"))
        assert connection.scalar(sa.select(version.c.version_num)) == HEAD
        connection.execute(sa.update(version).values(version_num="0001"))
    assert "migrations" in failing(anonymous)[1]
