"""Every fault of a roster file at once, row by row, before anything is imported (X04)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from core.rosters.columns import CellError, ColumnMapping, MappingError, RosterKind
from core.rosters.kinds import suggestion
from core.rosters.sheets import Fault, Sheet
from tenants.tree import UnitKind
from tenants.vietnamese import fold

MAX_DEPTH: Final = 12

Finding = tuple["_Draft", str, str]


@dataclass(frozen=True)
class KnownUnit:
    """A unit the tenant already has, and the code of the one above it."""

    kind: UnitKind
    parent: str | None = None


@dataclass(frozen=True)
class KnownPerson:
    """A person the tenant already has; `search_key` is the folded name."""

    search_key: str
    born_on: date | None = None
    login: str | None = None


@dataclass(frozen=True)
class Known:
    """What the tenant already has, by code, and the day of the check; `settings` are catalogue names."""

    today: date
    units: Mapping[str, KnownUnit] = field(default_factory=dict)
    people: Mapping[str, KnownPerson] = field(default_factory=dict)
    levels: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()

    @cached_property
    def with_cells(self) -> frozenset[str]:
        """Codes of the cells and of every unit with a cell below it."""
        found = set[str]()
        for code, unit in self.units.items():
            above: str | None = code if unit.kind is UnitKind.CELL else None
            while above is not None and above not in found:
                found.add(above)
                above = self.units[above].parent if above in self.units else None
        return frozenset(found)


@dataclass(frozen=True)
class RosterRow:
    """One good row: the file's row number and its values by column key.

    A blank cell is None; a column the file does not have is no key.
    """

    number: int
    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]


@dataclass(frozen=True)
class Preview:
    """What would be imported, what is wrong, and what merely deserves a look."""

    good: tuple[RosterRow, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


@dataclass
class _Draft:
    """A row being checked: the values that could be read, and the cells that could not."""

    number: int
    values: dict[str, Any]
    faults: list[tuple[str, str]]

    def get(self, key: str) -> Any:
        return self.values.get(key)


def check(sheet: Sheet, mapping: ColumnMapping, kind: RosterKind, known: Known) -> Preview:
    """Reads every row and names each fault with its row, column and remedy; blank rows are passed over.

    Raises MappingError when a required column is not mapped.
    """
    if mapping.missing:
        names = ", ".join(f"“{kind[key].heading_vi}”" for key in mapping.missing)
        raise MappingError(f"Chưa ghép cột bắt buộc: {names}. Đề nghị chọn cột tương ứng trong tệp.")
    drafts = list(_drafts(sheet, mapping, kind))
    for rule in (_repeated(kind), *_RULES[kind.code]):
        for draft, key, message in list(rule(drafts, known)):
            draft.faults.append((key, message))
    warnings = [
        _fault(*found, kind, mapping) for look in _LOOKS.get(kind.code, ()) for found in look(drafts, known)
    ]
    return Preview(
        tuple(
            RosterRow(draft.number, MappingProxyType(draft.values)) for draft in drafts if not draft.faults
        ),
        tuple(_fault(draft, *found, kind, mapping) for draft in drafts for found in draft.faults),
        tuple(warnings),
    )


def _fault(draft: _Draft, key: str, message: str, kind: RosterKind, mapping: ColumnMapping) -> Fault:
    return Fault(draft.number, key, f"{kind[key].heading_vi}: {message}", mapping.positions.get(key))


def _drafts(sheet: Sheet, mapping: ColumnMapping, kind: RosterKind) -> Iterator[_Draft]:
    columns = [(kind[key], position) for key, position in mapping.positions.items()]
    columns.sort(key=lambda pair: kind.columns.index(pair[0]))
    for number, row in enumerate(sheet.rows, sheet.first_row_number):
        if not any(cell and cell.strip() for cell in row):
            continue
        draft = _Draft(number, {}, [])
        for column, position in columns:
            cell = row[position] or ""
            if cell.strip():
                try:
                    draft.values[column.key] = column.parser.read(cell)
                except CellError as error:
                    draft.faults.append((column.key, str(error)))
            elif column.required:
                draft.faults.append((column.key, "bắt buộc phải điền; đề nghị bổ sung."))
            else:
                draft.values[column.key] = None
        yield draft


def _rows(drafts: Iterable[_Draft]) -> str:
    numbers = [str(draft.number) for draft in drafts]
    return ", ".join(numbers[:3]) + (", …" if len(numbers) > 3 else "")


def _grouped(drafts: Iterable[_Draft], *keys: str) -> Mapping[tuple[Any, ...], list[_Draft]]:
    """Rows by these values; rows where one is blank or could not be read are left out."""
    groups = defaultdict(list)
    for draft in drafts:
        value = tuple(draft.get(key) for key in keys)
        if None not in value:
            groups[value].append(draft)
    return groups


Rule = Callable[[list[_Draft], Known], Iterable[Finding]]


def _repeated(kind: RosterKind) -> Rule:
    """Rows of one name: each points to another."""
    names = ", ".join(kind[key].heading_vi for key in kind.key_columns)

    def rule(drafts: list[_Draft], _known: Known) -> Iterator[Finding]:
        for group in _grouped(drafts, *kind.key_columns).values():
            for draft in group if len(group) > 1 else ():
                others = _rows(other for other in group[:5] if other is not draft)
                message = f"trùng với dòng {others} (cùng {names}); chỉ giữ lại một dòng."
                yield draft, kind.key_columns[0], message

    return rule


def _unit_known(key: str) -> Rule:
    def rule(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
        for draft in drafts:
            code = draft.get(key)
            if code is not None and code not in known.units:
                yield draft, key, f"chưa có đơn vị mã “{code}”; kiểm tra lại mã hoặc nhập đơn vị này trước."

    return rule


def _person_known(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    for draft in drafts:
        code = draft.get("person")
        if code is not None and code not in known.people:
            yield (
                draft,
                "person",
                f"chưa có đồng chí mã “{code}”; kiểm tra lại mã hoặc nhập đồng chí này trước.",
            )


def _parents(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    units = _units_after(drafts, known)
    for draft in drafts:
        code, parent = draft.get("code"), draft.get("parent")
        if parent is None:
            continue
        if parent not in units:
            yield (
                draft,
                "parent",
                f"chưa có đơn vị mã “{parent}” trong tệp và trên hệ thống; kiểm tra lại mã.",
            )
        elif units[parent].kind is UnitKind.CELL:
            yield (
                draft,
                "parent",
                f"“{parent}” là chi bộ, không có đơn vị trực thuộc; chọn đơn vị cấp trên khác.",
            )
        elif code is not None and (problem := _chain_problem(code, units)):
            yield draft, "parent", problem


def _units_after(drafts: Iterable[_Draft], known: Known) -> dict[str, KnownUnit]:
    """The units as they would stand after the import."""
    units = dict(known.units)
    for draft in drafts:
        code = draft.get("code")
        if code is None:
            continue
        before = known.units.get(code, KnownUnit(UnitKind.ORGANISATION))
        units[code] = KnownUnit(draft.get("kind") or before.kind, draft.values.get("parent", before.parent))
    return units


def _chain_problem(code: str, units: Mapping[str, KnownUnit]) -> str | None:
    chain, above = [code], units[code].parent
    while above is not None and above in units:
        if above == code:
            shown = " → ".join((*chain, code))
            return f"các đơn vị trực thuộc vòng tròn ({shown}); kiểm tra lại đơn vị cấp trên."
        if len(chain) == MAX_DEPTH:
            return f"đơn vị nằm sâu quá {MAX_DEPTH} cấp; kiểm tra lại đơn vị cấp trên."
        chain.append(above)
        above = units[above].parent
    return None


def _cells_stay_childless(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    """An organisation the tenant has may become a cell only once nothing stays below it."""
    after = _units_after(drafts, known)
    with_children = {after[code].parent for code in known.units}
    for draft in drafts:
        code = draft.get("code")
        if draft.get("kind") is UnitKind.CELL and code in with_children:
            yield (
                draft,
                "kind",
                f"“{code}” đang có đơn vị trực thuộc nên không thể là chi bộ; chuyển chúng trước.",
            )


def _left_standing(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    """Sound rows that lean on faulty ones: importing the sound ones alone would break the tree."""
    sound = [draft for draft in drafts if not draft.faults]
    faulty = {draft.get("code"): draft.number for draft in drafts if draft.faults}
    while True:
        found = {
            draft.number: (draft, key)
            for rule in (_parents, _cells_stay_childless)
            for draft, key, _message in rule(sound, known)
        }
        if not found:
            return
        for draft, key in found.values():
            row = faulty.get(draft.get("parent"))
            where = f"dòng {row} đang có lỗi" if row else "các dòng liên quan đang có lỗi"
            yield draft, key, f"chưa nhập được vì {where}; sửa lỗi đó trước."
        faulty |= {draft.get("code"): draft.number for draft, _key in found.values()}
        sound = [draft for draft in sound if draft.number not in found]


def _one_person_one_description(drafts: list[_Draft], _known: Known) -> Iterator[Finding]:
    """Rows of one person may differ in post only; a blank says nothing."""
    for group in _grouped(drafts, "person").values():
        for key in ("full_name", "born_on", "phone", "email", "login"):
            told = [draft for draft in group if draft.get(key) is not None]
            for draft in told[1:]:
                if draft.get(key) != told[0].get(key):
                    yield draft, key, f"khác với dòng {told[0].number} của cùng đồng chí; sửa cho thống nhất."


def _logins_apart(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    owners = {person.login: code for code, person in known.people.items() if person.login}
    for (login, person), group in _grouped(drafts, "login", "person").items():
        owner = owners.setdefault(login, person)
        for draft in group if owner != person else ():
            yield draft, "login", f"“{login}” đã là của đồng chí mã “{owner}”; chọn tên đăng nhập khác."


def _born_before_today(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    for draft in drafts:
        born = draft.get("born_on")
        if born is not None and born >= known.today:
            yield draft, "born_on", f"{born:%d/%m/%Y} chưa đến; kiểm tra lại năm sinh."


def _levels_known(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    codes = tuple(sorted(known.levels))
    by_fold = {fold(code): code for code in codes}
    for draft in drafts:
        level = draft.get("level")
        if level is None:
            continue
        if fold(level) in by_fold:
            draft.values["level"] = by_fold[fold(level)]
        else:
            hint = suggestion(level, codes) or f" Các cấp hiện có: {', '.join(codes) or 'chưa khai báo'}."
            yield draft, "level", f"chưa có cấp “{level}”.{hint}"


def _areas_real(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    for draft in drafts:
        area = draft.get("area") or ()
        unknown = [f"“{code}”" for code in area if code not in known.units]
        usable = [code for code in area if code in known.with_cells and code != draft.get("own_cell")]
        if unknown:
            yield (draft, "area", f"chưa có đơn vị mã {', '.join(unknown[:5])}; kiểm tra lại mã.")
        elif area and not usable:
            yield draft, "area", "không có chi bộ nào ngoài chi bộ nơi đồng chí sinh hoạt; chọn thêm đơn vị."


def _own_cell_is_a_cell(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    for draft in drafts:
        unit = known.units.get(draft.get("own_cell"))
        if unit is not None and unit.kind is not UnitKind.CELL:
            yield draft, "own_cell", f"“{draft.get('own_cell')}” không phải là chi bộ; ghi mã chi bộ."


def _days_in_order(drafts: list[_Draft], _known: Known) -> Iterator[Finding]:
    for draft in drafts:
        start, end = draft.get("starts_on"), draft.get("ends_on")
        if start is not None and end is not None and end < start:
            yield draft, "ends_on", f"{end:%d/%m/%Y} trước ngày bắt đầu {start:%d/%m/%Y}; đổi lại hai ngày."


def _settings_named(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    """Spells known settings as the catalogue does, and shows those the import would add to it."""
    names = tuple(sorted(known.settings))
    by_fold = {fold(name): name for name in names}
    for draft in drafts:
        setting = draft.get("setting")
        if setting is None:
            continue
        draft.values["setting"] = by_fold.setdefault(fold(setting), setting)
        if draft.values["setting"] not in known.settings:
            hint = suggestion(setting, names)
            yield draft, "setting", f"“{setting}” chưa có trong danh mục, sẽ được thêm khi nhập.{hint}"


def _namesakes(drafts: list[_Draft], known: Known) -> Iterator[Finding]:
    """Two codes with one name and one day of birth may be one comrade entered twice."""
    groups = _grouped(drafts, "full_name", "born_on", "person")
    bearers: dict[tuple[str, date], set[str]] = defaultdict(set)
    for code, person in known.people.items():
        if person.born_on is not None:
            bearers[person.search_key, person.born_on].add(code)
    for name, born_on, code in groups:
        bearers[fold(name), born_on].add(code)
    shown = {who: sorted(codes)[:4] for who, codes in bearers.items() if len(codes) > 1}
    for (name, born_on, code), group in groups.items():
        others = [other for other in shown.get((fold(name), born_on), ()) if other != code]
        if others:
            yield (
                group[0],
                "full_name",
                f"trùng họ tên và ngày sinh với mã {', '.join(others[:3])}; kiểm tra lại.",
            )


_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "units": (_parents, _cells_stay_childless, _left_standing),
    "people": (_unit_known("unit"), _one_person_one_description, _logins_apart, _born_before_today),
    "officials": (_person_known, _levels_known, _unit_known("own_cell"), _own_cell_is_a_cell, _areas_real),
    "absences": (_person_known, _days_in_order),
}
_LOOKS: Final[Mapping[str, tuple[Rule, ...]]] = {"units": (_settings_named,), "people": (_namesakes,)}
