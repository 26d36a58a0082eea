"""The rosters a tenant's administrator uploads: what they say, and the XLSX files that say it.

A kind with no rows has no file. The root unit exists before the upload, so it is in no file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zlib import crc32

import xlsxwriter

RESIDENTIAL = "Khu dân cư"
HEADINGS = {
    "units": (
        *("Mã đơn vị", "Tên đơn vị", "Loại", "Mã đơn vị cấp trên", "Loại hình chi bộ", "Mức đặc thù"),
        *("Ngày sinh hoạt", "Buổi", "Tên cũ trước 01/7/2025", "Kinh độ", "Vĩ độ"),
        *("Cấp tổ chức", "Số đảng viên"),
    ),
    "people": (
        *("Mã đảng viên", "Họ và tên", "Ngày sinh", "Điện thoại", "Thư điện tử", "Mã đơn vị", "Chức vụ"),
        "Tên đăng nhập",
    ),
    "officials": ("Mã đảng viên", "Cấp", "Mã chi bộ sinh hoạt", "Địa bàn phụ trách"),
    "absences": ("Mã đảng viên", "Từ ngày", "Đến ngày", "Lý do"),
}
OTHER_WORDS = {"vinh-linh": {"Họ và tên": "Họ tên", "Điện thoại": "SĐT"}}

Cell = str | int | float | date | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """One row of the units' roster; an organisation has no setting, members, meeting day or slot."""

    code: str
    name: str
    kind: str
    parent_code: str
    longitude: float
    latitude: float
    former_name: str = ""
    setting: str = ""
    special: int = 0
    meeting_day: int | None = None
    meeting_slot: str = ""

    @property
    def rank(self) -> str:
        """An organisation below a tenant's root is a commune's."""
        return "" if self.setting else "Cấp xã"

    @property
    def members(self) -> int | None:
        """How many members the cell has, the same each time: 6 to 45."""
        return 6 + crc32(self.code.encode()) % 40 if self.setting else None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One row of the people's roster; a person without a login has no account."""

    code: str
    full_name: str
    born_on: date
    phone: str
    email: str
    unit_code: str
    title: str
    login: str


@dataclass(frozen=True, slots=True)
class OfficialFacts:
    """A person who attends other cells (S4): level, own cell, and the units whose cells they attend."""

    person_code: str
    level_code: str
    own_cell: str
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AbsenceFacts:
    """Days, both included, on which an official attends nothing."""

    person_code: str
    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """A tenant and its rosters. Its root unit is not among `units`; that unit's code is `root_code`."""

    code: str
    name: str
    committee_name: str
    level_code: str
    parent_code: str | None
    place: str
    units: tuple[UnitFacts, ...]
    people: tuple[PersonFacts, ...]
    officials: tuple[OfficialFacts, ...]
    absences: tuple[AbsenceFacts, ...]

    @property
    def root_code(self) -> str:
        """The code of the unit that opening the tenant made."""
        return self.code.upper()

    @property
    def residential_cells(self) -> tuple[UnitFacts, ...]:
        """The cells that officials attend."""
        return tuple(unit for unit in self.units if unit.setting == RESIDENTIAL)


@dataclass(frozen=True, slots=True)
class FlawedRoster:
    """A roster file whose last `bad_rows` rows hold one mistake each; the rest is the clean roster."""

    path: Path
    bad_rows: int


FLAWS: dict[str, tuple[Mapping[str, Cell], ...]] = {
    "units": (
        {"Tên đơn vị": "Chi bộ thôn ghi trùng mã"},
        {"Mã đơn vị": "LOI-01", "Mã đơn vị cấp trên": "KHONG-CO"},
        {"Mã đơn vị": "LOI-02", "Tên đơn vị": None},
        {"Mã đơn vị": "LOI-03", "Ngày sinh hoạt": 31},
    ),
    "people": (
        {"Họ và tên": "Nguyễn Ghi Trùng"},
        {"Mã đảng viên": "LOI00001", "Mã đơn vị": "KHONG-CO"},
        {"Mã đảng viên": "LOI00002", "Ngày sinh": "31/02/1980"},
        {"Mã đảng viên": "LOI00003", "Họ và tên": None},
    ),
    "officials": ({"Mã đảng viên": "KHONG-CO"}, {"Cấp": "THON"}),
    "absences": ({"Mã đảng viên": "KHONG-CO"}, {"Đến ngày": "30/02/2026"}),
}


def write_rosters(facts: TenantFacts, folder: Path) -> dict[str, Path]:
    """Write the tenant's clean rosters; files by kind, in the order to import them."""
    kinds = {kind: rows for kind, rows in roster_rows(facts).items() if rows}
    return {
        kind: _write(folder / f"{kind}.xlsx", headings(facts, kind), rows) for kind, rows in kinds.items()
    }


def write_flawed_rosters(facts: TenantFacts, folder: Path) -> dict[str, FlawedRoster]:
    """Write the same rosters with bad rows at the end, as "<kind>-flawed.xlsx", beside the clean ones."""
    flawed = {}
    for kind, rows in roster_rows(facts).items():
        if rows:
            bad = [_spoilt(kind, rows[-1], flaw) for flaw in FLAWS[kind]]
            path = _write(folder / f"{kind}-flawed.xlsx", headings(facts, kind), [*rows, *bad])
            flawed[kind] = FlawedRoster(path, len(bad))
    return flawed


def headings(facts: TenantFacts, kind: str) -> tuple[str, ...]:
    """The columns as this tenant's administrator words them (X04: columns are matched, not fixed)."""
    other = OTHER_WORDS.get(facts.code, {})
    return tuple(other.get(heading, heading) for heading in HEADINGS[kind])


def roster_rows(facts: TenantFacts) -> dict[str, list[Row]]:
    """The rows of each roster, cells in the order of HEADINGS."""
    return {
        "units": [_unit(unit) for unit in facts.units],
        "people": [_person(person) for person in facts.people],
        "officials": [
            (one.person_code, one.level_code, one.own_cell, "; ".join(one.areas)) for one in facts.officials
        ],
        "absences": [(one.person_code, one.first_day, one.last_day, one.reason) for one in facts.absences],
    }


def _unit(unit: UnitFacts) -> Row:
    meeting = (unit.special, unit.meeting_day, unit.meeting_slot) if unit.setting else (None, None, None)
    place = (unit.former_name, unit.longitude, unit.latitude)
    return (
        unit.code,
        unit.name,
        unit.kind,
        unit.parent_code,
        unit.setting,
        *meeting,
        *place,
        unit.rank,
        unit.members,
    )


def _person(person: PersonFacts) -> Row:
    contact = (person.phone, person.email)
    return (
        *(person.code, person.full_name, person.born_on, *contact),
        *(person.unit_code, person.title, person.login),
    )


def _spoilt(kind: str, row: Row, flaw: Mapping[str, Cell]) -> Row:
    """A copy of the row with the flaw; a copied person takes no phone, address or login along."""
    alone: dict[str, Cell] = dict.fromkeys(("Điện thoại", "Thư điện tử", "Tên đăng nhập"))
    changed = {**dict(zip(HEADINGS[kind], row, strict=True)), **alone, **flaw}
    return tuple(changed[heading] for heading in HEADINGS[kind])


def _write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> Path:
    """One sheet under a bold heading; the same rows give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001
        sheet = book.add_worksheet("Danh sách")
        sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return path
