"""The command line of an operation room."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from core.notices.models import Job, JobState
from tenants.accounts import holder_of
from tenants.models import AuditEntry, Operator, PlatformEntry, Tenant
from tests.cast import PASSWORD, Cast
from tests.conftest import Browser
from tests.web.test_platform import dead_job

OPEN = (
    "tenant open --code moi --name Xã-Mới --committee-name Đảng-ủy --place Mới --level XA --parent huyen-a "
    "--admin-name Mai --admin-login mai.bui"
)


@pytest.fixture
def run(app: Flask) -> Callable[..., Result]:
    runner = app.test_cli_runner()
    return lambda line, **options: runner.invoke(args=line.split(), **options)


def test_a_tenant_opened_here_has_an_invitation_that_works(
    run: Callable[..., Result], anonymous: Browser
) -> None:
    link = run(OPEN).output.strip()
    assert link.startswith("https://localhost/invitation/moi/")
    assert anonymous.get(link.removeprefix("https://localhost")).status_code == 200


def test_opening_it_again_is_refused_in_words_and_changes_nothing(run: Callable[..., Result]) -> None:
    run(OPEN)
    again = run(OPEN)
    assert again.exit_code == 1
    assert "đã có đơn vị dùng" in again.output


def test_tenants_are_listed_suspended_and_resumed(run: Callable[..., Result], cast: Cast) -> None:
    assert run("tenant suspend huyen-a --locked --reason bảo-trì").exit_code == 0
    assert [line.split()[2] for line in run("tenant list").output.splitlines() if "huyen-a" in line] == [
        "locked"
    ]
    run("tenant resume huyen-a")
    with cast.session("operator") as session:
        assert session.get_one(Tenant, cast.tenants["huyen-a"]).state.value == "active"


def test_an_unknown_tenant_ends_the_command_in_words(run: Callable[..., Result]) -> None:
    assert "Không có đơn vị" in run("tenant resume nowhere").output


def test_an_operator_added_here_can_sign_in_and_is_on_the_record(
    run: Callable[..., Result], anonymous: Browser, cast: Cast
) -> None:
    assert run("operator add second Nền", input=f"{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    assert anonymous.submit("/sign-in", {"login": "second", "password": PASSWORD}).location == "/"
    with cast.session("operator") as session:
        assert session.scalars(sa.select(PlatformEntry.tag).where(PlatformEntry.tag == "operator:add")).all()


@pytest.mark.parametrize(
    "line", ["operator add second Nền --password short", "operator add operator Nền --password x"]
)
def test_a_weak_password_or_a_taken_name_adds_nobody(
    line: str, run: Callable[..., Result], cast: Cast
) -> None:
    assert run(line).exit_code == 1
    with cast.session("operator") as session:
        assert session.scalar(sa.select(sa.func.count(Operator.id))) == 1


def test_dead_jobs_are_listed_and_run_again(run: Callable[..., Result], cast: Cast) -> None:
    job_id = dead_job(cast)
    assert str(job_id) in run("jobs list --state dead").output
    assert run(f"jobs retry {job_id}").exit_code == 0
    with cast.session("huyen-a") as session:
        assert session.get_one(Job, job_id).state is JobState.QUEUED
    assert run("jobs retry abc").exit_code == 1


def test_the_settings_are_checked_against_what_they_name(run: Callable[..., Result]) -> None:
    checked = run("config check")
    assert checked.exit_code == 0
    assert "database     ok" in checked.output


@pytest.mark.parametrize("who", ["huyen-a.secretary", "operator"])
def test_a_lost_phone_is_forgotten_on_the_record_and_its_sessions_end(
    who: str, run: Callable[..., Result], sign_in: Callable[[str], Browser], cast: Cast
) -> None:
    client, identity = sign_in(who), cast.accounts[who]
    with cast.session(who) as session:
        holder_of(session, identity).totp_secret = "JBSWY3DPEHPK3PXP"
    login = "@".join(reversed(who.split("."))) if identity.tenant_id else who
    assert run(f"account reset-second-factor {login}").exit_code == 0
    assert client.get("/account").location == "/sign-in?next=/account"
    with cast.session(who) as session:
        assert holder_of(session, identity).totp_secret is None
        trail = AuditEntry if identity.tenant_id else PlatformEntry
        assert session.scalars(sa.select(trail.tag).where(trail.tag.like("%:second_factor_reset"))).all()


def test_an_unknown_name_resets_nothing(run: Callable[..., Result]) -> None:
    assert "Không có tài khoản" in run("account reset-second-factor nobody@huyen-a").output
