"""Chapter two: the plan goes down, each tenant derives its own and publishes a year's rotation."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.exchange.models import Direction, Dispatch
from core.plans.models import Plan
from core.plans.service import derive, draft
from core.plans.service import publish as publish_plan
from core.rotation.models import Absence, Official, Rotation, Visit
from core.rotation.service import adjust, draft_of, generate, open_rotation
from core.rotation.service import publish as publish_rotation
from demo.plan import province_plan
from demo.province import PROVINCE
from demo.rosters import TenantFacts
from demo.telling import Teller
from demo.world import Chronicle, acting, at, wait_for_jobs
from tenants.access import Role
from tenants.clock import frozen

MONTHS = 12
SIGNERS = {"hai-lang": "Phan Văn Trường An", "vinh-linh": "Lê Thị Bích Ngà", "khe-sanh": "Hồ Văn Khe Tiến"}
ILL_AFTER = timedelta(days=40)
ILL_FOR = timedelta(days=30)


def issue_plan(teller: Teller, chronicle: Chronicle) -> None:
    """The province publishes; the tenants below receive the sealed copy, derive their own and publish it."""
    day = chronicle.opened_on
    province = next(facts for facts in chronicle.facts if not facts.parent_code)
    with teller.step("Ban hành kế hoạch của tỉnh") as line, frozen(at(day, 3)):
        with acting(chronicle.tenants[province.code], Role.TENANT_ADMIN) as (session, admin):
            plan = draft(session, admin, province_plan(chronicle.quarter.year, PROVINCE))
            publish_plan(session, admin, plan)
        wait_for_jobs()
        line.result = f"bản 1, chuyển xuống {len(chronicle.below)} đơn vị, niêm phong SHA-256"
    with teller.step("Đơn vị nhận và ban hành kế hoạch riêng") as line, frozen(at(day, 4)):
        for facts in chronicle.below:
            _derive(chronicle.tenants[facts.code], facts)
        wait_for_jobs()
        line.result = f"{len(chronicle.below)} kế hoạch"


def _derive(tenant_id: UUID, facts: TenantFacts) -> None:
    with acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
        received = session.scalars(sa.select(Dispatch).where(Dispatch.direction == Direction.IN)).one()
        publish_plan(session, admin, derive(session, admin, received, SIGNERS[facts.code]))


def rotate(teller: Teller, chronicle: Chronicle) -> None:
    """Each tenant draws up its year, looks at the draft and its shortfalls, publishes version 1."""
    for facts in chronicle.below:
        tenant_id = chronicle.tenants[facts.code]
        with teller.step(f"Xếp lịch năm, {facts.name}") as line:
            with frozen(at(chronicle.opened_on, 6)):
                _generate(tenant_id, chronicle.quarter.first_day)
                wait_for_jobs()
            with frozen(at(chronicle.opened_on, 7)):
                line.result = publish_draft(teller, tenant_id)


def _generate(tenant_id: UUID, first_month: date) -> None:
    with acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
        plan = session.scalars(sa.select(Plan)).one()
        generate(session, admin, open_rotation(session, admin, plan, first_month, MONTHS))


def publish_draft(teller: Teller, tenant_id: UUID) -> str:
    """Publish the draft that waits; what it holds in words."""
    with acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
        version = draft_of(session, _rotation(session).id)
        if version is None:
            raise LookupError("no draft was drawn")
        change = publish_rotation(session, admin, version)
        unmet = next(score["broken"] for score in version.scores if score["rule"] == "unmet")
        teller.expect(unmet == 0 or bool(version.shortfalls), "unmet duties were left unexplained")
        told = len({c.official for c in change.changes})
        return (
            f"bản {version.number}: {len(change.visits)} lượt, {len(change.changes)} thay đổi, "
            f"{len(version.shortfalls)} điểm chưa đạt có giải thích, báo {told} đồng chí"
        )


def _rotation(session: orm.Session) -> Rotation:
    return session.scalars(sa.select(Rotation)).one()


def fall_ill(teller: Teller, chronicle: Chronicle, code: str) -> None:
    """An official falls ill: version 2, with few changes."""
    day, tenant_id = chronicle.quarter.first_day + ILL_AFTER, chronicle.tenants[code]
    with teller.step("Một đồng chí ốm, điều chỉnh lịch") as line, frozen(at(day)):
        with acting(tenant_id, Role.TENANT_ADMIN) as (session, admin):
            session.add(
                Absence(
                    person_id=_busy_person(session, day), starts_on=day, ends_on=day + ILL_FOR, reason="Ốm"
                )
            )
            session.flush()
            adjust(session, admin, _rotation(session), "Một đồng chí ốm, nghỉ điều trị 30 ngày")
        wait_for_jobs()
        line.result = publish_draft(teller, tenant_id)


def _busy_person(session: orm.Session, day: date) -> UUID:
    query = (
        sa.select(Official.person_id)
        .join(Visit, Visit.official_id == Official.id)
        .where(Visit.meets_on > day, Visit.meets_on <= day + ILL_FOR, Visit.cancelled_at.is_(None))
        .order_by(Visit.meets_on, Visit.id)
    )
    return session.scalars(query.limit(1)).one()
