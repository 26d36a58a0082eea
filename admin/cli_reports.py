"""Reports from the command line: `flask report list|consolidate` (S4-14; design: product E08)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
import sqlalchemy as sa
from sqlalchemy import orm

from core.plans.periods import Quarter
from core.plans.service import plan_of_year
from core.queries.reports import reports_in
from core.reports.service import ReportError, consolidate, open_report
from tenants.access import Actor, NotAllowed
from tenants.accounts import system_actor
from tenants.models import Tenant, Unit
from tenants.provisioning import tenant_by_code
from tenants.scope import across_tenants, tenant_scope, transaction
from tenants.tree import UnitPath

REFUSED = "Đơn vị không ở trạng thái hoạt động; không tổng hợp được."


@contextmanager
def _acting(code: str) -> Iterator[tuple[orm.Session, Actor]]:
    """A transaction of the tenant and its own machinery as the actor; what is refused ends the command."""
    with across_tenants("command line"), transaction() as session:
        tenant: Tenant | None = tenant_by_code(session, code)
    if tenant is None:
        raise click.ClickException(f"Không có đơn vị mang mã “{code}”.")
    try:
        with tenant_scope(tenant.id), transaction() as session:
            root = session.scalars(sa.select(Unit.path).where(Unit.parent_id.is_(None))).one()
            yield session, replace(system_actor(tenant.id, UnitPath(root)), state=tenant.state)
    except NotAllowed as error:
        raise click.ClickException(REFUSED) from error
    except ReportError as error:
        raise click.ClickException(str(error)) from error


def _quarter(_context: click.Context, _option: click.Parameter, text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.group()
def report() -> None:
    """Consolidated reports of one tenant."""


@report.command("list")
@click.option("--tenant", required=True, help="Code of the tenant.")
@click.option("--page", default=1, show_default=True)
def list_reports(tenant: str, page: int) -> None:
    """Period, newest version, state, due day and title, the newest period first."""
    with _acting(tenant) as (session, _actor):
        found = reports_in(session, page)
    for row in found.items:
        number = f"bản {row.number}" if row.number else "–"
        click.echo(f"{row.period} {number:<7} {row.label:<22} hạn {row.due_on:%d/%m/%Y} {row.title}")
    click.echo(f"Trang {found.number} trên {found.pages}, {found.total} báo cáo")


@report.command("consolidate")
@click.option("--tenant", required=True, help="Code of the tenant.")
@click.option("--period", required=True, callback=_quarter, help="Quarter, as 2026-Q1.")
def add_up(tenant: str, period: Quarter) -> None:
    """Open the quarter's report where needed and owe its adding-up; prints the job's id."""
    with _acting(tenant) as (session, actor):
        plan = plan_of_year(session, period.year)
        if plan is None:
            raise click.ClickException(f"Đơn vị chưa ban hành kế hoạch năm {period.year}.")
        job_id = consolidate(session, actor, open_report(session, actor, plan, period))
    click.echo(f"Đã giao tác vụ {job_id}; theo dõi bằng “flask jobs list”.")
