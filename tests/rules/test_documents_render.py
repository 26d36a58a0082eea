"""The PDF, read back: every letter, only our fonts, the same bytes, nothing fetched (security, 70 to 73)."""

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader
from reportlab.pdfbase import pdfmetrics

from core.documents.figures_table import Align, Column, RowGroup, Table
from core.documents.form import Block, Bullet, DocumentSheet, Heading, Paragraph
from core.documents.letterhead import HouseStyle, Recipient, Signature, Verification
from core.documents.numbering import DocumentType
from core.documents.render import MAX_ROWS, _html, _pdf, render_pdf
from core.documents.text import DocumentError

TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
VOWELS = [normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in TONES]
LETTERS = "".join(VOWELS) + "đ" + "".join(VOWELS).upper() + "Đ"
STYLES = [(False, False), (True, False), (False, True), (True, True)]


def sheet(*body: Block) -> DocumentSheet:
    """A report of a district committee of an invented place."""
    return DocumentSheet(
        doc_type=DocumentType.REPORT,
        issuer="Huyện ủy An Bình",
        superior="Đảng bộ tỉnh Trường Sơn",
        issuer_symbol="HU",
        number=5,
        place="An Bình",
        issued_on=date(2026, 2, 5),
        subject="kết quả sinh hoạt chi bộ tháng 01 năm 2026",
        body=body or (Paragraph("Ban Thường vụ báo cáo kết quả như sau."),),
        recipients=(Recipient("Ban Thường vụ Tỉnh ủy", "b/c"), Recipient("Các chi bộ trực thuộc")),
        archive="Văn phòng Huyện ủy",
        signature=Signature("Phó Bí thư", "Nguyễn Thị Phượng", "T/M Ban Thường vụ", signed=True),
        verification=Verification(3, hashlib.sha256(b"x").hexdigest()),
    )


def long_table(rows: int, header: str = "Số đảng viên") -> Table:
    columns = (Column("Chi bộ", 3), Column(header, 1, Align.RIGHT))
    return Table(columns, (RowGroup(tuple((f"Thôn {n}", f"{n}") for n in range(rows)), "Xã Bình"),))


def pages_of(printed: DocumentSheet) -> list[PageObject]:
    return list(PdfReader(BytesIO(render_pdf(printed))).pages)


def text_of(printed: DocumentSheet) -> str:
    """The text of all pages without white space, which extraction does not keep faithfully."""
    return "".join("".join(page.extract_text().split()) for page in pages_of(printed))


def fonts_of(page: PageObject) -> list[Any]:
    resources: Any = page["/Resources"]
    return list(resources["/Font"].values())


@pytest.mark.parametrize(("bold", "italic"), STYLES)
def test_every_vietnamese_letter_is_printed_in_every_style(bold: bool, italic: bool) -> None:
    assert len(set(LETTERS)) == 146
    assert LETTERS in text_of(sheet(Paragraph(LETTERS, bold=bold, italic=italic)))


@pytest.mark.parametrize("face", ["tinos_00", "tinos_10", "tinos_01", "tinos_11"])
def test_every_face_has_a_glyph_for_every_letter(face: str) -> None:
    glyphs = pdfmetrics.getFont(face).face.charToGlyph
    assert not [letter for letter in LETTERS + "–…“”•−×≥≤" if not glyphs.get(ord(letter))]


