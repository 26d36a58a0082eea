"""The register of official documents and the files made from them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from core.documents.numbering import DocumentType, number_text
from tenants.clock import now
from tenants.db import Base, choice, tenant_key
from tenants.scope import TenantOwned


class OfficialDocument(TenantOwned, Base):
    """A numbered document: continuous from 01 per type within a term (domain: document format).

    `letterhead` holds what was printed round the body: issuer, place, recipients, signature;
    `subject_id` names what the body was made from.
    """

    __tablename__ = "official_document"
    type: Mapped[DocumentType] = mapped_column(choice(DocumentType, "type"))
    term: Mapped[str]
    number: Mapped[int]
    symbol: Mapped[str]
    subject: Mapped[str]
    issued_on: Mapped[date]
    subject_id: Mapped[UUID]
    letterhead: Mapped[dict[str, Any]]
    artifacts: Mapped[list["Artifact"]] = orm.relationship(
        primaryjoin="foreign(Artifact.document_id) == OfficialDocument.id", back_populates="document"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "type", "term", "number"),
        sa.UniqueConstraint("tenant_id", "subject_id"),
    )

    @property
    def number_line(self) -> str:
        """Number and symbol as written: "01-KH/TU"."""
        return f"{number_text(self.number)}-{self.type.symbol}/{self.symbol}"

    def __str__(self) -> str:
        return self.subject


class Artifact(TenantOwned, Base):
    """A file made from a document, kept in the database: same row policy, same backup."""

    __tablename__ = "artifact"
    document_id: Mapped[UUID]
    media_type: Mapped[str]
    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    size: Mapped[int]
    sha256: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(default=now)
    document: Mapped[OfficialDocument] = orm.relationship(
        primaryjoin="foreign(Artifact.document_id) == OfficialDocument.id", back_populates="artifacts"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "document_id", "media_type"),
        tenant_key("document_id", "official_document"),
    )
