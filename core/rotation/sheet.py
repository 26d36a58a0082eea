"""A version as a page works on it: read once, asked as often as the page likes (product R03, R04)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import orm

from core.rotation.loading import load_problem
from core.rotation.models import RotationVersion
from core.rotation.service import assignments_of
from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.problem import Problem
from tenants.clock import today


@dataclass(frozen=True)
class Sheet:
    """A version's visits, by day, and the problem they are judged in; those before `since` stand."""

    problem: Problem
    visits: tuple[PlannedVisit, ...]
    since: date = date.min


def sheet_of(session: orm.Session, version: RotationVersion) -> Sheet:
    """The version's visits and the facts as they stand now."""
    problem = load_problem(session, version.rotation)
    return Sheet(problem, assignments_of(session, version.id), since_of(version))


def since_of(version: RotationVersion) -> date:
    """The first day whose meetings are still to be planned: of an adjustment, today."""
    return today() if version.number > 1 else date.min
