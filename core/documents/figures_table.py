"""Tables of figures in a document: columns, groups of rows, a total; cut into pieces a renderer can bear."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from core.documents.text import DocumentError, Printed

PIECE_ROWS = 100
"""Lines in one printed table. A single long one takes quadratic time (design: stack): 500 lines in one cost
twice the seconds of five tables of 100. Tables of 25 save 7 % more but put a header inside every page."""

SHORT_ROWS = 15
"""Lines of text up to which a table goes to the next page whole, with its caption and heading."""

LETTERS = 90
"""About how many letters of 12 points stand in a line across the page."""

Row = tuple[str, ...]


class Align(StrEnum):
    """How the cells of a column stand; headers are centred."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)
class Column(Printed):
    """One column: header text, width relative to the other columns', alignment of its cells."""

    title: str
    width: float = 1.0
    align: Align = Align.LEFT


@dataclass(frozen=True)
class RowGroup(Printed):
    """Rows that belong together, under `title` in one cell across the table; no title, no such line."""

    rows: tuple[Row, ...]
    title: str = ""


class LineKind(StrEnum):
    """What a printed line is: a group's title, a row, the total."""

    GROUP = "group"
    ROW = "row"
    TOTAL = "total"


@dataclass(frozen=True)
class Line:
    """A line as printed. A GROUP line has one cell; the others one for each column."""

    kind: LineKind
    cells: Row


@dataclass(frozen=True)
class Table(Printed):
    """A table of text cells; figures come formatted. `font_size` in points.

    Every row, and the total where there is one, has one cell for each column; DocumentError otherwise.
    """

    kind: ClassVar[str] = "table"

    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    total: Row = ()
    caption: str = ""
    font_size: int = 12

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(len(line.cells) != len(self.columns) for line in self.lines if line.kind != LineKind.GROUP):
            raise DocumentError("Bảng số liệu có dòng không đủ số cột. Đồng chí hãy kiểm tra lại mẫu bảng.")

    @property
    def lines(self) -> tuple[Line, ...]:
        """Group titles, rows and total, from top to bottom."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[Line]:
        for group in self.groups:
            if group.title:
                yield Line(LineKind.GROUP, (group.title,))
            yield from (Line(LineKind.ROW, row) for row in group.rows)
        if self.total:
            yield Line(LineKind.TOTAL, self.total)

    @property
    def is_short(self) -> bool:
        """Whether it is kept on one page with what stands above it."""
        return sum(map(self._height, self.lines)) <= SHORT_ROWS

    def _height(self, line: Line) -> int:
        """About how many lines of text the row takes: that of its fullest cell."""
        if line.kind is LineKind.GROUP:
            return 1
        return (
            max(
                -(-len(cell) * 100 // int(LETTERS * width))
                for cell, width in zip(line.cells, self.widths, strict=True)
            )
            or 1
        )

    @property
    def widths(self) -> tuple[float, ...]:
        """Each column's share of the text width, in percent."""
        whole = sum(column.width for column in self.columns)
        return tuple(round(100 * column.width / whole, 2) for column in self.columns)


def pieces(lines: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    """The lines in tables of PIECE_ROWS to be printed one under the other; a group's title never ends one."""
    cut: list[tuple[Line, ...]] = []
    start = 0
    while start < len(lines):
        end = start + PIECE_ROWS
        while start + 1 < end < len(lines) and lines[end - 1].kind == LineKind.GROUP:
            end -= 1
        cut.append(lines[start:end])
        start = end
    return cut or [()]
