"""Codes by which plans name kinds of cells, blocks and ranks, whatever a tenant calls them; pure (S0-35)."""

import re
from typing import Final

from tenants.vietnamese import fold, nfc

SLUG: Final = re.compile(r"[a-z0-9_]{1,40}")
RANKS: Final = {
    "province": "Cấp tỉnh",
    "district": "Cấp huyện",
    "commune": "Cấp xã",
    "base": "Cấp cơ sở",
    "partial": "Đảng bộ bộ phận",
}
"""Ranks of an organisation's committee: the code that plans use, and the words that people read."""
_NAMES: Final = {
    "agency": "Cơ quan",
    "armed_forces": "Lực lượng vũ trang",
    "enterprise": "Doanh nghiệp",
    "health_station": "Trạm y tế",
    "residential": "Khu dân cư",
    "rural": "Nông thôn",
    "school": "Trường học",
}
_CODES: Final = {fold(name): code for code, name in _NAMES.items()}
_PREFIX: Final = re.compile(r"^(khoi|chi bo) ")


def code_of(name: str) -> str:
    """The code of a name: a known one's ("Khối cơ quan": "agency"), else the name folded ("cho_dem").

    Empty only for a text without letters or digits; the code of a code is itself.
    """
    folded = fold(name)
    known = _CODES.get(folded) or _CODES.get(_PREFIX.sub("", folded))
    return known or re.sub(r"[^a-z0-9]+", "_", folded).strip("_")[:40].strip("_")


def name_of(code: str) -> str:
    """The words for a code, such that `code_of` gives it back; the code itself where it has none."""
    return nfc(_NAMES.get(code, code))
