"""What many tests begin with: lived through once a run by the product's services, cloned from then on.

A story is a function of the cast. Asked for first thing in a test whose database nobody has written to, or
after other stories alone, it leaves a copy of the database behind, from which the next test that begins so
goes on; after any other write it is simply told.
"""

import itertools
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import event

from demo.stack import Stack
from tenants import clock

WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|COPY|TRUNCATE)\b")
Chapter = tuple[Hashable, ...]
P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Book:
    """A test's database and the stories told in it; None once something else was written."""

    stack: Stack
    name: str
    engine: sa.Engine
    told: tuple[Chapter, ...] | None = ()


_open: list[Book] = []
_copies: dict[tuple[Chapter, ...], tuple[str, Any]] = {}
_numbers = itertools.count()


def open_book(stack: Stack, name: str, engine: sa.Engine) -> None:
    """From now on stories are told in this database, fresh from the template."""
    _open[:] = [Book(stack, name, engine)]
    if not event.contains(engine, "before_cursor_execute", _note):
        event.listen(engine, "before_cursor_execute", _note)


def close_book() -> None:
    """No database is open for stories."""
    _open.clear()


def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    if _open and WRITES.search(statement):
        _open[0].told = None


def story(tell: Callable[P, R]) -> Callable[P, R]:
    """A function that writes the same whenever it is asked the same at the same frozen moment."""

    @wraps(tell)
    def once(*args: P.args, **options: P.kwargs) -> R:
        book = _open[0] if _open else None
        if book is None or book.told is None:
            return tell(*args, **options)
        so_far = (*book.told, (tell.__name__, _moment(), repr(args[1:]), repr(sorted(options.items()))))
        if so_far in _copies:
            _turn_to(book, _copies[so_far][0])
        else:
            answer = tell(*args, **options)
            _copies[so_far] = (_copy(book), answer)
        book.told = so_far
        return _copies[so_far][1]  # type: ignore[no-any-return]

    return once


def _moment() -> datetime | None:
    """Where time stands; None where it runs: what was written some minutes ago is as good as new."""
    moment = clock.now()
    return moment if moment == clock.now() else None


def _copy(book: Book) -> str:
    name = f"committee_story_{next(_numbers)}"
    book.engine.dispose()
    book.stack.drop_database(name)
    book.stack.create_database(name, book.name)
    return name


def _turn_to(book: Book, copy: str) -> None:
    book.engine.dispose()
    book.stack.drop_database(book.name)
    book.stack.create_database(book.name, copy)
