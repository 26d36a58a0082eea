"""Spreadsheets read safely: one table of text in (X04, E06). Writing stands in `writing`.

A file is measured before it is parsed, and the parser sees only a copy of the parts that were measured
(design: security 65, 68).
"""

import io
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.rosters.gauge import DAMAGED, EMPTY, HEADING_WITHIN, MAX_ROWS, TOO_LONG, measured
from core.rosters.table import FAULT_HEADING as FAULT_HEADING
from core.rosters.table import Fault as Fault
from core.rosters.table import Sheet as Sheet
from core.rosters.table import SheetError as SheetError
from core.rosters.writing import with_errors as with_errors
from core.rosters.writing import write_sheet as write_sheet


def read_sheet(data: bytes, name: str) -> Sheet:
    """The first visible sheet of the XLSX file `name`; its heading is the first well-filled row (X04).

    Whole numbers lose their ".0", dates become dd/mm/yyyy. Raises SheetError.
    """
    rows = _cells(measured(data, name))
    top = _heading_index(rows)
    body = [tuple(_text(cell) for cell in row) for row in rows[top + 1 :]]
    while body and not any(map(_filled, body[-1])):
        body.pop()
    if not body:
        raise SheetError(EMPTY)
    if len(body) > MAX_ROWS:
        raise SheetError(TOO_LONG)
    return Sheet(tuple(_text(cell) or "" for cell in rows[top]), tuple(body), top + 2)


def _cells(file: io.BytesIO) -> list[list[Any]]:
    try:
        with CalamineWorkbook.from_filelike(file) as workbook:
            shown = (
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            )
            first = next(shown, None)
            if first is None:
                raise SheetError(EMPTY)
            return workbook.get_sheet_by_name(first).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise SheetError(DAMAGED) from error


def _heading_index(rows: list[list[Any]]) -> int:
    """The first row at least two thirds as full as the fullest of the first rows: titles are shorter."""
    filled = [sum(map(_filled, row)) for row in rows[:HEADING_WITHIN]]
    fullest = max(filled, default=0)
    if not fullest:
        raise SheetError(EMPTY)
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
