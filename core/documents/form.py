"""An official Party document as data, the same for every renderer (design: architecture, one sheet)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from core.documents.figures_table import Table
from core.documents.letterhead import (
    HOUSE_STYLE,
    Form,
    HouseStyle,
    Recipient,
    Signature,
    Verification,
    form_on,
)
from core.documents.numbering import DocumentType, symbol_text
from core.documents.text import DocumentError, Printed

LETTERS = "abcdđeghiklmnopqrstuvxy"
"""The order of lettered items: a, b, c, d, đ, e, g, h, i, k … (domain: document_format)."""

_NUMERALS = (
    (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


@dataclass(frozen=True)
class Heading(Printed):
    """A heading or item, numbered by its place in the body: level 1 "I.", 2 "1.", 3 "1.1.", 4 "a)"."""

    kind: ClassVar[str] = "heading"

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.level <= 4:
            raise DocumentError("Đề mục chỉ có bốn cấp: I. / 1. / 1.1. / a).")


@dataclass(frozen=True)
class Paragraph(Printed):
    """Running text, justified, its first line indented."""

    kind: ClassVar[str] = "paragraph"

    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Bullet(Printed):
    """An item: level 1 "- ", level 2 "+ "."""

    kind: ClassVar[str] = "bullet"

    text: str
    level: int = 1

    @property
    def mark(self) -> str:
        """What stands before the item."""
        return "-" if self.level == 1 else "+"


Block = Heading | Paragraph | Bullet | Table


@dataclass(frozen=True)
class DocumentSheet(Printed):
    """Everything printed on one document.

    `issuer` and `superior` are printed in capitals. `issuer_symbol` is the abbreviation after the slash.
    `subject` stands under the type, or under the number of a công văn. `addressees` follow "Kính gửi:".
    `recorder` signs minutes at the left of `signature`. `archive` keeps the last copy: "Văn phòng Huyện ủy".
    """

    doc_type: DocumentType
    issuer: str
    issuer_symbol: str
    number: int | None
    place: str
    issued_on: date
    subject: str
    body: tuple[Block, ...]
    signature: Signature
    superior: str = ""
    recipients: tuple[Recipient, ...] = ()
    archive: str = ""
    addressees: tuple[str, ...] = ()
    recorder: Signature | None = None
    verification: Verification | None = None
    style: HouseStyle = HOUSE_STYLE

    @property
    def form(self) -> Form:
        """The version of the official form that binds it."""
        return form_on(self.issued_on)

    @property
    def number_line(self) -> str:
        """Number and symbol: "Số 44-KH/HU"."""
        older = self.style.regulation_symbol if self.doc_type == DocumentType.REGULATION else ""
        return symbol_text(self.number, self.doc_type, self.issuer_symbol, older)

    @property
    def table_rows(self) -> int:
        """Lines of all tables together, which renderers bound."""
        return sum(len(block.lines) for block in self.body if isinstance(block, Table))


def labels(body: tuple[Block, ...], section_mark: str = ".") -> tuple[str, ...]:
    """The number in front of each block of the body; empty for blocks that are not headings.

    Numbering starts anew below every higher heading. Raises DocumentError past the last letter, and for a
    "1.1." without a "1." above it.
    """
    counts = [0, 0, 0, 0]
    numbered = []
    for block in body:
        if isinstance(block, Heading):
            counts[block.level - 1 :] = [counts[block.level - 1] + 1, *[0] * (4 - block.level)]
        numbered.append(_label(block.level, counts, section_mark) if isinstance(block, Heading) else "")
    return tuple(numbered)


def _label(level: int, counts: list[int], section_mark: str) -> str:
    section, item, part, letter = counts
    if level == 3 and not item:
        raise DocumentError("Đề mục 1.1. phải nằm dưới đề mục 1. Đồng chí hãy thêm đề mục cấp trên.")
    if letter > len(LETTERS):
        raise DocumentError(f"Chỉ đánh được {len(LETTERS)} mục theo chữ cái. Đồng chí hãy chia lại đề mục.")
    if level == 1:
        return f"{roman(section)}{section_mark}"
    return {2: f"{item}.", 3: f"{item}.{part}.", 4: f"{LETTERS[letter - 1]})"}[level]


def roman(number: int) -> str:
    """The Roman numeral of a number from 1 to 399."""
    written = ""
    for value, numeral in _NUMERALS:
        written += numeral * (number // value)
        number %= value
    return written
