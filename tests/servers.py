"""The real servers of a test run: one PostgreSQL and one Valkey in a throw-away folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.stack import Stack

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3


def _folder_for_servers() -> str | None:
    """In memory where there is room: a test's clone of the database then takes a hundredth of a second."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return str(MEMORY) if roomy else None


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Started once for the whole run; ended with it, even when the run is killed."""
    with (
        tempfile.TemporaryDirectory(prefix="committee-test-", dir=_folder_for_servers()) as folder,
        Stack(Path(folder), durable=False) as running,
    ):
        yield running
