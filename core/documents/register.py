"""The register of documents: the next number of a type within the term, taken once."""

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import to_data
from core.documents.models import Artifact, OfficialDocument
from core.documents.numbering import DocumentType
from core.notices.models import JobKind
from core.notices.work import owe
from tenants.access import Actor
from tenants.audit import record
from tenants.models import Tenant
from tenants.scope import current_tenant, lock_in_tenant

ARCHIVE = "Lưu "
TERM_YEARS = 5
FIRST_TERM = 2020


@dataclass(frozen=True)
class Letterhead:
    """What is printed round the body: who signs in whose name, and who receives it.

    `recipients` are the lines of Nơi nhận; one that begins with "Lưu" is the archive's.
    """

    authority: str
    signer_title: str
    signer: str
    recipients: tuple[str, ...]


def term_of(day: date) -> str:
    """The committee's term a day lies in, congress to congress, as "2025-2030"."""
    start = day.year - (day.year - FIRST_TERM) % TERM_YEARS
    return f"{start}-{start + TERM_YEARS}"


def archive_of(committee: str) -> str:
    """The last line of Nơi nhận: where the copy is kept."""
    return f"{ARCHIVE}Văn phòng {committee}"


def issue(
    session: orm.Session,
    actor: Actor,
    kind: DocumentType,
    subject: str,
    subject_id: UUID,
    head: Letterhead,
    issued_on: date,
) -> OfficialDocument:
    """Number a document made from a frozen version and owe its rendering; a subject keeps its number.

    `issued_on` is the day printed on it, which also decides the form and the term.
    """
    known = session.scalar(sa.select(OfficialDocument).where(OfficialDocument.subject_id == subject_id))
    if known is not None:
        return known
    lock_in_tenant(session, f"document:{kind}")
    term = term_of(issued_on)
    query = sa.select(sa.func.max(OfficialDocument.number))
    last = session.scalar(query.where(OfficialDocument.type == kind, OfficialDocument.term == term))
    tenant = session.get_one(Tenant, current_tenant())
    document = OfficialDocument(
        type=kind, term=term, number=(last or 0) + 1, symbol=tenant.level.symbol, subject=subject,
        issued_on=issued_on, subject_id=subject_id, letterhead=to_data(head),
    )  # fmt: skip
    session.add(document)
    session.flush()
    record(session, actor, "document:issue", document, type=kind, number=document.number)
    owe(session, actor, JobKind.RENDER_DOCUMENT, f"render:{document.id}", document.id)
    return document


def document_about(session: orm.Session, subject_id: UUID) -> OfficialDocument | None:
    """The document made from a frozen version."""
    return session.scalar(sa.select(OfficialDocument).where(OfficialDocument.subject_id == subject_id))


class DamagedFile(Exception):
    """A kept file no longer is what was made; it is not handed out."""


def content_of(artifact: Artifact) -> bytes:
    """The file's bytes as they were made. Raises DamagedFile where they no longer fit their SHA-256."""
    if hashlib.sha256(artifact.content).hexdigest() != artifact.sha256:
        raise DamagedFile(str(artifact.id))
    return artifact.content


def artifact_of(
    session: orm.Session, document_id: UUID, media_type: str = "application/pdf"
) -> Artifact | None:
    """The file made from a document, if its job is done."""
    query = sa.select(Artifact).where(Artifact.document_id == document_id, Artifact.media_type == media_type)
    return session.scalar(query)
