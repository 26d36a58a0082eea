"""Chapter three: time passes; officials attend, miss, report; petitions are heard, referred, answered."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Petition
from core.meetings.petitions import NewPetition, answer, refer
from core.rotation.models import Official, Visit
from core.rotation.visiting import Quality, Regularity, VisitFacts, attend, miss, report
from demo.telling import Teller
from demo.world import Chronicle, at, first_with
from tenants.access import Actor, Role
from tenants.accounts import grants_of
from tenants.clock import frozen
from tenants.models import Account
from tenants.scope import tenant_scope, transaction

CONTENTS = (
    "Chi bộ kiểm điểm việc thực hiện nghị quyết tháng trước, bàn nhiệm vụ tháng tới và thu đảng phí.",
    "Thảo luận việc chỉnh trang đường làng, vệ sinh môi trường, chuẩn bị đại hội chi hội.",
    "Sinh hoạt chuyên đề học tập và làm theo Bác; nhiều ý kiến về giữ gìn đoàn kết ở khu dân cư.",
    "Bàn phát triển đảng viên mới, vận động nhân dân thực hiện chuyển đổi số.",
)
WISHES = (
    ("Đề nghị sửa đoạn kênh tưới bị sạt lở trước vụ mới.", "Nông nghiệp"),
    ("Đề nghị lắp đèn đường ở ngã ba đầu thôn.", "Hạ tầng"),
    ("Đề nghị giải thích mức hỗ trợ khi thu hồi đất làm đường.", "Đất đai"),
    ("Đề nghị tăng buổi khám bệnh lưu động cho người cao tuổi.", "Y tế"),
    ("Nước sinh hoạt đục nhiều ngày, bà con bức xúc.", "Môi trường"),
)
EXCUSES = ("Bận họp đột xuất của cấp trên.", "Bị ốm.", "Đi công tác theo quyết định.")
BODIES = ("Ủy ban nhân dân xã", "Phòng Nông nghiệp và Môi trường", "Điện lực khu vực")


@dataclass
class Life:
    """One tenant's officials and what they still mean to do, by day."""

    tenant_id: UUID
    rng: random.Random
    plans: dict[date, list[tuple[UUID, str]]] = field(default_factory=lambda: defaultdict(list))
    actors: dict[UUID, Actor] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def live(teller: Teller, lives: list[Life], first: date, last: date) -> None:
    """Let every day from first to last pass in every tenant."""
    with teller.step(f"Thời gian trôi: {first:%d/%m/%Y} – {last:%d/%m/%Y}") as line:
        before = {key: sum(life.done[key] for life in lives) for key in ("report", "miss", "petition")}
        for life in lives:
            _plan_ahead(life, first, last)
            for day in _days(first, last):
                _pass(life, day)
        after = {key: sum(life.done[key] for life in lives) - before[key] for key in before}
        line.result = (
            f"{after['report']} báo cáo, {after['miss']} vắng có lý do, {after['petition']} kiến nghị"
        )


def new_lives(chronicle: Chronicle) -> list[Life]:
    """The tenants whose officials attend, each with dice of its own."""
    return [Life(chronicle.tenants[f.code], random.Random(f.code)) for f in chronicle.below]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _plan_ahead(life: Life, first: date, last: date) -> None:
    """What will come of every visit of these days; illness and weather are dice."""
    with tenant_scope(life.tenant_id), transaction() as session:
        query = sa.select(Visit).options(orm.joinedload(Visit.official).joinedload(Official.level))
        query = query.where(Visit.meets_on.between(first, last), Visit.cancelled_at.is_(None))
        for visit in session.scalars(query.order_by(Visit.meets_on, Visit.id)):
            days, luck = visit.official.level.report_days, life.rng.random()
            if luck < 0.90:
                life.plans[visit.meets_on + timedelta(days=life.rng.randint(0, days))].append(
                    (visit.id, "report")
                )
            elif luck < 0.94:
                late = timedelta(days=days + life.rng.randint(1, 6))
                life.plans[visit.meets_on + late].append((visit.id, "report"))
            elif luck < 0.96:
                life.plans[visit.meets_on].append((visit.id, "attend"))
            elif luck < 0.99:
                life.plans[visit.meets_on + timedelta(days=1)].append((visit.id, "miss"))


def _pass(life: Life, day: date) -> None:
    with frozen(at(day, 21)), tenant_scope(life.tenant_id), transaction() as session:
        due = life.plans.pop(day, [])
        visits = {
            v.id: v for v in session.scalars(sa.select(Visit).where(Visit.id.in_([key for key, _ in due])))
        }
        for key, what in due:
            if visits[key].cancelled_at is None:
                _do(session, life, visits[key], what)
        if day.weekday() == 0:
            _answer_petitions(session, life)


def _do(session: orm.Session, life: Life, visit: Visit, what: str) -> None:
    actor = _actor(session, life, visit.official)
    life.done[what] += 1
    if what == "miss":
        miss(session, actor, visit, life.rng.choice(EXCUSES))
    elif what == "attend":
        attend(session, actor, visit, visit.meets_on)
    else:
        facts = _facts(life.rng, visit)
        life.done["petition"] += len(facts.petitions)
        report(session, actor, visit, facts)


def _actor(session: orm.Session, life: Life, official: Official) -> Actor:
    if official.person_id not in life.actors:
        account = session.scalars(sa.select(Account).where(Account.person_id == official.person_id)).one()
        grants = grants_of(session, official.person_id)
        life.actors[official.person_id] = Actor(
            life.tenant_id, account.id, official.person_id, official.person.full_name, grants
        )
    return life.actors[official.person_id]


def _facts(rng: random.Random, visit: Visit) -> VisitFacts:
    petitions: tuple[NewPetition, ...] = ()
    if rng.random() < 0.25:
        text, about = rng.choice(WISHES)
        spot = "Đã giải thích ngay tại buổi sinh hoạt." if rng.random() < 0.3 else ""
        petitions = (NewPetition(text, about, urgent=not spot and rng.random() < 0.05, answer=spot),)
    return VisitFacts(
        visit.meets_on,
        rng.choices(list(Regularity), (85, 12, 3))[0],
        rng.choices(list(Quality), (40, 45, 12, 3))[0],
        rng.choice(CONTENTS),
        "Thông báo nhanh kết quả hội nghị cấp ủy và chủ trương mới.",
        petitions=petitions,
    )


def _answer_petitions(session: orm.Session, life: Life) -> None:
    """Once a week the standing body goes through what is open: some answered, some passed on."""
    actor = first_with(session, life.tenant_id, Role.STANDING_BODY)
    for petition in session.scalars(
        sa.select(Petition).where(Petition.answered_at.is_(None)).order_by(Petition.id)
    ):
        luck = life.rng.random()
        if luck < 0.3:
            answer(session, actor, petition, "Đã chỉ đạo xử lý và thông báo để chi bộ biết.")
        elif luck < 0.5 and petition.referred_at is None:
            refer(session, actor, petition, life.rng.choice(BODIES))
