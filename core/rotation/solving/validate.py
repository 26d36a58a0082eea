"""The second opinion: every hard rule checked on the visits themselves, sharing no code with the solver.

Source: S4-03, S4-07, S4-08; design: rotation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.rotation.solving.facts import CellMeeting, Official, OwnCell, PlannedVisit, Ref
from core.rotation.solving.problem import Problem


class HardRule(StrEnum):
    """Rules no published rotation may break."""

    UNKNOWN = "unknown"
    AREA = "area"
    HORIZON = "horizon"
    OWN_CELL = "own_cell"
    NO_MEETING = "no_meeting"
    DAY = "day"
    AWAY = "away"
    OWN_MEETING = "own_meeting"
    PERIOD = "period"
    PIN = "pin"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken hard rule, in Vietnamese, and what it is about."""

    rule: HardRule
    sentence_vi: str
    ref: Ref


def validate(problem: Problem, visits: Iterable[PlannedVisit]) -> tuple[Violation, ...]:
    """Every hard rule the visits break; an unmet duty breaks none (it is a shortfall)."""
    by_official = _by_official(visits)
    missed = (v for o in problem.officials for v in _broken_pins(problem, o, by_official.get(o.id, [])))
    return (*_broken_by(problem, by_official), *missed)


def broken_by(problem: Problem, visits: Iterable[PlannedVisit]) -> tuple[Violation, ...]:
    """Every hard rule the visits break by themselves: a pin they do not keep is left out."""
    return tuple(_broken_by(problem, _by_official(visits)))


def _by_official(visits: Iterable[PlannedVisit]) -> Mapping[str, list[PlannedVisit]]:
    by_official: dict[str, list[PlannedVisit]] = defaultdict(list)
    for visit in visits:
        by_official[visit.official].append(visit)
    return by_official


def _broken_by(problem: Problem, by_official: Mapping[str, list[PlannedVisit]]) -> Iterator[Violation]:
    for who, held in by_official.items():
        yield from _of(problem, problem.official_of.get(who), held)


def _of(problem: Problem, official: Official | None, held: list[PlannedVisit]) -> Iterator[Violation]:
    if official is None:
        for visit in held:
            yield _broken(HardRule.UNKNOWN, "Có lượt dự của đồng chí không còn trong danh sách", visit)
        return
    for visit in held:
        yield from _visit(problem, official, visit)
    yield from _periods(problem, official, held)


def _visit(problem: Problem, official: Official, visit: PlannedVisit) -> Iterator[Violation]:
    if visit.cell not in problem.cell_of:
        yield _broken(HardRule.UNKNOWN, f"Đồng chí {official.name}: chi bộ được dự không còn tồn tại", visit)
        return
    cell = problem.cell_of[visit.cell]
    what = f"Đồng chí {official.name} dự {cell.name} ngày {visit.day:%d/%m/%Y}"
    meeting = cell.meetings.get(visit.month)
    if not _in_area(official, visit.cell, visit.day):
        yield _broken(HardRule.AREA, f"{what}: {_outside(official, visit.day)}", visit)
    if not _inside(problem, visit.month):
        yield _broken(HardRule.HORIZON, f"{what}: ngoài thời gian lập lịch", visit)
    if visit.cell == official.own_cell and not _may_visit_own(problem, official, visit.month):
        yield _broken(
            HardRule.OWN_CELL, f"{what}: là chi bộ nơi đồng chí sinh hoạt{_else(problem, official)}", visit
        )
    if any(start <= visit.day <= end for start, end in official.away):
        yield _broken(HardRule.AWAY, f"{what}: đồng chí vắng mặt ngày này", visit)
    if meeting is None:
        yield _broken(HardRule.NO_MEETING, f"{what}: chi bộ không có buổi sinh hoạt trong tháng", visit)
    elif meeting.day != visit.day:
        yield _broken(HardRule.DAY, f"{what}: chi bộ họp ngày {meeting.day:%d/%m/%Y}", visit)
    elif _own_meeting(problem, official, visit.month) == meeting and visit.cell != official.own_cell:
        yield _broken(
            HardRule.OWN_MEETING, f"{what}: trùng buổi họp của chi bộ nơi đồng chí sinh hoạt", visit
        )


def _else(problem: Problem, official: Official) -> str:
    level = next(level for level in problem.levels if level.code == official.level)
    return ", trong kỳ còn buổi khác dự được" if level.own_cell is OwnCell.LAST else ""


