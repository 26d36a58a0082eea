"""Drawing up a rotation in the background."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import orm

from core.data import to_data
from core.rotation.by_hand import Trial, TrialKind
from core.rotation.happenings import happening_of
from core.rotation.loading import load_problem, standing_visits
from core.rotation.models import Rotation
from core.rotation.replanning import previews
from core.rotation.service import save_draft
from core.rotation.solving.drawing import draw, redraw
from core.rotation.solving.events import Event
from core.rotation.solving.problem import Problem
from core.rotation.solving.replan import Policy
from core.rotation.solving.scenarios import Outcome, as_it_is, compare
from core.rotation.trying import scenario_of
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress
from tenants.clock import now, today
from tenants.scope import transaction


def generate_rotation(job: JobFacts, progress: Progress) -> Effect:
    """A new draft: from nothing, or of the published version mended from a day on."""
    progress("Đang đọc danh sách và lịch họp", 5)
    with transaction() as session:
        rotation = session.get_one(Rotation, job.subject_id)
        problem, published = load_problem(session, rotation), standing_visits(session, rotation)
    since = job.args.get("since")
    drawing = (
        redraw(
            problem, published, date.fromisoformat(since), progress, Policy(job.args.get("policy", "alone"))
        )
        if since
        else draw(problem, int(job.args.get("seed", 0)), progress)
    )

    def keep(session: orm.Session) -> None:
        kept = session.get_one(Rotation, job.subject_id)
        save_draft(session, actor_of(session, job), kept, drawing, kept.asked_because)

    return keep


def try_out(job: JobFacts, progress: Progress) -> Effect:
    """What comes of a trial's scenarios or events; nothing else is written.

    An answer to a list that was changed meanwhile is not kept.
    """
    with transaction() as session:
        trial = session.get_one(Trial, job.subject_id)
        rotation, asked = session.get_one(Rotation, trial.rotation_id), trial.asked
        problem, published = load_problem(session, rotation), standing_visits(session, rotation)
        events = _events(session, asked) if trial.kind is TrialKind.EVENTS else None
    if events is None:
        outcomes: list[Any] = _compared(problem, asked, progress)
    else:
        progress("Đang thử sửa lịch đã công bố", 20)
        outcomes = list(previews(problem, published, events, today()))

    def keep(session: orm.Session) -> None:
        kept = session.get_one(Trial, job.subject_id, with_for_update=True)
        if kept.asked == asked and kept.settled_at is None:
            kept.outcomes, kept.done_at = to_data(outcomes), now()

    return keep


def _events(session: orm.Session, asked: Iterable[Mapping[str, Any]]) -> list[Event]:
    return [event for one in asked for event in happening_of(one).events(session)]


def _compared(problem: Problem, asked: Iterable[Mapping[str, Any]], progress: Progress) -> list[Outcome]:
    """The present problem first, then each scenario."""
    scenarios, outcomes = [as_it_is(), *map(scenario_of, asked)], list[Outcome]()
    for number, scenario in enumerate(scenarios):
        progress(f"Đang thử: {scenario.name_vi}", 5 + 90 * number // len(scenarios))
        outcomes += compare(problem, [scenario])
    return outcomes
