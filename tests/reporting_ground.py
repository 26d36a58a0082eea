"""A quarter of reporting for the cast: a plan as S4 orders it, visits, their reports, jobs run at once."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy import orm

from core.exchange.models import Direction, Dispatch, DispatchKind
from core.meetings.models import Petition
from core.plans.content import Action, Cadence, LegalBasis, Milestone, PlanContent, Responsibility
from core.plans.due import EachPeriod
from core.plans.models import Plan
from core.plans.periods import Cycle, Period
from core.plans.selectors import Selector
from core.plans.service import derive, draft, publish
from core.reports.models import Report, ReportVersion
from core.reports.service import consolidate, newest, open_report, submit
from core.rotation.models import Official, Rotation, RotationLevel, Visit, VisitReport
from jobs.contract import Effect, JobFacts
from jobs.handlers import HANDLERS
from jobs.run import Outcome, Runner, run_pending
from tenants.clock import LOCAL
from tenants.models import Person, Unit
from tenants.vietnamese import fold, sort_key
from tests.cast import Cast
from tests.stories import story

QUARTER = Period.quarter(2026, 1)
AFTER = datetime(2026, 4, 2, 2, 0, tzinfo=UTC)
SIGNER = "Trần Văn Mẫu"
NAMES = ("Bùi Văn Sáu", "Cao Thị Bảy", "Đinh Văn Tám", "Võ Thị Chín", "Lý Văn Mười", "Mai Thị Một")


def quarterly_report(days: int) -> Milestone:
    """The consolidated report of each quarter, due so many days after it."""
    due = EachPeriod(Cycle.QUARTER, days_after=days)
    return Milestone("quarter", "Báo cáo tổng hợp quý", Action.CONSOLIDATE, "root", due, clause="III.3")


CONTENT = PlanContent(
    subject="Dự sinh hoạt với chi bộ khu dân cư",
    year=2026,
    bases=(
        LegalBasis("26-NQ/TW", "Ban Chấp hành Trung ương", date(2018, 5, 19), "về xây dựng đội ngũ cán bộ"),
    ),
    purposes=("Nâng cao chất lượng nắm tình hình cơ sở.",),
    demands=("100% cấp ủy viên cấp trên cơ sở về dự sinh hoạt.",),
    duties=(Responsibility("Đảng ủy cơ sở", "phân công đảng viên về dự và tổng hợp kết quả hằng tháng."),),
    cadences=(
        Cadence(
            level_code="commune",
            level_name="Đảng viên công tác tại xã",
            period_months=1,
            report_days=1,
            report_to="Đảng ủy cơ sở",
            clause="mục II.2, III.2",
        ),
        Cadence(
            level_code="district",
            level_name="Cấp ủy viên cấp huyện",
            period_months=3,
            report_days=3,
            report_to="Thường trực Huyện ủy",
            clause="mục II.1, III.1",
        ),
    ),
    selectors=(Selector("root", "Đơn vị ban hành", root=True),),
    milestones=(quarterly_report(5),),
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    recipients=("Ban Tổ chức Trung ương (để b/c)", "Lưu Văn phòng"),
    authority="T/M Ban Thường vụ",
    signer_title="Phó Bí thư Thường trực",
    signer=SIGNER,
)


@dataclass(frozen=True)
class TwiceRunner(Runner):
    """Works on every job twice, as after a crash before its end; the effect is still written once."""

    def _work(self, job: JobFacts) -> Effect:
        self.handlers[job.kind](job, _quiet)
        return super()._work(job)


def _quiet(stage: str, percent: int) -> None:
    """Progress that nobody follows."""


def run_jobs(cast: Cast, *codes: str) -> None:
    """Everything owed in the tenants, each job worked on twice, until nothing is due."""
    for code in codes or ("tinh", "huyen-a", "huyen-b", "xa-c"):
        with cast.scope(code):
            outcomes = run_pending(runner=TwiceRunner(handlers=HANDLERS))
        assert set(outcomes) <= {Outcome.DONE}, (code, outcomes)


def content(**changes: object) -> PlanContent:
    """The plan of the tests with some words changed."""
    return replace(CONTENT, **changes)  # type: ignore[arg-type]


@story
def published_plan(cast: Cast, code: str = "tinh", said: PlanContent = CONTENT) -> UUID:
    """A plan drafted and published by the tenant's standing body, sent to the tenants below."""
    actor = cast.actor(f"{code}.standing")
    with cast.session(code) as session:
        plan = draft(session, actor, said)
        publish(session, actor, plan)
    run_jobs(cast, code)
    return plan.id


@story
def plan_of(cast: Cast, code: str) -> UUID:
    """The tenant's own plan after the one that came down to it, published."""
    actor = cast.actor(f"{code}.standing")
    with cast.session(code) as session:
        plan = derive(session, actor, received(session, DispatchKind.PLAN), f"{SIGNER} {code}")
        publish(session, actor, plan)
    run_jobs(cast, code)
    return plan.id


def received(session: orm.Session, kind: DispatchKind) -> Dispatch:
    """The newest dispatch of a kind that came in."""
    query = sa.select(Dispatch).where(Dispatch.kind == kind, Dispatch.direction == Direction.IN)
    return session.scalars(query.order_by(Dispatch.sent_at.desc(), Dispatch.id.desc()).limit(1)).one()


