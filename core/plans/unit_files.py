"""UNITS.csv and MEETINGS.csv: a tree and its meetings without a database (docs/plan-file.md)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeVar

from core.meetings.kinds import MeetingKind
from core.plans.deadlines import MeetingFact
from core.plans.selectors import PlanUnit, UnitTree
from core.plans.table_files import Row, rows_of
from core.plans.table_files import TableError as TableError
from core.plans.values import FIRST_DAY, LAST_DAY
from core.plans.yaml_lines import Fault
from tenants.codes import code_of, rank_of
from tenants.tree import UnitKind
from tenants.vietnamese import fold

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

NO_PILOT: Final[tuple[bool, MeetingKind | None]] = (False, None)


def read_units(text: str | bytes) -> UnitTree:
    """The tree of UNITS.csv, parents before children in whatever order the lines stand. Raises TableError."""
    faults: list[Fault] = []
    rows = list(rows_of(text, UNIT_COLUMNS, NEEDED_OF_UNITS, faults))
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
    for row in rows_of(text, MEETING_COLUMNS, MEETING_COLUMNS[:3], faults):
        code = row.text("unit_code")
        if code not in tree.by_code:
            row.unknown("unit_code", "đơn vị", code, tree.by_code)
        kind = row.read("kind", _one_of(MEETINGS, "loại sinh hoạt"), MeetingKind.REGULAR)
        held_on = row.read("held_on", read_day, date.min)
        found.append(MeetingFact(code, kind, held_on, row.read("concluded", _maybe, None)))
    if faults:
        raise TableError(faults)
    return tuple(found)


def _unit(row: Row) -> PlanUnit:
    if not row.text("code"):
        row.fault("code", "Thiếu mã đơn vị.")
    pilot, meeting = row.read("pilot", _pilot, NO_PILOT)
    return PlanUnit(
        code=row.text("code"),
        name=row.text("name") or row.text("code"),
        kind=row.read("kind", _one_of(KINDS, "loại tổ chức"), UnitKind.CELL),
        parent_code=row.text("parent_code"),
        setting=code_of(row.text("setting")),
        block=code_of(row.text("block")),
        rank=row.read("rank", rank_of, ""),
        members=row.read("members", _count_or_none, None),
        pilot=pilot,
        rounds_held=row.read("rounds_held", _count, 0),
        special=row.read("special", _special, 0),
        pilot_meeting=meeting,
    )


def _check_tree(units: list[tuple[Row, PlanUnit]], faults: list[Fault]) -> None:
    """Codes written once, parents that are there and no cells, one root, nothing above itself."""
    by_code: dict[str, PlanUnit] = {}
    for row, unit in units:
        if unit.code and by_code.setdefault(unit.code, unit) is not unit:
            row.fault("code", f"Mã “{unit.code}” đã có ở dòng trên.")
    roots = [row for row, unit in units if not unit.parent_code]
    for row in roots[1:]:
        row.fault("parent_code", "Đã có đơn vị gốc ở dòng trên; chỉ một đơn vị được để trống cột này.")
    for row, unit in units:
        if unit.parent_code:
            _check_parent(row, unit, by_code)
    if units and not roots and not faults:
        faults.append(Fault(1, "parent_code", "Không có đơn vị gốc (để trống cột parent_code)."))


def _check_parent(row: Row, unit: PlanUnit, by_code: Mapping[str, PlanUnit]) -> None:
    parent = by_code.get(unit.parent_code)
    if parent is None:
        row.unknown("parent_code", "đơn vị", unit.parent_code, by_code)
    elif parent.kind is UnitKind.CELL:
        row.fault("parent_code", f"“{parent.code}” là chi bộ, không có đơn vị trực thuộc.")
    elif _goes_round(unit, by_code):
        row.fault("parent_code", f"“{unit.code}” lại trực thuộc chính mình thành vòng.")


def _goes_round(unit: PlanUnit, by_code: Mapping[str, PlanUnit]) -> bool:
    seen, at = set[str](), unit
    while (parent := by_code.get(at.parent_code)) is not None and parent.code not in seen:
        if parent is unit:
            return True
        seen.add(parent.code)
        at = parent
    return False


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
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” không phải ngày; ví dụ 2018-03-30 hoặc 30/3/2018.") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(f"Ngày “{text}” ở ngoài thời gian mà kế hoạch nói đến được.")
    return found


def _flag(text: str) -> bool:
    folded = fold(text)
    if folded not in (*YES, *NO):
        raise ValueError(f"“{text}” không rõ; ghi yes hoặc no.")
    return folded in YES


def _pilot(text: str) -> tuple[bool, MeetingKind | None]:
    """Whether it is a pilot; a kind of meeting in place of "yes" says of which."""
    kind = MEETINGS.get(fold(text).replace(",", " "))
    return (True, kind) if kind else (_flag(text), None)


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
