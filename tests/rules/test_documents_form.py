"""The sheet as data: clean text, form by date, letterhead, numbering of headings, tables."""

from datetime import date
from unicodedata import category, is_normalized, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents.figures_table import PIECE_ROWS, Column, LineKind, RowGroup, Table, pieces
from core.documents.form import Block, Bullet, Heading, Paragraph, labels, roman
from core.documents.letterhead import (
    FORM_05,
    FORM_36,
    HouseStyle,
    Recipient,
    Verification,
    date_line,
    form_on,
    recipient_lines,
)
from core.documents.text import DocumentError, clean


@given(st.text())
def test_clean_text_is_composed_and_hides_nothing(text: str) -> None:
    cleaned = clean(text)
    assert is_normalized("NFC", cleaned)
    assert not {category(letter) for letter in cleaned} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert clean(cleaned) == cleaned


def test_line_breaks_become_spaces_and_direction_marks_go() -> None:
    assert clean("Chi bộ\r\n\tthôn\x00 \u202eMỹ\u200b Thủy ") == "Chi bộ thôn Mỹ Thủy"


def test_every_part_cleans_its_text_however_deep() -> None:
    table = Table((Column("Số\x07 liệu"),), (RowGroup(((normalize("NFD", "Phượng"),),)),))
    assert table.columns[0].title == "Số liệu"
    assert table.groups[0].rows == (("Phượng",),)


@pytest.mark.parametrize(
    ("day", "form"),
    [(date(2017, 2, 26), FORM_36), (date(2026, 5, 26), FORM_36), (date(2026, 5, 27), FORM_05)],
)
def test_the_day_of_issue_decides_the_form(day: date, form: object) -> None:
    assert form_on(day) is form


def test_forms_end_the_text_differently() -> None:
    assert (FORM_36.end_mark, FORM_05.end_mark) == ("./.", ".")


@pytest.mark.parametrize(
    ("day", "line"),
    [
        (date(2026, 2, 5), "Hải Lăng, ngày 05 tháng 02 năm 2026"),
        (date(2018, 3, 14), "Hải Lăng, ngày 14 tháng 3 năm 2018"),
        (date(2026, 10, 9), "Hải Lăng, ngày 09 tháng 10 năm 2026"),
    ],
)
def test_days_below_ten_and_months_one_and_two_take_a_zero(day: date, line: str) -> None:
    assert date_line("Hải Lăng", day) == line


@given(st.dates())
def test_the_date_line_tells_the_date(day: date) -> None:
    numbers = [int(word) for word in date_line("Huế", day).split() if word.isdigit()]
    assert numbers == [day.day, day.month, day.year]


def test_recipients_carry_purpose_and_the_archive_closes() -> None:
    recipients = (Recipient("Ban Thường vụ Tỉnh ủy", "b/c"), Recipient("Phòng Tổng hợp", "đ/c Hùng"))
    assert recipient_lines(recipients, "Văn phòng Tỉnh ủy", ";") == (
        "- Ban Thường vụ Tỉnh ủy (b/c);",
        "- Phòng Tổng hợp (đ/c Hùng);",
        "- Lưu Văn phòng Tỉnh ủy.",
    )


def test_without_archive_the_last_recipient_closes() -> None:
    assert recipient_lines((Recipient("Đảng ủy"), Recipient("Các chi bộ")), "", ",") == (
        "- Đảng ủy,",
        "- Các chi bộ.",
    )
    assert recipient_lines((), "", ",") == ()


def test_line_spacing_stays_within_the_form() -> None:
    with pytest.raises(DocumentError, match="18 đến 20"):
        HouseStyle(line_spacing=21)


def test_the_check_code_is_short_and_names_the_version() -> None:
    assert str(Verification(3, "9f86d081884c" + "0" * 52)) == "Phiên bản 3. Mã đối chiếu: 9F86-D081-884C"


@pytest.mark.parametrize(("version", "digest"), [(0, "a" * 64), (1, "a" * 63), (1, "G" * 64)])
def test_a_wrong_check_code_is_refused(version: int, digest: str) -> None:
    with pytest.raises(DocumentError, match="Mã đối chiếu không hợp lệ"):
        Verification(version, digest)


def test_headings_are_numbered_anew_below_each_higher_one() -> None:
    levels = [1, 2, 3, 3, 4, 4, 2, 4, 1, 2]
    body: tuple[Block, ...] = tuple(Heading("Mục", level) for level in levels)
    assert labels(body) == ("I.", "1.", "1.1.", "1.2.", "a)", "b)", "2.", "a)", "II.", "1.")


def test_text_between_headings_takes_no_number() -> None:
    body = (Heading("Mục"), Paragraph("Lời"), Bullet("Ý"), Heading("Mục"))
    assert labels(body, section_mark="-") == ("I-", "", "", "II-")


def test_letters_follow_the_vietnamese_order() -> None:
    assert "".join(labels(tuple(Heading("Ý", 4) for _ in range(10)))) == "a)b)c)d)đ)e)g)h)i)k)"


def test_more_items_than_letters_are_refused() -> None:
    with pytest.raises(DocumentError, match="mục theo chữ cái"):
        labels(tuple(Heading("Ý", 4) for _ in range(24)))


def test_a_decimal_heading_needs_its_parent() -> None:
    with pytest.raises(DocumentError, match="nằm dưới đề mục 1"):
        labels((Heading("Mục"), Heading("Mục", 3)))


@pytest.mark.parametrize("level", [0, 5])
def test_headings_have_four_levels(level: int) -> None:
    with pytest.raises(DocumentError, match="bốn cấp"):
        Heading("Mục", level)


@pytest.mark.parametrize(
    ("number", "numeral"), [(1, "I"), (4, "IV"), (9, "IX"), (49, "XLIX"), (98, "XCVIII")]
)
def test_roman_numerals(number: int, numeral: str) -> None:
    assert roman(number) == numeral


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(DocumentError, match="không đủ số cột"):
        Table((Column("A"), Column("B")), (RowGroup((("1",),)),))


def test_a_total_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(DocumentError, match="không đủ số cột"):
        Table((Column("A"),), (), total=("Cộng", "1"))


def test_widths_share_the_whole_text_width() -> None:
    assert Table((Column("A", 1), Column("B", 3)), ()).widths == (25.0, 75.0)


@given(st.lists(st.integers(0, 120), max_size=5))
def test_pieces_keep_every_line_in_order_and_never_end_with_a_title(sizes: list[int]) -> None:
    groups = tuple(RowGroup((("x",),) * size, title=f"Nhóm {place}") for place, size in enumerate(sizes))
    lines = Table((Column("A"),), groups, total=("Cộng",)).lines
    cut = pieces(lines)
    assert tuple(line for piece in cut for line in piece) == lines
    assert all(1 <= len(piece) <= PIECE_ROWS and piece[-1].kind != LineKind.GROUP for piece in cut)
