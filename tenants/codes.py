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
SPECIAL: Final = {0: "Không", 1: "Đặc thù", 2: "Đặc thù, phức tạp", 3: "Đặc biệt phức tạp"}
"""Ranks of a special area (S4-02), in words."""
_NAMES: Final = {
    "agency": "Cơ quan",
    "armed_forces": "Lực lượng vũ trang",
    "enterprise": "Doanh nghiệp",
    "health_station": "Trạm y tế",
    "mass_organisation": "Đoàn thể",
    "public_service": "Đơn vị sự nghiệp",
    "residential": "Khu dân cư",
    "rural": "Nông thôn",
    "school": "Trường học",
}
_ALSO: Final = {
    "xom": "rural", "thon": "rural", "thon xom": "rural", "dan cu": "residential",
    "to dan pho": "residential",
    "co quan hanh chinh": "agency", "co quan xa": "agency", "hanh chinh": "agency", "truong": "school",
    "y te": "health_station", "su nghiep": "public_service", "doan the": "mass_organisation",
    "quan doi": "armed_forces", "cong an": "armed_forces",
}  # fmt: skip
"""Other words that people write for the same kind."""
_RANKS_ALSO: Final = {
    "tinh": "province", "tinh uy": "province", "huyen": "district", "thi xa": "district",
    "huyen uy": "district",
    "xa": "commune", "phuong": "commune", "thi tran": "commune", "co so": "base", "dang bo co so": "base",
    "bo phan": "partial", "cap bo phan": "partial",
}  # fmt: skip
_CODES: Final = {fold(name): code for code, name in _NAMES.items()} | _ALSO
_RANK_CODES: Final = {fold(name): code for code, name in RANKS.items()} | _RANKS_ALSO
_PREFIX: Final = re.compile(r"^(khoi|chi bo) ")


def code_of(name: str) -> str:
    """The code of a name: a known one's ("Khối cơ quan": "agency"), else the name folded ("cho_dem").

    Empty only for a text without letters or digits; the code of a code is itself.
    """
    folded = fold(name)
    known = _CODES.get(folded) or _CODES.get(_PREFIX.sub("", folded))
    return known or re.sub(r"[^a-z0-9]+", "_", folded).strip("_")[:40].strip("_")


def rank_of(text: str) -> str:
    """The code of a rank as people write it ("Cấp xã", "xã", "commune": "commune"); empty for none.

    Raises ValueError, in Vietnamese, for a word that is no rank.
    """
    folded = fold(text)
    code = text.strip() if text.strip() in RANKS else _RANK_CODES.get(folded, "")
    if folded and not code:
        raise ValueError(f"Không có cấp “{text}”; chọn một trong: {', '.join(RANKS.values())}.")
    return code


def name_of(code: str) -> str:
    """The words for a code, such that `code_of` gives it back; the code itself where it has none."""
    return nfc(_NAMES.get(code, code))
