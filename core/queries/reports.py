"""Reports as pages show them: the list, versions and what changed between two (S4-14; design: D5, H3)."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.documents.models import Artifact, OfficialDocument
from core.exchange.models import Dispatch, DispatchKind
from core.notices.models import Job, JobKind
from core.plans.models import Plan
from core.plans.periods import Period
from core.queries.dispatches import answers
from core.queries.reading import Slice, newest_of, sliced
from core.reports.figures import Figures
from core.reports.models import Report, ReportVersion
from core.reports.tally import Tally
from tenants.models import Account, Person

TALLY_LABELS = {
    "officials": "Đồng chí được phân công",
    "officials_complete": "Đồng chí hoàn thành 100 % lượt dự",
    "assigned": "Lượt dự được giao",
    "attended": "Lượt đã dự",
    "missed": "Lượt không dự",
    "unsettled": "Lượt chưa rõ kết quả",
    "reports_on_time": "Báo cáo đúng hạn",
    "reports_late": "Báo cáo muộn",
    "reports_owed": "Báo cáo chưa gửi",
    "cells": "Chi bộ khu dân cư",
    "cells_visited": "Chi bộ đã có đồng chí về dự",
    "special_cells": "Chi bộ đặc thù",
    "special_cells_visited": "Chi bộ đặc thù đã có đồng chí về dự",
    "petitions": "Kiến nghị",
    "petitions_answered": "Kiến nghị đã trả lời",
    "petitions_referred": "Kiến nghị đã chuyển cấp có thẩm quyền",
    "petitions_urgent": "Kiến nghị nổi cộm",
}


Part = tuple[str, Tally | None, Tally | None]


class Sendable:
    """A report at a version, None where it was never added up; when it was sent and what was answered."""

    number: int | None
    sent_at: datetime | None
    answer: DispatchKind | None

    @property
    def label(self) -> str:
        """Where it stands, in Vietnamese."""
        return self._standing[0]

    @property
    def tone(self) -> str:
        """The tone of its chip on a page."""
        return self._standing[1]

    @property
    def _standing(self) -> tuple[str, str]:
        if self.number is None:
            return "Chưa tổng hợp", "muted"
        if self.answer is DispatchKind.RETURN:
            return "Cấp trên trả lại", "late"
        if self.answer is DispatchKind.ACCEPTANCE:
            return "Cấp trên đã tiếp nhận", "ok"
        return ("Đã gửi" if self.sent_at else "Đã tổng hợp"), "info"


@dataclass(frozen=True)
class ReportRow(Sendable):
    """A report in a list, with its newest version and what became of it."""

    id: UUID
    title: str
    period: str
    due_on: date
    plan: str
    number: int | None
    sent_at: datetime | None
    answer: DispatchKind | None

    @property
    def quarter(self) -> str:
        """The period in words, as a heading."""
        return Period.parse_quarter(self.period).title


@dataclass(frozen=True)
class MadeVersion(Sendable):
    """A frozen version: who made it, where it was sent, what was answered, its document and file."""

    id: UUID
    number: int
    sha256: str
    made_at: datetime
    by: str | None
    sent_at: datetime | None
    dispatch_id: UUID | None
    answer: DispatchKind | None
    answered_at: datetime | None
    reason: str
    document_id: UUID | None
    document: str
    size: int | None


@dataclass(frozen=True)
class Difference:
    """A figure that is not the same in two versions; None where one of them does not have it."""

    where: str
    what: str
    before: int | None
    after: int | None


def reports_in(session: orm.Session, number: int) -> Slice[ReportRow]:
    """A page of the reports, the newest period first."""
    newest, answer = newest_of(ReportVersion.report_id), answers()
    query = (
        sa.select(Report.id, Report.title, Report.period, Report.due_on, Plan.title, newest.c.number)
        .add_columns(Dispatch.sent_at, answer.c.kind)
        .join(Plan, Plan.id == Report.plan_id)
        .outerjoin(newest, newest.c.report_id == Report.id)
        .outerjoin(Dispatch, Dispatch.id == newest.c.dispatch_id)
        .outerjoin(answer, answer.c.answers_id == Dispatch.id)
        .order_by(Report.period.desc(), Plan.title, Report.id)
    )
    return sliced(session, query, number, lambda row: ReportRow(*row))


def versions_of(session: orm.Session, report_id: UUID) -> tuple[MadeVersion, ...]:
    """The report's versions, newest first, without their figures; one statement."""
    answer = answers()
    query: sa.Select[Any] = (
        sa.select(ReportVersion.id, ReportVersion.number, ReportVersion.sha256, ReportVersion.made_at)
        .add_columns(Person.full_name.label("by"), Dispatch.sent_at, Dispatch.id.label("dispatch_id"))
        .add_columns(answer.c.kind.label("answer"), answer.c.sent_at.label("answered_at"))
        .add_columns(answer.c.body, OfficialDocument.id.label("document_id"), OfficialDocument, Artifact.size)
        .outerjoin(Dispatch, Dispatch.id == ReportVersion.dispatch_id)
        .outerjoin(answer, answer.c.answers_id == Dispatch.id)
        .outerjoin(OfficialDocument, OfficialDocument.subject_id == ReportVersion.id)
        .outerjoin(Artifact, Artifact.document_id == OfficialDocument.id)
        .outerjoin(Account, Account.id == ReportVersion.made_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(ReportVersion.report_id == report_id)
        .order_by(ReportVersion.number.desc())
    )
    return tuple(_made(dict(row._mapping)) for row in session.execute(query))


def _made(facts: dict[str, Any]) -> MadeVersion:
    document, body = facts.pop("OfficialDocument"), facts.pop("body")
    named = document.number_line if document else ""
    return MadeVersion(**facts, reason=(body or {}).get("reason", ""), document=named)


def last_job(session: orm.Session, subject_id: UUID, kind: JobKind = JobKind.CONSOLIDATE) -> Job | None:
    """The newest job of the kind about a report, or about the document of a version."""
    query = sa.select(Job).where(Job.subject_id == subject_id, Job.kind == kind)
    return session.scalar(query.order_by(Job.id.desc()).limit(1))


def differences(before: Figures, after: Figures) -> tuple[Difference, ...]:
    """Every figure that changed between two versions: as a whole, by level, by unit."""
    pairs: list[Part] = [("Toàn đảng bộ", before.whole, after.whole)]
    pairs += _pairs({x.name: x.tally for x in before.levels}, {x.name: x.tally for x in after.levels})
    pairs += _pairs({x.name: x.tally for x in before.units}, {x.name: x.tally for x in after.units})
    return tuple(found for pair in pairs for found in _changed(*pair))


def _pairs(old: dict[str, Tally], new: dict[str, Tally]) -> list[Part]:
    return [(name, old.get(name), new.get(name)) for name in dict.fromkeys([*old, *new])]


def _changed(where: str, before: Tally | None, after: Tally | None) -> Iterator[Difference]:
    for field in fields(Tally):
        old = getattr(before, field.name) if before else None
        new = getattr(after, field.name) if after else None
        if (old or 0) != (new or 0):
            yield Difference(where, TALLY_LABELS[field.name], old, new)
