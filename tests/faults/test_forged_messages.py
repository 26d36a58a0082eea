"""Whoever can write to Redis still cannot make a worker run anything else (design: security 76-77, 86)."""

import socket
from pathlib import Path
from uuid import UUID

import pytest
from rq import Callback, Queue, SimpleWorker
from rq.serializers import JSONSerializer, PickleSerializer
from rq.webhook import Webhook

from jobs.queue import RUN_JOB, queue_of
from tenants.settings import Settings
from tests.faults.conftest import Crew
from tests.jobs_ground import effects, owed, undone, wait_until


@pytest.fixture
def forger(settings: Settings) -> Queue:
    """The same queue, written to by plain RQ."""
    return Queue(settings.queue_name, connection=queue_of(settings).connection, serializer=JSONSerializer)


def works_on(crew: Crew, tenant: UUID) -> bool:
    """Whether the workers that met the forgery are the ones that do the next job."""
    pids = [worker.process.pid for worker in crew.workers if worker.process]
    jobs = owed(tenant, 2)
    done = wait_until(lambda: undone(jobs) == 0)
    alive = [worker.process.pid for worker in crew.workers if worker.process and worker.alive()]
    return done and alive == pids and effects(tenant, jobs) == [1, 1]


def test_another_function_is_not_called(crew: Crew, tenant: UUID, forger: Queue, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    forger.enqueue("os.system", f"touch {mark}")
    assert works_on(crew, tenant)
    assert not mark.exists()


def test_plain_rq_would_call_it(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant of the test above: without SafeJob the mark is made."""
    monkeypatch.setattr(SimpleWorker, "_install_signal_handlers", lambda _worker: None)
    mark = tmp_path / "mark"
    plain = Queue("plain", connection=queue_of(settings).connection, serializer=JSONSerializer)
    plain.enqueue("os.system", f"touch {mark}")
    SimpleWorker([plain], connection=plain.connection, serializer=JSONSerializer).work(burst=True)
    assert mark.exists()


def test_a_function_that_was_removed_does_not_end_the_worker(crew: Crew, tenant: UUID, forger: Queue) -> None:
    forger.enqueue("jobs.run.removed_in_the_next_version", "1")
    assert works_on(crew, tenant)


@pytest.mark.parametrize("function", [RUN_JOB, "os.getcwd"])
def test_callbacks_are_not_called(
    crew: Crew, tenant: UUID, forger: Queue, tmp_path: Path, function: str
) -> None:
    mark, evil = tmp_path / "mark", Callback("tests.faults.evil.callback")
    forger.enqueue(function, "x", meta={"mark": str(mark)}, on_success=evil, on_failure=evil, on_stopped=evil)
    assert works_on(crew, tenant)
    assert not mark.exists()


def test_webhooks_are_not_sent(crew: Crew, tenant: UUID, forger: Queue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        hooks = [Webhook(url, "finished"), Webhook(url, "failed")]
        forger.enqueue(RUN_JOB, "x", webhooks=hooks)
        assert works_on(crew, tenant)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_a_pickled_message_is_not_read(crew: Crew, tenant: UUID, forger: Queue, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    pickled = Queue(forger.name, connection=forger.connection, serializer=PickleSerializer)
    pickled.enqueue("os.system", f"touch {mark}")
    assert works_on(crew, tenant)
    assert not mark.exists()


def test_a_message_that_cannot_be_read_does_not_end_the_worker(
    crew: Crew, tenant: UUID, forger: Queue
) -> None:
    forger.connection.hset("rq:job:forged", mapping={"data": "x", "status": "no such status", "timeout": "z"})
    forger.push_job_id("forged")
    forger.push_job_id("no-such-message")
    assert works_on(crew, tenant)
