"""Spreadsheet files measured before they are parsed (design: security 65, 67, 68)."""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final
from xml.parsers import expat

from core.rosters.table import SheetError

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PARTS: Final = 200
MAX_EXPANDED: Final = 50 * 1024 * 1024
MAX_RATIO: Final = 100
MAX_TEXT: Final = 25_000_000
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60
MAX_PROMISED: Final = 2 * MAX_ROWS * MAX_COLUMNS
HEADING_WITHIN: Final = 20

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 512 * 1024
_NEEDED = ("[Content_Types]", "_rels/", "xl/")
_WORKBOOK_TYPE = b"spreadsheetml.sheet.main+xml"
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
DAMAGED = "Tệp bị hỏng hoặc không đúng định dạng. Đề nghị mở tệp bằng Excel, lưu lại dạng .xlsx rồi tải lên."
_NOT_XLSX = "Tệp không phải là bảng tính Excel .xlsx. Đề nghị mở tệp bằng Excel, chọn Lưu thành, kiểu .xlsx."
_OLD_OR_LOCKED = (
    "Tệp là Excel đời cũ (.xls) hoặc có mật khẩu. Đề nghị bỏ mật khẩu, lưu lại dạng .xlsx rồi tải lên."
)
_TOO_BIG = "Tệp quá lớn (tối đa 5 MB, giải nén 50 MB). Đề nghị bỏ hình ảnh, định dạng thừa hoặc chia nhỏ tệp."
_TOO_WIDE = "Bảng có quá 60 cột. Đề nghị xóa các cột thừa bên phải bảng rồi tải lên lại."
TOO_LONG = "Bảng có quá 20.000 dòng. Đề nghị chia thành nhiều tệp rồi tải lên lần lượt."
EMPTY = "Bảng không có dòng dữ liệu nào. Đề nghị điền danh sách dưới dòng tiêu đề của trang tính đầu tiên."


def measured(data: bytes, name: str) -> io.BytesIO:
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
        raise SheetError(DAMAGED) from error
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
        raise SheetError(DAMAGED)
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
            raise SheetError(DAMAGED)
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
            raise error if isinstance(error, SheetError) else SheetError(DAMAGED) from error
        return content

    def check_text(self) -> None:
        """The text of all cells together, each shared string as often as it is used."""
        if sum(uses * self.lengths[string] for string, uses in self.uses.items()) > MAX_TEXT:
            raise SheetError(_TOO_BIG)

    def refuse(self, *_doctype: object) -> None:
        raise SheetError(DAMAGED)

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
                raise SheetError(DAMAGED)
            self.uses[int(text)] += 1
            self.awaits_index, self.has_index = False, True
        elif self.has_index and text.strip():
            raise SheetError(DAMAGED)

    def place(self, reference: str | None) -> None:
        if reference is None:
            self.column += 1
            self.cell_row = self.row
            return
        found = _REFERENCE.fullmatch(reference)
        if not found:
            raise SheetError(DAMAGED)
        self.column = 0
        for letter in found[1].upper():
            self.column = self.column * 26 + ord(letter) - 64
        self.cell_row = int(found[2])

    def check_place(self) -> None:
        if self.column > MAX_COLUMNS:
            raise SheetError(_TOO_WIDE)
        if self.cell_row > MAX_ROWS + HEADING_WITHIN:
            raise SheetError(TOO_LONG)


def _chunks(content: bytes) -> Iterator[bytes]:
    """Pieces that end with a tag, so that no number is handed over in two."""
    start = 0
    while start < len(content):
        end = content.rfind(b">", start, start + _CHUNK) + 1 or start + _CHUNK
        yield content[start:end]
        start = end
