"""Who and where: tenants, units, people, accounts, appointments, and the trail of what was done."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from tenants.access import DepartmentFunction, Role, TenantState
from tenants.clock import now
from tenants.codes import RANKS, SLUG, code_of
from tenants.db import Base, choice, new_id, tenant_key
from tenants.scope import TenantOwned
from tenants.tree import UnitKind, UnitPath

PATH = sa.Text(collation="C")


class TenantLevel(Base):
    """A level of committee: name and rank are rows, never code (design: architecture, decision 2)."""

    __tablename__ = "tenant_level"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    rank: Mapped[int]
    symbol: Mapped[str]


class Tenant(Base):
    """An organisation that signed up. Tenants form a tree; nothing is shared between them."""

    __tablename__ = "tenant"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    committee_name: Mapped[str]
    place: Mapped[str]
    level_code: Mapped[str] = mapped_column(sa.ForeignKey("tenant_level.code"))
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tenant.id"))
    state: Mapped[TenantState] = mapped_column(choice(TenantState, "state"), default=TenantState.ACTIVE)
    state_reason: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime] = mapped_column(default=now)
    level: Mapped[TenantLevel] = orm.relationship()
    parent: Mapped["Tenant | None"] = orm.relationship(remote_side=[id])

    def __str__(self) -> str:
        return self.name


class CellSetting(TenantOwned, Base):
    """A kind of place a cell lives in (rural, agency, school …): the tenant's own catalogue.

    Plans name it by its `code`, which follows from the first name unless it is given.
    """

    __tablename__ = "cell_setting"
    name: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    is_residential: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "name"),
        sa.UniqueConstraint("tenant_id", "code"),
        sa.CheckConstraint(f"code ~ '^{SLUG.pattern}$'", name="code"),
    )

    @orm.validates("name")
    def _name_first_gives_code(self, _key: str, name: str) -> str:
        self.code = self.code or code_of(name) or "other"
        return name

    def __str__(self) -> str:
        return self.name


class Unit(TenantOwned, Base):
    """A party organisation or cell of the tenant's tree, valid from a day to a day.

    `block` is a code (tenants.codes) or empty. `rank` is an organisation's, a key of RANKS or empty;
    `members` (people, None: not known) and `rounds_held` (forums held so far) are a cell's. So is what the
    rotation is asked for: `special` ranks special areas 0-3 (S4-02), `visitors_wanted` may share a meeting
    (S4-11), `visits_least` are asked for a year (None: a fair share), `visited_first` in its first month.
    """

    __tablename__ = "unit"
    code: Mapped[str]
    name: Mapped[str]
    search_key: Mapped[str]
    kind: Mapped[UnitKind] = mapped_column(choice(UnitKind, "kind"))
    parent_id: Mapped[UUID | None]
    path: Mapped[str] = mapped_column(PATH)
    setting_id: Mapped[UUID | None]
    special: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    visitors_wanted: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    visits_least: Mapped[int | None] = mapped_column(sa.SmallInteger)
    visited_first: Mapped[bool] = mapped_column(default=False)
    meeting_day: Mapped[int | None] = mapped_column(sa.SmallInteger)
    meeting_slot: Mapped[str | None]
    former_name: Mapped[str] = mapped_column(default="")
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    block: Mapped[str] = mapped_column(default="")
    rank: Mapped[str] = mapped_column(default="")
    members: Mapped[int | None]
    rounds_held: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    parent: Mapped["Unit | None"] = orm.relationship(
        primaryjoin="foreign(Unit.parent_id) == remote(Unit.id)", remote_side="Unit.id"
    )
    setting: Mapped[CellSetting | None] = orm.relationship(
        primaryjoin="foreign(Unit.setting_id) == CellSetting.id"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "code"),
        tenant_key("parent_id", "unit"),
        tenant_key("setting_id", "cell_setting"),
        sa.CheckConstraint("special BETWEEN 0 AND 3", name="special"),
        sa.CheckConstraint("visitors_wanted BETWEEN 1 AND 9", name="visitors_wanted"),
        sa.CheckConstraint("visits_least BETWEEN 1 AND 99", name="visits_least"),
        sa.CheckConstraint("meeting_day BETWEEN 1 AND 28", name="meeting_day"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        sa.CheckConstraint(f"block = '' OR block ~ '^{SLUG.pattern}$'", name="block"),
        sa.CheckConstraint(sa.column("rank").in_(["", *RANKS]), name="rank"),
        sa.CheckConstraint("members >= 0", name="members"),
        sa.CheckConstraint("rounds_held >= 0", name="rounds_held"),
        sa.Index("ix_unit_path", "tenant_id", "path"),
        sa.Index("ix_unit_search", "tenant_id", "search_key"),
    )

    @property
    def tree_path(self) -> UnitPath:
        """The stored path as a value that can be asked."""
        return UnitPath(self.path)

    def __str__(self) -> str:
        return self.name


class Department(TenantOwned, Base):
    """An advisory body; routed to by function, since names change (domain: rules, routing)."""

    __tablename__ = "department"
    name: Mapped[str]
    function: Mapped[DepartmentFunction] = mapped_column(choice(DepartmentFunction, "function"))
    __table_args__ = (sa.UniqueConstraint("tenant_id", "name"),)

    def __str__(self) -> str:
        return self.name


class Person(TenantOwned, Base):
    """A comrade on the tenant's roster: only what attending, reporting and calling need."""

    __tablename__ = "person"
    code: Mapped[str]
    full_name: Mapped[str]
    sort_key: Mapped[str]
    search_key: Mapped[str]
    born_on: Mapped[date | None]
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    left_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "code"),
        sa.Index("ix_person_sort", "tenant_id", "sort_key"),
        sa.Index("ix_person_search", "tenant_id", "search_key"),
    )

    def __str__(self) -> str:
        return self.full_name


