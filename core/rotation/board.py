"""Changing a draft by hand: what a change costs and breaks, kept, taken back; pins (product R03, R09)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import to_data
from core.rotation.by_hand import BoardEdit, Pin
from core.rotation.loading import load_problem, standing_visits
from core.rotation.models import PlannedVisit, RotationVersion
from core.rotation.service import RotationError, assignments_of, changes_of, keep_lines, score_row
from core.rotation.sheet import Sheet, since_of
from core.rotation.solving.changes import diff
from core.rotation.solving.explain import explain
from core.rotation.solving.facts import CellMeeting, Duty, Ref, Source
from core.rotation.solving.facts import PlannedVisit as Assignment
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import Delta, Edit, objective, open_duties, rescore, visit_key
from core.rotation.solving.solver import as_made
from core.rotation.solving.swaps import exchanged, newly_broken
from core.rotation.solving.validate import Violation, broken_by
from core.rotation.verdict import edits_of
from tenants.access import Actor, Permission, require
from tenants.audit import record
from tenants.clock import now
from tenants.scope import lock_in_tenant
from tenants.vietnamese import nfc

PAST_STANDS = "Buổi đã qua ngày họp giữ nguyên."


@dataclass(frozen=True)
class Preview:
    """A change before it is kept: its visits, what each rule gains or loses, hard rules it newly breaks.

    `problem` is what it was judged in.
    """

    problem: Problem
    edit: Edit
    deltas: tuple[Delta, ...]
    broken: tuple[Violation, ...]

    @property
    def price(self) -> int:
        """Points the whole rotation gets dearer; below 0 it gets better."""
        return objective(self.deltas)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The hard rules it newly breaks, in Vietnamese, each once."""
        return tuple(dict.fromkeys(fault.sentence_vi for fault in self.broken))


def as_planned(row: PlannedVisit) -> Assignment:
    """A draft's line as the solver's fact."""
    return Assignment(str(row.official_id), str(row.cell_id), row.month, row.meets_on)


def moved(problem: Problem, row: PlannedVisit, cell_id: UUID, month: date) -> Edit:
    """The line's official at another meeting. Raises RotationError where the cell has none that month."""
    there = Assignment(str(row.official_id), str(cell_id), month, _meeting(problem, cell_id, month).day)
    if there == as_planned(row):
        raise RotationError("Đồng chí đang được phân công đúng buổi này.")
    return Edit((as_planned(row),), (there,))


def swapped(one: PlannedVisit, other: PlannedVisit) -> Edit:
    """Two lines of a draft with their officials changed over. Raises RotationError for the same official."""
    if one.version_id != other.version_id or one.official_id == other.official_id:
        raise RotationError("Hai lượt này không đổi cho nhau được.")
    before = as_planned(one), as_planned(other)
    return Edit(before, exchanged(*before))


def filled(problem: Problem, official_id: UUID, cell_id: UUID, month: date) -> Edit:
    """A visit for a duty left unmet. Raises RotationError where the cell has no meeting that month."""
    meeting = _meeting(problem, cell_id, month)
    return Edit((), (Assignment(str(official_id), str(cell_id), month, meeting.day),))


def _meeting(problem: Problem, cell_id: UUID, month: date) -> CellMeeting:
    cell = problem.cell_of.get(str(cell_id))
    meeting = cell.meetings.get(month) if cell else None
    if meeting is None:
        raise RotationError("Chi bộ này không có buổi sinh hoạt trong tháng đã chọn.")
    return meeting


def faults_of(sheet: Sheet, line: Assignment) -> tuple[str, ...]:
    """The hard rules a line of the draft breaks as the facts stand now, in Vietnamese."""
    his = [visit for visit in sheet.visits if visit.official == line.official]
    ref = Ref(line.official, line.cell, line.month)
    return tuple(fault.sentence_vi for fault in broken_by(sheet.problem, his) if fault.ref == ref)


def open_duties_of(sheet: Sheet, official_id: UUID) -> tuple[Duty, ...]:
    """The official's duties that no visit meets, in order."""
    mine = sheet.problem.duties_of(str(official_id))
    return tuple(open_duties(sheet.problem, sheet.visits, mine))


def preview(sheet: Sheet, edit: Edit) -> Preview:
    """What the change would cost and break.

    Raises RotationError where a line would stand twice or the change touches a past that stands.
    """
    if any(visit.day < sheet.since for visit in (*edit.out, *edit.put)):
        raise RotationError(f"{PAST_STANDS} Xin chọn buổi từ ngày {sheet.since:%d/%m/%Y} trở đi.")
    kept = set(map(visit_key, sheet.visits)) - set(map(visit_key, edit.out))
    if not kept.isdisjoint(map(visit_key, edit.put)):
        raise RotationError("Đồng chí đã có một lượt ở chính buổi này.")
    broken = newly_broken(sheet.problem, sheet.visits, edit.out, edit.put)
    return Preview(sheet.problem, edit, rescore(sheet.problem, sheet.visits, edit), broken)


