"""“Vì sao?” for one line of a version, with names (design: rotation; product R04)."""

from dataclasses import dataclass
from datetime import date

from core.queries.rotation import Assignment
from core.rotation.sheet import Sheet
from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.solver import Plan
from core.rotation.solving.why import Part, why


@dataclass(frozen=True)
class Other:
    """Another cell for the same duty and how much dearer it is for the whole plan."""

    cell_id: str
    cell: str
    month: date
    day: date
    price: int
    worse: tuple[Part, ...]


@dataclass(frozen=True)
class Answer:
    """Rules the line keeps, its parts of the score, next-best cells from the cheapest."""

    satisfied: tuple[str, ...]
    parts: tuple[Part, ...]
    others: tuple[Other, ...]


def why_assigned(sheet: Sheet, line: Assignment) -> Answer | None:
    """Why the line stands; None where lists or meetings changed since, so that it no longer can."""
    problem = sheet.problem
    asked = PlannedVisit(str(line.official_id), str(line.cell_id), line.month, line.meets_on)
    official = problem.official_of.get(asked.official)
    cell = problem.cell_of.get(asked.cell)
    meeting = cell.meetings.get(asked.month) if cell else None
    if official is None or meeting is None or meeting.day != asked.day or asked.cell not in official.area:
        return None
    answer = why(problem, Plan(sheet.visits, (), (), 0), asked)
    others = (
        Other(other.cell, problem.cell_of[other.cell].name, other.month, other.day, other.price, other.worse)
        for other in answer.alternatives
    )
    return Answer(answer.satisfied, tuple(p for p in answer.parts if p.cost), tuple(others))
