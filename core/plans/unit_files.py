"""UNITS.csv and MEETINGS.csv: a tree and its meetings without a database (docs/plan-file.md)."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Final, TypeVar

from core.meetings.kinds import MeetingKind
from core.plans.deadlines import MeetingFact
from core.plans.file import Fault
from core.plans.selectors import PlanUnit, UnitTree
from tenants.codes import code_of, rank_of
from tenants.tree import UnitKind
from tenants.vietnamese import fold, nfc

Value = TypeVar("Value")
UNIT_COLUMNS: Final = (
    "code", "parent_code", "name", "kind", "setting", "block", "rank", "members", "pilot", "rounds_held",
    "special",
)  # fmt: skip
NEEDED_OF_UNITS: Final = ("code", "parent_code", "name", "kind")
MEETING_COLUMNS: Final = ("unit_code", "kind", "held_on", "concluded")
YES: Final = ("yes", "true", "1", "x", "co", "roi")
NO: Final = ("", "no", "false", "0", "khong", "chua")
KINDS: Final = {"organisation": UnitKind.ORGANISATION, "dang bo": UnitKind.ORGANISATION} | {
    "cell": UnitKind.CELL, "chi bo": UnitKind.CELL,
}  # fmt: skip
MEETINGS: Final = {kind.value: kind for kind in MeetingKind} | {
    "thuong ky": MeetingKind.REGULAR, "dinh ky": MeetingKind.REGULAR, "chuyen de": MeetingKind.THEMATIC,
    "dien dan": MeetingKind.FORUM, "tu soi tu sua": MeetingKind.SELF_REVIEW, "cap uy": MeetingKind.COMMITTEE,
}  # fmt: skip


class TableError(Exception):
    """A table cannot be read; `faults` names line and column of everything wrong."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class _Row:
    """One line of a table; what cannot be read is noted, with its column."""

    def __init__(self, line: int, cells: Mapping[str, str], faults: list[Fault]) -> None:
        self.line, self._cells, self._faults = line, cells, faults

    def fault(self, column: str, text: str) -> None:
        self._faults.append(Fault(self.line, column, text))

    def text(self, column: str) -> str:
        return nfc((self._cells.get(column) or "").strip())

    def read(self, column: str, reader: Callable[[str], Value], otherwise: Value) -> Value:
        try:
            return reader(self.text(column))
        except ValueError as error:
            self.fault(column, str(error))
            return otherwise


def read_units(text: str | bytes) -> UnitTree:
    """The tree of UNITS.csv, parents before children in whatever order the lines stand. Raises TableError."""
    faults: list[Fault] = []
    rows = list(_rows(text, UNIT_COLUMNS, NEEDED_OF_UNITS, faults))
    units = [(row, _unit(row)) for row in rows]
    _check_tree(units, faults)
    if not units and not faults:
        faults.append(Fault(1, "", "Tệp không có đơn vị nào."))
    if faults:
        raise TableError(faults)
    return UnitTree(tuple(unit for _row, unit in units))


def read_meetings(text: str | bytes, tree: UnitTree) -> tuple[MeetingFact, ...]:
    """The meetings of MEETINGS.csv. Raises TableError, also for a unit that the tree lacks."""
    faults: list[Fault] = []
    found = []
    for row in _rows(text, MEETING_COLUMNS, MEETING_COLUMNS[:3], faults):
        code = row.text("unit_code")
        if code not in tree.by_code:
            row.fault("unit_code", f"Không có đơn vị “{code}”{_nearest(code, tree.by_code)}")
        kind = row.read("kind", _one_of(MEETINGS, "loại sinh hoạt"), MeetingKind.REGULAR)
        held_on = row.read("held_on", read_day, date.min)
        found.append(MeetingFact(code, kind, held_on, row.read("concluded", _maybe, None)))
    if faults:
        raise TableError(faults)
    return tuple(found)


