"""Spreadsheets in and out: nothing lost, nothing run, nothing that blows up."""

import io
import random
import re
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rosters.sheets import Fault, Sheet, SheetError, read_sheet, with_errors, write_sheet

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=30)
TABLES = st.lists(st.tuples(st.just("1"), CELLS.map(lambda text: text or None)), min_size=1, max_size=5)
SHEET_PART, STRINGS_PART, STYLES_PART = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"


def plain_file() -> bytes:
    return write_sheet("Thử", ["Mã", "Tên"], [["A1", "Chi bộ 1"], ["A2", "Chi bộ 2"]])


def changed(part: str, change: Callable[[str], str | bytes]) -> bytes:
    """The plain file with one of its parts rewritten."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain_file())) as source, zipfile.ZipFile(made, "w", 8) as target:
        for info in source.infolist():
            content = source.read(info).decode()
            target.writestr(info.filename, change(content) if info.filename == part else content)
    return made.getvalue()


def with_row(row: str) -> bytes:
    return changed(SHEET_PART, lambda xml: xml.replace("</sheetData>", f"{row}</sheetData>"))


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(rows: list[tuple[str, str | None]]) -> None:
    read = read_sheet(write_sheet("Danh sách", ["Mã", "Tên"], rows), "a.xlsx")
    assert read == Sheet(("Mã", "Tên"), tuple(rows), 2)


@given(st.sampled_from("=+-@\t\r"), CELLS)
@settings(max_examples=40, deadline=None)
def test_a_formula_comes_back_as_the_same_text(start: str, rest: str) -> None:
    data = write_sheet("Danh sách", ["Mã", "Tên"], [["1", start + rest]])
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["B2"]  # type: ignore[index]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert read_sheet(data, "a.xlsx").rows == (("1", start + rest),)


def test_numbers_and_dates_read_as_people_wrote_them() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Mã", "Số", "Ngày", "Giờ"])
        sheet.write_row(1, 0, [912345678, 105.5])
        sheet.write_datetime(1, 2, date(1980, 9, 5), day)
        sheet.write_datetime(1, 3, datetime(1980, 9, 5, 7, 30), day)  # noqa: DTZ001 - a cell has no zone
    assert read_sheet(file.getvalue(), "A.XLSX").rows == (
        ("912345678", "105.5", "05/09/1980", "05/09/1980 07:30:00"),
    )


def test_titles_above_the_heading_are_passed_over_and_rows_keep_their_numbers() -> None:
    rows: list[list[str | None]] = [
        ["ĐẢNG BỘ XÃ", None, None],
        [None] * 3,
        ["Mã", "Tên", "Loại"],
        ["A", "B", "C"],
        [None] * 3,
        ["D", "E", "F"],
    ]
    read = read_sheet(write_sheet("Danh sách", ["DANH SÁCH", "", ""], rows), "a.xlsx")
    assert (read.headers, read.first_row_number, len(read.rows)) == (("Mã", "Tên", "Loại"), 5, 3)


def test_a_full_file_and_its_file_of_errors_are_read_whole() -> None:
    rows = tuple((f"A{number}", f"Chi bộ {number}", "Tối") for number in range(20_000))
    sheet = read_sheet(write_sheet("Danh sách", ["Mã", "Tên", "Buổi"], rows), "a.xlsx")
    assert sheet.rows == rows
    again = read_sheet(with_errors(sheet, [Fault(20_001, "code", "Sai mã.", 0)]), "a.xlsx")
    assert again.rows == (*((*row, None) for row in rows[:-1]), (*rows[-1], "Sai mã."))


@pytest.mark.parametrize(
    "tail", ["<headerFooter><oddHeader>&amp;CTrang &amp;P</oddHeader></headerFooter>", "\n  <phoneticPr/>\n"]
)
def test_page_headers_and_laid_out_xml_are_no_matter(tail: str) -> None:
    spread = changed(
        SHEET_PART,
        lambda xml: xml.replace("</v></c>", "</v>\n</c>\n").replace("</sheetData>", f"</sheetData>{tail}"),
    )
    assert read_sheet(spread, "a.xlsx").rows == (("A1", "Chi bộ 1"), ("A2", "Chi bộ 2"))


def test_the_guide_sheet_is_not_read() -> None:
    data = write_sheet("Danh sách", ["Mã"], [["A"]], notes=[["Cột", "Cách điền"], ["Mã", "Viết liền"]])
    assert read_sheet(data, "a.xlsx").headers == ("Mã",)
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames[1] == "Hướng dẫn"


def test_errors_come_back_beside_their_rows_with_the_cell_coloured() -> None:
    original = Sheet(("Mã", "Tên"), (("A", "B"), ("C", None)), 4)
    data = with_errors(original, [Fault(5, "name", "Thiếu tên.", 1), Fault(5, "code", "Sai mã.", 0)])
    again = read_sheet(data, "a.xlsx")
    assert again.headers[-1] == "Lỗi"
    assert (again.rows[1][-1], again.first_row_number) == ("Thiếu tên. Sai mã.", 4)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    fills = {cell: sheet[cell].fill.fgColor.rgb for cell in ("A4", "A5", "B5")}  # type: ignore[index]
    assert fills == {"A4": "00000000", "A5": "FFFFC7CE", "B5": "FFFFC7CE"}


def test_correcting_the_returned_file_leaves_one_column_of_errors() -> None:
    original = Sheet(("Mã",), (("A",),), 2)
    once = read_sheet(with_errors(original, [Fault(2, "code", "Sai mã.", 0)]), "a.xlsx")
    twice = read_sheet(with_errors(once, [Fault(2, "code", "Vẫn sai.", 0)]), "a.xlsx")
    assert twice == Sheet(("Mã", "Lỗi"), (("A", "Vẫn sai."),), 2)


def bomb() -> bytes:
    return changed(SHEET_PART, lambda xml: xml + " " * 40_000_000)


def billion_laughs() -> bytes:
    entities = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]>'
    return changed(
        SHEET_PART,
        lambda xml: xml.replace("?>", f"?>{entities}", 1).replace("</sheetData>", "&c;</sheetData>"),
    )


def repeated_string() -> bytes:
    """One string of 1,000 letters in 26,000 cells: a small file, a great deal of text."""
    text = "".join(random.Random(1).choices("abcdefgh", k=1000))
    return write_sheet("Thử", ["Mã", "Tên"], [[text, text]] * 13_000)


def odd_index(index: str) -> bytes:
    return with_row(f'<row r="4"><c r="A4" t="s"><v>{index}</v></c></row>')


def many_parts() -> bytes:
    made = io.BytesIO(plain_file())
    with zipfile.ZipFile(made, "a") as target:
        for number in range(201):
            target.writestr(f"xl/media/{number}", b"")
    return made.getvalue()


def other_package() -> bytes:
    return changed(
        "[Content_Types].xml", lambda xml: xml.replace("spreadsheetml.sheet", "wordprocessingml.document")
    )


REFUSED = {
    "zip bomb": (bomb, "quá lớn"),
    "six megabytes": (lambda: plain_file() + bytes(6_000_000), "quá lớn"),
    "many parts": (many_parts, "quá lớn"),
    "entities": (billion_laughs, "bị hỏng"),
    "html": (lambda: b"<html><table><tr><td>A</td></tr></table></html>", "không phải là bảng tính"),
    "old or locked": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "mật khẩu"),
    "another kind of package": (other_package, "không phải là bảng tính"),
    "cut short": (lambda: plain_file()[:-200], "bị hỏng"),
    "not XML": (lambda: with_row("<row>"), "bị hỏng"),
    "UTF-16": (
        lambda: changed(SHEET_PART, lambda xml: xml.replace("UTF-8", "UTF-16").encode("utf-16")),
        "bị hỏng",
    ),
    "16,384 columns": (lambda: with_row('<row r="4"><c r="XFD4"><v>1</v></c></row>'), "60 cột"),
    "61 unnumbered columns": (lambda: with_row("<row>" + "<c><v>1</v></c>" * 61 + "</row>"), "60 cột"),
    "a far row": (lambda: with_row('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "20.000 dòng"),
    "a far unnumbered cell": (lambda: with_row('<row r="4294967295"><c><v>1</v></c></row>'), "20.000 dòng"),
    "a far empty string": (
        lambda: with_row('<row r="4"><c r="XFD4" t="inlineStr"><is/></c></row>'),
        "60 cột",
    ),
    "promised strings": (
        lambda: changed(
            STRINGS_PART, lambda xml: re.sub(r'uniqueCount="\d+"', 'uniqueCount="4294967295"', xml)
        ),
        "quá lớn",
    ),
    "promised styles": (
        lambda: changed(STYLES_PART, lambda xml: xml.replace('<cellXfs count="', '<cellXfs count="99999999')),
        "quá lớn",
    ),
    "a missing string": (lambda: with_row('<row r="4"><c r="A4" t="s"><v>999</v></c></row>'), "bị hỏng"),
    "a repeated long string": (repeated_string, "quá lớn"),
    "a string's number with an entity": (lambda: odd_index("0&#49;"), "bị hỏng"),
    "a string's number with a sign": (lambda: odd_index("+1"), "bị hỏng"),
    "a string's number after a return": (lambda: odd_index("\n1"), "bị hỏng"),
    "heading alone": (lambda: write_sheet("Thử", ["Mã"], []), "không có dòng"),
}


@pytest.mark.parametrize(("make", "advice"), REFUSED.values(), ids=REFUSED)
def test_a_harmful_or_broken_file_is_refused_fast_with_advice(make: Callable[[], bytes], advice: str) -> None:
    data, started = make(), time.process_time()
    with pytest.raises(SheetError, match=advice):
        read_sheet(data, "a.xlsx")
    assert time.process_time() - started < 1


def test_the_extension_must_agree_with_the_content() -> None:
    with pytest.raises(SheetError, match="Lưu thành"):
        read_sheet(plain_file(), "danh-sach.xls")


def test_sizes_are_measured_not_believed() -> None:
    lying = bytearray(bomb())
    at = lying.rindex(b"PK\x01\x02", 0, lying.rindex(SHEET_PART.encode())) + 24
    lying[at : at + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(SheetError, match="bị hỏng"):
        read_sheet(bytes(lying), "a.xlsx")


@pytest.mark.parametrize(
    "data",
    [
        changed(
            SHEET_PART, lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml)
        ),
        with_row('<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
    ],
    ids=["promised size", "formatted empty cell"],
)
def test_only_filled_cells_count_towards_the_size(data: bytes) -> None:
    started = time.process_time()
    assert len(read_sheet(data, "a.xlsx").rows) == 2
    assert time.process_time() - started < 1


def test_more_than_20_000_rows_are_refused() -> None:
    with pytest.raises(SheetError, match=r"20\.000"):
        read_sheet(write_sheet("Danh sách", ["Mã"], [["A"]] * 20_001), "a.xlsx")
