"""Logs: one JSON object a line, ids bound, nobody's words (design: security 89)."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from tenants import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers.clear()
    written = io.StringIO()
    logs.configure("INFO", written)
    yield written
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_break_cannot_forge_a_line(stream: io.StringIO) -> None:
    structlog.get_logger("jobs").warning("one\r\n{two}\u2028", reason="a\nb")
    logging.getLogger("rq.worker").warning("three\nfour %s", "five\n")
    assert [line["event"] for line in lines(stream)] == ["one\r\n{two}\u2028", "three\nfour five\n"]


def test_an_exception_is_told_by_class_and_place_not_by_its_words(stream: io.StringIO) -> None:
    for log in (structlog.get_logger("jobs"), logging.getLogger("rq.worker")):
        try:
            raise ValueError("words of a person")
        except ValueError:
            log.exception("failed")
    assert [line["error"] for line in lines(stream)] == ["ValueError", "ValueError"]
    assert "of a person" not in stream.getvalue()
    assert stream.getvalue().count("test_jobs_logs.py") == 2


def test_bound_ids_are_on_every_line_and_quiet_levels_are_not_written(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(tenant="t-1", job="j-1"):
        structlog.get_logger("jobs").info("seen")
        logging.getLogger("other").info("seen too")
        structlog.get_logger("jobs").debug("unseen")
    assert [(line["tenant"], line["job"]) for line in lines(stream)] == [("t-1", "j-1")] * 2
