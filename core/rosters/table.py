"""A table of text and what is wrong with its cells: what passes between files, checks and pages."""

from dataclasses import dataclass
from typing import Final

FAULT_HEADING: Final = "Lỗi"


class SheetError(ValueError):
    """A file that is not taken. The text says what is wrong and what to do, in Vietnamese."""


@dataclass(frozen=True)
class Sheet:
    """A table of text: `rows[n]` stands in the file's row `first_row_number + n`; an empty cell is None."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    first_row_number: int = 2


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: the file's row, the column's key and place (from 0), and what to do."""

    row_number: int
    column: str
    message_vi: str
    position: int | None = None
