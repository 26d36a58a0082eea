"""Spreadsheets read and written safely: one table of text in, one table of text out (X04, E06).

A file is measured before it is parsed, and the parser sees only a copy of the parts that were measured
(design: security 65, 68). Written text is never a formula (design: security 34).
"""

import io
import re
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from xml.parsers import expat

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PARTS: Final = 200
MAX_EXPANDED: Final = 50 * 1024 * 1024
MAX_RATIO: Final = 100
MAX_TEXT: Final = 25_000_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60
MAX_PROMISED: Final = 2 * MAX_ROWS * MAX_COLUMNS
HEADING_WITHIN: Final = 20
FAULT_HEADING: Final = "Lỗi"

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 512 * 1024
_LONGEST_CELL = 32_767
_NOT_XML = {0xFFFE: None, 0xFFFF: None}
_NEEDED = ("[Content_Types]", "_rels/", "xl/")
_WORKBOOK_TYPE = b"spreadsheetml.sheet.main+xml"
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_RISKY = tuple("=+-@\t\r")
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")
_DAMAGED = "Tệp bị hỏng hoặc không đúng định dạng. Đề nghị mở tệp bằng Excel, lưu lại dạng .xlsx rồi tải lên."
_NOT_XLSX = "Tệp không phải là bảng tính Excel .xlsx. Đề nghị mở tệp bằng Excel, chọn Lưu thành, kiểu .xlsx."
_OLD_OR_LOCKED = (
    "Tệp là Excel đời cũ (.xls) hoặc có mật khẩu. Đề nghị bỏ mật khẩu, lưu lại dạng .xlsx rồi tải lên."
)
_TOO_BIG = "Tệp quá lớn (tối đa 5 MB, giải nén 50 MB). Đề nghị bỏ hình ảnh, định dạng thừa hoặc chia nhỏ tệp."
_TOO_WIDE = "Bảng có quá 60 cột. Đề nghị xóa các cột thừa bên phải bảng rồi tải lên lại."
_TOO_LONG = "Bảng có quá 20.000 dòng. Đề nghị chia thành nhiều tệp rồi tải lên lần lượt."
_EMPTY = "Bảng không có dòng dữ liệu nào. Đề nghị điền danh sách dưới dòng tiêu đề của trang tính đầu tiên."


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


def read_sheet(data: bytes, name: str) -> Sheet:
    """The first visible sheet of the XLSX file `name`; its heading is the first well-filled row (X04).

    Whole numbers lose their ".0", dates become dd/mm/yyyy. Raises SheetError.
    """
    rows = _cells(_measured(data, name))
    top = _heading_index(rows)
    body = [tuple(_text(cell) for cell in row) for row in rows[top + 1 :]]
    while body and not any(map(_filled, body[-1])):
        body.pop()
    if not body:
        raise SheetError(_EMPTY)
    if len(body) > MAX_ROWS:
        raise SheetError(_TOO_LONG)
    return Sheet(tuple(_text(cell) or "" for cell in rows[top]), tuple(body), top + 2)


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


def _measured(data: bytes, name: str) -> io.BytesIO:
    """A plain copy of the file's XML parts, each measured and free of DTDs; every other part is left out."""
    _check_wrapping(data, name)
    copy = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(copy, "w") as target:
            _check_listing(source.infolist())
            gauge = _Gauge()
            for part in source.infolist():
                if part.filename.startswith(_NEEDED) and part.filename.endswith((".xml", ".rels")):
                    target.writestr(part.filename, gauge.measured(source.read(part)))
            gauge.check_text()
            if _WORKBOOK_TYPE not in target.read("[Content_Types].xml"):
                raise SheetError(_NOT_XLSX)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise SheetError(_DAMAGED) from error
    copy.seek(0)
    return copy


def _check_wrapping(data: bytes, name: str) -> None:
    if len(data) > MAX_BYTES:
        raise SheetError(_TOO_BIG)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetError(_OLD_OR_LOCKED)
    if not name.lower().endswith(".xlsx") or not data.startswith(b"PK\x03\x04"):
        raise SheetError(_NOT_XLSX)


def _check_listing(parts: Sequence[zipfile.ZipInfo]) -> None:
    if len({part.filename for part in parts}) != len(parts):
        raise SheetError(_DAMAGED)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_EXPANDED:
        raise SheetError(_TOO_BIG)
    if any(part.file_size > MAX_RATIO * max(part.compress_size, 1) for part in parts):
        raise SheetError(_TOO_BIG)