class Account(TenantOwned, Base):
    """A person's way in. `login` is unique within the tenant; people sign in as login@tenant-code."""

    __tablename__ = "account"
    person_id: Mapped[UUID]
    login: Mapped[str]
    password_hash: Mapped[str] = mapped_column(default="")
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None]
    recovery_hashes: Mapped[list[str]] = mapped_column(default=list)
    disabled_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]
    person: Mapped[Person] = orm.relationship(primaryjoin="foreign(Account.person_id) == Person.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "login"),
        sa.UniqueConstraint("tenant_id", "person_id"),
        tenant_key("person_id", "person"),
    )

    def __str__(self) -> str:
        return self.login


class Invitation(TenantOwned, Base):
    """A one-time link to choose a password; only its hash is kept (design: security 54)."""

    __tablename__ = "invitation"
    account_id: Mapped[UUID]
    token_hash: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = orm.relationship(primaryjoin="foreign(Invitation.account_id) == Account.id")
    __table_args__ = (sa.UniqueConstraint("tenant_id", "token_hash"), tenant_key("account_id", "account"))


class Appointment(TenantOwned, Base):
    """A role at a unit for a time. What a person may do follows from these rows alone."""

    __tablename__ = "appointment"
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    role: Mapped[Role] = mapped_column(choice(Role, "role"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    person: Mapped[Person] = orm.relationship(primaryjoin="foreign(Appointment.person_id) == Person.id")
    unit: Mapped[Unit] = orm.relationship(primaryjoin="foreign(Appointment.unit_id) == Unit.id")
    department: Mapped[Department | None] = orm.relationship(
        primaryjoin="foreign(Appointment.department_id) == Department.id"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "person_id", "unit_id", "role", "valid_from"),
        tenant_key("person_id", "person"),
        tenant_key("unit_id", "unit"),
        tenant_key("department_id", "department"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        sa.Index("ix_appointment_unit", "tenant_id", "unit_id"),
    )

    def __str__(self) -> str:
        return f"{self.role.label}, {self.unit}"


class AuditEntry(TenantOwned, Base):
    """One thing done, chained to the one before by its hash; rows are only ever added."""

    __tablename__ = "audit_entry"
    number: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    tag: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "number"),
        sa.Index("ix_audit_entry_subject", "tenant_id", "subject_id"),
    )


class Operator(Base):
    """Provincial IT: keeps the platform, never reads a tenant's content (design: security 15)."""

    __tablename__ = "operator"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None]
    recovery_hashes: Mapped[list[str]] = mapped_column(default=list)
    disabled_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]


class PlatformEntry(Base):
    """What an operator did: the platform's own trail, without any tenant's content."""

    __tablename__ = "platform_entry"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(default=now)
    operator_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("operator.id"))
    tag: Mapped[str]
    tenant_code: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]]


class WebSession(Base):
    """A signed-in browser. The cookie holds a random id, this row its hash: deleting it signs out."""

    __tablename__ = "web_session"
    id_hash: Mapped[bytes] = mapped_column(BYTEA, primary_key=True)
    home_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("tenant.id"))
    account_id: Mapped[UUID] = mapped_column(index=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]


class SignInFailure(Base):
    """Failed sign-ins under one key (a hash of an account name or of an address)."""

    __tablename__ = "sign_in_failure"
    key_hash: Mapped[bytes] = mapped_column(BYTEA, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Heartbeat(Base):
    """When a worker or the scheduler was last alive, and with which version."""

    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
    version: Mapped[str] = mapped_column(default="")
