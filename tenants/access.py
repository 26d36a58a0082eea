"""Who may do what: one vocabulary, one table, one question (design: architecture, rules of the code).

Out of reach answers 404 (NotFound); in reach but not allowed answers 403 (NotAllowed).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import orm

from tenants.tree import UnitPath

Row = TypeVar("Row")


class TenantState(StrEnum):
    """What a tenant's people may do at all."""

    ACTIVE = "active"
    READ_ONLY = "read_only"
    LOCKED = "locked"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {"active": "Đang hoạt động", "read_only": "Chỉ đọc", "locked": "Tạm khóa"}[self.value]


class DepartmentFunction(StrEnum):
    """What an advisory body is for, whatever its name (domain: rules, routing)."""

    ORGANISATION = "organisation"
    PROPAGANDA = "propaganda"
    MASS_MOBILISATION = "mass_mobilisation"
    PARTY_BUILDING = "party_building"
    OFFICE = "office"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {
            "organisation": "Tổ chức",
            "propaganda": "Tuyên giáo",
            "mass_mobilisation": "Dân vận",
            "party_building": "Xây dựng Đảng",
            "office": "Văn phòng",
        }[self.value]


class Permission(StrEnum):
    """Every right, as noun:verb, alphabetical. `read` and `own` look; any other verb writes."""

    APPOINTMENTS_EDIT = "appointments:edit"
    AUDIT_READ = "audit:read"
    CATALOGUES_EDIT = "catalogues:edit"
    DISPATCHES_READ = "dispatches:read"
    DISPATCHES_RECEIVE = "dispatches:receive"
    DOCUMENTS_READ = "documents:read"
    JOBS_READ = "jobs:read"
    JOBS_RETRY = "jobs:retry"
    MEETINGS_REGISTER = "meetings:register"
    PEOPLE_EDIT = "people:edit"
    PEOPLE_READ = "people:read"
    PETITIONS_ANSWER = "petitions:answer"
    PETITIONS_READ = "petitions:read"
    PLANS_PUBLISH = "plans:publish"
    PLANS_READ = "plans:read"
    PLATFORM_JOBS_RETRY = "platform:retry"
    PLATFORM_READ = "platform:read"
    PLATFORM_TENANTS_OPEN = "platform:open"
    PLATFORM_TENANTS_SUSPEND = "platform:suspend"
    REPORTS_ACCEPT = "reports:accept"
    REPORTS_CONSOLIDATE = "reports:consolidate"
    REPORTS_READ = "reports:read"
    REPORTS_SUBMIT = "reports:submit"
    ROSTERS_IMPORT = "rosters:import"
    ROTATION_GENERATE = "rotation:generate"
    ROTATION_PUBLISH = "rotation:publish"
    ROTATION_READ = "rotation:read"
    SWAPS_DECIDE = "swaps:decide"
    TASKS_DECIDE = "tasks:decide"
    TASKS_DO = "tasks:do"
    TASKS_FOLLOW = "tasks_below:read"
    TASKS_NUDGE = "tasks:nudge"
    TASKS_READ = "tasks:read"
    UNITS_EDIT = "units:edit"
    UNITS_READ = "units:read"
    VISITS_OWN = "visits:own"
    VISITS_READ = "visits:read"
    VISITS_REPORT = "visits:report"

    @property
    def writes(self) -> bool:
        """Whether the right changes anything, and so rests while the tenant is read-only."""
        return not self.value.endswith((":read", ":own"))


class Role(StrEnum):
    """What a person is appointed to at a unit."""

    OPERATOR = "operator"
    TENANT_ADMIN = "tenant_admin"
    DEPARTMENT_OFFICER = "department_officer"
    STANDING_BODY = "standing_body"
    BASE_OFFICER = "base_officer"
    SECRETARY = "secretary"
    DEPUTY_SECRETARY = "deputy_secretary"
    CELL_COMMITTEE_MEMBER = "cell_committee_member"
    COMMITTEE_MEMBER = "committee_member"
    OFFICIAL = "official"
    MEMBER = "member"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.OPERATOR: "Quản trị nền tảng",
    Role.TENANT_ADMIN: "Quản trị",
    Role.DEPARTMENT_OFFICER: "Cán bộ ban",
    Role.STANDING_BODY: "Thường trực cấp ủy",
    Role.BASE_OFFICER: "Văn phòng đảng ủy cơ sở",
    Role.SECRETARY: "Bí thư",
    Role.DEPUTY_SECRETARY: "Phó Bí thư",
    Role.CELL_COMMITTEE_MEMBER: "Chi ủy viên",
    Role.COMMITTEE_MEMBER: "Đảng ủy viên",
    Role.OFFICIAL: "Cán bộ dự sinh hoạt",
    Role.MEMBER: "Đảng viên",
}

