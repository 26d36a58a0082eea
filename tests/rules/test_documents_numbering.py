"""Numbers, symbols and the right to issue (S0-01; domain: document_format)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents.numbering import DocumentType, number_text, symbol_text
from core.documents.text import DocumentError


@pytest.mark.parametrize(("number", "written"), [(1, "01"), (9, "09"), (10, "10"), (44, "44"), (101, "101")])
def test_numbers_below_ten_take_a_leading_zero(number: int, written: str) -> None:
    assert number_text(number) == written


@given(st.integers(max_value=0))
def test_a_number_below_one_is_refused(number: int) -> None:
    with pytest.raises(DocumentError, match="từ 01 trở lên"):
        number_text(number)


def test_symbol_line_has_no_colon_and_no_spaces_round_the_dash() -> None:
    assert symbol_text(44, DocumentType.PLAN, "HU") == "Số 44-KH/HU"
    assert symbol_text(5, DocumentType.GUIDANCE, "BTGHU") == "Số 05-HD/BTGHU"


def test_a_number_not_yet_taken_leaves_room() -> None:
    assert symbol_text(None, DocumentType.MINUTES, "CB") == "Số " + "\u00a0" * 6 + "-BB/CB"


def test_an_older_type_symbol_may_be_kept() -> None:
    assert symbol_text(14, DocumentType.REGULATION, "TU", "QĐi") == "Số 14-QĐi/TU"


def test_an_issuer_without_abbreviation_is_refused() -> None:
    with pytest.raises(DocumentError, match="ký hiệu cơ quan ban hành"):
        symbol_text(1, DocumentType.REPORT, "")


def test_symbols_are_those_of_the_official_form() -> None:
    symbols = "NQ QĐ QĐ CT KL QC TT HD TB BC KH CTr ĐA PA TTr CV BB"
    assert " ".join(kind.symbol for kind in DocumentType) == symbols


def test_values_stored_are_plain_words_and_labels_vietnamese() -> None:
    assert DocumentType("plan") is DocumentType.PLAN
    assert (DocumentType.PLAN, DocumentType.PLAN.label) == ("plan", "Kế hoạch")
