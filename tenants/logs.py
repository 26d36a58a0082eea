"""Logs: one JSON object a line, with ids and never with words of people (design: security 89).

CR and LF are escaped by JSON; an exception is told by its class and where it happened, since its message may
quote what a person wrote.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

FRAMES = 8


def _place_only(_logger: Any, _method: str, event: EventDict) -> EventDict:
    problem = event.pop("exc_info", None)
    if problem in (True, 1):
        problem = sys.exc_info()
    if isinstance(problem, BaseException):
        problem = (type(problem), problem, problem.__traceback__)
    if isinstance(problem, tuple) and problem[0] is not None:
        event.update(error=problem[0].__name__, where=_frames(problem[2]))
    event.pop("stack_info", None)
    return event


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _place_only,
)


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send every logger of the process, structlog's and the standard library's, to `stream` (stderr) as JSON.

    Bind ids of request, tenant and job with `structlog.contextvars`.
    """
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    to_formatter = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, to_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
