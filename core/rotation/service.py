"""The verbs of a rotation: generate, re-plan, publish, discard (S4-01 to S4-03, S4-11, S4-14)."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.bulk import insert_columns
from core.data import digest, to_data
from core.meetings.calendar import months_from
from core.meetings.service import set_usual_meetings
from core.notices.models import JobKind
from core.notices.work import owe_again, post, post_each
from core.plans.models import Plan
from core.rotation.loading import standing_visits
from core.rotation.models import Official, PlannedVisit, Rotation, RotationVersion
from core.rotation.promises import assigned, promise, take_back
from core.rotation.solving.changes import PlanDiff, diff
from core.rotation.solving.drawing import Drawing
from core.rotation.solving.facts import PlannedVisit as Assignment
from core.rotation.solving.replan import Policy
from core.rotation.solving.score import RuleScore
from core.rotation.verdict import as_kept, verdict
from tenants.access import Actor, Permission, Role, require
from tenants.audit import record
from tenants.clock import now, today
from tenants.conditions import valid
from tenants.models import Appointment, Unit
from tenants.vietnamese import nfc


class RotationError(Exception):
    """The step is not possible; the text is for the person."""


def open_rotation(session: orm.Session, actor: Actor, plan: Plan, first_month: date, months: int) -> Rotation:
    """The plan's rotation from a month on, made when first asked for, with the cells' usual meetings.

    One not yet published takes the number of months asked for. Raises RotationError where another published
    rotation has one of the months: everybody would owe it twice.
    """
    require(actor, Permission.ROTATION_GENERATE)
    query = sa.select(Rotation).where(Rotation.plan_id == plan.id, Rotation.first_month == first_month)
    rotation = session.scalar(query)
    if rotation is None:
        rotation = Rotation(plan_id=plan.id, first_month=first_month, months=months)
        session.add(rotation)
        session.flush()
    elif latest_published(session, rotation.id) is None:
        rotation.months = months
    _require_free(session, rotation)
    set_usual_meetings(session, actor, first_month, months)
    return rotation


def _require_free(session: orm.Session, rotation: Rotation) -> None:
    """Raises RotationError where another published rotation has a month of this one."""
    mine = months_from(rotation.first_month, rotation.months)
    published = sa.exists().where(
        RotationVersion.rotation_id == Rotation.id, RotationVersion.published_at.is_not(None)
    )
    query = sa.select(Rotation).where(Rotation.id != rotation.id, published)
    for other in session.scalars(query.order_by(Rotation.first_month)):
        theirs = months_from(other.first_month, other.months)
        if taken := [month for month in mine if month in theirs]:
            raise RotationError(
                f"Lịch từ tháng {theirs[0]:%m/%Y} đến {theirs[-1]:%m/%Y} đã công bố có cả tháng"
                f" {taken[0]:%m/%Y}. Hãy điều chỉnh lịch ấy, hoặc chọn những tháng chưa có lịch."
            )


def generate(session: orm.Session, actor: Actor, rotation: Rotation, seed: int = 0) -> UUID:
    """Owe the drawing-up of a first version, or of a new draft over one not yet published; the job's id."""
    require(actor, Permission.ROTATION_GENERATE)
    if latest_published(session, rotation.id):
        raise RotationError("Lịch đã công bố; hãy dùng “Có việc thay đổi, điều chỉnh lịch” để đổi ít nhất.")
    return owe_again(session, actor, JobKind.GENERATE_ROTATION, rotation.id, seed=seed)


def adjust(
    session: orm.Session, actor: Actor, rotation: Rotation, reason: str, policy: Policy = Policy.ALONE
) -> UUID:
    """Owe a re-plan of the published version with few changes, the past untouched; the job's id.

    `policy` says what counts more: keeping what is published, or one comrade a meeting.
    """
    require(actor, Permission.ROTATION_GENERATE)
    if latest_published(session, rotation.id) is None:
        raise RotationError("Chưa có bản nào được công bố để điều chỉnh.")
    if not reason.strip():
        raise RotationError("Xin ghi lý do điều chỉnh; các đồng chí có liên quan sẽ đọc được.")
    rotation.asked_because = nfc(reason.strip())
    asked = {"since": today().isoformat(), "policy": policy.value}
    return owe_again(session, actor, JobKind.GENERATE_ROTATION, rotation.id, **asked)


def latest_published(session: orm.Session, rotation_id: UUID) -> RotationVersion | None:
    """The version in force."""
    query = sa.select(RotationVersion).where(
        RotationVersion.rotation_id == rotation_id, RotationVersion.published_at.is_not(None)
    )
    return session.scalar(query.order_by(RotationVersion.number.desc()).limit(1))


def draft_of(session: orm.Session, rotation_id: UUID) -> RotationVersion | None:
    """The version that waits to be looked at and published."""
    query = sa.select(RotationVersion).where(RotationVersion.rotation_id == rotation_id)
    return session.scalar(query.where(RotationVersion.published_at.is_(None)))


def save_draft(
    session: orm.Session, actor: Actor, rotation: Rotation, drawing: Drawing, reason: str
) -> RotationVersion:
    """Keep a drawing as the rotation's one draft, in the place of an earlier draft."""
    discard(session, actor, rotation)
    last = latest_published(session, rotation.id)
    before = standing_visits(session, rotation)
    changes = changes_of(diff(before, drawing.visits)) | _why(drawing.mended)
    version = RotationVersion(
        rotation_id=rotation.id, number=(last.number if last else 0) + 1, reason=reason,
        scores=[score_row(score) for score in drawing.scores],
        shortfalls=to_data(drawing.shortfalls), changes=changes,
    )  # fmt: skip
    session.add(version)
    session.flush()
    keep_lines(session, version.id, drawing.visits)
    record(session, actor, "rotation:draw", version, visits=len(drawing.visits), number=version.number)
    return version


