"""A roster file on its way in: uploaded, checked, imported."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.scope import TenantOwned


class RosterUpload(TenantOwned, Base):
    """The file as it came, which columns mean what, and what was found in it.

    `preview` holds counts and the faults by row; `checked_at` and `imported_at` say how far it is.
    """

    __tablename__ = "roster_upload"
    kind: Mapped[str]
    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    sha256: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    preview: Mapped[dict[str, Any]]
    problem: Mapped[str] = mapped_column(default="")
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[UUID | None]
    checked_at: Mapped[datetime | None]
    imported_at: Mapped[datetime | None]
    __table_args__ = (sa.Index("ix_roster_upload_recent", "tenant_id", "uploaded_at"),)