@story
def consolidated(cast: Cast, code: str, plan_id: UUID) -> UUID:
    """The tenant's report of the quarter, added up by its job; the newest version's id."""
    with cast.session(code) as session:
        officer = cast.actor(f"{code}.officer")
        report = open_report(session, officer, session.get_one(Plan, plan_id), QUARTER)
        consolidate(session, officer, report)
    run_jobs(cast, code)
    with cast.session(code) as session:
        version = newest(session, report.id)
    assert version is not None
    return version.id


@story
def submitted(cast: Cast, code: str, version_id: UUID) -> None:
    """A version sent up and delivered."""
    with cast.session(code) as session:
        submit(session, cast.actor(f"{code}.standing"), session.get_one(ReportVersion, version_id))
    run_jobs(cast, code)


def only_report(session: orm.Session) -> Report:
    """The tenant's one report."""
    return session.scalars(sa.select(Report)).one()


@story
def with_visits(cast: Cast, code: str, plan_id: UUID, seed: int = 0, count: int = 24) -> None:
    """Officials and visits in the tenant's cells: kept, missed, reported late, silent, cancelled."""
    dice = Random(seed)
    with cast.session(code) as session:
        levels = list(session.scalars(sa.select(RotationLevel).order_by(RotationLevel.code)))
        cells = [cast.unit(f"{code}/CB-{number}") for number in (1, 2, 3)]
        officials = [_official(session, name, dice.choice(levels)) for name in NAMES]
        rotation = Rotation(plan_id=plan_id, first_month=QUARTER.first_day, months=12)
        session.add(rotation)
        session.flush()
        places = [(o, c, month) for o in officials for c in cells for month in (1, 2, 3, 4)]
        for official, cell_id, month in dice.sample(places, count):
            _visit(session, dice, rotation, official, cell_id, month)
        for unit in session.scalars(sa.select(Unit).where(Unit.id.in_(cells))):
            unit.special = dice.choice((0, 0, 2))


def _official(session: orm.Session, name: str, level: RotationLevel) -> Official:
    person = Person(code=f"OF-{name}", full_name=name, sort_key=sort_key(name), search_key=fold(name))
    session.add(person)
    session.flush()
    official = Official(person_id=person.id, level_id=level.id, level=level)
    session.add(official)
    session.flush()
    return official


def _visit(
    session: orm.Session, dice: Random, rotation: Rotation, official: Official, cell_id: UUID, month: int
) -> None:
    day = date(2026, month, dice.randint(1, 28))
    visit = Visit(
        rotation_id=rotation.id, official_id=official.id, cell_id=cell_id, month=day.replace(day=1),
        meets_on=day, assigned_at=AFTER,
    )  # fmt: skip
    session.add(visit)
    fate = dice.choice(("kept", "kept", "kept", "attended", "missed", "silent", "cancelled"))
    if fate == "cancelled":
        visit.cancelled_at = AFTER
    elif fate == "missed":
        visit.missed_reason = "Đi công tác"
    elif fate in ("kept", "attended"):
        visit.attended_on = min(day + timedelta(days=dice.randint(0, 2)), date(2026, month, 28))
    session.flush()
    if fate == "kept" and visit.attended_on:
        _report(session, dice, visit, visit.attended_on, official.level.report_days)


def _report(session: orm.Session, dice: Random, visit: Visit, attended_on: date, days: int) -> None:
    sent_on = attended_on + timedelta(days=dice.randint(0, 5))
    hour = time(dice.choice((0, 6, 23)), 30)
    session.add(
        VisitReport(
            visit_id=visit.id, submitted_at=datetime.combine(sent_on, hour, LOCAL), regularity="kept",
            due_on=attended_on + timedelta(days=days), quality="good", content="Chi bộ bàn việc thôn",
            sha256="0" * 64,
        )
    )  # fmt: skip
    if dice.random() < 0.5:
        answered = dice.random() < 0.4
        session.add(
            Petition(
                visit_id=visit.id, cell_id=visit.cell_id, text=f"Đề nghị sửa đường ({dice.randint(1, 99)})",
                urgent=dice.random() < 0.4, raised_on=attended_on, answered_at=AFTER if answered else None,
                answer="Đã sửa" if answered else None, referred_at=AFTER if dice.random() < 0.5 else None,
            )
        )  # fmt: skip
    session.flush()


def dispatches(cast: Cast, code: str, kind: DispatchKind | None = None) -> list[Dispatch]:
    """Everything the tenant sent or received, in order."""
    with cast.session(code) as session:
        query = sa.select(Dispatch).order_by(Dispatch.sent_at, Dispatch.id)
        return list(session.scalars(query.where(Dispatch.kind == kind) if kind else query))


def behind_the_back(urls: dict[str, str], tenant_id: UUID, statement: str, *values: object) -> None:
    """A change that only the owner of the tables could make: the app's role may not."""
    url = sa.make_url(urls["MIGRATION_DATABASE_URL"]).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        connection.execute(statement, values)


def spoil_files(urls: dict[str, str], tenant_id: UUID) -> None:
    """One byte more in every file of the tenant."""
    behind_the_back(urls, tenant_id, "UPDATE artifact SET content = content || '\\x00'::bytea")


def only_plan(session: orm.Session) -> UUID:
    """The tenant's one plan."""
    return session.scalars(sa.select(Plan.id)).one()