def _why(mended: PlanDiff | None) -> dict[str, Any]:
    """Which changes of a re-plan were forced, which came on top, and why each: [official, forced, reason]."""
    if mended is None:
        return {}
    why = [[change.official, change.forced, change.reason_vi] for change in mended.changes]
    return {"forced": len(mended.forced), "extra": len(mended.extra), "why": why}


def score_row(score: RuleScore) -> dict[str, Any]:
    """One rule's score as a version keeps it."""
    return {
        "rule": score.rule.value, "label": score.label_vi, "broken": score.broken, "cost": score.cost,
        "bound": score.bound, "because": score.because_vi,
    }  # fmt: skip


def changes_of(change: PlanDiff) -> dict[str, Any]:
    """A difference in numbers, as a version keeps it."""
    return {
        "kept": len(change.kept), "added": len(change.added), "removed": len(change.removed),
        "moved": len(change.moved), "people": len({c.official for c in change.changes}),
    }  # fmt: skip


def keep_lines(session: orm.Session, version_id: UUID, visits: Collection[Assignment]) -> None:
    """Put the visits into a draft."""
    columns = assigned(visits) | {"source": [visit.source.value for visit in visits]}
    insert_columns(session, PlannedVisit, columns | {"version_id": [version_id] * len(visits)})


def discard(session: orm.Session, actor: Actor, rotation: Rotation) -> None:
    """Throw the draft away; what is published stays."""
    require(actor, Permission.ROTATION_GENERATE)
    if (draft := draft_of(session, rotation.id)) is not None:
        session.execute(sa.delete(PlannedVisit).where(PlannedVisit.version_id == draft.id))
        session.delete(draft)
        session.flush()


def assignments_of(session: orm.Session, version_id: UUID) -> tuple[Assignment, ...]:
    """What a version assigns, by day."""
    query = sa.select(
        PlannedVisit.official_id, PlannedVisit.cell_id, PlannedVisit.month, PlannedVisit.meets_on
    )
    rows = session.execute(query.where(PlannedVisit.version_id == version_id).order_by(PlannedVisit.meets_on))
    return tuple(Assignment(str(r.official_id), str(r.cell_id), r.month, r.meets_on) for r in rows)


def publish(session: orm.Session, actor: Actor, version: RotationVersion) -> PlanDiff:
    """Freeze the draft, carry its differences into the visits, tell only those whose visits changed.

    The independent validator looks at it first: what it finds must have been kept with a reason.
    Raises RotationError.
    """
    require(actor, Permission.ROTATION_PUBLISH)
    if version.published_at is not None:
        raise RotationError(f"Bản {version.number} đã được công bố.")
    _require_free(session, version.rotation)
    new = assignments_of(session, version.id)
    found = verdict(session, version, new)
    if found.refused:
        raise RotationError(found.refusal_vi)
    version.exceptions = as_kept(found.exempt)
    change = diff(standing_visits(session, version.rotation), new)
    version.changes = changes_of(change)
    version.sha256 = digest(
        [[v.official, v.cell, v.month.isoformat(), v.day.isoformat()] for v in sorted(new, key=_order)]
    )
    version.published_at, version.published_by = now(), actor.account_id
    _carry_over(session, version, change)
    told = _tell(session, version, change)
    record(
        session, actor, "rotation:publish", version, number=version.number, told=told, sha256=version.sha256
    )
    return change


def _order(visit: Assignment) -> tuple[str, str, date]:
    return visit.official, visit.cell, visit.month


def _carry_over(session: orm.Session, version: RotationVersion, change: PlanDiff) -> None:
    gone = [c.before for c in (*change.removed, *change.moved) if c.before]
    come = [c.after for c in (*change.added, *change.moved) if c.after]
    take_back(session, version.rotation_id, gone, version.reason)
    promise(session, version.rotation_id, come)


def _tell(session: orm.Session, version: RotationVersion, change: PlanDiff) -> int:
    come = Counter(c.official for c in change.changes if c.after)
    gone = Counter(c.official for c in change.changes if c.before)
    person_of = dict(session.execute(sa.select(Official.id, Official.person_id)).all())
    texts: dict[UUID, str] = {}
    for official in come.keys() | gone.keys():
        text = f"Lịch dự sinh hoạt (bản {version.number}): đồng chí có {come[official]} lượt mới"
        text += f", {gone[official]} lượt không còn." if gone[official] else "."
        texts[person_of[UUID(official)]] = text
    told = post(session, texts, "rotation", f"rotation:{version.id}", "/visits/")
    return told + _tell_cells(session, version, change)


def _tell_cells(session: orm.Session, version: RotationVersion, change: PlanDiff) -> int:
    touched: dict[UUID, int] = defaultdict(int)
    for c in change.changes:
        for visit in (c.before, c.after):
            if visit:
                touched[UUID(visit.cell)] += 1
    query = sa.select(Appointment.person_id, Unit.id, Unit.name).join(Unit, Unit.id == Appointment.unit_id)
    query = query.where(Appointment.role == Role.SECRETARY, Unit.id.in_(touched), valid(Appointment, today()))
    said = (
        (
            person_id,
            f"{name}: lịch đồng chí cấp trên về dự (bản {version.number}) có {touched[key]} thay đổi.",
            f"rotation:{version.id}:{key}",
        )
        for person_id, key, name in session.execute(query)
    )
    return post_each(session, said, "rotation", "/rotation/")
