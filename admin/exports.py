"""Spreadsheet-safe CSV: a cell stays text, and Excel reads the Vietnamese (design: security 34)."""

import csv
import io
from collections.abc import Iterable, Sequence

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"


def inert(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(LIVE) or text.startswith(LIVE) else text


def to_csv(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8 with the mark that Excel needs."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([inert(cell) for cell in header])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return (BOM + text.getvalue()).encode()
