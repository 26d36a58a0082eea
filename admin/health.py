"""Whether this process lives and whether the whole can work (design: product E04)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import redis
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app

from admin.security import public
from jobs.heartbeat import SCHEDULER, WORKER
from migrations import configuration
from tenants.clock import now
from tenants.models import Heartbeat
from tenants.scope import across_tenants, transaction
from tenants.settings import Settings

OLDEST_BEAT = timedelta(seconds=60)
PATIENCE_SECONDS = 2
HEAD = ScriptDirectory.from_config(configuration("")).get_current_head()
VERSION = sa.table("alembic_version", sa.column("version_num"))

pages = Blueprint("health", __name__)


def _migrated(_settings: Settings) -> bool:
    with across_tenants("health"), transaction() as session:
        return session.scalar(sa.select(VERSION.c.version_num)) == HEAD


def _database(_settings: Settings) -> bool:
    with across_tenants("health"), transaction() as session:
        return session.scalar(sa.select(1)) == 1


def _queue(settings: Settings) -> bool:
    with redis.Redis.from_url(
        settings.redis_url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    ) as client:
        return bool(client.ping())


def _beats(name: str) -> Callable[[Settings], bool]:
    def alive(_settings: Settings) -> bool:
        with across_tenants("health"), transaction() as session:
            beat = session.get(Heartbeat, name)
            return beat is not None and now() - beat.beat_at <= OLDEST_BEAT

    return alive


CHECKS: dict[str, Callable[[Settings], bool]] = {
    "database": _database,
    "migrations": _migrated,
    "queue": _queue,
    "worker": _beats(WORKER),
    "scheduler": _beats(SCHEDULER),
}


def _holds(check: Callable[[Settings], bool], settings: Settings) -> bool:
    try:
        return check(settings)
    except (sa.exc.SQLAlchemyError, redis.RedisError):
        return False


def readiness(settings: Settings) -> dict[str, bool]:
    """Every part by name, and whether it works."""
    return {name: _holds(check, settings) for name, check in CHECKS.items()}


@pages.get("/healthz")
@public
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@pages.get("/readyz")
@public
def readyz() -> tuple[dict[str, Any], int]:
    """Every part works: 200, else 503 with which does not."""
    parts = readiness(current_app.extensions["settings"])
    failing = sorted(name for name, works in parts.items() if not works)
    return {"status": "failing" if failing else "ok", "failing": failing}, 503 if failing else 200
