"""Rosters: choose, upload, match columns, preview, import (design: product X04, D4)."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.database import db
from admin.pages.documents import spreadsheet
from admin.pages.listing import listed, page_number
from admin.pages.roster_forms import UploadForm, columns_form, samples_of
from admin.security import current_actor, page
from core.notices.models import WAITING, Job, JobState
from core.rosters import service
from core.rosters.columns import MappingError, RosterKind
from core.rosters.export import template as template_file
from core.rosters.findings import BAD, LOOK
from core.rosters.kinds import KINDS
from core.rosters.models import RosterUpload
from core.rosters.service import RosterError, require_importer
from core.rosters.sheets import SheetError
from core.rosters.uploads import preview_page, uploads
from tenants.access import NotFound, Permission, fetch

FILES = {
    "units": "to-chuc-dang",
    "people": "can-bo-dang-vien",
    "officials": "can-bo-du-sinh-hoat",
    "absences": "lich-ban",
}
STEPS = ("Tải tệp lên", "Ghép cột", "Xem trước", "Nhập")

pages = Blueprint("rosters", __name__, url_prefix="/rosters")


def _kind(code: str) -> RosterKind:
    require_importer(db.session, current_actor())
    if code not in KINDS:
        raise NotFound
    return KINDS[code]


def _kept(upload_id: str) -> RosterUpload:
    require_importer(db.session, current_actor())
    return fetch(db.session, RosterUpload, upload_id)


def _tried(verb: Callable[[], object], done: str = "") -> bool:
    """Do it and commit; what the service refuses is shown on the next page."""
    try:
        verb()
    except RosterError as error:
        db.session.rollback()
        flash(str(error), "error")
        return False
    db.session.commit()
    if done:
        flash(done, "ok")
    return True


@pages.get("/")
@page(Permission.ROSTERS_IMPORT)
def index() -> str:
    """The kinds of rosters, in the order to import them, and earlier uploads."""
    require_importer(db.session, current_actor())
    return render_template(
        "pages/rosters_index.html",
        kinds=KINDS.values(), page=listed(uploads(db.session, page_number())),
    )  # fmt: skip


@pages.route("/kinds/<kind>", methods=["GET", "POST"])
@page(Permission.ROSTERS_IMPORT)
def new(kind: str) -> Response | str:
    """Template, present state, and the upload of one kind."""
    asked, form = _kind(kind), UploadForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            kept = service.upload(db.session, current_actor(), kind, sent.filename, sent.read())
        except SheetError as error:
            db.session.rollback()
            form.refuse({"file": str(error)})
        else:
            db.session.commit()
            return redirect(url_for("rosters.columns", upload_id=kept.id))
    return render_template("pages/rosters_kind.html", kind=asked, form=form, steps=STEPS)


@pages.get("/kinds/<kind>/template")
@page(Permission.ROSTERS_IMPORT)
def template(kind: str) -> Response:
    """The empty file with its guide."""
    return spreadsheet(template_file(_kind(kind).code), f"mau-{FILES[kind]}.xlsx")


@pages.post("/kinds/<kind>/export")
@page(Permission.ROSTERS_IMPORT, fresh=True)
def export(kind: str) -> Response:
    """What the tenant has now, as a file that imports again; on the record, so it is a POST."""
    content = service.export_file(db.session, current_actor(), _kind(kind).code)
    db.session.commit()
    return spreadsheet(content, f"{FILES[kind]}.xlsx")


@pages.route("/<upload_id>/columns", methods=["GET", "POST"])
@page(Permission.ROSTERS_IMPORT)
def columns(upload_id: str) -> Response | str:
    """Which of the file's columns means what: guessed, and to be confirmed or changed."""
    kept = _kept(upload_id)
    kind, sheet = KINDS[kept.kind], service.sheet_of(kept)
    mapping = service.mapping_of(kept, sheet)
    form = columns_form(kind, sheet, mapping)
    if form.validate_on_submit():
        chosen = {c.key: int(text) for c in kind.columns if (text := form[f"column_{c.key}"].data)}
        try:
            _tried(lambda: service.choose(db.session, current_actor(), kept, chosen))
            return redirect(url_for("rosters.show", upload_id=kept.id))
        except MappingError as error:
            db.session.rollback()
            form.refuse({"": str(error)})
    return render_template(
        "pages/rosters_columns.html",
        kept=kept, kind=kind, form=form, mapping=mapping, samples=samples_of(sheet, mapping), steps=STEPS,
    )  # fmt: skip


@pages.get("/<upload_id>")
@page(Permission.ROSTERS_IMPORT)
def show(upload_id: str) -> str:
    """How far the file is: being checked, its preview, being imported, or what came of it."""
    kept = _kept(upload_id)
    job = service.last_job(db.session, kept)
    state = request.args.get("state", "")
    state = state if state in (BAD, LOOK) else ""
    shown = {"kept": kept, "kind": KINDS[kept.kind], "steps": STEPS, "state": state}
    if job is not None and job.state in WAITING:
        return render_template("pages/rosters_progress.html", job=_progress(job), **shown)
    if kept.imported_at is not None:
        return render_template("pages/rosters_result.html", applied=kept.preview["applied"], **shown)
    rows = listed(preview_page(kept.preview, state, page_number())) if kept.preview else None
    dead = job if job is not None and job.state is JobState.DEAD else None
    return render_template("pages/rosters_preview.html", page=rows, dead=dead, **shown)


def _progress(job: Job) -> dict[str, object]:
    return {
        "stage": job.stage or job.state.label,
        "percent": job.percent,
        "finished": False,
        "url": url_for("jobs.poll", job_id=job.id),
        "refresh_url": request.path,
        "title": job.kind.label,
    }


@pages.get("/<upload_id>/faults")
@page(Permission.ROSTERS_IMPORT)
def faults(upload_id: str) -> Response:
    """The very file with a column "Lỗi" and coloured cells."""
    kept = _kept(upload_id)
    try:
        content = service.faults_file(db.session, current_actor(), kept)
    except MappingError as error:
        flash(str(error), "error")
        return redirect(url_for("rosters.columns", upload_id=kept.id))
    return spreadsheet(content, f"loi-{FILES[kept.kind]}.xlsx")


@pages.post("/<upload_id>/check")
@page(Permission.ROSTERS_IMPORT)
def recheck(upload_id: str) -> Response:
    """Check once more, against what the tenant has by now."""
    kept = _kept(upload_id)
    _tried(lambda: service.owe_check(db.session, current_actor(), kept))
    return redirect(url_for("rosters.show", upload_id=kept.id))


@pages.post("/<upload_id>/import")
@page(Permission.ROSTERS_IMPORT)
def start(upload_id: str) -> Response:
    """Import all rows, or those without a fault (`only_good`)."""
    kept, only_good = _kept(upload_id), "only_good" in request.form
    _tried(lambda: service.start_import(db.session, current_actor(), kept, only_good=only_good))
    return redirect(url_for("rosters.show", upload_id=kept.id))


@pages.post("/<upload_id>/discard")
@page(Permission.ROSTERS_IMPORT)
def discard(upload_id: str) -> Response:
    """Throw the file away."""
    kept = _kept(upload_id)
    if _tried(
        lambda: service.discard(db.session, current_actor(), kept), "Đã hủy tệp; chưa có gì được nhập."
    ):
        return redirect(url_for("rosters.index"))
    return redirect(url_for("rosters.show", upload_id=kept.id))
