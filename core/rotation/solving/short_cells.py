"""Blockers of one cell: no meetings, no visit in the first month, too few visits. Source: S4-06, S4-11."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from core.rotation.solving.blockers import Blocker, BlockerKind, Remedy
from core.rotation.solving.facts import PlannedVisit, month_label
from core.rotation.solving.problem import Problem
from core.rotation.solving.targets import targets


def no_meeting(problem: Problem) -> Iterator[Blocker]:
    """Cells that receive visitors and never meet."""
    for cell in problem.cells:
        missing = [month for month in problem.calendar if month not in cell.meetings]
        if cell.receives and len(missing) == problem.months:
            yield Blocker(
                BlockerKind.NO_MEETING,
                f"{cell.name} chưa có ngày họp nào trong thời gian lập lịch: không đồng chí nào dự được.",
                "Nhập ngày họp của chi bộ.",
                len(missing),
                (),
                (cell.id,),
                remedies=(Remedy("Nhập ngày họp của chi bộ", len(missing), 0),),
            )


def not_first(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[Blocker]:
    """Cells that ask for a visit in the first month and get their first one later."""
    start = problem.calendar[0]
    at_once = {visit.cell for visit in visits if visit.month == start}
    for cell in problem.cells:
        if cell.first and cell.receives and cell.id not in at_once and problem.months > 1:
            held = start in cell.meetings
            why = "chưa xếp được đồng chí nào" if held else "chi bộ chưa có ngày họp"
            do = "Ghim một lượt dự vào buổi này" if held else "Nhập ngày họp của chi bộ"
            yield Blocker(
                BlockerKind.FIRST,
                f"{cell.name} cần được dự ngay {month_label(start).lower()}: {why}.",
                f"{do}.",
                1,
                (),
                (cell.id,),
                start,
                (Remedy(do, 1, 0),),
            )


def neglected(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[Blocker]:
    """Cells that meet and have fewer visits than they need."""
    held, goal = Counter(visit.cell for visit in visits), targets(problem)
    assigned = defaultdict[str, int](int, Counter(c for o in problem.officials for c in o.area))
    for cell in problem.cells:
        least = goal[cell.id].least if cell.id in goal else 0
        if held[cell.id] >= least or cell.meetings.keys().isdisjoint(problem.calendar):
            continue
        lacking = least - held[cell.id]
        none = "" if assigned[cell.id] else "; chưa có đồng chí nào được phân công địa bàn này"
        if cell.special:
            kind = BlockerKind.SPECIAL
            sentence = f"{cell.name} (địa bàn đặc thù) có {held[cell.id]}/{least} lượt dự: thiếu {lacking}"
        elif cell.least is not None:
            kind = BlockerKind.LEAST
            sentence = f"{cell.name} cần ít nhất {least} lượt dự, mới có {held[cell.id]}: thiếu {lacking}"
        else:
            kind = BlockerKind.UNVISITED
            sentence = f"{cell.name} chưa có đồng chí nào dự"
        remedy = "Phân công thêm đồng chí vào địa bàn hoặc ghim một lượt dự vào chi bộ này."
        way = Remedy("Phân công thêm đồng chí vào địa bàn này", lacking, 0)
        yield Blocker(kind, f"{sentence}{none}.", remedy, lacking, (), (cell.id,), None, (way,))
