"""The printed schedule of a rotation: numbered, made by a job, downloaded (S0-01, S4-15)."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.documents import pdf_link
from admin.security import current_actor, page
from core.queries.schedule import printed
from core.rotation.issuing import issue_schedule
from core.rotation.models import RotationVersion
from core.rotation.service import RotationError
from tenants.access import Permission, fetch, may

pages = Blueprint("rotation_document", __name__, url_prefix="/rotation/versions")


@pages.post("/<version_id>/document")
@page(Permission.ROTATION_PUBLISH)
def issue(version_id: str) -> Response:
    """Number the schedule of a published version and have its PDF made."""
    version = fetch(db.session, RotationVersion, version_id)
    try:
        document = issue_schedule(db.session, current_actor(), version)
    except RotationError as error:
        flash(str(error), "error")
    else:
        db.session.commit()
        flash(f"Đã lấy số {document.number_line}. Tệp PDF đang được tạo; xin mở lại trang sau ít phút.", "ok")
    return redirect(url_for("rotation.show", rotation_id=version.rotation_id))


def document_of(in_force: RotationVersion | None) -> dict[str, Any]:
    """The document of the version in force, its file if the visitor reads documents, whether he may issue."""
    document, size = (printed(db.session, in_force) if in_force else None) or (None, None)
    reads, signs = (may(current_actor(), p) for p in (Permission.DOCUMENTS_READ, Permission.ROTATION_PUBLISH))
    file = pdf_link(document.id, f"Lịch số {document.number_line}", size) if document and size else None
    issuable = signs and in_force is not None and document is None
    return {"document": document, "file": file if reads else None, "may_issue": issuable}
