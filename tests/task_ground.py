"""A plan for cells under way in the cast: register, prepare, hold, report, sum up; a monthly review.

Time stands at 10:00 on 02/03/2026 in Viet Nam unless a test moves it. CB-1 … CB-4 lie below XA-1.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.kinds import MeetingKind
from core.plans.content import Action, Gate, Milestone, PilotQuota, PlanContent, Route
from core.plans.due import Anchor, BeforeDate, ByDate, DaysAfter, DaysBefore, EachPeriod
from core.plans.guests import At, GuestRule, Invited
from core.plans.models import Plan
from core.plans.periods import Cycle
from core.plans.selectors import Selector
from core.plans.service import draft, publish, redraft
from core.plans.task_models import Milestone as MilestoneRow
from core.plans.task_models import Task
from tenants.models import Appointment, Department, Person, Unit
from tenants.tree import UnitKind
from tests.cast import Cast
from tests.reporting_ground import content, run_jobs
from tests.stories import story

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
FORUM = MeetingKind.FORUM
REGISTER = Milestone(
    "dang_ky", "Đăng ký thời gian, địa điểm Diễn đàn", Action.REGISTER, "cells",
    BeforeDate(date(2026, 3, 30)), route=True, clause="III.2",
)  # fmt: skip
PREPARE = Milestone(
    "gui_tai_lieu", "Gửi tài liệu, gợi ý thảo luận", Action.SEND_DOCUMENTS, "cells", DaysBefore(3),
    meeting=FORUM, package=("Kịch bản", "Gợi ý thảo luận"), notes="Gửi trước cho từng đảng viên.",
    clause="II.1",
)  # fmt: skip
HOLD = Milestone(
    "to_chuc", "Tổ chức Diễn đàn", Action.HOLD, "cells", ByDate(date(2026, 6, 30)), meeting=FORUM,
    clause="II.5",
)  # fmt: skip
REPORT = Milestone(
    "bao_cao", "Báo cáo kết quả Diễn đàn", Action.REPORT, "cells", DaysAfter(5, Anchor.CONCLUSION),
    meeting=FORUM, route=True, clause="II.7",
)  # fmt: skip
SUM_UP = Milestone(
    "tong_hop", "Tổng hợp kết quả Diễn đàn", Action.CONSOLIDATE, "communes", ByDate(date(2026, 7, 10)),
    route=True, clause="II.8",
)  # fmt: skip
REVIEW = Milestone(
    "ra_soat", "Rà soát việc khắc phục", Action.FOLLOW_UP, "cells", EachPeriod(Cycle.MONTH, days_after=2),
    clause="II.9",
)  # fmt: skip
PICK = Milestone(
    "chon_diem", "Chọn chi bộ làm điểm", Action.SELECT_PILOTS, "communes", ByDate(date(2026, 3, 15)),
    clause="II.4",
)  # fmt: skip
FORUM_PLAN = content(
    subject="Tổ chức Diễn đàn chi bộ năm 2026",
    selectors=(
        Selector("root", "Đơn vị ban hành", root=True),
        Selector("communes", "Đảng ủy xã", kind=UnitKind.ORGANISATION, none_of=("root",)),
        Selector("cells", "Mọi chi bộ", kind=UnitKind.CELL),
    ),
    milestones=(REGISTER, PREPARE, HOLD, REPORT, SUM_UP),
    guests=(
        GuestRule(
            "moi",
            "cells",
            (
                Invited("Văn phòng Đảng ủy xã", role="base_officer", at=At.COMMITTEE),
                Invited("Đại diện Ủy ban nhân dân xã"),
            ),
            clause="II.6",
        ),
    ),
    routes=(
        Route("chi_bo", "cells", "Thường trực Huyện ủy", "Ban Tuyên giáo Huyện ủy", "propaganda"),
        Route("xa", "communes", "Thường trực Huyện ủy"),
    ),
    cadences=(),
    starts_on=date(2026, 2, 1),
    ends_on=date(2026, 12, 31),
)


def with_review() -> PlanContent:
    """The forum's plan with a monthly review and nothing else."""
    return replace(FORUM_PLAN, subject="Rà soát hằng tháng", milestones=(REVIEW,))


