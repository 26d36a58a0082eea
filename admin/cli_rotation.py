"""The rotation at the command line: `flask rotation list|draw|publish|adjust` (S4-11, S4-14)."""

from datetime import date, datetime

import click
import sqlalchemy as sa
from sqlalchemy import orm

from admin.cli_rotation_files import ROTATION_FILE_COMMANDS
from admin.cli_tenant import in_tenant, tenant_option
from core.plans.service import plan_of_year
from core.rotation.models import Rotation, RotationVersion
from core.rotation.service import (
    RotationError,
    adjust,
    draft_of,
    generate,
    latest_published,
    open_rotation,
    publish,
)
from tenants.clock import local
from tenants.scope import transaction

OWED = "Đã giao tác vụ {}; theo dõi bằng “flask jobs list”."
month_option = click.option(
    "--first-month", "first_month", required=True, type=click.DateTime(["%Y-%m"]), help="As 2026-01."
)


@click.group(commands=ROTATION_FILE_COMMANDS)
def rotation() -> None:
    """Who attends which cell's meeting: of a tenant, or of files."""


def _find(session: orm.Session, first_month: date) -> Rotation:
    """The rotation that begins with the month."""
    found = session.scalar(sa.select(Rotation).where(Rotation.first_month == first_month))
    if found is None:
        raise RotationError(f"Chưa có lịch bắt đầu từ tháng {first_month:%m/%Y}.")
    return found


@rotation.command("list")
@tenant_option
def list_versions(code: str) -> None:
    """Every version: first month, number, state, visits kept and changed."""
    query = sa.select(Rotation.first_month, RotationVersion).join(
        RotationVersion, RotationVersion.rotation_id == Rotation.id
    )
    with in_tenant(code), transaction() as session:
        rows = session.execute(query.order_by(Rotation.first_month, RotationVersion.number)).all()
    for first_month, version in rows:
        state = f"công bố {local(version.published_at):%d/%m/%Y}" if version.published_at else "dự thảo"
        counts = ", ".join(f"{key} {value}" for key, value in sorted(version.changes.items()))
        click.echo(f"{first_month:%Y-%m} bản {version.number:<3} {state:<20} {counts}")


@rotation.command("draw")
@tenant_option
@month_option
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 12))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
def draw_up(code: str, first_month: datetime, months: int, seed: int) -> None:
    """Owe the drawing-up of a draft under the year's plan; prints the job's id."""
    with in_tenant(code, RotationError) as actor, transaction() as session:
        plan = plan_of_year(session, first_month.year)
        if plan is None:
            raise RotationError(f"Đơn vị chưa ban hành kế hoạch năm {first_month.year}.")
        opened = open_rotation(session, actor, plan, first_month.date(), months)
        job_id = generate(session, actor, opened, seed)
    click.echo(OWED.format(job_id))


@rotation.command("adjust")
@tenant_option
@month_option
@click.option("--reason", required=True, help="Those concerned will read it.")
def mend(code: str, first_month: datetime, reason: str) -> None:
    """Owe a re-plan of the published version with few changes; prints the job's id."""
    with in_tenant(code, RotationError) as actor, transaction() as session:
        job_id = adjust(session, actor, _find(session, first_month.date()), reason)
    click.echo(OWED.format(job_id))


@rotation.command("publish")
@tenant_option
@month_option
@click.confirmation_option(prompt="Công bố bản dự thảo và gửi thông báo?")
def make_known(code: str, first_month: datetime) -> None:
    """Publish the draft; prints what changed for how many."""
    with in_tenant(code, RotationError) as actor, transaction() as session:
        found = _find(session, first_month.date())
        version = draft_of(session, found.id)
        if version is None:
            raise RotationError("Không có dự thảo nào chờ công bố.")
        change = publish(session, actor, version)
        in_force = latest_published(session, found.id)
    people = len({one.official for one in change.changes})
    number = in_force.number if in_force else version.number
    click.echo(f"Đã công bố bản {number}: {len(change.visits)} lượt, {people} đồng chí có thay đổi.")
