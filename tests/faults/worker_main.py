"""A real worker whose one test handler can be made to die or to stand still at a chosen point."""

import os
import signal
import time
from pathlib import Path

from sqlalchemy import orm

from core.notices.models import JobKind
from jobs.contract import Effect, JobFacts, Progress
from jobs.handlers import HANDLERS
from jobs.worker import run_worker
from tenants.accounts import system_actor
from tenants.audit import record
from tenants.settings import from_environment
from tenants.tree import UnitPath


def stumble(job: JobFacts, progress: Progress) -> Effect:
    """Leave one mark in the trail; suffer what the tokens in `folder` say."""
    _suffer(job, "after_claim")
    progress("Đang kiểm tra", 50)
    time.sleep(job.args.get("seconds", 0))
    _suffer(job, "before_finish")

    def leave_a_mark(session: orm.Session) -> None:
        actor = system_actor(job.tenant_id, UnitPath.root("TREN"))
        record(session, actor, "job:effect", None, job=str(job.id))
        _suffer(job, "before_commit")

    return leave_a_mark


def _suffer(job: JobFacts, point: str) -> None:
    folder = Path(job.args.get("folder", "/nonexistent"))
    if _took(folder, f"{point}-worker"):
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
    if _took(folder, f"{point}-horse"):
        os.kill(os.getpid(), signal.SIGKILL)
    if _took(folder, f"{point}-raise"):
        raise ValueError("words of a person")
    if _took(folder, f"{point}-stall"):
        (folder / "stalled").write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGSTOP)


def _took(folder: Path, fault: str) -> bool:
    for token in folder.glob(f"{fault}.*"):
        try:
            token.unlink()
        except FileNotFoundError:
            continue
        return True
    return False


if __name__ == "__main__":
    run_worker(from_environment(os.environ), {**HANDLERS, JobKind.CHECK_ROSTER: stumble})
