"""Rosters at the command line: `flask roster template|export|import`, through the services of the pages."""

import sys
import time
from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa

from admin.cli_tenant import in_tenant, tenant_option
from core.notices.models import WAITING, Job, JobState
from core.rosters import service
from core.rosters.export import template as template_file
from core.rosters.findings import MOST_SHOWN
from core.rosters.kinds import KINDS
from core.rosters.models import RosterUpload
from core.rosters.sheets import SheetError
from jobs.run import Runner
from tenants.scope import transaction

PAUSE_SECONDS = 0.2
TOLD = (SheetError, service.RosterError)

kind_argument = click.argument("kind", type=click.Choice(list(KINDS)))
output_option = click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def roster() -> None:
    """Lists of units, people, officials and absences as Excel files."""


@roster.command()
@kind_argument
@output_option
def template(kind: str, output: Path) -> None:
    """Write the empty file of a kind, with its guide."""
    output.write_bytes(template_file(kind))


@roster.command()
@kind_argument
@tenant_option
@output_option
def export(kind: str, code: str, output: Path) -> None:
    """Write what a tenant has as a file that imports again."""
    with in_tenant(code, *TOLD) as actor, transaction() as session:
        output.write_bytes(service.export_file(session, actor, kind))


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, type=click.Choice(list(KINDS)))
@tenant_option
@click.option("--only-good", is_flag=True, help="Leave out the rows with faults.")
def import_(file: Path, kind: str, code: str, only_good: bool) -> None:
    """Check a file and import it; prints every fault by row, and ends with 1 where there is one."""
    with in_tenant(code, *TOLD) as actor:
        with transaction() as session:
            upload_id = service.upload(session, actor, kind, file.name, file.read_bytes()).id
        kept = _worked_on(upload_id)
        _tell(kept)
        if kept.preview.get("bad") == 0 or (kept.preview.get("good") and only_good):
            with transaction() as session:
                row = session.get_one(RosterUpload, upload_id)
                service.start_import(session, actor, row, only_good=only_good)
            kept = _worked_on(upload_id)
    if kept.imported_at is not None:
        applied = kept.preview["applied"]
        told = "Đã nhập: {created} dòng thêm mới, {updated} dòng cập nhật, {unchanged} dòng không đổi."
        click.echo(told.format(**applied))
    if kept.imported_at is None or kept.preview["bad"]:
        sys.exit(1)


def _worked_on(upload_id: UUID) -> RosterUpload:
    """The upload after its newest work, done here unless a worker was quicker."""
    with transaction() as session:
        job = service.last_job(session, session.get_one(RosterUpload, upload_id))
    if job is None:
        raise LookupError("an upload owes its work")
    Runner().run(job.id)
    while (state := _state(job.id)) in WAITING:
        time.sleep(PAUSE_SECONDS)
        Runner().run(job.id)
    if state is JobState.DEAD:
        raise click.ClickException(f"Tác vụ {job.id} không chạy được; xem nhật ký của tác vụ.")
    with transaction() as session:
        return session.get_one(RosterUpload, upload_id)


def _state(job_id: UUID) -> JobState:
    with transaction() as session:
        return session.scalars(sa.select(Job.state).where(Job.id == job_id)).one()


def _tell(kept: RosterUpload) -> None:
    """Every fault with its row, then how many rows are good."""
    if kept.problem:
        raise click.ClickException(kept.problem)
    for fault in kept.preview["faults"]:
        click.echo(f"Dòng {fault['row_number']}: {fault['message_vi']}", err=True)
    for warning in kept.preview["warnings"]:
        click.echo(f"Dòng {warning['row_number']} (lưu ý): {warning['message_vi']}", err=True)
    if len(kept.preview["faults"]) == MOST_SHOWN:
        click.echo(f"Chỉ in {MOST_SHOWN} lỗi đầu; các lỗi khác có trong tệp lỗi trên trang web.", err=True)
    click.echo(f"{kept.preview['good']} dòng hợp lệ, {kept.preview['bad']} dòng lỗi.")