class _Gauge:
    """Walks a file's XML parts, refusing DTDs, filled cells outside the largest table, promised counts that
    the parser would reserve memory for, and shared strings repeated beyond measure.
    """

    def __init__(self) -> None:
        self.lengths: Counter[int] = Counter()
        self.uses: Counter[int] = Counter()

    def measured(self, content: bytes) -> bytes:
        """The part's content as given, or SheetError."""
        if b"\0" in content or content.startswith(_UTF_16):
            raise SheetError(_DAMAGED)
        self.row = self.column = self.cell_row = 0
        self.string = -1
        self.is_shared = self.awaits_index = self.has_index = False
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self.start
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.refuse
        try:
            for chunk in _chunks(content):
                parser.Parse(chunk)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError) as error:
            raise error if isinstance(error, SheetError) else SheetError(_DAMAGED) from error
        return content

    def check_text(self) -> None:
        """The text of all cells together, each shared string as often as it is used."""
        if sum(uses * self.lengths[string] for string, uses in self.uses.items()) > MAX_TEXT:
            raise SheetError(_TOO_BIG)

    def refuse(self, *_doctype: object) -> None:
        raise SheetError(_DAMAGED)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if any(int(attributes.get(promise, 0)) > MAX_PROMISED for promise in ("count", "uniqueCount")):
            raise SheetError(_TOO_BIG)
        self.awaits_index, self.has_index = tag == "v" and self.is_shared, False
        if tag not in ("v", "f", "is"):
            self.is_shared = tag == "c" and attributes.get("t") == "s"
        if tag == "c":
            self.place(attributes.get("r"))
        elif tag in ("v", "is"):
            self.check_place()
        elif tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif tag == "si":
            self.string += 1

    def text(self, text: str) -> None:
        """A shared string's text, or the number of one: in one plain piece, as the parser reads it."""
        if self.string >= 0:
            self.lengths[self.string] += len(text)
        elif self.awaits_index:
            if not (text.isascii() and text.isdigit()):
                raise SheetError(_DAMAGED)
            self.uses[int(text)] += 1
            self.awaits_index, self.has_index = False, True
        elif self.has_index and text.strip():
            raise SheetError(_DAMAGED)

    def place(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            self.cell_row = self.row
            return
        found = _REFERENCE.fullmatch(reference)
        if not found:
            raise SheetError(_DAMAGED)
        self.column = 0
        for letter in found[1].upper():
            self.column = self.column * 26 + ord(letter) - 64
        self.cell_row = int(found[2])

    def check_place(self) -> None:
        if self.column > MAX_COLUMNS:
            raise SheetError(_TOO_WIDE)
        if self.cell_row > MAX_ROWS + HEADING_WITHIN:
            raise SheetError(_TOO_LONG)


def _chunks(content: bytes) -> Iterator[bytes]:
    """Pieces that end with a tag, so that no number is handed over in two."""
    start = 0
    while start < len(content):
        end = content.rfind(b">", start, start + _CHUNK) + 1 or start + _CHUNK
        yield content[start:end]
        start = end


def _cells(measured: io.BytesIO) -> list[list[Any]]:
    try:
        with CalamineWorkbook.from_filelike(measured) as workbook:
            shown = (
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            )
            first = next(shown, None)
            if first is None:
                raise SheetError(_EMPTY)
            return workbook.get_sheet_by_name(first).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise SheetError(_DAMAGED) from error


def _heading_index(rows: list[list[Any]]) -> int:
    """The first row at least two thirds as full as the fullest of the first rows: titles are shorter."""
    filled = [sum(map(_filled, row)) for row in rows[:HEADING_WITHIN]]
    fullest = max(filled, default=0)
    if not fullest:
        raise SheetError(_EMPTY)
    return next(index for index, count in enumerate(filled) if 3 * count >= 2 * fullest)


def _filled(cell: object) -> bool:
    return cell is not None and bool(str(cell).strip())


def _text(cell: object) -> str | None:
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime) and (cell.hour or cell.minute or cell.second):
        return f"{cell:%d/%m/%Y %H:%M:%S}"
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)


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