def test_only_subsets_of_tinos_are_used_and_all_are_embedded() -> None:
    body = [Paragraph(LETTERS, bold=bold, italic=italic) for bold, italic in STYLES]
    fonts = [font for page in pages_of(sheet(*body, long_table(60))) for font in fonts_of(page)]
    faces = {"Tinos", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"}
    assert {font["/BaseFont"] for font in fonts} == {f"/AAAAAA+{face}" for face in faces}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_every_official_part_is_printed() -> None:
    parts = [
        "ĐẢNG BỘ TỈNH TRƯỜNG SƠN", "HUYỆN ỦY AN BÌNH*Số 05-BC/HU", "ĐẢNG CỘNG SẢN VIỆT NAM",
        "An Bình, ngày 05 tháng 02 năm 2026", "BÁO CÁO kết quả sinh hoạt chi bộ tháng 01 năm 2026-----",
        "Nơi nhận:- Ban Thường vụ Tỉnh ủy (b/c),- Các chi bộ trực thuộc,- Lưu Văn phòng Huyện ủy.",
        "T/M BAN THƯỜNG VỤ PHÓ BÍ THƯ (đã ký) Nguyễn Thị Phượng", "Phiên bản 3. Mã đối chiếu: 2D71-1642-B726",
    ]  # fmt: skip
    text = text_of(sheet())
    assert [part for part in parts if "".join(part.split()) not in text] == []


def test_an_unsigned_sheet_leaves_room_to_sign() -> None:
    assert "(đãký)" not in text_of(replace(sheet(), signature=Signature("Trưởng Ban", "Trần Văn Bình")))


@pytest.mark.parametrize(
    ("day", "end"), [(date(2026, 5, 26), "nhưsau./."), (date(2026, 5, 27), "nhưsau.Nơi")]
)
def test_the_text_ends_as_the_form_of_its_day_asks(day: date, end: str) -> None:
    assert end in text_of(replace(sheet(), issued_on=day))


def test_a_letter_has_its_subject_under_the_number_and_no_type() -> None:
    letter = replace(sheet(), doc_type=DocumentType.LETTER, addressees=("Thường trực Đảng ủy xã Bình",))
    text = text_of(letter)
    assert "Số05-CV/HUkếtquảsinhhoạtchibộtháng01năm2026" in text
    assert "Kínhgửi:ThườngtrựcĐảngủyxãBình" in text
    assert "CÔNGVĂN" not in text


def test_minutes_are_signed_by_recorder_and_chair() -> None:
    recorder, chair = Signature("Người ghi biên bản", "Lê Thị Hạnh"), Signature("Chủ trì", "Phạm Văn Thưởng")
    minutes = replace(sheet(), doc_type=DocumentType.MINUTES, number=None, recorder=recorder, signature=chair)
    text = text_of(minutes)
    assert all(part in text for part in ("NGƯỜIGHIBIÊNBẢN", "LêThịHạnh", "CHỦTRÌ", "PhạmVănThưởng"))


def test_headings_bullets_and_house_style() -> None:
    body = (Heading("Kết quả"), Heading("Ưu điểm", 2), Bullet("Xã"), Bullet("Thôn", 2), Paragraph("Hết"))
    styled = replace(sheet(*body), style=HouseStyle(section_mark="-", recipient_end=";", title_bold=False))
    text = text_of(styled)
    assert "I-Kếtquả1.Ưuđiểm-Xã+ThônHết./." in text
    assert "(b/c);" in text


def test_the_page_number_starts_on_the_second_page() -> None:
    first, second, third = (page.extract_text().splitlines() for page in pages_of(sheet(long_table(80)))[:3])
    assert "1" not in first[:3]
    assert (second[0], third[0]) == ("2", "3")


def test_the_header_of_a_table_is_repeated_on_every_page() -> None:
    pages = pages_of(sheet(long_table(90, header="Tiêu đề cột"), Paragraph("Hết.")))
    with_rows = [page.extract_text() for page in pages if "Thôn" in page.extract_text()]
    assert len(with_rows) >= 3
    assert [text.count("Chi bộ\n") for text in with_rows] == [1] * len(with_rows)


def test_rows_groups_and_total_are_printed_in_order() -> None:
    table = replace(long_table(2), total=("Cộng", "1"), caption="Biểu 1")
    assert "Biểu1ChibộSốđảngviênXãBìnhThôn00Thôn11Cộng1" in text_of(sheet(table))


def test_a_cell_longer_than_a_page_is_cut_not_lost() -> None:
    long = "chi bộ " * 3000
    table = Table((Column("A"), Column("B", 3)), (RowGroup((("x" * 300, long),)),))
    text = text_of(sheet(table))
    assert text.count("chibộ") == 3000 + text_of(sheet()).count("chibộ")
    assert text.count("x") - text_of(sheet()).count("x") == 300


def test_a_short_table_stays_with_its_heading() -> None:
    lines = [Paragraph("Dòng")] * 24
    pages = pages_of(sheet(*lines, Heading("Biểu sau"), replace(long_table(10), caption="Biểu 1")))
    assert [("Biểu sau" in page.extract_text(), "Thôn 0" in page.extract_text()) for page in pages] == [
        (False, False),
        (True, True),
    ]


def test_a_long_table_begins_where_it_stands() -> None:
    assert "Thôn 0" in pages_of(sheet(Heading("Biểu"), long_table(60)))[0].extract_text()


def test_a_long_source_leaves_no_file_open() -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    _pdf(f"<p>x</p><!--{'x' * 200_000}-->")
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_too_many_rows_are_refused_in_vietnamese() -> None:
    with pytest.raises(DocumentError, match=r"2001 dòng bảng, quá 2000 dòng.*XLSX"):
        render_pdf(sheet(long_table(MAX_ROWS)))


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert render_pdf(sheet(long_table(30))) == render_pdf(sheet(long_table(30)))


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests/rules'); from test_documents_render import *;"
        "sys.stdout.buffer.write(render_pdf(sheet(long_table(30))))"
    )
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(root)}
    other = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=environment, check=True, capture_output=True
    )
    assert other.stdout == render_pdf(sheet(long_table(30)))


