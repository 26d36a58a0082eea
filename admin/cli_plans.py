"""Plans at the command line: `flask plan list|import|export`, and the commands on files (X08)."""

from pathlib import Path
from uuid import UUID

import click
import sqlalchemy as sa
from sqlalchemy import orm

from admin.cli_plan_files import PLAN_FILE_COMMANDS, PlanFile, file_argument
from admin.cli_tenant import in_tenant, tenant_option
from core.data import from_data
from core.plans.content import PlanContent
from core.plans.file import write_plan
from core.plans.models import Plan
from core.plans.service import PlanError, draft
from tenants.scope import transaction


@click.group(commands=PLAN_FILE_COMMANDS)
def plan() -> None:
    """Plans: of a tenant, or of files."""


@plan.command("list")
@tenant_option
def list_plans(code: str) -> None:
    """Id, year, newest version and title of every plan, the newest year first."""
    query = sa.select(Plan).options(orm.selectinload(Plan.versions)).order_by(Plan.year.desc(), Plan.title)
    with in_tenant(code), transaction() as session:
        for one in session.scalars(query):
            state = f"bản {one.versions[-1].number}" if one.versions else "dự thảo"
            click.echo(f"{one.id} {one.year} {state:<8} {one.title}")


@plan.command("import")
@file_argument
@tenant_option
def take_in(file: str, code: str) -> None:
    """Make FILE, a plan file or the code of a ready plan, a draft of the tenant's; prints its id."""
    content = PlanFile.sound(file).content
    with in_tenant(code, PlanError) as actor, transaction() as session:
        made = draft(session, actor, content).id
    click.echo(made)


@plan.command("export")
@tenant_option
@click.option("--plan", "wanted", required=True, help="The plan's id, or its whole title.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Written here, else printed."
)
def give_out(code: str, wanted: str, output: Path | None) -> None:
    """The plan's draft as a file that `import` takes in, here or in another deployment."""
    with in_tenant(code), transaction() as session:
        text = write_plan(from_data(PlanContent, _find(session, wanted).body))
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


def _find(session: orm.Session, wanted: str) -> Plan:
    found = session.scalars(sa.select(Plan).where(_named(wanted))).all()
    if len(found) > 1:
        raise click.ClickException(
            f"Có {len(found)} kế hoạch “{wanted}”; xin ghi mã lấy từ “flask plan list”."
        )
    if not found:
        raise click.ClickException(f"Không có kế hoạch “{wanted}”; xem “flask plan list”.")
    return found[0]


def _named(wanted: str) -> sa.ColumnElement[bool]:
    try:
        return Plan.id == UUID(wanted)
    except ValueError:
        return Plan.title == wanted