def with_pilots(**quota: object) -> PlanContent:
    """Pilots are chosen by the communes and hold their forum first; the others wait for them."""
    groups = (
        *FORUM_PLAN.selectors,
        Selector("pilots", "Làm điểm", kind=UnitKind.CELL, pilot=True),
        Selector("others", "Còn lại", all_of=("cells",), none_of=("pilots",)),
    )
    first = replace(HOLD, code="lam_diem", title="Tổ chức Diễn đàn làm điểm", who="pilots", pilot=True)
    then = replace(HOLD, who="others")
    return replace(
        FORUM_PLAN,
        selectors=groups,
        milestones=(PICK, first, then),
        pilots=(PilotQuota("diem", "cells", **quota),),  # type: ignore[arg-type]
        gates=(Gate("cho_diem", "to_chuc", ("lam_diem",), blocks=False, clause="II.4"),),
    )


def with_tasks(**changes: object) -> PlanContent:
    """The reporting plan that asks cells besides for a forum, and communes for pilots."""
    groups = tuple(one for one in FORUM_PLAN.selectors if one.code != "root")
    tasks = tuple(replace(one, route=False) for one in (PICK, REGISTER, PREPARE, HOLD))
    plain = content()
    return replace(
        plain,
        selectors=plain.selectors + groups,
        milestones=plain.milestones + tasks,
        pilots=(PilotQuota("diem", "cells"),),
        **changes,  # type: ignore[arg-type]
    )


def with_gate(blocks: bool) -> PlanContent:
    """Documents are sent before the forum is held."""
    gate = Gate("tai_lieu", "to_chuc", ("gui_tai_lieu",), ("Bí thư",), blocks, clause="II.1")
    return replace(FORUM_PLAN, gates=(gate,))


@story
def under_way(cast: Cast, said: PlanContent = FORUM_PLAN, code: str = "huyen-a") -> UUID:
    """The plan published by the tenant's standing body, its tasks issued; the plan's id."""
    actor = cast.actor(f"{code}.standing")
    with cast.session(code) as session:
        plan = draft(session, actor, said)
        publish(session, actor, plan)
    run_jobs(cast, code)
    return plan.id


@story
def published_again(cast: Cast, plan_id: UUID, said: PlanContent, code: str = "huyen-a") -> None:
    """The plan's next version."""
    actor = cast.actor(f"{code}.standing")
    with cast.session(code) as session:
        plan = session.get_one(Plan, plan_id)
        redraft(session, actor, plan, said)
        publish(session, actor, plan)
    run_jobs(cast, code)


def task_of(session: orm.Session, milestone: str, unit: str = "CB-1", period: str = "") -> Task:
    """A unit's task by the codes of milestone and unit."""
    query = sa.select(Task).join(MilestoneRow, MilestoneRow.id == Task.milestone_id)
    query = query.join(Unit, Unit.id == Task.unit_id).where(MilestoneRow.code == milestone, Unit.code == unit)
    return session.scalars(query.where(Task.period == period)).one()


def task_id(cast: Cast, milestone: str, unit: str = "CB-1", period: str = "", code: str = "huyen-a") -> UUID:
    """The id of a unit's task."""
    with cast.session(code) as session:
        return task_of(session, milestone, unit, period).id


def due_of(cast: Cast, milestone: str, unit: str = "CB-1", period: str = "") -> date | None:
    """When a unit's task is due."""
    with cast.session("huyen-a") as session:
        return task_of(session, milestone, unit, period).due_on


def name_department(cast: Cast, function: str, name: str, code: str = "huyen-a") -> None:
    """The tenant's department of a function gets another name."""
    with cast.session(code) as session:
        session.scalars(sa.select(Department).where(Department.function == function)).one().name = name


def with_phone(cast: Cast, who: str, phone: str) -> None:
    """The person can be called."""
    with cast.session(who) as session:
        session.get_one(Person, cast.actor(who).person_id).phone = phone


def appoint(cast: Cast, who: str, role: str, unit: str) -> None:
    """One more post of a person."""
    with cast.session(who) as session:
        session.add(
            Appointment(
                person_id=cast.actor(who).person_id, unit_id=cast.unit(unit), role=role,
                valid_from=date(2026, 1, 1),
            )
        )  # fmt: skip