HOSTILE = [
    "a < b & c > d &amp; &lt;", "{{7*7}} {% raw %} ${7*7} #{7*7}", "<b>đậm</b><script>alert(1)</script>",
    '<img src="file:///etc/hostname">', "<pdf:include src='x'>", "</style></td></table>]]><!--", "'\"`\\",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_text_is_printed_as_written(text: str) -> None:
    table = Table((Column(text),), (RowGroup(((text,),), title=text),), caption=text)
    printed = replace(sheet(Heading(text), Paragraph(text), Bullet(text), table), subject=text, issuer=text)
    assert text_of(printed).count("".join(text.split())) >= 7


@given(st.text(min_size=1))
@settings(max_examples=50, deadline=None)
def test_text_never_becomes_markup(text: str) -> None:
    table = Table((Column(text),), (RowGroup(((text,),)),))
    hostile = replace(sheet(Paragraph(text), table), subject=text, place=text, archive="x" + text)
    harmless = replace(
        hostile, subject="x", place="x", archive="x", body=sheet(Paragraph("x"), long_table(0)).body
    )
    table_of_x = Table((Column("x"),), (RowGroup((("x",),)),))
    assert _html(hostile).count("<") == _html(replace(harmless, body=(Paragraph("x"), table_of_x))).count("<")


def test_a_letter_outside_the_font_is_shown_as_missing() -> None:
    assert "Tốt\ufffdlắm" in text_of(sheet(Paragraph("Tốt 😀 lắm")))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


FETCHES = [
    '<img src="{}">', "<style>@import url({});</style>", '<link rel="stylesheet" href="{}">',
    "<style>@font-face {{font-family: X; src: url({})}}</style>", '<pdf:insertpdf src="{}">',
    '<p style="background: url({})">x</p>', '<object data="{}"></object>', "<svg><image href='{}'/></svg>",
]  # fmt: skip


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "localhost"])
@pytest.mark.parametrize("markup", FETCHES)
def test_nothing_is_fetched_from_the_network(markup: str, host: str, listener: socket.socket) -> None:
    _pdf(
        f"<html><body><p>x</p>{markup.format(f'http://{host}:{listener.getsockname()[1]}/a.ttf')}</body></html>"
    )
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("scheme", ["", "file://"])
@pytest.mark.parametrize("tag", ['<link rel="stylesheet" href="{}">', "<style>@import url({});</style>"])
def test_files_outside_the_font_folder_are_not_read(
    tag: str, scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    canary = tmp_path / "canary.css"
    canary.write_text("@page { size: a6 }")
    printed = _pdf(
        f"<html><head>{tag.format(f'{scheme}{canary}')}{tag.format('canary.css')}</head><p>x</p></html>"
    )
    assert round(PdfReader(BytesIO(printed)).pages[0].mediabox.width) == 595
