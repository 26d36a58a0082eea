"""Every fault of a roster file at once, row by row, before anything is imported (X04)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from core.rosters.columns import CellError, ColumnMapping, MappingError, RosterKind
from core.rosters.drafts import Draft, Finding, Rule, grouped, rows_of
from core.rosters.drafts import Known as Known
from core.rosters.drafts import KnownPerson as KnownPerson
from core.rosters.drafts import KnownUnit as KnownUnit
from core.rosters.people_rules import (
    areas_real,
    born_before_today,
    days_in_order,
    levels_known,
    logins_apart,
    logins_kept,
    namesakes,
    one_person_one_description,
    own_cell_is_a_cell,
    person_known,
    returning,
    unit_known,
)
from core.rosters.sheets import Fault, Sheet
from core.rosters.unit_rules import (
    cells_stay_childless,
    figures_fit,
    left_standing,
    parents,
    root_stays,
    settings_named,
)


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


def check(sheet: Sheet, mapping: ColumnMapping, kind: RosterKind, known: Known) -> Preview:
    """Reads every row and names each fault with its row, column and remedy; blank rows are passed over.

    Raises MappingError when a required column is not mapped.
    """
    if mapping.missing:
        names = ", ".join(f"“{kind[key].heading_vi}”" for key in mapping.missing)
        raise MappingError(f"Chưa ghép cột bắt buộc: {names}. Đề nghị chọn cột tương ứng trong tệp.")
    drafts = list(_drafts(sheet, mapping, kind))
    for draft in drafts:
        if person := draft.get("person"):
            draft.values["person"] = known.spelling.get(person, person)
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


def _fault(draft: Draft, key: str, message: str, kind: RosterKind, mapping: ColumnMapping) -> Fault:
    return Fault(draft.number, key, f"{kind[key].heading_vi}: {message}", mapping.positions.get(key))


def _drafts(sheet: Sheet, mapping: ColumnMapping, kind: RosterKind) -> Iterator[Draft]:
    columns = [(kind[key], position) for key, position in mapping.positions.items()]
    columns.sort(key=lambda pair: kind.columns.index(pair[0]))
    for number, row in enumerate(sheet.rows, sheet.first_row_number):
        if not any(cell and cell.strip() for cell in row):
            continue
        draft = Draft(number, {}, [])
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


def _repeated(kind: RosterKind) -> Rule:
    """Rows of one name: each points to another."""
    names = ", ".join(kind[key].heading_vi for key in kind.key_columns)

    def rule(drafts: list[Draft], _known: Known) -> Iterator[Finding]:
        for group in grouped(drafts, *kind.key_columns).values():
            for draft in group if len(group) > 1 else ():
                others = rows_of(other for other in group[:5] if other is not draft)
                message = f"trùng với dòng {others} (cùng {names}); chỉ giữ lại một dòng."
                yield draft, kind.key_columns[0], message

    return rule


_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "units": (parents, cells_stay_childless, root_stays, figures_fit, left_standing),
    "people": (unit_known("unit"), one_person_one_description, logins_apart, born_before_today),
    "officials": (person_known, levels_known, unit_known("own_cell"), own_cell_is_a_cell, areas_real),
    "absences": (person_known, days_in_order),
}
_LOOKS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "units": (settings_named,),
    "people": (namesakes, returning, logins_kept),
}
