"""Invented Vietnamese person names, phones and birth dates, reproducible from a seed.

Shares follow surveys of family and middle names in central Viet Nam. No known public figure's name is made.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from random import Random

from tenants.vietnamese import fold

Shares = dict[str, float]

WOMEN = 0.38
TWO_SYLLABLE_GIVEN = 0.12


def _shares(text: str) -> Shares:
    """ "Văn:36, Hữu" as {"Văn": 36, "Hữu": 1}."""
    pairs = (item.strip().partition(":") for item in text.split(","))
    return {name: float(share or 1) for name, _, share in pairs}


FAMILIES = _shares(
    """Nguyễn:34, Trần:12, Lê:12, Hoàng:7, Võ:5, Phan:5, Phạm:5, Hồ:4, Đặng:2.5, Bùi:2.5, Trương:2,
    Dương:1.6, Ngô:1.5, Đỗ:1.5, Cao, Đào, Lương:0.8, Mai:0.8, Thái:0.6, Tạ:0.5, Đinh:0.5, Lâm:0.4, Văn:0.4,
    Cáp:0.2"""
)
MEN_MIDDLES = _shares(
    """Văn:36, Hữu:8, Đức:7, Quang:6, Xuân:5, Minh:5, Công:5, Đình:5, Thanh:4, Ngọc:4, Quốc:4, Viết:3, Bá:2,
    Thế:2, Trọng:2, Đăng:2, Khắc, Anh"""
)
WOMEN_MIDDLES = _shares(
    """Thị:50, Thị Thu:5, Thị Thanh:5, Thị Kim:4, Thị Hồng:4, Thị Ngọc:4, Thị Mỹ:4, Thị Bích:3, Thị Minh:3,
    Thị Thùy:2, Thị Diệu:2, Thị Như:2, Ngọc:3, Thanh:2, Thùy:2"""
)
MEN_GIVENS = _shares(
    """Anh, An, Bình:2, Bảo, Chiến, Chung, Cường:2, Cảnh, Công, Dũng:3, Danh, Duy, Dương, Đạt, Đông, Đức,
    Giang, Hà, Hải:2, Hiếu, Hiền, Hòa, Hoàng, Hùng:3, Huy, Hưng, Hậu, Khánh, Khoa, Kiên, Lâm, Linh, Long,
    Lợi, Lực, Lộc, Minh:2, Mạnh, Nam, Nghĩa, Nhân, Ninh, Phong, Phú, Phúc, Phương, Phước, Quân, Quang, Quý,
    Quyết, Sơn:2, Sáng, Sỹ, Tài, Tâm, Tân, Thành:2, Thanh, Thái, Thắng, Thịnh, Thọ, Thông, Thuận, Tiến, Tín,
    Toàn, Trí, Trung, Trường, Tuấn:3, Tùng, Tú, Vinh, Việt, Vũ, Xuân"""
)
WOMEN_GIVENS = _shares(
    """An, Anh, Ánh, Bình, Cúc, Châu, Chi, Dung, Duyên, Đào, Giang, Hà:2, Hạnh:2, Hằng:2, Hậu, Hiền, Hiếu,
    Hoa:2, Hòa, Hoài, Hương:3, Hường, Huệ, Huyền:2, Hồng, Lan:2, Lành, Liên, Linh, Loan, Lý, Lợi, Mai, Minh,
    Mơ, Mận, My, Nga:2, Ngân, Nguyệt, Ngọc, Nhàn, Nhung, Nhi, Oanh, Phượng, Phương, Quyên, Quỳnh, Sương,
    Tâm, Thanh, Thảo, Thắm, Thơm, Thu, Thủy:2, Thúy, Thương, Trang, Trâm, Trinh, Tuyết, Tươi, Vân, Vy, Xuân,
    Yến"""
)
MEN_PAIRS = _shares(
    """Tuấn Anh, Đức Anh, Hoàng Anh, Nhật Minh, Gia Bảo, Quốc Khánh, Hoàng Long, Thái Bảo, Anh Tuấn,
    Trung Kiên, Hải Đăng, Bảo Quốc, Thiện Nhân, Thành Đạt, Quang Vinh, Tiến Đạt, Trường Giang, Duy Khánh,
    Mạnh Cường"""
)
WOMEN_PAIRS = _shares(
    """Phương Anh, Ngọc Ánh, Minh Châu, Thu Hà, Quỳnh Anh, Thanh Hằng, Bảo Ngọc, Khánh Linh, Thùy Linh,
    Mai Phương, Thanh Tâm, Hồng Nhung, Hải Yến, Kim Oanh, Tường Vy, Bích Ngọc, Diệu Linh, Như Quỳnh,
    Hoài Thương, Thanh Thảo"""
)

# Four-byte digests of folded names: the list itself names nobody.
_DIGESTS = bytes.fromhex(
    "0137d29002797fca032753d106be537709f8c6160cdb5e4b11938dda1321a6411608bd561689dc2718bb656b1a20a05b1c1237c5"
    "1cce89e623f0fd25253511ff261babe627dcaef5299ffff429a2ab0f2aa0f9ab2b29bdb62d6f92ab309b6fdb30cdbe41317f5281"
    "32e5c00939ae82eb3a2f50fd3a844dc83aaafda63b2b39ca3bc0e2e33dc9ef113e4ccec53e74e6123e85fb543ef18aa743a0b9dd"
    "44a5a5d545dce9a7462586ef4625a9bb471220464a068e6d4d90375a4e34de4b54520efa58c5d6ae5b464faa5c0de2df5cca45c9"
    "5e4dda756193cb6464cefecb653fa898662d90fe667c1d5466b3f17a67416e3367cc4a97686e19e46d0159136f4f80247244e25f"
    "73177efe77c278947aae584a7d2b9c0d7e5ea65c7e9838da7fb6fd4380a36e8c80be2678818cf96383d505588577f8b285ecdeec"
    "8741d22288283ca789afb02c8ebd77c4944117ce9492d77396d3f9fd9759218d98ca50409c30560f9c94358b9d792c8c9e46b442"
    "9e483ab7a60f4006a7a33a78a7eeb1f4aaadb126aef7b5f3afe24da9b02476d8b0cadd58b1048304b27a01dbb2cf5a99b2f2406a"
    "b494b5bcb5193501b593d60fb82ed2ffb82f368bb8646c50b8b2752dba5b98a8bcb328b8bdffe5d7beb84065bee03ac6bf11082e"
    "c257c9b4c6394ae6c653797ec72c919ec89445c1c9d693e2cdde1602cf5f5af0cfd8c26ed2e4c5dad3265916d43a5072d5cb5278"
    "d7cb04a0d8aea891da824795db5ddc99dd2b69dfdd6424f0df405463df68df05e071a21ae203ddf1e24ad63be2ac2520e2f6c777"
    "e456461de4a68592e8dde0a5ea19a652ede6e87af077e223f0b1ba63f0ce8c0af1cb1e02f2c1bbd0f96d180efba245b2fce73a10"
)
KNOWN = frozenset(_DIGESTS[start : start + 4] for start in range(0, len(_DIGESTS), 4))


def digest(full_name: str) -> bytes:
    """The four bytes by which a name is known without being written down."""
    return blake2b(fold(full_name).encode(), digest_size=4).digest()


@dataclass
class NameMaker:
    """A stream of full names for one tenant, all different but for a chosen share of homonyms.

    `barred` holds the digests of names that must not be made; as shipped, those of public figures.
    """

    rng: Random
    homonyms: float = 0.02
    barred: frozenset[bytes] = KNOWN
    _made: list[str] = field(default_factory=list)

    def next(self) -> str:
        """One full name: family, middle, given."""
        again = self._made and self.rng.random() < self.homonyms
        self._made.append(self.rng.choice(self._made) if again else self._fresh())
        return self._made[-1]

    def _fresh(self) -> str:
        name = self._any()
        while name in self._made or digest(name) in self.barred or _stammers(name):
            name = self._any()
        return name

    def _any(self) -> str:
        woman = self.rng.random() < WOMEN
        if self.rng.random() < TWO_SYLLABLE_GIVEN:
            return self._pick(FAMILIES, WOMEN_PAIRS if woman else MEN_PAIRS)
        if woman:
            return self._pick(FAMILIES, WOMEN_MIDDLES, WOMEN_GIVENS)
        return self._pick(FAMILIES, MEN_MIDDLES, MEN_GIVENS)

    def _pick(self, *parts: Shares) -> str:
        return " ".join(self.rng.choices(list(shares), list(shares.values()))[0] for shares in parts)


def phone(series: int, serial: int) -> str:
    """A ten-digit number that rings nowhere: Viet Nam assigns no subscriber a number that begins with 010."""
    return f"0100{series:01d}{serial:05d}"


def birth_date(rng: Random, year: int, ages: tuple[int, int]) -> date:
    """A birthday of someone who turns `ages[0]` to `ages[1]` in the year."""
    return date(year - rng.randint(*ages), 1, 1) + timedelta(days=rng.randrange(365))


def _stammers(full_name: str) -> bool:
    words = full_name.split()
    return len(set(words)) < len(words)
