"""Reports from the command line: `flask report list|consolidate` (S4-14; design: product E08)."""

import click

from admin.cli_tenant import in_tenant, tenant_option
from core.plans.periods import Period
from core.plans.service import plan_of_year
from core.queries.reports import reports_in
from core.reports.service import ReportError, consolidate, open_report
from tenants.scope import transaction


def _quarter(_context: click.Context, _option: click.Parameter, text: str) -> Period:
    try:
        return Period.parse_quarter(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.group()
def report() -> None:
    """Consolidated reports of one tenant."""


@report.command("list")
@tenant_option
@click.option("--page", default=1, show_default=True)
def list_reports(code: str, page: int) -> None:
    """Period, newest version, state, due day and title, the newest period first."""
    with in_tenant(code, ReportError), transaction() as session:
        found = reports_in(session, page)
    for row in found.items:
        number = f"bản {row.number}" if row.number else "–"
        click.echo(f"{row.period} {number:<7} {row.label:<22} hạn {row.due_on:%d/%m/%Y} {row.title}")
    click.echo(f"Trang {found.number} trên {found.pages}, {found.total} báo cáo")


@report.command("consolidate")
@tenant_option
@click.option("--period", required=True, callback=_quarter, help="Period, as 2026-Q1.")
def add_up(code: str, period: Period) -> None:
    """Open the quarter's report where needed and owe its adding-up; prints the job's id."""
    with in_tenant(code, ReportError) as actor, transaction() as session:
        plan = plan_of_year(session, period.year)
        if plan is None:
            raise click.ClickException(f"Đơn vị chưa ban hành kế hoạch năm {period.year}.")
        job_id = consolidate(session, actor, open_report(session, actor, plan, period))
    click.echo(f"Đã giao tác vụ {job_id}; theo dõi bằng “flask jobs list”.")