def _in_area(official: Official, cell: str, day: date) -> bool:
    """Whether the cell is his to visit that day."""
    first, last = official.valid.get(cell, (day, day))
    return cell in official.area and first <= day <= last and official.serves(day)


def _outside(official: Official, day: date) -> str:
    if official.until and official.until < day:
        return "đồng chí đã thôi dự sinh hoạt"
    return "ngoài địa bàn được phân công" if official.serves(day) else "đồng chí chưa bắt đầu dự sinh hoạt"


def _own_meeting(problem: Problem, official: Official, month: date) -> CellMeeting | None:
    return problem.cell_of[official.own_cell].meetings.get(month) if official.own_cell else None


def _inside(problem: Problem, month: date) -> bool:
    ahead = (month.year - problem.first_month.year) * 12 + month.month - problem.first_month.month
    return 0 <= ahead < problem.months


def _periods(problem: Problem, official: Official, held: list[PlannedVisit]) -> Iterator[Violation]:
    """One visit a period; where several are owed in a year, one a month."""
    level = next(level for level in problem.levels if level.code == official.level)
    length = 1 if level.per_year else level.period_months
    done = problem.visited.get(official.id, ())
    taken = {(month.year * 12 + month.month - 1) // length for month in done}
    for visit in sorted(held, key=lambda one: (one.day, one.cell)):
        period = (visit.month.year * 12 + visit.month.month - 1) // length
        if period in taken:
            span = "một tháng" if level.per_year else f"một kỳ ({length} tháng)"
            what = f"Đồng chí {official.name} dự hơn một buổi trong {span}"
            yield _broken(HardRule.PERIOD, what, visit)
        taken.add(period)


def _broken_pins(problem: Problem, official: Official, held: list[PlannedVisit]) -> Iterator[Violation]:
    """A pin is kept or its period left unmet; a pin that can be kept must be.

    Of more pins in one period than visits owed in it the first count.
    """
    level = next(level for level in problem.levels if level.code == official.level)
    length = 1 if level.per_year else level.period_months
    done = problem.visited.get(official.id, ())
    taken = {(month.year * 12 + month.month - 1) // length for month in done}
    used = Counter(month.year for month in done)
    for cell, month in official.pins:
        period = (month.year * 12 + month.month - 1) // length
        full = level.per_year and used[month.year] >= level.per_year
        if period in taken or full or not _inside(problem, month):
            continue
        taken.add(period)
        used[month.year] += 1
        there = [v for v in held if (v.month.year * 12 + v.month.month - 1) // length == period]
        kept = any((visit.cell, visit.month) == (cell, month) for visit in there)
        moved = there and not level.per_year
        if not kept and (moved or _can_attend(problem, official, cell, month)):
            name = problem.cell_of[cell].name
            what = f"Đồng chí {official.name}: lượt định trước ở {name} không được giữ"
            yield Violation(
                HardRule.PIN, f"{what} (tháng {month.month}/{month.year}).", Ref(official.id, cell, month)
            )


def _can_attend(problem: Problem, official: Official, cell: str, month: date) -> bool:
    meeting = problem.cell_of[cell].meetings.get(month)
    if meeting is None or not _in_area(official, cell, meeting.day):
        return False
    if cell == official.own_cell:
        if not _may_visit_own(problem, official, month):
            return False
    elif meeting == _own_meeting(problem, official, month):
        return False
    return not any(start <= meeting.day <= end for start, end in official.away)


def _may_visit_own(problem: Problem, official: Official, month: date) -> bool:
    """Whether his level lets him visit his own cell: like any other, or when the period has nothing else."""
    level = next(level for level in problem.levels if level.code == official.level)
    if level.own_cell is not OwnCell.LAST:
        return level.own_cell is OwnCell.ALLOWED
    length = 12 if level.per_year else level.period_months
    period = (month.year * 12 + month.month - 1) // length
    others = (
        (cell, at)
        for cell in official.area
        if cell != official.own_cell
        for at in problem.cell_of[cell].meetings
        if _inside(problem, at) and (at.year * 12 + at.month - 1) // length == period
    )
    return not any(_can_attend(problem, official, cell, at) for cell, at in others)


def _broken(rule: HardRule, what: str, visit: PlannedVisit) -> Violation:
    return Violation(rule, f"{what}.", Ref(visit.official, visit.cell, visit.month))
