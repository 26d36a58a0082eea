"""What if: scenarios asked for side by side, tried by a job, kept to be looked at (product R11, H5)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.models import JobKind
from core.notices.work import owe_again
from core.rotation.by_hand import Trial, TrialKind
from core.rotation.models import Official, Rotation, RotationLevel
from core.rotation.service import RotationError
from core.rotation.solving.scenarios import Scenario, more_people, other_cadence, without
from core.rotation.solving.score import Rule
from tenants.access import Actor, Permission, require
from tenants.audit import record

MOST_SCENARIOS = 4


def scenario_of(asked: Mapping[str, Any]) -> Scenario:
    """A scenario from its settings, as a trial keeps them."""
    match asked["kind"]:
        case "people":
            return more_people(int(asked["count"]), asked["like"])
        case "cadence":
            level, months, per_year = asked["level"], asked["months"] or 0, asked.get("per_year") or 0
            return other_cadence(level, asked.get("name", level), months, per_year)
        case _:
            return without(Rule(asked["rule"]))


def try_out(session: orm.Session, actor: Actor, rotation: Rotation, asked: list[dict[str, Any]]) -> UUID:
    """Owe a comparison of the scenarios with the problem as it is; the job's id. Raises RotationError."""
    require(actor, Permission.ROTATION_GENERATE)
    if not 1 <= len(asked) <= MOST_SCENARIOS:
        raise RotationError(f"Xin chọn từ 1 đến {MOST_SCENARIOS} phương án để so sánh.")
    _require_known(session, asked)
    trial = Trial(rotation_id=rotation.id, asked=asked, asked_by=actor.account_id)
    session.add(trial)
    session.flush()
    record(session, actor, "trial:ask", trial, number=len(asked))
    return owe_again(session, actor, JobKind.TRY_SCENARIOS, trial.id)


def _require_known(session: orm.Session, asked: list[dict[str, Any]]) -> None:
    for one in asked:
        if one["kind"] == "people" and session.get(Official, UUID(one["like"])) is None:
            raise RotationError("Không còn đồng chí được lấy làm mẫu; xin chọn lại.")
        level = sa.select(RotationLevel.id).where(RotationLevel.code == one.get("level", ""))
        if one["kind"] == "cadence" and session.scalar(level) is None:
            raise RotationError("Không còn cấp này trong danh mục; xin chọn lại.")


def trials_of(session: orm.Session, rotation: Rotation) -> tuple[Trial, ...]:
    """The rotation's trials, the newest first."""
    query = sa.select(Trial).where(Trial.rotation_id == rotation.id, Trial.kind == TrialKind.SCENARIOS)
    return tuple(session.scalars(query.order_by(Trial.asked_at.desc()).limit(20)))
