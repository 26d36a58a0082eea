"""Web server, worker and scheduler as children of one launcher (`make demo`)."""

import http.client
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from demo.processes import Child, StartError, ended_by_signals
from demo.stack import Stack

HOST, PORT = "127.0.0.1", 8000


@dataclass(frozen=True)
class Command:
    """A process of the product: its name in messages and logs, and what follows `python -m`."""

    name: str
    arguments: tuple[str, ...]


PRODUCT = (
    Command("web", ("gunicorn", "--config", "deploy/gunicorn.conf.py")),
    Command("worker", ("flask", "--app", "wsgi", "worker")),
    Command("scheduler", ("flask", "--app", "wsgi", "scheduler")),
)


def settings(stack: Stack) -> dict[str, str]:
    """The environment of the product on this machine: its servers, a kept secret key, cookies without TLS."""
    key = stack.folder / "secret_key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
    local = {
        "SECRET_KEY_FILE": str(key),
        "SECURE_COOKIES": "off",
        "REQUIRE_TOTP": "off",
        "WEB_HOST": HOST,
        "WEB_PORT": str(port()),
    }
    return local | stack.environment() | {"PYTHONUNBUFFERED": "1"}


def port() -> int:
    """The port of the demonstration: PORT where set, else 8000."""
    return int(os.environ.get("PORT", PORT))


def require_free_port() -> None:
    """Raises StartError where another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port()))
        except OSError as problem:
            raise StartError(
                f"Port {port()} is taken ({problem.strerror}). Choose another: make demo PORT={port() + 1}"
            ) from None


def serve(stack: Stack, commands: Sequence[Command] = PRODUCT, ready: Callable[[str], None] = print) -> None:
    """Run the commands until Ctrl-C or SIGTERM; ends every one, the last started first.

    Calls `ready(address)` once the web answers. Raises StartError with the last log lines of a process that
    ends by itself, at the start or later.
    """
    require_free_port()
    children = [product_child(stack, command) for command in commands]
    with ended_by_signals():
        try:
            for child in children:
                child.start()
            children[0].wait_until(_answers)
            _require_alive(children)
            ready(f"http://{HOST}:{port()}")
            while True:
                time.sleep(0.5)
                _require_alive(children)
        except KeyboardInterrupt:
            return
        finally:
            for child in reversed(children):
                child.stop()


def product_child(stack: Stack, command: Command) -> Child:
    """The process of a command, not yet started; its log lies in the data folder."""
    log: Path = stack.folder / f"{command.name}.log"
    return Child(
        command.name,
        [sys.executable, "-m", *command.arguments],
        log,
        environment=os.environ | settings(stack),
    )


def _answers() -> bool:
    connection = http.client.HTTPConnection(HOST, port(), timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _require_alive(children: Sequence[Child]) -> None:
    for child in children:
        if not child.alive():
            raise StartError(f"{child.name} ended by itself:\n{child.last_lines()}")
