"""Opening and suspending tenants: the platform's own verbs (design: product T01, T02)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor, DepartmentFunction, Permission, Role, TenantState, require
from tenants.accounts import invite, system_actor
from tenants.audit import record
from tenants.clock import now
from tenants.models import (
    Account,
    Appointment,
    CellSetting,
    Department,
    Person,
    PlatformEntry,
    Tenant,
    TenantLevel,
    Unit,
    WebSession,
)
from tenants.scope import Session, tenant_scope
from tenants.tree import UnitKind, UnitPath
from tenants.vietnamese import fold, nfc, sort_key

TENANT_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
SETTINGS = (
    ("Khu dân cư", True),
    ("Cơ quan", False),
    ("Trường học", False),
    ("Trạm y tế", False),
    ("Doanh nghiệp", False),
    ("Lực lượng vũ trang", False),
)
DEPARTMENTS = (
    ("Ban Tổ chức", DepartmentFunction.ORGANISATION),
    ("Ban Tuyên giáo và Dân vận", DepartmentFunction.PROPAGANDA),
    ("Văn phòng", DepartmentFunction.OFFICE),
)


@dataclass(frozen=True)
class NewTenant:
    """What the wizard asks. `code` becomes part of every sign-in name and is never changed."""

    code: str
    name: str
    committee_name: str
    place: str
    level_code: str
    parent_code: str
    admin_name: str
    admin_login: str
    valid_from: date


@dataclass(frozen=True)
class Opened:
    """A tenant just opened and the one-time token for its first admin."""

    tenant_id: UUID
    invitation: str


class TenantError(Exception):
    """The tenant cannot be opened so; `problems` maps field to a Vietnamese sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def tenant_problems(session: orm.Session, new: NewTenant) -> dict[str, str]:
    """What is wrong with a new tenant, by field, in Vietnamese."""
    problems: dict[str, str] = {}
    if not TENANT_CODE.fullmatch(new.code):
        problems["code"] = "Mã gồm 3–40 chữ thường không dấu, số, gạch nối; ví dụ: hai-lang."
    elif session.scalar(sa.select(Tenant.id).where(Tenant.code == new.code)):
        problems["code"] = f"Mã “{new.code}” đã có đơn vị dùng; xin chọn mã khác."
    for field, label in (("name", "Tên đơn vị"), ("committee_name", "Tên cấp ủy"), ("place", "Địa danh")):
        if not getattr(new, field).strip():
            problems[field] = f"{label} không được để trống."
    if not new.admin_name.strip():
        problems["admin_name"] = "Xin nhập họ tên người quản trị đầu tiên."
    if not re.fullmatch(r"[a-z0-9._-]{3,40}", new.admin_login):
        problems["admin_login"] = "Tên đăng nhập gồm 3–40 chữ thường không dấu, số, dấu chấm, gạch."
    return problems | _place_problems(session, new)


def _place_problems(session: orm.Session, new: NewTenant) -> dict[str, str]:
    level = session.get(TenantLevel, new.level_code)
    if level is None:
        return {"level_code": "Xin chọn cấp của đơn vị."}
    if not new.parent_code:
        return {}
    parent = session.scalar(sa.select(Tenant).where(Tenant.code == new.parent_code))
    if parent is None:
        return {"parent_code": f"Không có đơn vị cấp trên mang mã “{new.parent_code}”."}
    if parent.level.rank >= level.rank:
        return {"parent_code": f"{parent.name} không ở cấp trên của {level.name.lower()}."}
    return {}


def open_tenant(session: orm.Session, operator: Actor, new: NewTenant) -> Opened:
    """Open a tenant with its root unit, catalogues and first admin.

    `session` is the platform's. Raises NotAllowed, or TenantError naming every wrong field.
    """
    require(operator, Permission.PLATFORM_TENANTS_OPEN)
    if problems := tenant_problems(session, new):
        raise TenantError(problems)
    parent = session.scalar(sa.select(Tenant.id).where(Tenant.code == new.parent_code))
    tenant = Tenant(
        code=new.code,
        name=nfc(new.name.strip()),
        committee_name=nfc(new.committee_name.strip()),
        place=nfc(new.place.strip()),
        level_code=new.level_code,
        parent_id=parent,
    )
    session.add(tenant)
    _note(session, operator, "tenant:open", tenant)
    session.commit()
    with tenant_scope(tenant.id), Session() as own, own.begin():
        token = _furnish(own, tenant, new)
    return Opened(tenant.id, token)


def _furnish(own: orm.Session, tenant: Tenant, new: NewTenant) -> str:
    code = new.code.upper()
    path = UnitPath.root(code)
    root = Unit(
        code=code,
        name=tenant.name,
        search_key=fold(tenant.name),
        kind=UnitKind.ORGANISATION,
        path=path.text,
        valid_from=new.valid_from,
    )
    own.add_all([root, *(CellSetting(name=name, is_residential=home) for name, home in SETTINGS)])
    own.add_all([Department(name=name, function=function) for name, function in DEPARTMENTS])
    own.flush()
    name = nfc(new.admin_name.strip())
    admin = Person(code=f"QT-{code}"[:40], full_name=name, sort_key=sort_key(name), search_key=fold(name))
    own.add(admin)
    own.flush()
    account = Account(person_id=admin.id, login=new.admin_login)
    own.add(account)
    own.add(
        Appointment(person_id=admin.id, unit_id=root.id, role=Role.TENANT_ADMIN, valid_from=new.valid_from)
    )
    own.flush()
    record(own, system_actor(tenant.id, path), "tenant:open", root)
    return invite(own, account)


def set_state(session: orm.Session, operator: Actor, code: str, state: TenantState, reason: str) -> Tenant:
    """Suspend a tenant to read-only or locked, or let it work again; locking ends its sessions at once.

    Raises NotAllowed, or TenantError where the tenant is unknown or the reason missing.
    """
    require(operator, Permission.PLATFORM_TENANTS_SUSPEND)
    tenant = session.scalar(sa.select(Tenant).where(Tenant.code == code))
    if tenant is None:
        raise TenantError({"code": f"Không có đơn vị mang mã “{code}”."})
    if state is not TenantState.ACTIVE and not reason.strip():
        raise TenantError({"reason": "Xin ghi lý do; đơn vị sẽ đọc được lý do này."})
    tenant.state, tenant.state_reason = state, nfc(reason.strip())
    if state is TenantState.LOCKED:
        session.execute(sa.delete(WebSession).where(WebSession.home_id == tenant.id))
    _note(session, operator, f"tenant:{state.value}", tenant, reason=tenant.state_reason)
    return tenant


def _note(session: orm.Session, operator: Actor, tag: str, tenant: Tenant, **facts: Any) -> None:
    session.add(
        PlatformEntry(
            at=now(), operator_id=operator.account_id, tag=tag, tenant_code=tenant.code, facts=facts
        )
    )


def tenant_by_code(session: orm.Session, code: str) -> Tenant | None:
    """The tenant with that code; codes and names of tenants are public within the deployment."""
    return session.scalar(sa.select(Tenant).where(Tenant.code == code))
