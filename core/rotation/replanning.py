"""Re-planning after events: a list of what happened, tried before it is written down, then confirmed at once.

Source: S4-12, S4-15; product R09, R11.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.data import digest
from core.notices.models import JobKind
from core.notices.work import owe_again
from core.rotation.by_hand import Trial, TrialKind
from core.rotation.happening import Happening
from core.rotation.happenings import as_asked, happening_of, require_possible
from core.rotation.models import Rotation
from core.rotation.refused import Refused
from core.rotation.service import RotationError, adjust, latest_published
from core.rotation.solving.changes import Change
from core.rotation.solving.events import Event, happened
from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.problem import Problem
from core.rotation.solving.replan import Policy, replan
from core.rotation.solving.score import Rule, score
from tenants.access import Actor, Permission, require
from tenants.audit import record
from tenants.clock import now

MOST_EVENTS = 20
LONGEST_REASON = 500


@dataclass(frozen=True)
class Preview:
    """What a re-plan does under a policy: visits kept, every change, duties unmet, pairs at one meeting."""

    policy: Policy
    kept: int
    changes: tuple[Change, ...]
    unmet: int
    crowded: int


def previews(
    problem: Problem, published: tuple[PlannedVisit, ...], events: Iterable[Event], present: date
) -> Iterator[Preview]:
    """What the next draft would change under each policy, by the very re-plan that draws it.

    Raises ProblemError for an event about someone or something the rotation does not know.
    """
    after = happened(problem, events)
    for policy in Policy:
        made = replan(after, published, (), present, policy)
        crowded = next(one.broken for one in score(after, made.visits) if one.rule is Rule.CROWDING)
        yield Preview(policy, len(made.kept), made.changes, len(made.unmet), crowded)


def list_of(session: orm.Session, actor: Actor, rotation: Rotation) -> Trial | None:
    """The actor's list of events that are not written down yet."""
    query = sa.select(Trial).where(
        Trial.rotation_id == rotation.id, Trial.kind == TrialKind.EVENTS,
        Trial.asked_by == actor.account_id, Trial.settled_at.is_(None),
    )  # fmt: skip
    return session.scalar(query.order_by(Trial.asked_at.desc()).limit(1))


def _begun(session: orm.Session, actor: Actor, rotation: Rotation) -> Trial:
    """The actor's list, locked; begun where there is none."""
    require(actor, Permission.ROTATION_GENERATE)
    if latest_published(session, rotation.id) is None:
        raise RotationError("Chưa có bản nào được công bố để điều chỉnh.")
    if (trial := list_of(session, actor, rotation)) is not None:
        session.refresh(trial, with_for_update=True)
        return trial
    trial = Trial(rotation_id=rotation.id, kind=TrialKind.EVENTS, asked=[], asked_by=actor.account_id)
    session.add(trial)
    session.flush()
    return trial


def add(session: orm.Session, actor: Actor, rotation: Rotation, happening: Happening) -> None:
    """Put an event on the list, in the place of one that it says anew; nothing is written down yet.

    Raises Refused or RotationError.
    """
    require_possible(session, happening)
    trial = _begun(session, actor, rotation)
    kept = [one for one in trial.asked if not happening.replaces(happening_of(one))]
    if len(kept) >= MOST_EVENTS:
        raise RotationError(f"Mỗi lần ghi được nhiều nhất {MOST_EVENTS} việc; xin xác nhận rồi ghi tiếp.")
    _keep(session, trial, [*kept, as_asked(session, happening)])


def drop(session: orm.Session, actor: Actor, rotation: Rotation, key: str) -> None:
    """Take an event off the list by its digest; one that is gone already stays gone."""
    require(actor, Permission.ROTATION_GENERATE)
    if (trial := list_of(session, actor, rotation)) is not None:
        session.refresh(trial, with_for_update=True)
        _keep(session, trial, [one for one in trial.asked if digest(one) != key])


def _keep(session: orm.Session, trial: Trial, asked: list[Any]) -> None:
    trial.asked, trial.outcomes, trial.done_at = asked, None, None
    session.flush()


def preview(session: orm.Session, actor: Actor, rotation: Rotation) -> UUID:
    """Owe the preview of the list, which may be empty: what was written down elsewhere counts too; the job's
    id. Raises RotationError where an event is no longer possible."""
    trial = _begun(session, actor, rotation)
    for number, happening in enumerate(map(happening_of, trial.asked), 1):
        try:
            require_possible(session, happening)
        except Refused as error:
            raise RotationError(f"Việc thứ {number}: {error}") from error
    _keep(session, trial, trial.asked)
    record(session, actor, "trial:ask", trial, number=len(trial.asked))
    return owe_again(session, actor, JobKind.TRY_SCENARIOS, trial.id)


def because(trial: Trial) -> str:
    """The reason that the events give, for those concerned to read."""
    said = "; ".join(asked["said"] for asked in trial.asked)
    return said if len(said) <= LONGEST_REASON else f"{said[: LONGEST_REASON - 1]}…"


def confirm(session: orm.Session, actor: Actor, trial: Trial, reason: str, policy: Policy) -> UUID:
    """Write every event down and owe the next draft, all or nothing; the job's id.

    Each verb asks its own right. Raises NotAllowed, or RotationError naming the event that is not possible.
    """
    require(actor, Permission.ROTATION_GENERATE)
    session.refresh(trial, with_for_update=True)
    if trial.settled_at is not None:
        raise RotationError("Danh sách này đã được xác nhận; dự thảo đang chờ ở trang của lịch.")
    if trial.outcomes is None:
        raise RotationError("Danh sách đã đổi sau lần xem trước; xin xem trước lại rồi xác nhận.")
    for number, happening in enumerate(map(happening_of, trial.asked), 1):
        try:
            happening.write(session, actor)
        except Refused as error:
            raise RotationError(f"Việc thứ {number}: {error}") from error
    trial.settled_at = now()
    record(session, actor, "trial:confirm", trial, number=len(trial.asked))
    return adjust(session, actor, session.get_one(Rotation, trial.rotation_id), reason, policy)
