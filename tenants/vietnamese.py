"""Vietnamese text: one spelling to store, one key to search by, one key to sort people by (X05).

Keys are plain text for columns with COLLATE "C", where PostgreSQL and Python agree on the order.
"""

from unicodedata import category, normalize

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTERS = {"\u0306": "~", "\u0302": "~~", "\u031b": "~~~"}
_UNSEEN = ("Mn", "Cf")


def nfc(text: str) -> str:
    """The text in composed form, the only form stored."""
    return normalize("NFC", text)


def fold(text: str) -> str:
    """The search key: lower case, no diacritics, đ as d, spaces squeezed ("Uỷ  ban", "ủy ban": "uy ban")."""
    seen = "".join(mark for mark in _decomposed(text) if mark.isascii() or category(mark) not in _UNSEEN)
    return nfc(" ".join(seen.replace("đ", "d").split()))


def sort_key(full_name: str, given_words: int = 1) -> str:
    """The key that sorts people by given name, then middle names, then family name.

    Letters follow a ă â b c d đ e ê … and decide before tones, which follow ngang, huyền, hỏi, ngã, sắc,
    nặng. Case, punctuation and the place of the tone mark ("hoà", "hòa") do not matter. `given_words` is 2
    for a two-syllable given name.
    """
    words = [_word_key(word) for word in _decomposed(full_name).split()]
    if len(words) <= given_words:
        return "-".join(words)
    cut = max(len(words) - given_words, 1)
    return " ".join("-".join(part) for part in (words[cut:], words[1:cut], words[:1]))


def _decomposed(text: str) -> str:
    return normalize("NFD", normalize("NFD", text).lower()).replace("ð", "đ")


def _word_key(word: str) -> str:
    """The word's letters, those with a mark as stem and tildes in their order, then its tone (0: ngang)."""
    letters = "".join(
        "d~" if mark == "đ" else _LETTERS.get(mark, mark if mark.isalnum() else "") for mark in word
    )
    return letters + ("".join(_TONES.get(mark, "") for mark in word) or "0")
