"""What surrounds the text of a Party document: form by date, date line, recipients, signature, check code.

Source: domain, document_format: Hướng dẫn 36-HD/VPTW, and 05-HD/VPTW from 27/5/2026.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from core.documents.text import DocumentError, Printed

PARTY = "Đảng Cộng sản Việt Nam"


@dataclass(frozen=True)
class Form:
    """A version of the official form: the guidance that sets it, its first day, the mark ending the text."""

    guidance: str
    since: date
    end_mark: str


FORM_36 = Form("36-HD/VPTW", date(2018, 4, 3), "./.")
FORM_05 = Form("05-HD/VPTW", date(2026, 5, 27), ".")


def form_on(issued_on: date) -> Form:
    """The form that binds a document issued on that day; the oldest known one binds all earlier days."""
    return FORM_05 if issued_on >= FORM_05.since else FORM_36


@dataclass(frozen=True)
class HouseStyle:
    """What the guidance leaves open or sources disagree on: a tenant's settings.

    `line_spacing` in points, 18 to 20; `section_mark` follows Roman numerals ("I." or "I-"); `recipient_end`
    closes each recipient's line; `regulation_symbol` is QĐ, formerly QĐi.
    """

    line_spacing: int = 18
    section_mark: Literal[".", "-"] = "."
    title_bold: bool = True
    recipient_end: Literal[",", ";"] = ","
    regulation_symbol: Literal["QĐ", "QĐi"] = "QĐ"

    def __post_init__(self) -> None:
        if not 18 <= self.line_spacing <= 20:
            raise DocumentError("Giãn dòng phải từ 18 đến 20 điểm (pt) theo thể thức văn bản của Đảng.")


HOUSE_STYLE = HouseStyle()
"""The style of a tenant that has chosen nothing."""


def date_line(place: str, on: date) -> str:
    """As "Hải Lăng, ngày 05 tháng 02 năm 2026": days below 10 and months 1 and 2 take a leading zero."""
    month = f"{on.month:02d}" if on.month < 3 else f"{on.month}"
    return f"{place}, ngày {on.day:02d} tháng {month} năm {on.year}"


@dataclass(frozen=True)
class Recipient(Printed):
    """One line of Nơi nhận; `purpose` is the mark in brackets: "b/c", "để b/c", "đ/c Hùng" (S0-48, S4-19)."""

    name: str
    purpose: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.purpose})" if self.purpose else self.name


def recipient_lines(recipients: tuple[Recipient, ...], archive: str, end: str) -> tuple[str, ...]:
    """The lines under Nơi nhận, the archive last (S0-48): `end` closes each line, a full stop the last."""
    lines = [f"- {recipient}" for recipient in recipients] + ([f"- Lưu {archive}"] if archive else [])
    return tuple(f"{line}{end}" for line in lines[:-1]) + tuple(f"{line}." for line in lines[-1:])


@dataclass(frozen=True)
class Signature(Printed):
    """Who signs: `authority` "T/M Ban Thường vụ" (none for a department's head, S1-01), `title` "Phó Bí thư",
    `signer` the full name without titles. `signed` prints "(đã ký)" on posted copies (S0-49, S4-19)."""

    title: str
    signer: str
    authority: str = ""
    signed: bool = False


@dataclass(frozen=True)
class Verification(Printed):
    """What ties paper to record: the frozen version's number and its SHA-256 in 64 small hex digits."""

    version: int
    sha256: str

    def __post_init__(self) -> None:
        if self.version < 1 or not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise DocumentError("Mã đối chiếu không hợp lệ. Đồng chí hãy phát hành lại từ phiên bản đã chốt.")

    @property
    def short_code(self) -> str:
        """The first 12 digits of the SHA-256, in fours: "9F86-D081-884C"."""
        return "-".join(re.findall(".{4}", self.sha256[:12].upper()))

    def __str__(self) -> str:
        return f"Phiên bản {self.version}. Mã đối chiếu: {self.short_code}"
