"""What a check found in a kept file, and how much of it the preview shows (X04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.data import to_data
from core.rosters.checks import RosterRow, check
from core.rosters.columns import ColumnMapping, MappingError, choose_columns
from core.rosters.drafts import Known
from core.rosters.kinds import KINDS
from core.rosters.models import RosterUpload
from core.rosters.sheets import Fault, Sheet

MOST_SHOWN: Final = 2_000
CELLS_SHOWN: Final = 3
LONGEST_SHOWN: Final = 60
GOOD, LOOK, BAD = "good", "look", "bad"


@dataclass(frozen=True)
class Findings:
    """The good rows, the faults and warnings, under a mapping; or the `problem` that kept it from being read.

    `shown` holds for each row of the file its number, its state and its first cells.
    """

    mapping: Mapping[str, int]
    problem: str = ""
    good: tuple[RosterRow, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    headings: tuple[str, ...] = ()
    shown: tuple[tuple[int, str, list[str]], ...] = ()

    def summary(self) -> dict[str, Any]:
        """What is kept as the upload's preview; the file of faults has them all."""
        if self.problem:
            return {}
        return {
            "good": len(self.good),
            "bad": len({fault.row_number for fault in self.faults}),
            "warned": sum(state == LOOK for _number, state, _cells in self.shown),
            "headings": list(self.headings),
            "rows": [list(row) for row in self.shown],
            "faults": to_data(self.faults[:MOST_SHOWN]),
            "warnings": to_data(self.warnings[:MOST_SHOWN]),
        }


def examine(kept: RosterUpload, sheet: Sheet, known: Known) -> Findings:
    """Check every row of the file against what the tenant has; changes nothing."""
    kind, chosen = KINDS[kept.kind], dict(kept.mapping)
    mapping = choose_columns(sheet.headers, kind, chosen)
    try:
        preview = check(sheet, mapping, kind, known)
    except MappingError as error:
        return Findings(chosen, str(error))
    first = [column for column in kind.columns if column.key in mapping.positions][:CELLS_SHOWN]
    return Findings(
        chosen,
        "",
        preview.good,
        preview.faults,
        preview.warnings,
        tuple(column.heading_vi for column in first),
        _shown(sheet, mapping, [column.key for column in first], preview.faults, preview.warnings),
    )


def _shown(
    sheet: Sheet,
    mapping: ColumnMapping,
    keys: list[str],
    faults: tuple[Fault, ...],
    warnings: tuple[Fault, ...],
) -> tuple[tuple[int, str, list[str]], ...]:
    bad, looked_at = {fault.row_number for fault in faults}, {warning.row_number for warning in warnings}
    return tuple(
        (
            number,
            BAD if number in bad else LOOK if number in looked_at else GOOD,
            [(row[mapping.positions[key]] or "").strip()[:LONGEST_SHOWN] for key in keys],
        )
        for number, row in enumerate(sheet.rows, sheet.first_row_number)
        if any(cell and cell.strip() for cell in row)
    )
