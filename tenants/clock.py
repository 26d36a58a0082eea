"""The one door of time: stored in UTC, decided in Asia/Ho_Chi_Minh (design: architecture, decision 6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_frozen_at: ContextVar[datetime | None] = ContextVar("frozen_at", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen_at.get() or datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on the wall clocks of Viet Nam."""
    return moment.astimezone(LOCAL)


def today() -> date:
    """Today's date in Viet Nam."""
    return local(now()).date()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Let `now()` answer `at` (aware) inside the block: a rehearsed past, never a way around a rule."""
    token = _frozen_at.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen_at.reset(token)
