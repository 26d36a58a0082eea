"""A version as a page works on it: read once, asked as often as the page likes (product R03, R04)."""

from dataclasses import dataclass

from sqlalchemy import orm

from core.rotation.loading import load_problem
from core.rotation.models import RotationVersion
from core.rotation.service import assignments_of
from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.problem import Problem


@dataclass(frozen=True)
class Sheet:
    """A version's visits, by day, and the problem they are judged in."""

    problem: Problem
    visits: tuple[PlannedVisit, ...]


def sheet_of(session: orm.Session, version: RotationVersion) -> Sheet:
    """The version's visits and the facts as they stand now."""
    return Sheet(load_problem(session, version.rotation), assignments_of(session, version.id))