def _rows(
    text: str | bytes, columns: tuple[str, ...], needed: tuple[str, ...], faults: list[Fault]
) -> Iterator[_Row]:
    try:
        words = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    except UnicodeDecodeError:
        faults.append(Fault(1, "", "Tệp không phải văn bản UTF-8; xin lưu lại dạng “CSV UTF-8”."))
        return
    first = words.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(words), delimiter=";" if first.count(";") > first.count(",") else ",")
    given = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = given
    faults += (Fault(1, name, "Thiếu cột này.") for name in needed if name not in given)
    for name in given:
        if name and name not in columns:
            faults.append(Fault(1, name, f"Không có cột “{name}”{_nearest(name, columns)}"))
    if faults:
        return
    for cells in reader:
        if any((value or "").strip() for value in cells.values() if isinstance(value, str)):
            yield _Row(reader.line_num, cells, faults)


def _unit(row: _Row) -> PlanUnit:
    if not row.text("code"):
        row.fault("code", "Thiếu mã đơn vị.")
    return PlanUnit(
        code=row.text("code"),
        name=row.text("name") or row.text("code"),
        kind=row.read("kind", _one_of(KINDS, "loại tổ chức"), UnitKind.CELL),
        parent_code=row.text("parent_code"),
        setting=code_of(row.text("setting")),
        block=code_of(row.text("block")),
        rank=row.read("rank", rank_of, ""),
        members=row.read("members", _count_or_none, None),
        pilot=row.read("pilot", _flag, False),
        rounds_held=row.read("rounds_held", _count, 0),
        special=row.read("special", _special, 0),
    )


def _check_tree(units: list[tuple[_Row, PlanUnit]], faults: list[Fault]) -> None:
    by_code = {unit.code: unit for _row, unit in units}
    seen: set[str] = set()
    roots = []
    for row, unit in units:
        if unit.code in seen:
            row.fault("code", f"Mã “{unit.code}” đã có ở dòng trên.")
        seen.add(unit.code)
        if not unit.parent_code:
            roots.append((row, unit))
        elif unit.parent_code not in by_code:
            row.fault(
                "parent_code", f"Không có đơn vị “{unit.parent_code}”{_nearest(unit.parent_code, by_code)}"
            )
        elif by_code[unit.parent_code].kind is UnitKind.CELL:
            row.fault("parent_code", f"“{unit.parent_code}” là chi bộ, không có đơn vị trực thuộc.")
        elif _goes_round(unit, by_code):
            row.fault("parent_code", "Các đơn vị trực thuộc lẫn nhau thành vòng.")
    for row, unit in roots[1:]:
        row.fault(
            "parent_code", f"“{unit.code}” không có cấp trên; chỉ một đơn vị gốc được để trống cột này."
        )
    if units and not roots and not faults:
        faults.append(Fault(1, "parent_code", "Không có đơn vị gốc (để trống cột parent_code)."))


def _goes_round(unit: PlanUnit, by_code: Mapping[str, PlanUnit]) -> bool:
    seen, at = {unit.code}, unit
    while (parent := by_code.get(at.parent_code)) is not None:
        if parent.code in seen:
            return True
        seen.add(parent.code)
        at = parent
    return False


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1, 0.5)
    return f"; có phải “{near[0]}”?" if near else "."


def _one_of(known: Mapping[str, Value], what: str) -> Callable[[str], Value]:
    def reader(text: str) -> Value:
        word = fold(text).replace(",", " ").strip()
        found = known.get(text.strip()) or known.get(" ".join(word.split()))
        if found is None:
            raise ValueError(f"Không có {what} “{text}”; chọn một trong: {', '.join(known)}.")
        return found

    return reader


def read_day(text: str) -> date:
    """A day as 2018-03-30 or 30/3/2018. Raises ValueError in Vietnamese."""
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” không phải ngày; ví dụ 2018-03-30 hoặc 30/3/2018.") from None


def _flag(text: str) -> bool:
    folded = fold(text)
    if folded not in (*YES, *NO):
        raise ValueError(f"“{text}” không rõ; ghi yes hoặc no.")
    return folded in YES


def _maybe(text: str) -> bool | None:
    return _flag(text) if text else None


def _count(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise ValueError(f"“{text}” không phải số nguyên không âm.")
    return int(text)


def _count_or_none(text: str) -> int | None:
    return _count(text) if text else None


def _special(text: str) -> int:
    found = _count(text)
    if found > 3:
        raise ValueError("Mức địa bàn đặc thù từ 0 đến 3.")
    return found
