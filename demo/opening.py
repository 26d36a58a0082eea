"""Chapter one: tenants are opened, people signed in, rosters brought in as an admin would."""

from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.models import JobKind
from core.notices.work import owe_again
from core.rosters.models import RosterUpload
from core.rosters.service import start_import, upload
from demo.rosters import TenantFacts, write_flawed_rosters, write_rosters
from demo.telling import Teller
from demo.world import OPERATOR, PASSWORD, Chronicle, acting, at, wait_for_jobs
from tenants.access import Role
from tenants.accounts import choose_password
from tenants.clock import frozen
from tenants.credentials import hash_password
from tenants.models import Account, Operator
from tenants.provisioning import NewTenant, open_tenant
from tenants.scope import across_tenants, tenant_scope, transaction

ADMIN = "quantri.goc"


def open_tenants(teller: Teller, chronicle: Chronicle) -> None:
    """The platform's operator opens the province and those below it; each first admin chooses a password."""
    with teller.step("Mở đơn vị thuê") as line, frozen(at(chronicle.opened_on, 1)):
        _add_operator()
        for facts in chronicle.facts:
            chronicle.tenants[facts.code] = _open(facts, chronicle)
        line.result = f"{len(chronicle.tenants)} đơn vị: {', '.join(chronicle.tenants)}"


def _add_operator() -> None:
    with across_tenants("demonstration"), transaction() as session:
        session.add(
            Operator(login="nentang", name="Quản trị nền tảng", password_hash=hash_password(PASSWORD))
        )


def _open(facts: TenantFacts, chronicle: Chronicle) -> UUID:
    new = NewTenant(
        facts.code, facts.name, facts.committee_name, facts.place, facts.level_code, facts.parent_code or "",
        "Quản trị ban đầu", ADMIN, chronicle.opened_on,
    )  # fmt: skip
    with across_tenants("demonstration"), transaction() as session:
        opened = open_tenant(session, OPERATOR, new)
    with tenant_scope(opened.tenant_id), transaction() as session:
        choose_password(session, session.scalars(sa.select(Account)).one(), PASSWORD)
    return opened.tenant_id


def import_people(teller: Teller, chronicle: Chronicle) -> None:
    """Units and people of every tenant: first a file with mistakes, refused row by row, then the good one."""
    for facts in chronicle.facts:
        with teller.step(f"Nhập danh sách, {facts.name}") as line, frozen(at(chronicle.opened_on, 2)):
            results = [_bring_in(teller, chronicle, facts, kind) for kind in ("units", "people")]
            line.result = "; ".join(results)


def import_officials(teller: Teller, chronicle: Chronicle) -> None:
    """Officials and absences, once the plan has set the levels."""
    for facts in chronicle.facts:
        if facts.officials:
            with teller.step(f"Nhập cán bộ dự sinh hoạt, {facts.name}") as line:
                with frozen(at(chronicle.opened_on, 5)):
                    results = [
                        _bring_in(teller, chronicle, facts, kind) for kind in ("officials", "absences")
                    ]
                line.result = "; ".join(results)


def _bring_in(teller: Teller, chronicle: Chronicle, facts: TenantFacts, kind: str) -> str:
    folder = chronicle.folder / "rosters" / facts.code
    folder.mkdir(parents=True, exist_ok=True)
    flawed, clean = write_flawed_rosters(facts, folder)[kind], write_rosters(facts, folder)[kind]
    refused = _check(chronicle.tenants[facts.code], kind, flawed.path)
    teller.expect(refused["bad"] >= flawed.bad_rows, f"{kind} of {facts.code}: bad rows were let through")
    _import(chronicle.tenants[facts.code], kind, clean)
    applied = _newest(chronicle.tenants[facts.code])["applied"]
    return f"{kind}: {refused['bad']} dòng lỗi trả lại, nhập {applied['created'] + applied['updated']}"


def _check(tenant_id: UUID, kind: str, path: Path) -> dict[str, Any]:
    with acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
        upload(session, admin, kind, path.name, path.read_bytes())
    wait_for_jobs()
    return _newest(tenant_id)


def _import(tenant_id: UUID, kind: str, path: Path) -> None:
    _check(tenant_id, kind, path)
    with acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
        start_import(session, admin, _last_upload(session), only_good=False)
    wait_for_jobs()


def _newest(tenant_id: UUID) -> dict[str, Any]:
    with tenant_scope(tenant_id), transaction() as session:
        kept = _last_upload(session)
        if kept.problem:
            raise LookupError(kept.problem)
        return kept.preview


def _last_upload(session: orm.Session) -> RosterUpload:
    return session.scalars(sa.select(RosterUpload).order_by(RosterUpload.id.desc()).limit(1)).one()


def count_tenants(chronicle: Chronicle) -> None:
    """Let the platform see the figures of the tenants at once, not only at their next hourly count."""
    for tenant_id in chronicle.tenants.values():
        with acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
            owe_again(session, admin, JobKind.COUNT_TENANT, tenant_id)


def give_passwords(chronicle: Chronicle) -> list[str]:
    """Let a few people of every tenant sign in with the demonstration's password; who they are."""
    names = []
    for facts in chronicle.facts:
        with tenant_scope(chronicle.tenants[facts.code]), transaction() as session:
            for login in _to_try(facts):
                account = session.scalars(sa.select(Account).where(Account.login == login)).one()
                choose_password(session, account, PASSWORD)
                names.append(f"{login}@{facts.code}")
    return names


def _to_try(facts: TenantFacts) -> list[str]:
    """The office's own three, a commune's office, a residential cell's secretary, an official."""
    logins = [person.login for person in facts.people if person.login]
    homes = {cell.code.lower() for cell in facts.residential_cells}
    secretary = next((name for name in logins if name.removeprefix("bithu-") in homes), "")
    office = next((name for name in logins if name.startswith("vanphong-")), "")
    official = next((f"canbo-{o.person_code.lower()}" for o in facts.officials if o.level_code == "XA"), "")
    return [
        name for name in ("quantri", "bantochuc", "thuongtruc", office, secretary, official) if name in logins
    ]