def keep(
    session: orm.Session, actor: Actor, version: RotationVersion, change: Preview, reason: str
) -> BoardEdit:
    """Make the change; one that breaks a hard rule needs a reason, which is logged. Raises RotationError."""
    _require_draft(session, actor, version)
    if change.warnings and not reason.strip():
        raise RotationError("Thay đổi này trái quy tắc; xin ghi lý do để vẫn giữ.")
    _replace(session, version, change.edit)
    _told_again(session, version, change.problem)
    made = BoardEdit(
        version_id=version.id, gone=_rows(change.edit.out), come=_rows(change.edit.put), price=change.price,
        deltas=to_data(change.deltas), warned=to_data(change.broken), reason=nfc(reason.strip()),
        made_by=actor.account_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(session, actor, "board_edit:keep", made, price=change.price, warned=len(change.warnings))
    return made


def _require_draft(session: orm.Session, actor: Actor, version: RotationVersion) -> None:
    require(actor, Permission.ROTATION_GENERATE)
    lock_in_tenant(session, f"board:{version.id}")
    session.refresh(version)
    if version.published_at is not None:
        raise RotationError("Bản này đã công bố; xin dùng “Có việc thay đổi, điều chỉnh lịch”.")


def _replace(session: orm.Session, version: RotationVersion, edit: Edit) -> None:
    for visit in edit.out:
        gone = sa.delete(PlannedVisit).where(
            PlannedVisit.version_id == version.id, PlannedVisit.official_id == UUID(visit.official),
            PlannedVisit.cell_id == UUID(visit.cell), PlannedVisit.month == visit.month,
        )  # fmt: skip
        if session.scalar(gone.returning(PlannedVisit.id)) is None:
            raise RotationError("Lượt này vừa được người khác đổi; xin mở lại bảng.")
    keep_lines(session, version.id, [replace(visit, source=Source.ROTATION) for visit in edit.put])


def _told_again(session: orm.Session, version: RotationVersion, problem: Problem) -> None:
    """Scores, shortfalls and differences of the draft as it now is; bounds stay those it was drawn with."""
    made = as_made(problem, assignments_of(session, version.id), since_of(version))
    bounds = {row["rule"]: {key: row[key] for key in ("bound", "because")} for row in version.scores}
    version.scores = [score_row(part) | bounds.get(part.rule.value, {}) for part in made.scores]
    version.shortfalls = to_data(explain(problem, made))
    change = diff(standing_visits(session, version.rotation), made.visits)
    version.changes = version.changes | changes_of(change)


def _rows(visits: Iterable[Assignment]) -> list[list[str]]:
    return [[v.official, v.cell, v.month.isoformat(), v.day.isoformat()] for v in visits]


def _visits(rows: Iterable[Any]) -> tuple[Assignment, ...]:
    return tuple(
        Assignment(official, cell, date.fromisoformat(month), date.fromisoformat(day))
        for official, cell, month, day in rows
    )


def undo(session: orm.Session, actor: Actor, version: RotationVersion) -> BoardEdit:
    """Take the newest change back; asked again, the one before it. RotationError where none is left."""
    _require_draft(session, actor, version)
    made = next(iter(edits_of(session, version)), None)
    if made is None:
        raise RotationError("Không còn thay đổi nào để hoàn tác.")
    _replace(session, version, Edit(_visits(made.come), _visits(made.gone)))
    _told_again(session, version, load_problem(session, version.rotation))
    made.undone_at = now()
    session.flush()
    record(session, actor, "board_edit:undo", made)
    return made


def pin_line(session: orm.Session, actor: Actor, version: RotationVersion, row: PlannedVisit) -> bool:
    """Hold the line in every later drawing-up, or let it go again; whether it is held now."""
    _require_draft(session, actor, version)
    query = sa.select(Pin).where(
        Pin.official_id == row.official_id, Pin.cell_id == row.cell_id, Pin.month == row.month
    )
    pin = session.scalar(query)
    if pin is not None and pin.sent_at is not None:
        record(session, actor, "pin:remove", pin, month=pin.month, cell=pin.cell_id)
        session.delete(pin)
        session.flush()
        return False
    pin = pin or Pin(official_id=row.official_id, cell_id=row.cell_id, month=row.month)
    pin.sent_at, pin.entered_by = now(), actor.account_id
    session.add(pin)
    session.flush()
    record(session, actor, "pin:add", pin, month=pin.month)
    return True
