"""The forms of a roster file: the file itself, and which of its columns means what (X04)."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin.forms import PageForm
from core.rosters.columns import Column, ColumnMapping, RosterKind
from core.rosters.sheets import Sheet


class UploadForm(PageForm):
    """The file."""

    file = FileField("Tệp Excel (.xlsx)", [FileRequired("Xin chọn tệp cần tải lên.")])


def columns_form(kind: RosterKind, sheet: Sheet, mapping: ColumnMapping) -> Any:
    """A list of the file's headings for each column, the matched one chosen."""
    headings = [(str(n), text.strip() or f"Cột thứ {n + 1}") for n, text in enumerate(sheet.headers)]

    def field(column: Column) -> SelectField:
        position = mapping.positions.get(column.key)
        return SelectField(
            column.heading_vi,
            [InputRequired("Xin chọn cột tương ứng trong tệp.")] if column.required else [],
            choices=[("", "Không có trong tệp"), *headings],
            default="" if position is None else str(position),
        )

    fields = {f"column_{column.key}": field(column) for column in kind.columns}
    return type("ColumnsForm", (PageForm,), fields)()


def samples_of(sheet: Sheet, mapping: ColumnMapping) -> dict[str, str]:
    """The first filled cells of each matched column."""
    found = {}
    for key, position in mapping.positions.items():
        filled = (row[position] for row in sheet.rows[:50] if row[position])
        found[key] = "; ".join(str(cell)[:40] for cell, _three in zip(filled, range(3), strict=False))
    return found
