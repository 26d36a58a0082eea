"""Headings matched to columns, and every kind's cells read and shown."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rosters.columns import CellError, MappingError, RosterKind, choose_columns, match_columns
from core.rosters.kinds import ABSENCES, KINDS, OFFICIALS, PEOPLE, ROLES, SLOTS, UNIT_KINDS, UNITS
from core.rotation.solving.facts import Slot
from tenants.access import ROLE_LABELS, Role

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@EVERY_KIND
def test_a_kind_recognises_its_own_headings_in_any_order(kind: RosterKind) -> None:
    mapping = match_columns(kind.headers[::-1], kind)
    last = len(kind.columns) - 1
    assert mapping.positions == {column.key: last - place for place, column in enumerate(kind.columns)}
    assert (mapping.guessed, mapping.unmatched, mapping.missing) == (frozenset(), (), ())


@EVERY_KIND
def test_a_kind_reads_its_own_examples_back(kind: RosterKind) -> None:
    values = {column.key: column.parser.read(column.example) for column in kind.columns}
    assert kind.cells(values) == kind.examples


@EVERY_KIND
def test_the_page_about_roster_files_names_every_column(kind: RosterKind) -> None:
    page = Path("docs/roster-files.md").read_text(encoding="utf-8")
    assert kind.title_vi in page
    assert [column.title for column in kind.columns if f"| {column.title} |" not in page] == []


def test_spelling_aliases_and_asides_are_seen_through() -> None:
    headers = [
        "HỌ TÊN",
        "Ngày sinh (dd/mm/yyyy)",
        "SĐT",
        "ma dang vien",
        "Mã chi bộ:",
        "Chức vụ *",
        "Ghi chú",
        "Lỗi",
        "",
    ]
    mapping = match_columns(headers, PEOPLE)
    assert mapping.positions == {"full_name": 0, "born_on": 1, "phone": 2, "person": 3, "unit": 4, "role": 5}
    assert (mapping.guessed, mapping.unmatched) == (frozenset(), ("Ghi chú",))


def test_a_near_heading_is_a_guess_and_a_needed_one_may_be_missing() -> None:
    mapping = match_columns(["Mã đảng viênn", "Từ ngày", "Lí do vắng"], ABSENCES)
    assert mapping.positions == {"person": 0, "starts_on": 1}
    assert (set(mapping.guessed), mapping.missing) == ({"person"}, ("ends_on",))


def test_one_heading_serves_one_column() -> None:
    mapping = match_columns(["Mã đơn vị", "Mã đơn vị", "Tên đơn vị"], UNITS)
    assert mapping.positions == {"code": 0, "name": 2}
    assert mapping.unmatched == ("Mã đơn vị",)


def test_a_person_may_choose_otherwise() -> None:
    mapping = choose_columns(["A", "B", "C"], ABSENCES, {"person": 2, "starts_on": 0, "ends_on": 1})
    assert (mapping.positions["person"], mapping.unmatched, mapping.missing) == (2, (), ())


@pytest.mark.parametrize("chosen", [{"person": 3}, {"person": -1}, {"nobody": 0}, {"person": 0, "reason": 0}])
def test_an_impossible_choice_is_refused(chosen: dict[str, int]) -> None:
    with pytest.raises(MappingError, match="Đề nghị"):
        choose_columns(["A", "B", "C"], ABSENCES, chosen)


@pytest.mark.parametrize(
    ("kind", "key", "cell", "value"),
    [
        (PEOPLE, "phone", "+84 912.345.678", "0912345678"),
        (PEOPLE, "phone", "912345678", "0912345678"),
        (PEOPLE, "phone", "(024) 3825 1234", "02438251234"),
        (PEOPLE, "born_on", "5-9-1980", date(1980, 9, 5)),
        (PEOPLE, "born_on", "1980-09-05", date(1980, 9, 5)),
        (PEOPLE, "person", " đv-01 ", "ĐV-01"),
        (PEOPLE, "role", "phó bí thư", "deputy_secretary"),
        (PEOPLE, "full_name", "  Trần\u00a0Thị   Hoa ", "Trần Thị Hoa"),
        (PEOPLE, "email", "Vidu@Example.com", "vidu@example.com"),
        (UNITS, "kind", "ĐẢNG BỘ BỘ PHẬN", "organisation"),
        (UNITS, "longitude", "105,8342", 105.8342),
        (OFFICIALS, "area", "db-01, CB-2;\nDB-01;", ("DB-01", "CB-2")),
    ],
)
def test_cells_are_read_as_they_are_meant(kind: RosterKind, key: str, cell: str, value: object) -> None:
    assert kind[key].parser.read(cell) == value


@pytest.mark.parametrize(
    ("kind", "key", "cell", "advice"),
    [
        (PEOPLE, "phone", "12345", "10 chữ số"),
        (PEOPLE, "born_on", "31/02/1980", "ngày/tháng/năm"),
        (PEOPLE, "born_on", "1980", "ngày/tháng/năm"),
        (PEOPLE, "email", "a@b", "ten@example.com"),
        (PEOPLE, "role", "Chi uỷ vien phó", "Có phải là “Chi ủy viên”"),
        (PEOPLE, "role", "xyz", "Chọn một trong: Bí thư"),
        (PEOPLE, "full_name", "12/3", "họ, tên đệm và tên"),
        (PEOPLE, "login", "Hoa@xa", "3 đến 40"),
        (UNITS, "code", "CB 01", "viết liền"),
        (UNITS, "code", "CB/01", "chỉ gồm chữ không dấu"),
        (UNITS, "special", "4", "từ 0 đến 3"),
        (UNITS, "meeting_day", "2.5", "từ 1 đến 28"),
        (UNITS, "meeting_day", "²", "từ 1 đến 28"),
        (UNITS, "longitude", "21.03", "từ 102 đến 118"),
        (UNITS, "name", "a" * 201, "200 ký tự"),
        (OFFICIALS, "area", " ; ", "chưa có mã"),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_to_do(
    kind: RosterKind, key: str, cell: str, advice: str
) -> None:
    with pytest.raises(CellError, match=advice):
        kind[key].parser.read(cell)


VALUES = {
    "kind": st.sampled_from(list(UNIT_KINDS.values())),
    "meeting_slot": st.sampled_from(list(SLOTS.values())),
    "longitude": st.floats(102, 118),
    "born_on": st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    "role": st.sampled_from(list(ROLES.values())),
    "area": st.lists(st.from_regex(r"[A-Z0-9][A-Z0-9.-]{0,5}", fullmatch=True), min_size=1, unique=True).map(
        tuple
    ),
}


@given(st.fixed_dictionaries(VALUES))
def test_a_shown_value_reads_back_the_same(values: dict[str, Any]) -> None:
    for key, value in values.items():
        parser = next(
            column.parser for kind in KINDS.values() for column in kind.columns if column.key == key
        )
        assert parser.read(parser.show(value)) == value


def test_words_in_files_are_the_words_of_the_product() -> None:
    assert {ROLE_LABELS[Role(value)]: value for value in ROLES.values()} == ROLES
    assert [Slot(value).label for value in SLOTS.values()] == [f"buổi {label.lower()}" for label in SLOTS]
