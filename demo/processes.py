"""Child processes: started in order, logged to files, ended in reverse order, never left behind."""

import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

LAST_LINES = 25
CHECKOUT = Path(__file__).resolve().parent.parent


class StartError(Exception):
    """A part did not start; the text says which, why and what to do."""


@dataclass(frozen=True)
class Account:
    """The user a server runs as; PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def own(self, *paths: Path) -> None:
        """Give the paths to the account; only root can, and only root needs to."""
        for path in paths:
            os.chown(path, self.uid, self.gid)


def account_for(data: Path) -> Account | None:
    """None for an ordinary user; for root the owner of the data, else of the checkout, else nobody."""
    if os.geteuid() != 0:
        return None
    owners = [path.stat().st_uid for path in (data, CHECKOUT) if path.exists()]
    known = {entry.pw_uid: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    entry = next((known[uid] for uid in owners if uid in known), None) or pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


@dataclass
class Child:
    """One process of its own session; `stop_signal` also reaches it when the launcher dies.

    Start it from a thread that lives as long as the child is wanted: Linux ties the death signal to it.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    folder: Path = CHECKOUT
    account: Account | None = None
    environment: Mapping[str, str] | None = None
    keep_open: Sequence[int] = ()
    patience: float = 20.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    log_start: int = field(default=0, init=False)

    def start(self) -> None:
        """Start in the background; `wait_until` tells when it answers."""
        uid, gid = (self.account.uid, self.account.gid) if self.account else (-1, -1)
        facts = [str(number) for number in (os.getpid(), int(self.stop_signal), uid, gid)]
        command = [sys.executable, "-I", "-S", CHECKOUT / "demo" / "child.py", *facts, *self.command]
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            if self.account:
                self.account.own(self.log)
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                pass_fds=self.keep_open,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def alive(self) -> bool:
        """Whether the process is running."""
        return self.process is not None and self.process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60.0) -> None:
        """Return once `ready()`; raises StartError with the last log lines if it dies or takes longer."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive():
                raise StartError(f"{self.name} ended while starting:\n{self.last_lines()}")
            if time.monotonic() > deadline:
                raise StartError(f"{self.name} did not answer within {seconds:.0f} s:\n{self.last_lines()}")
            time.sleep(0.02)

    def last_lines(self) -> str:
        """The end of what it logged since its start."""
        said = self.log.read_bytes()[self.log_start :].decode(errors="replace") if self.log.exists() else ""
        return (
            "\n".join(f"  {line}" for line in said.splitlines()[-LAST_LINES:])
            + f"\n  (all of it: {self.log})"
        )

    def stop(self) -> None:
        """Ask it to end and wait; after `patience` seconds end it and all it started."""
        if self.process is None:
            return
        if self.alive():
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL to it and to all it started at once, as a crash of the machine would."""
        if self.process is None or not self.alive():
            return
        for pid in family(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def family(leader: int) -> set[int]:
    """The process and its descendants, whatever groups and sessions they made."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it may have ended meanwhile
            parents[int(entry.parent.name)] = int(
                entry.read_text(errors="replace").rpartition(")")[2].split()[1]
            )
    members = {leader}
    while found := {pid for pid, parent in parents.items() if parent in members} - members:
        members |= found
    return members


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP as exceptions, so that `with` blocks end their children in order; SIGINT
    also where the caller's shell had it ignored."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {kind: signal.signal(kind, leave) for kind in (signal.SIGTERM, signal.SIGHUP)}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
