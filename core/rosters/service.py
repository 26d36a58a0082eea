"""The verbs of a roster file: upload, map, check, import; good rows or nothing (X04)."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import orm

from core.data import to_data
from core.notices.models import JobKind
from core.notices.work import owe_again
from core.rosters.apply import APPLY, Applied
from core.rosters.checks import Preview, check
from core.rosters.columns import ColumnMapping, choose_columns, match_columns
from core.rosters.kinds import KINDS
from core.rosters.known import load_known
from core.rosters.models import RosterUpload
from core.rosters.sheets import Sheet, read_sheet, with_errors
from tenants.access import Actor, NotFound, Permission, require
from tenants.audit import record
from tenants.clock import now
from tenants.vietnamese import nfc

MOST_SHOWN = 2_000


class RosterError(Exception):
    """The step is not possible; the text is for the person."""


def upload(session: orm.Session, actor: Actor, kind: str, file_name: str, content: bytes) -> RosterUpload:
    """Keep a file, guess its columns, owe its check. Raises SheetError for a file that cannot be read."""
    require(actor, Permission.ROSTERS_IMPORT)
    if kind not in KINDS:
        raise NotFound
    sheet = read_sheet(content, file_name)
    mapping = match_columns(sheet.headers, KINDS[kind])
    kept = RosterUpload(
        kind=kind,
        file_name=nfc(file_name)[:200],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        mapping=dict(mapping.positions),
        preview={},
        uploaded_at=now(),
        uploaded_by=actor.account_id,
    )
    session.add(kept)
    session.flush()
    record(session, actor, "roster:upload", kept, kind=kind, bytes=len(content), sha256=kept.sha256)
    owe_check(session, actor, kept)
    return kept


def sheet_of(kept: RosterUpload) -> Sheet:
    """The file's first sheet."""
    return read_sheet(kept.content, kept.file_name)


def mapping_of(kept: RosterUpload, sheet: Sheet) -> ColumnMapping:
    """Which column means what, as guessed or chosen."""
    return choose_columns(sheet.headers, KINDS[kept.kind], kept.mapping)


def choose(session: orm.Session, actor: Actor, kept: RosterUpload, chosen: Mapping[str, int]) -> UUID:
    """Take the columns a person chose and owe a fresh check; the job's id. Raises MappingError."""
    require(actor, Permission.ROSTERS_IMPORT)
    if kept.imported_at is not None:
        raise RosterError("Tệp này đã nhập xong; xin tải tệp mới lên.")
    kept.mapping = dict(choose_columns(sheet_of(kept).headers, KINDS[kept.kind], chosen).positions)
    kept.checked_at, kept.preview, kept.problem = None, {}, ""
    return owe_check(session, actor, kept)


def owe_check(session: orm.Session, actor: Actor, kept: RosterUpload) -> UUID:
    """Owe the check of a kept file; the job's id."""
    return owe_again(session, actor, JobKind.CHECK_ROSTER, kept.id)


def keep_preview(session: orm.Session, kept: RosterUpload, sheet: Sheet) -> Preview | None:
    """Check every row against what the tenant has now and keep what was found."""
    mapping = mapping_of(kept, sheet)
    kept.checked_at = now()
    if mapping.missing:
        names = ", ".join(f"“{KINDS[kept.kind][key].heading_vi}”" for key in mapping.missing)
        kept.problem, kept.preview = f"Chưa ghép được cột bắt buộc: {names}.", {}
        return None
    preview = check(sheet, mapping, KINDS[kept.kind], load_known(session))
    kept.problem = ""
    kept.preview = {
        "rows": len(sheet.rows), "good": len(preview.good), "bad": len({f.row_number for f in preview.faults}),
        "faults": to_data(preview.faults[:MOST_SHOWN]), "warnings": to_data(preview.warnings[:MOST_SHOWN]),
    }  # fmt: skip
    return preview


def start_import(session: orm.Session, actor: Actor, kept: RosterUpload, *, only_good: bool) -> UUID:
    """Owe the import of a checked file: all rows, or those without a fault; the job's id."""
    require(actor, Permission.ROSTERS_IMPORT)
    require(actor, Permission.APPOINTMENTS_EDIT)
    if kept.imported_at is not None:
        raise RosterError("Tệp này đã nhập xong.")
    if not kept.preview:
        raise RosterError(kept.problem or "Tệp đang được kiểm tra; xin đợi trong giây lát.")
    if kept.preview["bad"] and not only_good:
        raise RosterError(
            f"Còn {kept.preview['bad']} dòng lỗi; xin sửa tệp, hoặc chọn chỉ nhập các dòng hợp lệ."
        )
    if not kept.preview["good"]:
        raise RosterError("Không có dòng nào hợp lệ để nhập.")
    return owe_again(session, actor, JobKind.IMPORT_ROSTER, kept.id, only_good=only_good)


def import_rows(
    session: orm.Session, actor: Actor, kept: RosterUpload, sheet: Sheet, *, only_good: bool
) -> Applied:
    """Check again and write, in one transaction; a file already imported changes nothing.

    Raises RosterError where rows went bad since the check and only a whole file was asked for.
    """
    if kept.imported_at is not None:
        return Applied(0, 0, 0)
    preview = keep_preview(session, kept, sheet)
    if preview is None or (preview.faults and not only_good):
        kept.problem = kept.problem or "Dữ liệu đã thay đổi từ lúc kiểm tra; xin xem lại các dòng lỗi."
        return Applied(0, 0, 0)
    applied = APPLY[kept.kind](session, preview.good)
    kept.imported_at = now()
    kept.preview = kept.preview | {"applied": to_data(applied)}
    record(session, actor, "roster:import", kept, kind=kept.kind, **to_data(applied))
    return applied


def faults_file(session: orm.Session, actor: Actor, kept: RosterUpload) -> bytes:
    """The file's rows back with a column "Lỗi" and the bad cells coloured."""
    require(actor, Permission.ROSTERS_IMPORT)
    sheet = sheet_of(kept)
    preview = check(sheet, mapping_of(kept, sheet), KINDS[kept.kind], load_known(session))
    return with_errors(sheet, preview.faults)
