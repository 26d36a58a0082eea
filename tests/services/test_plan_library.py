"""Every ready plan can be signed and published as it is; its pilots are those chosen under it."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from core.meetings.kinds import MeetingKind
from core.plans.library import retimed, template
from core.plans.loading import unit_tree
from core.plans.service import draft, publish
from core.plans.task_models import PlanPilot, Task
from tenants.clock import today
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("code", ["s0", "s1", "s2", "s3", "s4"])
def test_a_ready_plan_of_this_year_is_published_once_signed(cast: Cast, code: str) -> None:
    content = replace(retimed(template(code).content, today().year), signer="Trần Văn Mẫu")
    actor = cast.actor("huyen-a.standing")
    with cast.session("huyen-a") as session:
        version = publish(session, actor, draft(session, actor, content))
        assert version.number == 1
        assert session.scalars(sa.select(Task)).first() is not None
    with cast.session("huyen-b") as session:
        assert session.scalars(sa.select(Task)).first() is None


def test_a_pilot_chosen_under_a_plan_has_its_kind_of_meeting_there_alone(cast: Cast) -> None:
    content, actor = template("s2").content, cast.actor("huyen-a.standing")
    with cast.session("huyen-a") as session:
        plan, other = (draft(session, actor, replace(content, subject=subject)) for subject in ("Một", "Hai"))
        chosen = PlanPilot(plan_id=plan.id, unit_id=cast.unit("huyen-a/CB-1"), chosen_on=today())
        chosen.meeting = MeetingKind.THEMATIC
        session.add(chosen)
        session.flush()
        found = [(u.code, u.pilot_meeting) for u in unit_tree(session, plan.id).units if u.pilot]
        assert found == [("CB-1", MeetingKind.THEMATIC)]
        assert not [unit for unit in unit_tree(session, other.id).units if unit.pilot]
