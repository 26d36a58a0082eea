"""Every bad row of a roster file is named with every reason, and no other row is."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rosters.checks import Known, KnownPerson, KnownUnit, Preview, check
from core.rosters.columns import MappingError, RosterKind, match_columns
from core.rosters.kinds import ABSENCES, KINDS, OFFICIALS, PEOPLE, UNITS
from core.rosters.sheets import Sheet, read_sheet, with_errors, write_sheet
from tenants.tree import UnitKind

ORGANISATION, CELL = UnitKind.ORGANISATION, UnitKind.CELL
KNOWN = Known(
    date(2026, 3, 1),
    units={
        "H": KnownUnit(ORGANISATION),
        "X1": KnownUnit(ORGANISATION, "H"),
        "X2": KnownUnit(ORGANISATION, "H"),
        "C1": KnownUnit(CELL, "X1"),
        "C2": KnownUnit(CELL, "X1"),
    },
    people={
        "DV1": KnownPerson("tran van mau", date(1970, 2, 1), "tranvanmau"),
        "DV2": KnownPerson("le thi mau"),
    },
    levels={"XA": False, "HUYEN": False, "TINH": True},
    settings=frozenset({"Khu dân cư"}),
)
Row = Sequence[str | None]


def checked(kind: RosterKind, *rows: Row, known: Known = KNOWN) -> Preview:
    """The rows, filled up with blanks, as they would be checked from a file of the kind (first row: 2)."""
    width = len(kind.columns)
    body = tuple((*row, *[None] * (width - len(row))) for row in rows)
    return check(Sheet(kind.headers, body), match_columns(kind.headers, kind), kind, known)


def told(preview: Preview) -> dict[int, str]:
    """Row number → all that is said of it."""
    rows: dict[int, list[str]] = {}
    for fault in preview.faults:
        rows.setdefault(fault.row_number, []).append(fault.message_vi)
    return {row: " ".join(messages) for row, messages in rows.items()}


def test_parents_may_stand_anywhere_in_the_file() -> None:
    preview = checked(UNITS, ["C9", "Chi bộ 9", "Chi bộ", "X9"], ["X9", "Đảng bộ 9", "Đảng bộ", "H"])
    assert preview.faults == ()
    assert [(row.number, row["code"], row["kind"], row["parent"]) for row in preview.good] == [
        (2, "C9", CELL, "X9"),
        (3, "X9", ORGANISATION, "H"),
    ]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    faults = checked(UNITS, ["C 9", None, "Chi hội", "Z", None, "7", "31"]).faults
    assert [fault.column for fault in faults] == ["code", "name", "kind", "special", "meeting_day", "parent"]
    assert [fault.position for fault in faults] == [0, 1, 2, 5, 6, 3]
    assert faults[1].message_vi == "Tên đơn vị: bắt buộc phải điền; đề nghị bổ sung."


def test_rows_with_one_key_name_each_other() -> None:
    cell = ["Chi bộ 9", "Chi bộ", "H"]
    messages = told(checked(UNITS, ["C9", *cell], ["C8", *cell], [" c9 ", *cell]))
    assert set(messages) == {2, 4}
    assert "trùng với dòng 4" in messages[2]
    assert "trùng với dòng 2" in messages[4]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([["A", "a", "Đảng bộ", "Z"]], {2: "chưa có đơn vị mã “Z”"}),
        ([["A", "a", "Chi bộ", "C1"]], {2: "“C1” là chi bộ"}),
        ([["A", "a", "Đảng bộ", "A"]], {2: "A → A"}),
        ([["A", "a", "Đảng bộ", "B"], ["B", "b", "Đảng bộ", "A"]], {2: "A → B → A", 3: "B → A → B"}),
        ([["H", "h", "Đảng bộ", "X1"]], {2: "H → X1 → H"}),
        ([["H", "h", "Chi bộ", None]], {2: "là đơn vị cao nhất"}),
        ([["X1", "x", "Chi bộ", "H"]], {2: "“X1” đang có đơn vị trực thuộc"}),
        (
            [["A", "a", "Đảng bộ", "H", None, "9"], ["B", "b", "Chi bộ", "A"]],
            {2: "từ 0 đến 3", 3: "dòng 2 đang có lỗi"},
        ),
    ],
)
def test_a_broken_tree_is_refused(rows: list[Row], said: dict[int, str]) -> None:
    messages = told(checked(UNITS, *rows))
    assert set(messages) == set(said)
    assert [row for row in said if said[row] not in messages[row]] == []


def test_sound_rows_never_lean_on_a_faulty_move() -> None:
    nested = replace(KNOWN, units={**KNOWN.units, "X3": KnownUnit(ORGANISATION, "X1")})
    swap: list[Row] = [["X3", "x", "Đảng bộ", "H", None, "9"], ["X1", "h", "Đảng bộ", "X3"]]
    assert "dòng 2 đang có lỗi" in told(checked(UNITS, *swap, known=nested))[3]
    emptied: list[Row] = [
        ["C1", "c", "Chi bộ", "X2"],
        ["C2", "c", "Chi bộ", "X2", None, "9"],
        ["X1", "x", "Chi bộ", "H"],
    ]
    assert set(told(checked(UNITS, *emptied))) == {3, 4}


def test_comrades_who_come_back_and_other_logins_are_shown() -> None:
    known = replace(KNOWN, people={"DV1": KnownPerson("tran van mau", None, "tranvanmau", left=True)})
    row: Row = ["DV1", "Trần Văn Mẫu", None, None, None, "C1", "Đảng viên", "khac.hon"]
    looks = checked(PEOPLE, row, known=known).warnings
    assert [look.column for look in looks] == ["person", "login"]
    assert "“tranvanmau”; tên cũ được giữ nguyên" in looks[1].message_vi


def test_a_tree_may_not_be_endlessly_deep() -> None:
    rows: list[Row] = [[f"U{n}", "u", "Đảng bộ", f"U{n - 1}" if n else None] for n in range(14)]
    assert "sâu quá 12 cấp" in told(checked(UNITS, *rows))[14]


def test_a_setting_is_spelled_as_in_the_catalogue_and_a_new_one_is_shown() -> None:
    row = ["C9", "Chi bộ 9", "Chi bộ", "H"]
    preview = checked(UNITS, [*row, "khu dân  CƯ"], ["C8", *row[1:], "Khu dân cứ số"])
    assert preview.good[0]["setting"] == "Khu dân cư"
    assert [(look.row_number, look.column) for look in preview.warnings] == [(3, "setting")]
    assert "Có phải là “Khu dân cư”?" in preview.warnings[0].message_vi


PERSON = ["DV9", "Lê Văn Mẫu", "01/02/1970", "0912345678", None, "C1", "Đảng viên"]


def test_one_comrade_may_hold_two_posts_described_alike() -> None:
    secretary = [*PERSON[:2], None, None, None, "X1", "Bí thư"]
    assert checked(PEOPLE, PERSON, secretary).faults == ()
    assert "khác với dòng 2" in told(checked(PEOPLE, PERSON, ["DV9", "Lê Văn Khác", *secretary[2:]]))[3]


@pytest.mark.parametrize(
    ("place", "cell", "said"),
    [
        (2, "01/03/2026", "chưa đến"),
        (3, "0912", "10 chữ số"),
        (4, "a@b", "không hợp lệ"),
        (5, "C7", "chưa có đơn vị mã “C7”"),
        (6, "Bí thư xã", "Có phải là “Bí thư”?"),
        (7, "tranvanmau", "đã là của đồng chí mã “DV1”"),
    ],
)
def test_a_bad_cell_about_a_person_is_told(place: int, cell: str, said: str) -> None:
    row = [*PERSON, None]
    row[place] = cell
    assert said in told(checked(PEOPLE, row))[2]


def test_namesakes_born_on_one_day_are_shown_not_refused() -> None:
    preview = checked(
        PEOPLE, PERSON, ["DV8", "LÊ VĂN MẪU", *PERSON[2:]], ["DV7", "Trần Văn Mẫu", *PERSON[2:]]
    )
    assert preview.faults == ()
    said = {look.row_number: look.message_vi for look in preview.warnings}
    assert set(said) == {2, 3, 4}
    assert ("DV8" in said[2], "DV9" in said[3], "DV1" in said[4]) == (True, True, True)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["DV5", "XA", "C1", "X1"], "person", "chưa có đồng chí"),
        (["DV1", "XÁ HUYỆN", "C1", "X1"], "level", "Có phải là “HUYEN”"),
        (["DV1", "Q", "C1", "X1"], "level", "HUYEN, TINH, XA"),
        (["DV1", "XA", "X1", "C2"], "own_cell", "không phải là chi bộ"),
        (["DV1", "XA", "C7", "X1"], "own_cell", "chưa có đơn vị"),
        (["DV1", "XA", "C1", "X1; C7; C8"], "area", "“C7”, “C8”"),
        (["DV1", "XA", "C1", "X2"], "area", "không có chi bộ nào"),
        (["DV1", "XA", "C1", "C1"], "area", "không có chi bộ nào"),
        (["DV1", "XA", "C1", " ; "], "area", "chưa có mã đơn vị nào"),
    ],
)
def test_a_bad_cell_about_an_official_is_told(row: Row, column: str, said: str) -> None:
    (fault,) = checked(OFFICIALS, row).faults
    assert (fault.column, said in fault.message_vi) == (column, True)


def test_a_good_official_keeps_the_known_spelling_of_the_level() -> None:
    (row,) = checked(OFFICIALS, ["dv1", "Xã", None, "x1, c2"]).good
    assert row.values == {"person": "DV1", "level": "XA", "own_cell": None, "area": ("X1", "C2")}


def test_a_level_that_attends_its_own_cell_may_have_no_other() -> None:
    (row,) = checked(OFFICIALS, ["DV1", "TINH", "C1", "C1"]).good
    assert row.values["area"] == ("C1",)


def test_an_absence_ends_after_it_starts() -> None:
    messages = told(
        checked(ABSENCES, ["DV1", "03/03/2026", "03/03/2026"], ["DV1", "03/03/2026", "02/03/2026"])
    )
    assert set(messages) == {3}
    assert "trước ngày bắt đầu 03/03/2026" in messages[3]


def test_blank_rows_are_passed_over_and_absent_columns_are_not_blank_cells() -> None:
    sheet = Sheet(
        ("Mã đảng viên", "Từ ngày", "Đến ngày"), ((None, " ", None), ("DV1", "01/01/2026", "01/01/2026"))
    )
    preview = check(sheet, match_columns(sheet.headers, ABSENCES), ABSENCES, KNOWN)
    assert [(row.number, "reason" in row.values) for row in preview.good] == [(3, False)]


def test_nothing_is_checked_before_the_needed_columns_are_matched() -> None:
    with pytest.raises(MappingError, match="“Đến ngày”"):
        check(
            Sheet(("Mã đảng viên", "Từ ngày"), ()),
            match_columns(["Mã đảng viên", "Từ ngày"], ABSENCES),
            ABSENCES,
            KNOWN,
        )


@given(st.lists(st.sampled_from(["good", "phone", "unit", "role", "name", "date"]), min_size=1, max_size=30))
@settings(deadline=None)
def test_exactly_the_bad_rows_are_named_and_come_back(states: list[str]) -> None:
    spoilt = {
        "phone": (3, "x"),
        "unit": (5, "Z"),
        "role": (6, "Vua"),
        "name": (1, None),
        "date": (2, "30/02/1970"),
    }
    rows = []
    for number, state in enumerate(states):
        row = [f"P{number}", *PERSON[1:], None]
        if state in spoilt:
            row[spoilt[state][0]] = spoilt[state][1]
        rows.append(row)
    sheet = read_sheet(write_sheet("Danh sách", PEOPLE.headers, rows), "a.xlsx")
    preview = check(sheet, match_columns(sheet.headers, PEOPLE), PEOPLE, KNOWN)
    bad = {number for number, state in enumerate(states, 2) if state != "good"}
    assert {fault.row_number for fault in preview.faults} == bad
    assert {row.number for row in preview.good} == set(range(2, len(states) + 2)) - bad
    again = read_sheet(with_errors(sheet, preview.faults), "a.xlsx")
    assert {number for number, row in enumerate(again.rows, again.first_row_number) if row[-1]} == bad


def test_an_export_is_a_valid_import_of_the_same_values() -> None:
    first = checked(
        PEOPLE, PERSON, ["DV1", "Trần Văn Mẫu", None, None, None, "X1", "Phó Bí thư", "tranvanmau"]
    )
    exported = write_sheet(
        PEOPLE.title_vi, PEOPLE.headers, [PEOPLE.cells(row.values) for row in first.good], PEOPLE.guide
    )
    sheet = read_sheet(exported, "a.xlsx")
    assert check(sheet, match_columns(sheet.headers, PEOPLE), PEOPLE, KNOWN) == first


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_twenty_thousand_rows_take_a_moment(kind: RosterKind) -> None:
    rows = [[f"DV{number}", *kind.examples[1:]] for number in range(20_000)]
    started = time.process_time()
    preview = checked(kind, *rows)
    assert len(preview.good) + len({fault.row_number for fault in preview.faults}) == 20_000
    assert time.process_time() - started < 3
