"""Tables written as XLSX files: every cell is text and never a formula (design: security 34)."""

import io
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

import xlsxwriter

from core.rosters.table import FAULT_HEADING, Fault, Sheet

_LONGEST_CELL: Final = 32_767
_NOT_XML: Final = {0xFFFE: None, 0xFFFF: None}
_RISKY = tuple("=+-@\t\r")
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")


def write_sheet(
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str | None]],
    notes: Iterable[Sequence[str]] = (),
) -> bytes:
    """An XLSX file of text cells under a bold, frozen heading; `notes` fill a second sheet, "Hướng dẫn"."""
    with _Writer(title) as writer:
        writer.table(Sheet(tuple(headers), tuple(map(tuple, rows))))
        writer.notes([tuple(note) for note in notes])
    return writer.data


def with_errors(original: Sheet, faults: Iterable[Fault]) -> bytes:
    """The sheet's rows back in their own places, bad cells coloured, with what to do in a column "Lỗi"."""
    messages: dict[int, list[str]] = defaultdict(list)
    bad: set[tuple[int, int | None]] = set()
    for fault in faults:
        messages[fault.row_number].append(fault.message_vi)
        bad.add((fault.row_number, fault.position))
    with _Writer("Danh sách") as writer:
        writer.table(_with_messages(_without_messages(original), messages), bad)
    return writer.data


def _without_messages(sheet: Sheet) -> Sheet:
    if sheet.headers[-1:] != (FAULT_HEADING,):
        return sheet
    return Sheet(sheet.headers[:-1], tuple(row[:-1] for row in sheet.rows), sheet.first_row_number)


def _with_messages(sheet: Sheet, messages: Mapping[int, list[str]]) -> Sheet:
    rows = (
        (*row, " ".join(messages.get(number, ())))
        for number, row in enumerate(sheet.rows, sheet.first_row_number)
    )
    return Sheet((*sheet.headers, FAULT_HEADING), tuple(rows), sheet.first_row_number)


class _Writer:
    """One XLSX file in memory; `data` holds its bytes once the writer is closed."""

    def __init__(self, title: str) -> None:
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        self.book.set_properties({"title": title})
        name = _FORBIDDEN_IN_NAME.sub(" ", title)[:31].strip(" '")
        self.sheet = self.book.add_worksheet(name or "Danh sách")
        self.formats = {
            (bad, risky): self.book.add_format(
                {"num_format": "@", "quote_prefix": risky} | ({"bg_color": "#FFC7CE"} if bad else {})
            )
            for bad in (False, True)
            for risky in (False, True)
        }
        self.bold = self.book.add_format({"bold": True, "bg_color": "#E7E6E6", "border": 1})

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.book.close()
        self.data = self.file.getvalue()

    def table(self, sheet: Sheet, bad: Container[tuple[int, int | None]] = frozenset()) -> None:
        """The heading just above the first row, then every row in its own place."""
        top = sheet.first_row_number - 1
        for column, heading in enumerate(sheet.headers):
            self.put(top - 1, column, heading, self.bold)
            self.sheet.set_column(column, column, _width(sheet, column), self.formats[False, False])
        for number, row in enumerate(sheet.rows, top):
            for column, cell in enumerate(row):
                wrong = (number + 1, column) in bad
                if cell or wrong:
                    self.put(number, column, cell or "", self.formats[wrong, (cell or "").startswith(_RISKY)])
        self.sheet.freeze_panes(top, 0)
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{top + len(sheet.rows) + 1}"})

    def put(self, row: int, column: int, text: str, form: object) -> None:
        """One cell of text; never a formula, a link or a number."""
        safe = text.translate(_NOT_XML)[:_LONGEST_CELL]
        if safe:
            self.sheet.write_string(row, column, safe, form)
        else:
            self.sheet.write_blank(row, column, None, form)

    def notes(self, notes: Sequence[Sequence[str]]) -> None:
        """A second sheet that explains the columns; its first note is its heading."""
        if not notes:
            return
        self.sheet, data = self.book.add_worksheet("Hướng dẫn"), self.sheet
        self.table(Sheet(tuple(notes[0]), tuple(tuple(note) for note in notes[1:])))
        self.sheet = data


def _width(sheet: Sheet, column: int) -> int:
    cells = [sheet.headers[column], *(row[column] or "" for row in sheet.rows[:200])]
    return min(max(map(len, cells)) + 2, 60)
