"""Drawing up a rotation in the background."""

from datetime import date

from sqlalchemy import orm

from core.data import to_data
from core.rotation.by_hand import Trial
from core.rotation.loading import load_problem, standing_visits
from core.rotation.models import Rotation
from core.rotation.service import save_draft
from core.rotation.solving.drawing import draw, redraw
from core.rotation.solving.replan import Policy
from core.rotation.solving.scenarios import Outcome, as_it_is, compare
from core.rotation.trying import scenario_of
from jobs.actors import actor_of
from jobs.contract import Effect, JobFacts, Progress
from tenants.clock import now
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


def try_scenarios(job: JobFacts, progress: Progress) -> Effect:
    """What each scenario of a trial gives, the present problem first; nothing else is written."""
    with transaction() as session:
        trial = session.get_one(Trial, job.subject_id)
        problem = load_problem(session, session.get_one(Rotation, trial.rotation_id))
        asked = [as_it_is(), *map(scenario_of, trial.asked)]
    outcomes = list[Outcome]()
    for number, scenario in enumerate(asked):
        progress(f"Đang thử: {scenario.name_vi}", 5 + 90 * number // len(asked))
        outcomes += compare(problem, [scenario])

    def keep(session: orm.Session) -> None:
        kept = session.get_one(Trial, job.subject_id)
        kept.outcomes, kept.done_at = to_data(outcomes), now()

    return keep
