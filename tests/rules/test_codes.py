"""Codes of kinds of cells, blocks and ranks: the same whatever a tenant's spelling (S0-35)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.codes import SLUG, code_of, name_of


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Nông thôn", "rural"),
        ("Khối cơ quan", "agency"),
        ("Chi bộ Trường học", "school"),
        ("TRẠM Y TẾ", "health_station"),
        ("Chợ đêm", "cho_dem"),
        ("rural", "rural"),
        ("…", ""),
    ],
)
def test_a_name_has_one_code_whatever_its_spelling(name: str, code: str) -> None:
    assert code_of(name) == code


@given(st.text())
def test_a_code_is_a_slug_whose_words_give_it_back(name: str) -> None:
    code = code_of(name)
    assert not code or SLUG.fullmatch(code)
    assert code_of(code) == code_of(name_of(code)) == code
