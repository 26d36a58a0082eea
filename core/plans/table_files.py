"""Tables in CSV files: rows whose every fault names line and column (docs/plan-file.md)."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from core.plans.problems import nearest
from core.plans.yaml_lines import Fault
from tenants.vietnamese import nfc

Value = TypeVar("Value")
MOST_HINTS: Final = 20
"""Looking for the nearest of thousands of words takes time: a file full of faults gets only so many."""


class TableError(Exception):
    """A table cannot be read; `faults` names line and column of everything wrong."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        super().__init__("\n".join(map(str, self.faults)))


class Row:
    """One line of a table; what cannot be read is noted, with its column."""

    def __init__(self, line: int, cells: Mapping[str, str], faults: list[Fault]) -> None:
        self.line, self._cells, self._faults = line, cells, faults

    def fault(self, column: str, text: str) -> None:
        """Note what is wrong in a column."""
        self._faults.append(Fault(self.line, column, text))

    def unknown(self, column: str, what: str, word: str, known: Iterable[str]) -> None:
        """Note that a word names nothing, with the nearest that would."""
        hint = nearest(word, known) if len(self._faults) < MOST_HINTS else "."
        self.fault(column, f"Không có {what} “{word}”{hint}")

    def text(self, column: str) -> str:
        """What the column says, composed and trimmed; empty where there is no such column."""
        return nfc((self._cells.get(column) or "").strip())

    def read(self, column: str, reader: Callable[[str], Value], otherwise: Value) -> Value:
        """What the reader makes of the column; where it raises ValueError that is noted."""
        try:
            return reader(self.text(column))
        except ValueError as error:
            self.fault(column, str(error))
            return otherwise


def rows_of(
    text: str | bytes, columns: tuple[str, ...], needed: tuple[str, ...], faults: list[Fault]
) -> Iterator[Row]:
    """The rows of a table that are not empty, separated by commas or semicolons; none where its headings are
    not those of `columns` with all that is `needed`."""
    words = _decoded(text, faults)
    first = words.partition("\n")[0]
    reader = csv.reader(io.StringIO(words), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        given = [name.strip() for name in next(reader, [])]
        faults += _headings(given, columns, needed) if not faults else ()
        if not faults:
            yield from _rows(reader, given, faults)
    except csv.Error:
        faults.append(Fault(reader.line_num, "", "Dòng này không đúng dạng CSV."))


def _rows(reader: Any, given: list[str], faults: list[Fault]) -> Iterator[Row]:
    line = 2
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row = Row(line, dict(zip(given, cells, strict=False)), faults)
            if len(cells) > len(given):
                row.fault(given[-1], f"Dòng có {len(cells)} ô, bảng chỉ có {len(given)} cột.")
            yield row
        line = reader.line_num + 1


def _decoded(text: str | bytes, faults: list[Fault]) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        faults.append(Fault(line, "", "Tệp không phải văn bản UTF-8; xin lưu lại dạng “CSV UTF-8”."))
        return ""


def _headings(given: list[str], columns: tuple[str, ...], needed: tuple[str, ...]) -> Iterator[Fault]:
    for name in needed:
        if name not in given:
            yield Fault(1, name, "Thiếu cột này.")
    for place, name in enumerate(given):
        if name in given[:place]:
            yield Fault(1, name, "Cột này có hai lần.")
        elif name not in columns:
            yield Fault(1, name or f"cột {place + 1}", f"Không có cột “{name}”{nearest(name, columns)}")
