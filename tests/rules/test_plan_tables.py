"""UNITS.csv and MEETINGS.csv, every fault by line and column (core/plans/unit_files)."""

from datetime import date

import pytest

from core.meetings.kinds import MeetingKind
from core.plans.deadlines import MeetingFact
from core.plans.selectors import PlanUnit, UnitTree
from core.plans.unit_files import TableError, read_meetings, read_units
from tests.plan_ground import CELL, ORGANISATION

HEAD = "code,parent_code,name,kind,setting,block,rank,members,pilot,rounds_held,special\n"
UNITS = (
    f"{HEAD}X1,X,Chi bộ Xóm Một,cell,Nông thôn,rural,,12,yes,2,3\n"
    "X,,Đảng bộ xã Một,organisation,,,xã,,no,,\n"
)  # fmt: skip
X = PlanUnit("X", "Đảng bộ xã Một", ORGANISATION, rank="commune")
X1 = PlanUnit("X1", "Chi bộ Xóm Một", CELL, "X", "rural", "rural", "", 12, True, 2, 3)
TREE = UnitTree((X1, X))


def unit_faults(text: str | bytes) -> list[str]:
    with pytest.raises(TableError) as refused:
        read_units(text)
    return [str(fault) for fault in refused.value.faults]


def meeting_faults(text: str) -> list[str]:
    with pytest.raises(TableError) as refused:
        read_meetings(f"unit_code,kind,held_on,concluded\n{text}", TREE)
    return [str(fault) for fault in refused.value.faults]


def test_units_are_read_in_the_order_of_lines() -> None:
    assert read_units(UNITS) == TREE


@pytest.mark.parametrize(
    "text",
    [
        UNITS.replace(",", ";"),
        UNITS.replace("\n", "\r\n"),
        f"\ufeff{UNITS}".encode(),
        UNITS.replace("\n", "\n\n"),
        UNITS.replace("Chi bộ Xóm Một", '" Chi bộ\u0323 Xóm Một "').replace("bộ\u0323", "bộ"),
        UNITS.replace("cell", "Chi bộ").replace("yes", "x"),
    ],
)
def test_units_are_read_as_spreadsheets_write_them(text: str | bytes) -> None:
    assert read_units(text) == TREE


def test_columns_that_say_nothing_may_be_missing() -> None:
    assert read_units("code,parent_code,name,kind\nX,,Xã,organisation\n").units == (
        PlanUnit("X", "Xã", ORGANISATION),
    )


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (",X,A,cell,,,,,,,", "code", "Thiếu mã"),
        ("X,X,A,cell,,,,,,,", "code", "đã có ở dòng trên"),
        ("B,X2,A,cell,,,,,,,", "parent_code", "Không có đơn vị “X2”; có phải “X”?"),
        ("B,X1,A,cell,,,,,,,", "parent_code", "là chi bộ"),
        ("B,B,A,organisation,,,,,,,", "parent_code", "thành vòng"),
        ("B,,A,cell,,,,,,,", "parent_code", "Đã có đơn vị gốc"),
        ("B,X,A,cel,,,,,,,", "kind", "Không có loại tổ chức “cel”"),
        ("B,X,A,cell,,,làng,,,,", "rank", "Không có cấp “làng”"),
        ("B,X,A,cell,,,,-1,,,", "members", "không phải số nguyên"),
        ("B,X,A,cell,,,,,maybe,,", "pilot", "yes hoặc no"),
        ("B,X,A,cell,,,,,,x,", "rounds_held", "không phải số nguyên"),
        ("B,X,A,cell,,,,,,,4", "special", "từ 0 đến 3"),
        ("B,X,A,cell,,,,,,,0,thừa", "special", "12 ô"),
    ],
)
def test_a_fault_is_named_by_line_and_column(line: str, column: str, words: str) -> None:
    found = unit_faults(f"{UNITS}{line}\n")
    assert len(found) == 1, found
    assert found[0].startswith(f"Dòng 4, {column}: ")
    assert words in found[0]


def test_a_cell_of_several_lines_does_not_shift_the_lines_after() -> None:
    assert unit_faults(f'{HEAD}X,,"Xã\nMột",organisation,,,,,,,\nY,Z,A,cell,,,,,,,\n') == [
        "Dòng 4, parent_code: Không có đơn vị “Z”."
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Dòng 1, code: Thiếu cột này."),
        (HEAD, "Dòng 1: Tệp không có đơn vị nào."),
        (HEAD.replace("kind", "kinds"), "Dòng 1, kinds: Không có cột “kinds”; có phải “kind”?"),
        (HEAD.replace("block", "setting"), "Dòng 1, setting: Cột này có hai lần."),
        (HEAD.encode() + b"\xff", "Dòng 2: Tệp không phải văn bản UTF-8; xin lưu lại dạng “CSV UTF-8”."),
        (HEAD + '"' + "x" * 200_000, "Dòng này không đúng dạng CSV."),
        (
            f"{HEAD}A,B,A,organisation,,,,,,,\nB,A,B,organisation,,,,,,,\n",
            "Dòng 2, parent_code: “A” lại trực thuộc",
        ),
    ],
)
def test_what_is_no_table_of_units_is_refused(text: str | bytes, words: str) -> None:
    assert any(words in fault for fault in unit_faults(text))


def test_thousands_of_faults_are_all_told() -> None:
    lines = "".join(f"B{n},Z{n},A,cell,,,,,,,\n" for n in range(3000))
    assert len(unit_faults(f"{UNITS}{lines}")) == 3000


def test_meetings_are_read_as_people_write_them() -> None:
    lines = ("X1,forum,2018-04-20,no", "X1,Diễn đàn,20/4/2018,", "X,committee,2018-05-01,yes")
    text = "\n".join(("unit_code,kind,held_on,concluded", *lines))
    day = date(2018, 4, 20)
    assert read_meetings(text, TREE) == (
        MeetingFact("X1", MeetingKind.FORUM, day, False),
        MeetingFact("X1", MeetingKind.FORUM, day, None),
        MeetingFact("X", MeetingKind.COMMITTEE, date(2018, 5, 1), True),
    )


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("X2,forum,2018-04-20,", "unit_code", "Không có đơn vị “X2”; có phải “X"),
        ("X1,forun,2018-04-20,", "kind", "Không có loại sinh hoạt “forun”"),
        ("X1,forum,2018-02-30,", "held_on", "không phải ngày"),
        ("X1,forum,31/2/2018,", "held_on", "không phải ngày"),
        ("X1,forum,0001-01-01,", "held_on", "ngoài thời gian"),
        ("X1,forum,,", "held_on", "không phải ngày"),
        ("X1,forum,2018-04-20,dunno", "concluded", "yes hoặc no"),
    ],
)
def test_a_fault_of_a_meeting_is_named_by_line_and_column(line: str, column: str, words: str) -> None:
    found = meeting_faults(f"{line}\n")
    assert len(found) == 1, found
    assert found[0].startswith(f"Dòng 2, {column}: ")
    assert words in found[0]
