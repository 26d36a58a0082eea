"""The register of documents and their files (S0-01; design: security 34, 70)."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import sqlalchemy as sa
import structlog
from flask import Blueprint, render_template, request, send_file, url_for
from sqlalchemy import orm
from werkzeug.wrappers import Response

from admin.database import db
from admin.errors import Page, Words, error_page
from admin.exports import csv_pieces
from admin.pages.listing import listed, page_number
from admin.security import current_actor, page
from core.documents.models import OfficialDocument
from core.documents.numbering import DocumentType
from core.documents.register import DamagedFile, artifact_of, content_of
from core.documents.text import clean
from core.queries.reading import folded, matches, sliced
from tenants.access import NotFound, Permission, fetch
from tenants.audit import record

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
pages = Blueprint("documents", __name__, url_prefix="/documents")
log = structlog.get_logger("documents")
DAMAGED = Words(
    "Tệp không còn nguyên vẹn",
    "Nội dung tệp khác với lúc tạo nên không được tải về. Sự việc đã được ghi nhật ký; "
    "xin báo quản trị tỉnh phục hồi từ bản sao lưu.",
)


def file_size(size: int) -> str:
    """Bytes as people read them: "84 KB", "1,2 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


@pages.app_template_filter()
def sentence(text: str) -> str:
    """The text with its first letter large; the others stay as written."""
    return text[:1].upper() + text[1:]


@pages.app_template_filter()
def grouped(code: str) -> str:
    """A long code in groups of eight, so that it can be read out and breaks on a phone."""
    return " ".join(code[start : start + 8] for start in range(0, len(code), 8))


def pdf_link(document_id: object, label: str, size: int) -> dict[str, str]:
    """What a list of downloads shows of a document's file."""
    url = url_for("documents.download", document_id=document_id)
    return {"label": label, "url": url, "kind": "PDF", "size": file_size(size)}


@pages.get("/")
@page(Permission.DOCUMENTS_READ)
def index() -> str:
    """Every numbered document, the newest first; searched by subject or number."""
    kind, text = request.args.get("kind", ""), request.args.get("q", "")[:100]
    query = sa.select(OfficialDocument).options(orm.selectinload(OfficialDocument.artifacts))
    query = query.order_by(OfficialDocument.issued_on.desc(), OfficialDocument.id.desc())
    if kind in set(DocumentType):
        query = query.where(OfficialDocument.type == DocumentType(kind))
    if text.strip():
        query = query.where(_matching(text.strip()))
    found = listed(sliced(db.session, query, page_number(), lambda row: row[0]))
    return render_template(
        "pages/documents_list.html", page=found, kinds=_kinds(kind, text), text=text, file_size=file_size
    )


def _matching(text: str) -> sa.ColumnElement[bool]:
    by_subject = matches(folded(OfficialDocument.subject), text)
    number = text.partition("-")[0]
    known = number.isdecimal() and len(number) < 9
    return sa.or_(by_subject, OfficialDocument.number == int(number)) if known else by_subject


def _kinds(chosen: str, text: str) -> Iterable[dict[str, object]]:
    used = set(db.session.scalars(sa.select(OfficialDocument.type).distinct()))
    kinds = [("", "Tất cả"), *((kind.value, kind.label) for kind in DocumentType if kind in used)]
    for value, label in kinds:
        url = url_for("documents.index", kind=value or None, q=text or None)
        yield {"label": label, "url": url, "active": chosen == value}


@pages.get("/<document_id>/file")
@page(Permission.DOCUMENTS_READ)
def download(document_id: str) -> Response | Page:
    """The document's file, its hash checked; 404 until it is made."""
    document = fetch(db.session, OfficialDocument, document_id)
    artifact = artifact_of(db.session, document.id)
    if artifact is None:
        raise NotFound
    try:
        content = content_of(artifact)
    except DamagedFile:
        log.error("damaged_file", document=str(document.id), sha256=artifact.sha256)
        record(db.session, current_actor(), "document:damaged", document, sha256=artifact.sha256)
        db.session.commit()
        return error_page(500, DAMAGED)
    return attachment(content, artifact.media_type, artifact.file_name)


def spreadsheet(content: bytes, name: str) -> Response:
    """A table to be kept, as a file of Excel."""
    return attachment(content, XLSX, name)


def csv_file(header: Sequence[object], rows: Iterable[Sequence[object]], name: str) -> Response:
    """A table as a CSV file, sent piece by piece while it is made; the rows must not ask the database."""
    answer = Response(csv_pieces(header, rows), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=clean(name).replace("/", "-"))
    return answer


def attachment(content: bytes, media_type: str, name: str) -> Response:
    """A file to be kept, never shown in place of a page; its name on one line, without folders."""
    safe = clean(name).replace("/", "-")
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=safe)
