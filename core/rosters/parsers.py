"""How the cells of rosters are read and shown: each parser says what is wrong and what to do (X04)."""

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from core.rosters.columns import CellError, Parser
from tenants.codes import code_of, name_of
from tenants.tree import CODE
from tenants.vietnamese import fold, nfc

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_PHONE = re.compile(r"0[0-9]{9,10}")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EARLIEST, _LATEST = 1900, 2100


def suggestion(text: str, names: tuple[str, ...]) -> str:
    """A question, "Có phải là “…”?", after the nearest of the names; nothing when none is near."""
    near = _nearest(fold(text)[:100], names)
    return f" Có phải là “{near}”?" if near else ""


@lru_cache(maxsize=4096)
def _nearest(folded: str, names: tuple[str, ...]) -> str | None:
    by_fold = {fold(name): name for name in names}
    near = get_close_matches(folded, by_fold, n=1, cutoff=0.5)
    return by_fold[near[0]] if near else None


def _words(cell: str) -> str:
    return " ".join(nfc(cell).split())


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def text_of(longest: int) -> Parser:
    """Words with single spaces between them, at most so many characters."""

    def read(cell: str) -> str:
        words = _words(cell)
        if len(words) > longest:
            raise CellError(f"dài quá {longest} ký tự; đề nghị viết gọn lại.")
        return words

    return Parser(read)


def _read_name(cell: str) -> str:
    words = _words(cell)
    if len(words) > 100 or not any(map(str.isalpha, words)):
        raise CellError(f"“{_shortened(words)}” không phải là họ và tên; đề nghị ghi đủ họ, tên đệm và tên.")
    return words


def _code(pattern: re.Pattern[str], allowed: str) -> Parser:
    def read(cell: str) -> str:
        code = nfc(cell).strip().upper()
        if not pattern.fullmatch(code):
            raise CellError(
                f"“{_shortened(code)}” không hợp lệ; mã viết liền, tối đa 40 ký tự, chỉ gồm {allowed}."
            )
        return code

    return Parser(read)


def choice_of(values: Mapping[str, str]) -> Parser:
    """One of the labels, whatever its case and diacritics; the value it stands for."""
    by_fold = {fold(label): value for label, value in values.items()}
    labels = {value: label for label, value in reversed(list(values.items()))}

    def read(cell: str) -> str:
        value = by_fold.get(fold(cell))
        if value is None:
            hint = suggestion(cell, tuple(values)) or f" Chọn một trong: {', '.join(values)}."
            raise CellError(f"“{_shortened(_words(cell))}” không có trong danh mục.{hint}")
        return value

    return Parser(read, labels.__getitem__)


def whole_number(low: int, high: int) -> Parser:
    """A whole number from `low` to `high`."""

    def read(cell: str) -> int:
        text = cell.strip()
        if not re.fullmatch("[0-9]{1,4}", text) or not low <= int(text) <= high:
            raise CellError(f"“{_shortened(text)}” không hợp lệ; ghi số nguyên từ {low} đến {high}.")
        return int(text)

    return Parser(read)


def degrees(low: int, high: int) -> Parser:
    """Decimal degrees from `low` to `high`, with a dot or a comma."""

    def read(cell: str) -> float:
        text = cell.strip().replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,20})?", text) or not low <= float(text) <= high:
            raise CellError(f"“{_shortened(text)}” không hợp lệ; ghi độ thập phân từ {low} đến {high}.")
        return float(text)

    return Parser(read)


def _read_slug(cell: str) -> str:
    if code := code_of(cell):
        return code
    raise CellError(f"“{_shortened(_words(cell))}” không có chữ hoặc số; ghi tên khối, ví dụ: Cơ quan.")


def _read_day(cell: str) -> date:
    text = cell.strip()
    year, month, day = _day_parts(text)
    try:
        if _EARLIEST <= year <= _LATEST:
            return date(year, month, day)
    except ValueError:
        pass
    raise CellError(f"“{_shortened(text)}” không phải là ngày; ghi ngày/tháng/năm, ví dụ 05/09/1980.")


def _day_parts(text: str) -> tuple[int, int, int]:
    if found := _DAY.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _ISO_DAY.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    return 0, 0, 0


def _read_phone(cell: str) -> str:
    digits = re.sub(r"[\s.()-]", "", cell)
    digits = re.sub(r"^(?:\+84|84(?=[0-9]{9}$))", "0", digits)
    if re.fullmatch("[35789][0-9]{8}", digits):
        digits = f"0{digits}"
    if not _PHONE.fullmatch(digits):
        raise CellError(f"“{_shortened(cell.strip())}” không hợp lệ; ghi 10 chữ số, ví dụ 0912345678.")
    return digits


def _read_email(cell: str) -> str:
    address = cell.strip()
    if not _EMAIL.fullmatch(address):
        raise CellError(f"“{_shortened(address)}” không hợp lệ; ghi dạng ten@example.com.")
    return address.lower()


def _read_login(cell: str) -> str:
    login = cell.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise CellError(
            f"“{_shortened(login)}” không hợp lệ; dùng 3 đến 40 chữ không dấu, chữ số, dấu chấm, gạch nối."
        )
    return login


def _read_yes_no(cell: str) -> bool:
    said = {"co": True, "x": True, "khong": False}.get(fold(cell))
    if said is None:
        raise CellError(f"“{_shortened(_words(cell))}” không hợp lệ; ghi Có hoặc Không.")
    return said


def _read_units(cell: str) -> tuple[str, ...]:
    codes = dict.fromkeys(UNIT_CODE.read(part) for part in re.split(r"[;,\n]", cell) if part.strip())
    if not codes:
        raise CellError("chưa có mã đơn vị nào; ghi một hoặc nhiều mã, cách nhau bằng dấu chấm phẩy.")
    return tuple(codes)


UNIT_CODE: Final = _code(CODE, "chữ không dấu, chữ số, dấu chấm, gạch nối")
PERSON_CODE: Final = _code(re.compile(r"\w[\w./-]{0,39}"), "chữ, chữ số, dấu chấm, gạch nối, gạch chéo")
SLUG: Final = Parser(_read_slug, name_of)
DAY: Final = Parser(_read_day, lambda day: f"{day:%d/%m/%Y}")
NAME: Final = Parser(_read_name)
PHONE: Final = Parser(_read_phone)
EMAIL: Final = Parser(_read_email)
LOGIN: Final = Parser(_read_login)
UNIT_CODES: Final = Parser(_read_units, "; ".join)
YES_NO: Final = Parser(_read_yes_no, lambda yes: "Có" if yes else "Không")
