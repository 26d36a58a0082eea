"""`flask account …`: help for whoever cannot sign in any more (design: security 50)."""

import click
from flask.cli import AppGroup

from tenants.accounts import find_login, identity_scope
from tenants.scope import transaction
from tenants.second_factor import reset


@click.group(cls=AppGroup)
def account() -> None:
    """Accounts of tenants and operators."""


@account.command()
@click.argument("login")
def reset_second_factor(login: str) -> None:
    """Turn the second factor of LOGIN (name@tenant, or an operator's name) off and sign it out everywhere."""
    identity = find_login(login)
    if identity is None:
        raise click.ClickException(f"Không có tài khoản “{login}” đang mở.")
    with identity_scope(identity.tenant_id, "command line"), transaction() as session:
        reset(session, identity)
    click.echo(f"Đã tắt xác thực hai bước của {login}; tài khoản này đã bị đăng xuất.")
