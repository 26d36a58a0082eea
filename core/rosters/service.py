"""The verbs of a roster file: upload, map, check, import, discard; good rows or nothing (X04)."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import to_data
from core.notices.models import WAITING, Job, JobKind
from core.notices.work import owe, owe_again
from core.rosters.apply import APPLY, Applied
from core.rosters.checks import check
from core.rosters.columns import ColumnMapping, choose_columns, match_columns
from core.rosters.export import export
from core.rosters.findings import Findings, examine
from core.rosters.kinds import KINDS
from core.rosters.known import load_known
from core.rosters.models import RosterUpload
from core.rosters.sheets import Sheet, read_sheet, with_errors
from tenants.access import Actor, NotFound, Permission, require
from tenants.audit import record
from tenants.clock import local, now
from tenants.conditions import root_path
from tenants.db import new_id
from tenants.scope import lock_in_tenant
from tenants.vietnamese import nfc


class RosterError(Exception):
    """The step is not possible; the text is for the person."""


def require_importer(session: orm.Session, actor: Actor) -> None:
    """Rosters concern the whole tenant: the right must reach from its root. Raises NotAllowed."""
    root = root_path(session)
    require(actor, Permission.ROSTERS_IMPORT, root)
    require(actor, Permission.APPOINTMENTS_EDIT, root)


def upload(session: orm.Session, actor: Actor, kind: str, file_name: str, content: bytes) -> RosterUpload:
    """Keep a file, guess its columns, owe its check. Raises SheetError for a file that cannot be read."""
    require_importer(session, actor)
    if kind not in KINDS:
        raise NotFound
    sheet = read_sheet(content, file_name)
    kept = RosterUpload(
        kind=kind,
        file_name=nfc(file_name)[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        mapping=dict(match_columns(sheet.headers, KINDS[kind]).positions),
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
    """Which column means what, as guessed or chosen; `guessed` keys want a look."""
    guess = match_columns(sheet.headers, KINDS[kept.kind])
    if dict(guess.positions) == kept.mapping:
        return guess
    return choose_columns(sheet.headers, KINDS[kept.kind], kept.mapping)


def choose(session: orm.Session, actor: Actor, kept: RosterUpload, chosen: Mapping[str, int]) -> None:
    """Take the columns a person chose; where they differ, owe a fresh check. Raises MappingError."""
    require_importer(session, actor)
    _refuse_once_imported(session, kept)
    positions = dict(choose_columns(sheet_of(kept).headers, KINDS[kept.kind], chosen).positions)
    if positions != kept.mapping:
        kept.mapping = positions
        owe_check(session, actor, kept)


def owe_check(session: orm.Session, actor: Actor, kept: RosterUpload) -> UUID:
    """Forget what was found and owe a check against what the tenant has now; the job's id."""
    require_importer(session, actor)
    _refuse_once_imported(session, kept)
    kept.checked_at, kept.preview, kept.problem = None, {}, ""
    session.flush()
    return owe(session, actor, JobKind.CHECK_ROSTER, f"check_roster:{kept.id}:{new_id()}", kept.id)


def keep_findings(session: orm.Session, upload_id: UUID, found: Findings) -> None:
    """Keep what a check found, unless the file is gone, imported, or mapped otherwise meanwhile."""
    kept = session.get(RosterUpload, upload_id, with_for_update=True)
    if kept is not None and kept.imported_at is None and kept.mapping == found.mapping:
        kept.checked_at, kept.problem, kept.preview = now(), found.problem, found.summary()


def last_job(session: orm.Session, kept: RosterUpload) -> Job | None:
    """The newest work on the file."""
    query = sa.select(Job).where(Job.subject_id == kept.id).order_by(Job.created_at.desc(), Job.id.desc())
    return session.scalars(query.limit(1)).one_or_none()


def _importing(session: orm.Session, kept: RosterUpload) -> bool:
    query = sa.select(Job.id).where(Job.subject_id == kept.id, Job.kind == JobKind.IMPORT_ROSTER)
    open_ones = query.where(Job.state.in_(WAITING))
    return session.scalar(open_ones.limit(1)) is not None


def _refuse_once_imported(session: orm.Session, kept: RosterUpload) -> None:
    if kept.imported_at is not None:
        raise RosterError("Tệp này đã nhập xong; đề nghị tải tệp mới lên.")
    if _importing(session, kept):
        raise RosterError("Tệp đang được nhập; xin đợi trong giây lát.")


def start_import(session: orm.Session, actor: Actor, kept: RosterUpload, *, only_good: bool) -> UUID:
    """Owe the import of a checked file: all rows, or those without a fault; the job's id."""
    require_importer(session, actor)
    if kept.imported_at is not None:
        raise RosterError("Tệp này đã nhập xong.")
    if not kept.preview:
        raise RosterError(kept.problem or "Tệp đang được kiểm tra; xin đợi trong giây lát.")
    if kept.preview["bad"] and not only_good:
        raise RosterError(
            f"Còn {kept.preview['bad']} dòng lỗi; đề nghị sửa tệp, hoặc chọn chỉ nhập các dòng hợp lệ."
        )
    if not kept.preview["good"]:
        raise RosterError("Không có dòng nào hợp lệ để nhập.")
    return owe_again(session, actor, JobKind.IMPORT_ROSTER, kept.id, only_good=only_good)


def import_rows(
    session: orm.Session, actor: Actor, kept: RosterUpload, sheet: Sheet, *, only_good: bool
) -> Applied:
    """Check again and write, in one transaction, one import of the tenant at a time; a file already imported
    changes nothing, nor does a whole file with rows that went bad since its check: `problem` says so.
    """
    lock_in_tenant(session, "roster")
    session.refresh(kept, ["mapping", "imported_at"], with_for_update=True)
    if kept.imported_at is not None:
        return Applied()
    found = examine(kept, sheet, load_known(session))
    kept.checked_at, kept.problem, kept.preview = now(), found.problem, found.summary()
    if found.problem or (found.faults and not only_good):
        kept.problem = found.problem or "Dữ liệu đã thay đổi từ lúc kiểm tra; xin xem lại các dòng lỗi."
        return Applied()
    applied = APPLY[kept.kind](session, found.good, local(kept.uploaded_at).date())
    kept.imported_at = now()
    kept.preview = kept.preview | {"applied": to_data(applied)}
    record(session, actor, "roster:import", kept, kind=kept.kind, only_good=only_good, **to_data(applied))
    return applied


def discard(session: orm.Session, actor: Actor, kept: RosterUpload) -> None:
    """Throw away a file that was not imported, with everything found in it."""
    require_importer(session, actor)
    session.refresh(kept, ["imported_at"], with_for_update=True)
    _refuse_once_imported(session, kept)
    record(session, actor, "roster:discard", kept, kind=kept.kind)
    session.delete(kept)
    session.flush()


def faults_file(session: orm.Session, actor: Actor, kept: RosterUpload) -> bytes:
    """The file's rows back with a column "Lỗi" and the bad cells coloured. Raises MappingError."""
    require_importer(session, actor)
    sheet = sheet_of(kept)
    preview = check(sheet, mapping_of(kept, sheet), KINDS[kept.kind], load_known(session))
    return with_errors(sheet, preview.faults)


def export_file(session: orm.Session, actor: Actor, kind: str) -> bytes:
    """The tenant's roster of a kind as a file that imports again, on the record (design: security 88)."""
    require_importer(session, actor)
    if kind not in KINDS:
        raise NotFound
    content, rows = export(session, kind)
    record(session, actor, "roster:export", None, kind=kind, rows=rows)
    return content
