"""Servers, workers and a scheduler of the fault tests' own, to be killed at will."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from redis import Redis

from demo.processes import CHECKOUT, Child
from demo.stack import VARIABLES, Stack
from tenants.settings import Settings, from_environment
from tests import jobs_ground

WORKERS = 2


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        with Stack(tmp_path_factory.mktemp("faults"), durable=False) as running:
            yield running


@pytest.fixture(scope="session")
def environment(stack: Stack) -> dict[str, str]:
    jobs_ground.migrated(stack, "faults")
    return jobs_ground.environment_of(stack, "faults")


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    return from_environment(environment)


@pytest.fixture(scope="session")
def redis(stack: Stack) -> Iterator[Redis]:
    """The server's own administrator: FLUSHALL is not the product's right."""
    assert stack.embedded
    with Redis.from_url(stack.embedded.redis_url("default")) as client:
        yield client


@pytest.fixture(scope="session")
def tenant(settings: Settings) -> UUID:
    with jobs_ground.connected(settings):
        return jobs_ground.opened("faults")


@pytest.fixture(scope="session")
def other_tenant(settings: Settings) -> UUID:
    with jobs_ground.connected(settings):
        return jobs_ground.opened("faults-2")


@dataclass
class Crew:
    """Worker processes that a supervisor would start again, and a scheduler."""

    folder: Path
    environment: dict[str, str]
    workers: list[Child] = field(default_factory=list)

    def start(self) -> None:
        """Start every worker that is not running, and the scheduler."""
        self.workers = [worker for worker in self.workers if worker.alive()]
        while len(self.workers) < WORKERS:
            self.workers.append(self._started("worker", CHECKOUT / "tests/faults/worker_main.py"))
        if not self.scheduler_runs():
            self.scheduler = self._started("scheduler", "-m", "jobs.schedule")

    def scheduler_runs(self) -> bool:
        return hasattr(self, "scheduler") and self.scheduler.alive()

    def send(self, kind: signal.Signals) -> None:
        """Send it to every worker."""
        for worker in self.workers:
            if worker.process and worker.alive():
                worker.process.send_signal(kind)

    def stop(self) -> None:
        for child in (self.scheduler, *self.workers):
            child.stop()

    @property
    def log(self) -> Path:
        """What the workers have logged."""
        return self.folder / "worker.log"

    def log_of(self, job_id: UUID) -> str:
        """The lines about one job."""
        return "\n".join(line for line in self.log.read_text().splitlines() if str(job_id) in line)

    def _started(self, name: str, *command: str | Path) -> Child:
        variables = os.environ | self.environment | {"PYTHONPATH": str(CHECKOUT)}
        child = Child(name, (sys.executable, *command), self.folder / f"{name}.log", environment=variables)
        child.start()
        return child


@pytest.fixture(scope="session")
def session_crew(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    running = Crew(tmp_path_factory.mktemp("crew"), environment)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def crew(session_crew: Crew, settings: Settings) -> Iterator[Crew]:
    """Two workers and a scheduler at work, and this process on their database and queue."""
    session_crew.start()
    with jobs_ground.connected(settings):
        yield session_crew
