"""What commands on one tenant share: its scope, its own machinery as the actor, refusals in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from tenants.access import Actor, NotAllowed
from tenants.accounts import system_actor
from tenants.conditions import root_path
from tenants.provisioning import tenant_by_code
from tenants.scope import across_tenants, tenant_scope, transaction

REFUSED = "Đơn vị không ở trạng thái hoạt động; không thực hiện được."

tenant_option = click.option("--tenant", "code", required=True, help="Code of the tenant.")


@contextmanager
def in_tenant(code: str, *told: type[Exception]) -> Iterator[Actor]:
    """The tenant's scope and an actor for its services; errors of the `told` kinds end the command."""
    with across_tenants("command line"), transaction() as session:
        tenant = tenant_by_code(session, code)
    if tenant is None:
        raise click.ClickException(f"Không có đơn vị mang mã “{code}”.")
    try:
        with tenant_scope(tenant.id):
            with transaction() as session:
                root = root_path(session)
            yield replace(system_actor(tenant.id, root), state=tenant.state)
    except NotAllowed as error:
        raise click.ClickException(REFUSED) from error
    except told as error:
        raise click.ClickException(str(error)) from error