P = Permission
_FOLLOW = frozenset(
    {P.PLANS_READ, P.ROTATION_READ, P.TASKS_READ, P.UNITS_READ, P.VISITS_READ, P.PETITIONS_READ}
)
_LEAD = frozenset({P.TASKS_DECIDE, P.TASKS_DO, P.TASKS_FOLLOW, P.TASKS_NUDGE})
_WHOLE = (
    _FOLLOW
    | _LEAD
    | {P.REPORTS_READ, P.DOCUMENTS_READ, P.DISPATCHES_READ, P.DISPATCHES_RECEIVE, P.PEOPLE_READ}
)
_STAFF = _WHOLE | {
    P.PLANS_PUBLISH,
    P.ROTATION_GENERATE,
    P.PETITIONS_ANSWER,
    P.REPORTS_CONSOLIDATE,
    P.JOBS_READ,
    P.MEETINGS_REGISTER,
    P.SWAPS_DECIDE,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OPERATOR: frozenset(
        {P.PLATFORM_READ, P.PLATFORM_TENANTS_OPEN, P.PLATFORM_TENANTS_SUSPEND, P.PLATFORM_JOBS_RETRY}
    ),
    Role.TENANT_ADMIN: _STAFF
    | {P.APPOINTMENTS_EDIT, P.AUDIT_READ, P.CATALOGUES_EDIT, P.JOBS_RETRY, P.PEOPLE_EDIT, P.REPORTS_SUBMIT}
    | {P.ROSTERS_IMPORT, P.ROTATION_PUBLISH, P.UNITS_EDIT},
    Role.DEPARTMENT_OFFICER: _STAFF,
    Role.STANDING_BODY: _WHOLE
    | {
        P.PETITIONS_ANSWER,
        P.REPORTS_ACCEPT,
        P.REPORTS_SUBMIT,
        P.ROTATION_PUBLISH,
        P.PLANS_PUBLISH,
        P.AUDIT_READ,
    },
    Role.BASE_OFFICER: _FOLLOW
    | _LEAD
    | {P.MEETINGS_REGISTER, P.PETITIONS_ANSWER, P.PEOPLE_READ, P.SWAPS_DECIDE},
    Role.SECRETARY: _FOLLOW | {P.MEETINGS_REGISTER, P.TASKS_DO},
    Role.DEPUTY_SECRETARY: _FOLLOW | {P.MEETINGS_REGISTER, P.TASKS_DO},
    Role.CELL_COMMITTEE_MEMBER: frozenset({P.TASKS_READ, P.ROTATION_READ}),
    Role.COMMITTEE_MEMBER: frozenset({P.TASKS_READ}),
    Role.OFFICIAL: frozenset({P.TASKS_READ, P.VISITS_OWN, P.VISITS_REPORT}),
    Role.MEMBER: frozenset({P.TASKS_READ}),
}


WHOLE_TENANT = frozenset(
    {P.CATALOGUES_EDIT, P.DISPATCHES_READ, P.DISPATCHES_RECEIVE, P.DOCUMENTS_READ, P.PLANS_PUBLISH}
    | {P.REPORTS_ACCEPT, P.REPORTS_CONSOLIDATE, P.REPORTS_READ, P.REPORTS_SUBMIT, P.ROSTERS_IMPORT}
    | {P.ROTATION_PUBLISH}
)
"""Rights over what no unit below owns: a role held below the tenant's root does not carry them."""


class NotAllowed(Exception):
    """In reach, but the actor's roles do not carry the right: 403."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


class NotFound(Exception):
    """Not there, or out of the actor's reach: 404, the same answer for both."""


@dataclass(frozen=True)
class Grant:
    """A role over a unit and everything below it."""

    role: Role
    path: UnitPath


@dataclass(frozen=True)
class Actor:
    """Who asks. `tenant_id` is None for an operator of the platform; ids are None for the system."""

    tenant_id: UUID | None
    account_id: UUID | None
    person_id: UUID | None
    name: str
    grants: tuple[Grant, ...]
    state: TenantState = TenantState.ACTIVE


def reach(actor: Actor, permission: Permission) -> tuple[UnitPath, ...]:
    """The units over which the actor has the right, none below another."""
    if actor.state is TenantState.LOCKED or (actor.state is TenantState.READ_ONLY and permission.writes):
        return ()
    paths = sorted({grant.path for grant in actor.grants if permission in PERMISSIONS[grant.role]})
    if permission in WHOLE_TENANT:
        paths = [path for path in paths if path.depth == 0]
    return tuple(p for p in paths if not any(q != p and q.contains(p) for q in paths))


def may(actor: Actor, permission: Permission, path: UnitPath | None = None) -> bool:
    """Whether the actor has the right, at the unit if one is given. Menu, page and service ask this."""
    paths = reach(actor, permission)
    return bool(paths) if path is None else any(over.contains(path) for over in paths)


def require(actor: Actor, permission: Permission, path: UnitPath | None = None) -> None:
    """Raise NotAllowed unless `may` says yes."""
    if not may(actor, permission, path):
        raise NotAllowed(permission)


def as_id(text: object) -> UUID:
    """An id from a URL or form; anything else raises NotFound (design: security 23)."""
    try:
        return UUID(str(text))
    except ValueError as error:
        raise NotFound from error


def fetch(session: orm.Session, kind: type[Row], key: object) -> Row:
    """The tenant's row with that id, or NotFound: the only look-up by id that pages use."""
    row = session.get(kind, as_id(key))
    if row is None:
        raise NotFound
    return row
