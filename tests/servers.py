"""The real servers of a test run: one PostgreSQL and one Valkey in a throw-away folder."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Started once for the whole run; ended with it, even when the run is killed."""
    with (
        tempfile.TemporaryDirectory(prefix="committee-test-") as folder,
        Stack(Path(folder), durable=False) as running,
    ):
        yield running
