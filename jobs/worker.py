"""The worker: an RQ worker that forks for each ring, outlives Redis, and says that it is alive.

`python -m jobs.worker`, or `flask worker`. SIGTERM lets the running job end; a second one ends it at once.
"""

import gc
import os
import resource
import signal
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from uuid import UUID

import sqlalchemy as sa
import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from sqlalchemy import orm

from core.notices.models import JobKind
from core.registry import metadata
from jobs import queue, run
from jobs.contract import Handler
from jobs.ground import open_ground
from jobs.handlers import HANDLERS
from jobs.heartbeat import WORKER, beat
from tenants.settings import Settings, from_environment

WORKER_SECONDS, MONITOR_SECONDS, MAINTENANCE_SECONDS = 20, 2, 5
MEMORY_BYTES = 1 << 30
PAUSE_SECONDS = 1.0

log = structlog.get_logger("jobs")


class LivingWorker(Worker):
    """Tells the database that it lives; its work-horse starts with its own connections and bounded memory."""

    engine: sa.Engine
    stopping = False
    beaten_at = 0.0

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """To Redis as RQ does, and to the database every few seconds."""
        super().heartbeat(timeout, pipeline)
        if not self.is_horse and time.monotonic() - self.beaten_at > MAINTENANCE_SECONDS:
            self.beaten_at = time.monotonic()
            beat(WORKER)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """The first SIGTERM or SIGINT: let the running job end."""
        self.stopping = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def main_work_horse(self, job: Any, queue: Any) -> None:
        """In the forked child: the parent's connections stay the parent's."""
        self.engine.dispose(close=False)
        _bound_memory(MEMORY_BYTES)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        """A work-horse that is told to stop gives its job back."""
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _bound_memory(more: int) -> None:
    """Let this process take so many bytes more than it has; beyond that a job fails with MemoryError."""
    present = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (present + more, present + more))


def _preload() -> None:
    """Prepare once what each work-horse would otherwise prepare again: the mappers, the first statements."""
    orm.configure_mappers()
    run.run_job(str(UUID(int=0)))
    queue.ring()
    beat(WORKER)
    gc.freeze()


def run_worker(settings: Settings, handlers: Mapping[JobKind, Handler] = HANDLERS) -> None:
    """Work until told to stop; where Redis is away, wait for it."""
    engine = open_ground(settings)
    run.use(run.Runner(handlers, timedelta(seconds=settings.lease_seconds)))
    _preload()
    log.info("worker_ready", kinds=len(handlers), tables=len(metadata.tables))
    while not _told_to_stop(settings, engine):
        time.sleep(PAUSE_SECONDS)


def _told_to_stop(settings: Settings, engine: sa.Engine) -> bool:
    """Work until told to stop (True) or until Redis is gone (False)."""
    worker: LivingWorker | None = None
    try:
        worker = _worker(settings, engine)
        worker.work(logging_level="WARNING")
    except StopRequested:
        return True
    except RedisError as problem:
        log.warning("redis_away", reason=type(problem).__name__)
    return worker is not None and worker.stopping


def _worker(settings: Settings, engine: sa.Engine) -> LivingWorker:
    worker = LivingWorker(
        [settings.queue_name],
        connection=Redis.from_url(settings.redis_url),
        job_class=queue.SafeJob,
        serializer=JSONSerializer,
        worker_ttl=WORKER_SECONDS,
        job_monitoring_interval=MONITOR_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
    )
    worker.engine = engine
    return worker


if __name__ == "__main__":
    run_worker(from_environment(os.environ))
