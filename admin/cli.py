"""The command line of an operation room: `flask tenant|operator|account|config|jobs|plan|report|roster …`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import sqlalchemy as sa
from flask import current_app, url_for
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import orm

from admin.cli_accounts import account
from admin.cli_plans import plan
from admin.cli_reports import report
from admin.cli_rosters import roster
from admin.cli_rotation import rotation
from admin.health import readiness
from core.notices.models import Job, JobState
from core.notices.smtp import answers
from core.notices.work import retry
from jobs.schedule import run_scheduler
from jobs.worker import run_worker
from tenants.access import Actor, Grant, NotFound, Role, TenantState, as_id
from tenants.accounts import PLATFORM_PATH
from tenants.clock import local, today
from tenants.credentials import hash_password, password_problems
from tenants.models import Operator, PlatformEntry, Tenant
from tenants.provisioning import NewTenant, TenantError, open_tenant, set_state
from tenants.scope import across_tenants, transaction
from tenants.settings import Settings

COMMAND_LINE = Actor(None, None, None, "Dòng lệnh", (Grant(Role.OPERATOR, PLATFORM_PATH),))


@contextmanager
def _platform() -> Iterator[orm.Session]:
    """A transaction of the platform; what a verb refuses ends the command with its sentences."""
    try:
        with across_tenants("command line"), transaction() as session:
            yield session
    except TenantError as error:
        raise click.ClickException("\n".join(error.problems.values())) from error
    except NotFound as error:
        raise click.ClickException("Không tìm thấy.") from error


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


@click.group(cls=AppGroup)
def tenant() -> None:
    """Open, list, suspend and resume tenants."""


@tenant.command("open")
@click.option("--code", required=True, help="Part of every sign-in name; never changed.")
@click.option("--name", required=True)
@click.option("--committee-name", required=True)
@click.option("--place", required=True, help="Place named on documents.")
@click.option("--level", "level_code", required=True, help="TINH, HUYEN or XA, as in the table of levels.")
@click.option("--parent", "parent_code", default="", help="Code of the tenant above.")
@click.option("--admin-name", required=True)
@click.option("--admin-login", required=True)
def open_(**answers: str) -> None:
    """Open a tenant; prints the one-time link by which its admin chooses a password."""
    new = NewTenant(**answers, valid_from=today())
    with _platform() as session:
        opened = open_tenant(session, COMMAND_LINE, new)
    with current_app.test_request_context(base_url=_settings().address):
        click.echo(url_for("signin.invitation", code=new.code, token=opened.invitation, _external=True))


@tenant.command("list")
def list_tenants() -> None:
    """Code, level, state and name of every tenant."""
    with _platform() as session:
        for row in session.scalars(sa.select(Tenant).order_by(Tenant.code)):
            click.echo(f"{row.code:<24} {row.level_code:<10} {row.state.value:<10} {row.name}")


def _change(code: str, state: TenantState, reason: str) -> None:
    with _platform() as session:
        click.echo(f"{set_state(session, COMMAND_LINE, code, state, reason).name}: {state.label}")


@tenant.command()
@click.argument("code")
@click.option("--locked", is_flag=True, help="Lock out everyone instead of leaving read-only access.")
@click.option("--reason", required=True)
def suspend(code: str, locked: bool, reason: str) -> None:
    """Suspend a tenant."""
    _change(code, TenantState.LOCKED if locked else TenantState.READ_ONLY, reason)


@tenant.command()
@click.argument("code")
def resume(code: str) -> None:
    """Let a tenant work again."""
    _change(code, TenantState.ACTIVE, "")


@click.group(cls=AppGroup)
def operator() -> None:
    """Operators of the platform."""


@operator.command()
@click.argument("login")
@click.argument("name")
@click.password_option(help="Asked for when not given.")
def add(login: str, name: str, password: str) -> None:
    """Add an operator."""
    if problems := password_problems(password, login, name):
        raise click.ClickException("\n".join(problems))
    with _platform() as session:
        if session.scalar(sa.select(Operator.id).where(Operator.login == login.lower())):
            raise click.ClickException(f"Đã có quản trị nền tảng tên “{login}”.")
        session.add(Operator(login=login.lower(), name=name, password_hash=hash_password(password)))
        session.add(PlatformEntry(tag="operator:add", facts={"login": login.lower()}))
    click.echo(f"Đã thêm {name}.")


@click.group(cls=AppGroup)
def config() -> None:
    """The settings of this deployment."""


@config.command()
def check() -> None:
    """Check the settings and what they name; that the app loaded says they are safe."""
    parts = readiness(_settings())
    for part, works in parts.items():
        click.echo(f"{part:<12} {'ok' if works else 'failing'}")
    mail = _settings().mail
    click.echo(f"{'mail':<12} {'off' if mail is None else 'ok' if answers(mail) else 'failing'}")
    if not (parts["database"] and parts["migrations"] and parts["queue"]):
        sys.exit(1)


@click.group(cls=AppGroup)
def jobs() -> None:
    """Work of all tenants."""


@jobs.command("list")
@click.option("--state", type=click.Choice([state.value for state in JobState]))
@click.option("--limit", default=50, show_default=True)
def list_jobs(state: str | None, limit: int) -> None:
    """Id, state, kind, attempts, error and time of the newest jobs."""
    query: sa.Select[Any] = sa.select(Job).order_by(Job.created_at.desc()).limit(limit)
    with _platform() as session:
        for job in session.scalars(query.where(Job.state == JobState(state)) if state else query):
            facts = f"{job.id} {job.state.value:<8} {job.kind.value:<18} {job.attempts:>2}"
            click.echo(f"{facts} {local(job.created_at):%d/%m/%Y %H:%M} {job.error}")


@jobs.command("retry")
@click.argument("job_id")
def retry_job(job_id: str) -> None:
    """Let a dead job run again."""
    with _platform() as session:
        retry(session, COMMAND_LINE, as_id(job_id))


@click.command()
@with_appcontext
def worker() -> None:
    """Work on jobs until told to stop."""
    run_worker(_settings())


@click.command()
@with_appcontext
def scheduler() -> None:
    """Owe what is due and find what was lost, until told to stop."""
    run_scheduler(_settings())


GROUPS: tuple[click.Command, ...] = (
    tenant,
    operator,
    account,
    config,
    jobs,
    plan,
    report,
    roster,
    rotation,
    worker,
    scheduler,
)
