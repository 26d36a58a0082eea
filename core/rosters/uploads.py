"""Uploads and what was found in them, as pages show them; no statement here loads a file (X04)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.queries.reading import Slice, slice_of, sliced
from core.rosters.findings import BAD, GOOD, LOOK
from core.rosters.kinds import KINDS
from core.rosters.models import RosterUpload
from tenants.models import Account, Person

ROWS_SHOWN = 50
STATES: Mapping[str, tuple[str, str]] = {
    GOOD: ("Hợp lệ", "ok"), LOOK: ("Nên xem lại", "warn"), BAD: ("Có lỗi", "late"),
}  # fmt: skip
MORE_FAULTS = "Có lỗi; xem trong tệp lỗi."


@dataclass(frozen=True)
class UploadRow:
    """A line of the list of uploads; counts are None until the file is checked."""

    id: UUID
    kind: str
    file_name: str
    uploaded_at: datetime
    uploaded_by: str
    checked_at: datetime | None
    imported_at: datetime | None
    problem: str
    good: int | None
    bad: int | None

    @property
    def title(self) -> str:
        """What the file lists, in Vietnamese."""
        return KINDS[self.kind].title_vi

    @property
    def chip(self) -> dict[str, str]:
        """How far the file is, in colour and words."""
        if self.imported_at:
            return {"tone": "ok", "label": "Đã nhập"}
        if self.checked_at is None:
            return {"tone": "info", "label": "Đang kiểm tra"}
        if self.problem or self.bad:
            return {"tone": "warn", "label": f"{self.bad} dòng lỗi" if self.bad else "Cần xem lại"}
        return {"tone": "info", "label": "Chờ nhập"}


def uploads(session: orm.Session, number: int) -> Slice[UploadRow]:
    """One page of the tenant's uploads, newest first."""
    query = (
        sa.select(
            RosterUpload.id, RosterUpload.kind, RosterUpload.file_name, RosterUpload.uploaded_at,
            sa.func.coalesce(Person.full_name, "").label("uploaded_by"), RosterUpload.checked_at,
            RosterUpload.imported_at, RosterUpload.problem,
            RosterUpload.preview["good"].as_integer().label("good"),
            RosterUpload.preview["bad"].as_integer().label("bad"),
        )
        .outerjoin(Account, Account.id == RosterUpload.uploaded_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .order_by(RosterUpload.uploaded_at.desc(), RosterUpload.id.desc())
    )  # fmt: skip
    return sliced(session, query, number, lambda row: UploadRow(**row._mapping))


@dataclass(frozen=True)
class PreviewRow:
    """A row of the file as the preview shows it: its first cells, its state, and what is said of it."""

    number: int
    state: str
    cells: tuple[str, ...]
    faults: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def chip(self) -> dict[str, str]:
        """The row's state in colour and words."""
        label, tone = STATES[self.state]
        return {"tone": tone, "label": label}


def preview_page(preview: Mapping[str, Any], state: str, number: int) -> Slice[PreviewRow]:
    """One page of a preview's rows; of one state only where it is given."""
    rows = [row for row in preview["rows"] if state in ("", row[1])]
    faults, warnings = _by_row(preview["faults"]), _by_row(preview["warnings"])

    def shown(row: list[Any]) -> PreviewRow:
        said = faults.get(row[0], [MORE_FAULTS] if row[1] == BAD else [])
        return PreviewRow(row[0], row[1], tuple(row[2]), tuple(said), tuple(warnings.get(row[0], ())))

    cut = slice_of(rows, number, ROWS_SHOWN)
    return Slice(tuple(map(shown, cut.items)), cut.number, cut.size, cut.total)


def _by_row(found: list[dict[str, Any]]) -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for fault in found:
        said.setdefault(fault["row_number"], []).append(fault["message_vi"])
    return said
