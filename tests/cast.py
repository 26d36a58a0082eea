"""The people of the tests: a province, two districts, a commune, with the same roles in each.

    tinh ── huyen-a ── xa-c          each:  root ── XA-1 ── CB-1 CB-2 CB-3 (residential), CB-4 (agency)
         └─ huyen-b (the stranger's)        people: admin officer standing base-officer secretary official

A person is named by tenant and role: `"huyen-a.secretary"`; the operator is `"operator"`.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor, Grant, Role
from tenants.accounts import PLATFORM_PATH, Identity, identity_scope, load_actor
from tenants.credentials import hash_password
from tenants.models import Account, Appointment, CellSetting, Operator, Person, Tenant, Unit
from tenants.provisioning import NewTenant, open_tenant
from tenants.scope import Scope, TenantSession, across_tenants, tenant_scope, transaction
from tenants.tree import UnitKind, UnitPath
from tenants.vietnamese import fold, sort_key

PASSWORD = "Mùa thu Hà Nội xanh"
OPENED = date(2026, 1, 1)
TENANTS = (
    ("tinh", "Tỉnh An Lạc", "Tỉnh ủy An Lạc", "TINH", ""),
    ("huyen-a", "Huyện Bình Minh", "Huyện ủy Bình Minh", "HUYEN", "tinh"),
    ("huyen-b", "Huyện Tân Hòa", "Huyện ủy Tân Hòa", "HUYEN", "tinh"),
    ("xa-c", "Xã Đông Thịnh", "Đảng ủy xã Đông Thịnh", "XA", "huyen-a"),
)
PEOPLE = (
    ("officer", "Lê Thị Hoa", Role.DEPARTMENT_OFFICER, ""),
    ("standing", "Phạm Văn Ước", Role.STANDING_BODY, ""),
    ("base-officer", "Đỗ Minh Ánh", Role.BASE_OFFICER, "XA-1"),
    ("secretary", "Hoàng Thị Đào", Role.SECRETARY, "CB-1"),
    ("official", "Ngô Quang Vinh", Role.OFFICIAL, ""),
)
CELLS = (("CB-1", "Khu dân cư"), ("CB-2", "Khu dân cư"), ("CB-3", "Khu dân cư"), ("CB-4", "Cơ quan"))
SYSTEM = Actor(None, None, None, "Kiểm thử", (Grant(Role.OPERATOR, PLATFORM_PATH),))


@dataclass(frozen=True)
class Cast:
    """Ids of everyone and everything in the cast; plain values, good in every clone of the database."""

    tenants: dict[str, UUID] = field(default_factory=dict)
    units: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, Identity] = field(default_factory=dict)

    def scope(self, who: str) -> AbstractContextManager[Scope]:
        """The scope of a tenant (`"huyen-a"`) or of the person's tenant (`"huyen-a.admin"`)."""
        code = who.partition(".")[0]
        return identity_scope(self.tenants.get(code), "a test")

    @contextmanager
    def session(self, who: str) -> Iterator[TenantSession]:
        """A transaction in that scope, committed at the end."""
        with self.scope(who), transaction() as session:
            yield session

    def actor(self, who: str) -> Actor:
        """The person as a service sees him."""
        if who == "operator":
            return SYSTEM
        with self.session(who) as session:
            identity = self.accounts[who]
            actor = load_actor(session, session.get_one(Tenant, identity.tenant_id), identity.account_id)
        assert actor is not None
        return actor

    def unit(self, name: str) -> UUID:
        """A unit by tenant and code: `"huyen-a/CB-1"`; `"huyen-a/"` is the root."""
        return self.units[name]


def build_cast() -> Cast:
    """Write the cast into an empty database, through the services where there is one."""
    cast, password = Cast(), hash_password(PASSWORD)
    for code, name, committee, level, parent in TENANTS:
        new = NewTenant(code, name, committee, name, level, parent, "Trần Văn Bền", "admin", OPENED)
        with across_tenants("a test"), transaction() as session:
            cast.tenants[code] = open_tenant(session, SYSTEM, new).tenant_id
        with tenant_scope(cast.tenants[code]), transaction() as session:
            _furnish(session, cast, code, password)
    with across_tenants("a test"), transaction() as session:
        operator = Operator(login="operator", name="Vũ Thị Nền", password_hash=password)
        session.add(operator)
        session.flush()
        cast.accounts["operator"] = Identity(None, operator.id, None)
    return cast


def _furnish(session: orm.Session, cast: Cast, code: str, password: str) -> None:
    settings = {row.name: row.id for row in session.scalars(sa.select(CellSetting))}
    root = session.scalars(sa.select(Unit)).one()
    commune = _unit(session, root, "XA-1", "Đảng bộ xã Yên Phú", UnitKind.ORGANISATION, None)
    units = {"": root, "XA-1": commune}
    for number, (cell, setting) in enumerate(CELLS, 1):
        units[cell] = _unit(session, commune, cell, f"Chi bộ số {number}", UnitKind.CELL, settings[setting])
    cast.units.update({f"{code}/{unit_code}": unit.id for unit_code, unit in units.items()})
    for role, name, appointed, unit_code in PEOPLE:
        _person(session, role, name, appointed, units[unit_code])
    for account in session.scalars(sa.select(Account)):
        account.password_hash = password
        cast.accounts[f"{code}.{account.login}"] = Identity(account.tenant_id, account.id, None)


def _unit(
    session: orm.Session, parent: Unit, code: str, name: str, kind: UnitKind, setting_id: UUID | None
) -> Unit:
    unit = Unit(
        code=code, name=name, search_key=fold(name), kind=kind, parent_id=parent.id, setting_id=setting_id,
        path=UnitPath(parent.path).child(code).text, valid_from=OPENED,
    )  # fmt: skip
    session.add(unit)
    session.flush()
    return unit


def _person(session: orm.Session, login: str, name: str, role: Role, unit: Unit) -> None:
    person = Person(code=f"DV-{login}", full_name=name, sort_key=sort_key(name), search_key=fold(name))
    session.add(person)
    session.flush()
    session.add(Account(person_id=person.id, login=login))
    session.add(Appointment(person_id=person.id, unit_id=unit.id, role=role, valid_from=OPENED))
    session.flush()
