"""An official's verbs: attend, miss, report (S4-04 to S4-06, S4-10, S4-13)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import orm

from core.data import digest, to_data
from core.meetings.petitions import NewPetition, raise_petition
from core.plans.deadlines import days_after
from core.rotation.models import Visit, VisitReport
from tenants.access import Actor, NotFound, Permission, require
from tenants.audit import record
from tenants.clock import now, today
from tenants.vietnamese import nfc


class Regularity(StrEnum):
    """How regularly the cell meets, as the official saw it (S4-06)."""

    KEPT = "kept"
    UNEVEN = "uneven"
    BROKEN = "broken"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {"kept": "Nền nếp", "uneven": "Có lúc chưa đều", "broken": "Chưa nền nếp"}[self.value]


class Quality(StrEnum):
    """How good the meeting was, as the official saw it (S4-06)."""

    GOOD = "good"
    FAIR = "fair"
    AVERAGE = "average"
    POOR = "poor"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {"good": "Tốt", "fair": "Khá", "average": "Trung bình", "poor": "Kém"}[self.value]


@dataclass(frozen=True)
class VisitFacts:
    """What the official writes after a visit; one column on a phone."""

    attended_on: date
    regularity: Regularity
    quality: Quality
    content: str
    information: str = ""
    proposal: str = ""
    petitions: tuple[NewPetition, ...] = ()


class VisitError(Exception):
    """The report cannot be taken so; `problems` maps field to a Vietnamese sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def report_due(visit: Visit) -> date:
    """The last day for the visit's report: the level's days after attending, or after the day set."""
    return days_after(visit.attended_on or visit.meets_on, visit.official.level.report_days)


def own_visit(actor: Actor, visit: Visit) -> Visit:
    """The visit if it is the actor's own; NotFound otherwise, as if it were not there."""
    require(actor, Permission.VISITS_OWN)
    if visit.official.person_id != actor.person_id:
        raise NotFound
    return visit


def day_problems(visit: Visit, attended_on: date, present_day: date) -> dict[str, str]:
    """What is wrong with a day of attendance."""
    if attended_on > present_day:
        return {"attended_on": "Ngày dự không thể sau hôm nay."}
    if (attended_on.year, attended_on.month) != (visit.month.year, visit.month.month):
        return {"attended_on": f"Lượt dự này thuộc tháng {visit.month:%m/%Y}; xin chọn ngày trong tháng đó."}
    return {}


def _open_visit(session: orm.Session, actor: Actor, visit: Visit) -> None:
    require(actor, Permission.VISITS_REPORT)
    own_visit(actor, visit)
    session.refresh(visit, with_for_update=True)
    if visit.cancelled_at is not None:
        raise VisitError({"": "Lượt dự này đã được hủy khi điều chỉnh lịch."})


def attend(session: orm.Session, actor: Actor, visit: Visit, attended_on: date) -> None:
    """Say that the visit was made; its report is owed from then on. Raises VisitError."""
    _open_visit(session, actor, visit)
    if problems := day_problems(visit, attended_on, today()):
        raise VisitError(problems)
    visit.attended_on, visit.missed_reason, visit.settled_at = attended_on, None, now()
    record(session, actor, "visit:attend", visit)


def miss(session: orm.Session, actor: Actor, visit: Visit, reason: str) -> None:
    """Say, with the reason, that the visit was not made. Raises VisitError."""
    _open_visit(session, actor, visit)
    if visit.attended_on is not None:
        raise VisitError({"": "Lượt dự này đã ghi là có dự."})
    if not reason.strip():
        raise VisitError({"reason": "Xin ghi lý do không dự được."})
    if visit.meets_on > today():
        raise VisitError(
            {"reason": "Chưa đến ngày sinh hoạt; nếu biết trước là bận, xin báo lịch bận để điều chỉnh."}
        )
    visit.missed_reason, visit.settled_at = nfc(reason.strip()), now()
    record(session, actor, "visit:miss", visit)


def report(session: orm.Session, actor: Actor, visit: Visit, facts: VisitFacts) -> VisitReport:
    """Send the visit's report: attendance, remarks and petitions in one transaction.

    The same report sent twice is one; another one after it raises VisitError.
    """
    _open_visit(session, actor, visit)
    sha256 = digest(to_data(facts))
    if visit.report is not None:
        if visit.report.sha256 == sha256:
            return visit.report
        raise VisitError({"": "Báo cáo của lượt dự này đã được gửi trước đó."})
    if problems := report_problems(visit, facts, today()):
        raise VisitError(problems)
    visit.attended_on, visit.missed_reason, visit.settled_at = facts.attended_on, None, now()
    sent = VisitReport(
        visit_id=visit.id, submitted_at=now(), due_on=report_due(visit), regularity=facts.regularity,
        quality=facts.quality, content=nfc(facts.content.strip()), information=nfc(facts.information.strip()),
        proposal=nfc(facts.proposal.strip()), sha256=sha256,
    )  # fmt: skip
    visit.report = sent
    session.flush()
    for petition in facts.petitions:
        raise_petition(session, actor, visit.id, visit.cell_id, petition)
    record(session, actor, "visit:report", sent, petitions=len(facts.petitions))
    return sent


def report_problems(visit: Visit, facts: VisitFacts, present_day: date) -> dict[str, str]:
    """What keeps a report from being taken, by field, in Vietnamese."""
    problems = day_problems(visit, facts.attended_on, present_day)
    if len(facts.content.strip()) < 10:
        problems["content"] = "Xin ghi tóm tắt nội dung buổi sinh hoạt (ít nhất 10 ký tự)."
    for place, petition in enumerate(facts.petitions):
        if not petition.text.strip():
            problems[f"petitions-{place}-text"] = "Xin ghi nội dung kiến nghị hoặc xóa dòng này."
    return problems
