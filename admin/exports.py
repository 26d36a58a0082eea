"""Spreadsheet-safe CSV: a cell stays text, and Excel reads the Vietnamese (design: security 34)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"
LOT = 500


def inert(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(LIVE) or text.startswith(LIVE) else text


def to_csv(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8 with the mark that Excel needs."""
    return b"".join(csv_pieces(header, rows))


def csv_pieces(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The same file a piece at a time, for one that is too long to be held."""
    yield BOM.encode()
    for lot in batched(chain([header], rows)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([inert(cell) for cell in row] for row in lot)
        yield text.getvalue().encode()


def batched(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    """The rows in lots."""
    waiting = iter(rows)
    while lot := list(islice(waiting, LOT)):
        yield lot
