"""Whether a draft may be published: what the validator finds, against what was kept with a reason (S4-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import from_data, to_data
from core.rotation.by_hand import BoardEdit
from core.rotation.loading import load_problem
from core.rotation.models import RotationVersion
from core.rotation.solving.facts import PlannedVisit, Ref
from core.rotation.solving.problem import Problem
from core.rotation.solving.validate import HardRule, Violation, validate
from tenants.clock import today


@dataclass(frozen=True)
class Exempt:
    """A broken hard rule that a coordinator kept, with his reason."""

    rule: HardRule
    sentence_vi: str
    ref: Ref
    reason: str


@dataclass(frozen=True)
class Verdict:
    """Every hard rule a draft breaks: `exempt` were kept with a reason, `refused` forbid publishing."""

    exempt: tuple[Exempt, ...]
    refused: tuple[Violation, ...]

    @property
    def refusal_vi(self) -> str:
        """Why the draft cannot be published, in one Vietnamese text; empty where it can."""
        if not self.refused:
            return ""
        more = f" (và {len(self.refused) - 1} chỗ khác)" if len(self.refused) > 1 else ""
        said = f"{self.refused[0].sentence_vi.rstrip('.')}{more}"
        return f"Chưa công bố được. {said}. Xin chuyển lượt này trên bảng xếp lịch hoặc xếp lại."


def verdict(session: orm.Session, version: RotationVersion, visits: tuple[PlannedVisit, ...]) -> Verdict:
    """What the independent validator says of the draft's visits; of an adjusted one, of those to come."""
    problem = load_problem(session, version.rotation)
    since = today() if version.number > 1 else date.min
    return judged(problem, visits, since, _reasons(edits_of(session, version)))


def judged(
    problem: Problem,
    visits: tuple[PlannedVisit, ...],
    since: date,
    reasons: Mapping[tuple[HardRule, Ref], str],
) -> Verdict:
    """The validator's findings on visits from a day on, apart by whether there is a reason for them."""
    days = {Ref(visit.official, visit.cell, visit.month): visit.day for visit in visits}
    broken = [fault for fault in validate(problem, visits) if _day(problem, days, fault.ref) >= since]
    exempt = tuple(
        Exempt(fault.rule, fault.sentence_vi, fault.ref, reasons[fault.rule, fault.ref])
        for fault in broken
        if (fault.rule, fault.ref) in reasons
    )
    return Verdict(exempt, tuple(f for f in broken if (f.rule, f.ref) not in reasons))


def _day(problem: Problem, days: Mapping[Ref, date], ref: Ref) -> date:
    month = ref.month or date.max
    cell = problem.cell_of.get(ref.cell or "")
    meeting = cell.meetings.get(month) if cell else None
    return days.get(ref) or (meeting.day if meeting else month)


def edits_of(session: orm.Session, version: RotationVersion) -> tuple[BoardEdit, ...]:
    """What was changed by hand and still stands, the newest first."""
    query = sa.select(BoardEdit).where(BoardEdit.version_id == version.id, BoardEdit.undone_at.is_(None))
    return tuple(session.scalars(query.order_by(BoardEdit.made_at.desc(), BoardEdit.id.desc())))


def _reasons(edits: tuple[BoardEdit, ...]) -> dict[tuple[HardRule, Ref], str]:
    kept = [(from_data(Violation, fault), edit.reason) for edit in reversed(edits) for fault in edit.warned]
    return {(fault.rule, fault.ref): reason for fault, reason in kept}


def as_kept(exempt: tuple[Exempt, ...]) -> list[Any]:
    """The exceptions as a version keeps them: [{rule, sentence_vi, ref, reason}]."""
    return [to_data(one) for one in exempt]
