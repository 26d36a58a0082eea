"""Small rotation problems: one by hand, and a strategy for every odd shape."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from hypothesis import strategies as st

from core.meetings.calendar import months_from
from core.rotation.solving.facts import (
    Cell,
    CellMeeting,
    Level,
    Official,
    OwnCell,
    PastVisit,
    PlannedVisit,
    Slot,
    ordinal,
)
from core.rotation.solving.problem import Problem
from core.rotation.solving.validate import validate

MONTHLY = Level("commune", 1, "cấp xã")
QUARTERLY = Level("district", 3, "cấp huyện")
HALF_YEARLY = Level("province", 6, "cấp tỉnh")
TWICE_A_YEAR = Level("guest", 12, "khách mời", per_year=2)
LEVELS = (MONTHLY, QUARTERLY, HALF_YEARLY, TWICE_A_YEAR)
JANUARY = date(2025, 1, 1)
MOST = 5


def cell(name: str, day: int = 5, special: int = 0, count: int = 12, slot: Slot = Slot.EVENING) -> Cell:
    """A cell of unit "u" that meets on the same day every month of 2025."""
    meetings = {month: CellMeeting(month.replace(day=day), slot) for month in months_from(JANUARY, count)}
    return Cell(name, "u", f"Chi bộ {name}", special, meetings)


def official(name: str, area: Sequence[str], **facts: object) -> Official:
    return Official(name, name.upper(), "commune", tuple(area), **facts)  # type: ignore[arg-type]


def problem(cells: Sequence[Cell], officials: Sequence[Official], count: int = 1, **facts: object) -> Problem:
    return Problem(JANUARY, count, LEVELS, tuple(cells), tuple(officials), **facts)  # type: ignore[arg-type]


def visit(who: str, where: str, month: int = 1, day: int = 5) -> PlannedVisit:
    return PlannedVisit(who, where, date(2025, month, 1), date(2025, month, day))


@st.composite
def problems(draw: st.DrawFn, longest: int = 7, most_cells: int = 5, most_officials: int = 5) -> Problem:
    """Any small problem: holes in the calendar, absences, clashes, pins, history, empty areas."""
    first = draw(st.sampled_from(months_from(JANUARY, 12)))
    calendar = months_from(first, draw(st.integers(1, longest)))
    cells = tuple(draw(_cell(f"c{i}", calendar)) for i in range(draw(st.integers(1, most_cells))))
    history = tuple(draw(_past(first, cells)) for _ in range(draw(st.integers(0, 4))))
    count = draw(st.integers(1, most_officials))
    officials = tuple(draw(_official(f"o{i}", calendar, cells, history)) for i in range(count))
    levels = tuple(replace(level, own_cell=draw(st.sampled_from(OwnCell))) for level in LEVELS)
    return Problem(first, len(calendar), levels, cells, officials, history)


@st.composite
def _cell(draw: st.DrawFn, name: str, calendar: tuple[date, ...]) -> Cell:
    held = [month for month in calendar if draw(st.integers(0, 9))]
    meetings = {
        month: CellMeeting(month.replace(day=draw(st.integers(3, 5))), draw(st.sampled_from(list(Slot)[1:])))
        for month in held
    }
    wanted = draw(st.sampled_from([1, 1, 2]))
    place = draw(st.none() | st.tuples(st.floats(0, 30), st.floats(0, 30)))
    special = draw(st.sampled_from([0, 0, 0, 1, 3]))
    return Cell(name, draw(st.sampled_from("uv")), f"Chi bộ {name}", special, meetings, place, wanted=wanted)


@st.composite
def _past(draw: st.DrawFn, first: date, cells: tuple[Cell, ...]) -> PastVisit:
    month = draw(st.sampled_from(months_from(first.replace(year=first.year - 1), 12)[-8:]))
    return PastVisit(draw(st.sampled_from(["o0", "o1", "gone"])), draw(st.sampled_from(cells)).id, month)


@st.composite
def _official(
    draw: st.DrawFn,
    name: str,
    calendar: tuple[date, ...],
    cells: tuple[Cell, ...],
    history: tuple[PastVisit, ...],
) -> Official:
    level = draw(st.sampled_from((MONTHLY, *LEVELS)))
    area = tuple(c.id for c in cells if draw(st.integers(0, 4)))
    own = draw(st.none() | st.sampled_from([c.id for c in cells]))
    away = tuple(draw(_absence(calendar)) for _ in range(draw(st.integers(0, 2))))
    length = 1 if level.per_year else level.period_months
    done = {ordinal(past.month) // length for past in history if past.official == name}
    pins = {}
    for month in calendar if area else ():
        period = ordinal(month) // length
        if period not in done and not draw(st.integers(0, 5)):
            pins[period] = (draw(st.sampled_from(area)), month)
    return Official(name, name.upper(), level.code, area, own, away, (1.0, 1.0), tuple(pins.values()))


@st.composite
def _absence(draw: st.DrawFn, calendar: tuple[date, ...]) -> tuple[date, date]:
    start = draw(st.sampled_from(calendar)) + timedelta(draw(st.integers(0, 5)))
    return start, start + timedelta(draw(st.integers(0, 31)))


def every_rotation(case: Problem) -> list[tuple[PlannedVisit, ...]]:
    """Every rotation that breaks no hard rule; none told where the duties are more than ``MOST``."""
    choices: list[list[PlannedVisit | None]] = []
    for duty in case.duties:
        held = [(c, m) for c in case.official_of[duty.official].area for m in duty.months]
        meetings = [(c, m, case.cell_of[c].meetings[m]) for c, m in held if m in case.cell_of[c].meetings]
        visits = [PlannedVisit(duty.official, c, m, meeting.day) for c, m, meeting in meetings]
        choices.append([None, *visits])
    if len(choices) > MOST:
        return []
    every = (tuple(visit for visit in chosen if visit) for chosen in product(*choices))
    return [visits for visits in every if not validate(case, visits)]
