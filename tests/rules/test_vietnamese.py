from itertools import pairwise
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.vietnamese import fold, nfc, sort_key

SPOKEN = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằậềệồợừựýỵ ", max_size=20)
STORED = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Uỷ  ban", "uy ban"),
        ("ủy ban", "uy ban"),
        (" ĐẢNG\u00a0bộ ", "dang bo"),
        ("Ðặng Thị Hằng", "dang thi hang"),
        (normalize("NFD", "Trường Xuân"), "truong xuan"),
        ("Ng\u200buyễn", "nguyen"),
        ("", ""),
    ],
)
def test_fold_reads_every_spelling_of_a_word_alike(text: str, key: str) -> None:
    assert fold(text) == key


@given(STORED)
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(STORED)
def test_spelling_form_changes_no_key(text: str) -> None:
    apart = normalize("NFD", text)
    assert nfc(apart) == nfc(text)
    assert (fold(apart), sort_key(apart)) == (fold(nfc(text)), sort_key(nfc(text)))


@pytest.mark.parametrize(
    "names",
    [
        ["An", "Ăn", "Ân", "Ba", "Ca", "Da", "Đa", "Ea", "Êa", "Oa", "Ôa", "Ơa", "Ua", "Ưa", "Va"],
        ["Anh", "Ành", "Ảnh", "Ãnh", "Ánh", "Ạnh"],
        ["Hoa", "Hòa", "Hỏa", "Hoan", "Hoàn", "Hoang"],
        ["Trần Văn An", "Nguyễn Thị Bình", "Lê Thị Cúc"],
        ["Nguyễn An", "Lê Thị An", "Nguyễn Thị An", "Lê Văn An", "Lê Văn Anh"],
        ["Đinh Văn An", "Lê Văn An", "Lê Văn Bá An"],
    ],
)
def test_names_stand_in_dictionary_order(names: list[str]) -> None:
    keys = [sort_key(name) for name in names]
    assert all(before < after for before, after in pairwise(keys))


def test_case_space_and_tone_placement_do_not_move_a_name() -> None:
    assert sort_key("NGUYỄN  THỊ HOÀ") == sort_key("Nguyễn Thị Hòa")


def test_a_two_syllable_given_name_sorts_by_its_first_syllable() -> None:
    assert sort_key("Lê Minh Anh", given_words=2) > sort_key("Lê Văn Anh")
    assert sort_key("Minh Anh", given_words=2) == "minh0-anh0"


@given(SPOKEN, SPOKEN)
def test_equal_keys_mean_the_same_letters_and_tones(one: str, other: str) -> None:
    if sort_key(one) == sort_key(other):
        assert fold(one) == fold(other)
