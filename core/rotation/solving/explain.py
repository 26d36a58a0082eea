"""Why no perfect rotation exists: what is short, the arithmetic that proves it, what would mend it.

Never "infeasible": each blocker names people, meetings and remedies with their price.
Source: S4-02, S4-11; design: rotation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from core.rotation.solving.arcs import REASONS
from core.rotation.solving.facts import Ended, Named, Official, PlannedVisit, Reason, Unmet, month_label
from core.rotation.solving.grid import Grid, Ints, build, open_arcs
from core.rotation.solving.hall import short_groups
from core.rotation.solving.problem import Problem
from core.rotation.solving.solver import Plan, hopeless, unmet_duties
from core.rotation.solving.targets import targets

NAMED = 6
REMEDIES = {
    Reason.AWAY: "điều chỉnh lịch vắng hoặc mở rộng địa bàn của đồng chí",
    Reason.OWN_MEETING: "mở rộng địa bàn sang chi bộ họp vào giờ khác",
    Reason.OWN_CELL: "phân công thêm chi bộ ngoài chi bộ nơi đồng chí sinh hoạt",
    Reason.NO_MEETING: "nhập ngày họp của chi bộ hoặc mở rộng địa bàn của đồng chí",
    Reason.PAST: "cho đồng chí hoãn lượt dự của kỳ này",
    Reason.OUTSIDE: "thêm chi bộ vào địa bàn của đồng chí",
    Reason.OVERFULL: "chọn một buổi cho đồng chí trên bảng xếp lịch",
    Reason.AREA_EMPTY: "phân công địa bàn cho đồng chí",
}


class BlockerKind(StrEnum):
    """What is missing, in the order in which it is told."""

    DEMAND = "demand"
    CROWDED = "crowded"
    UNMET = "unmet"
    PIN = "pin"
    ENDED = "ended"
    NO_AREA = "no_area"
    NO_MEETING = "no_meeting"
    SPECIAL = "special"
    FIRST = "first"
    LEAST = "least"
    UNVISITED = "unvisited"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return KIND_LABELS[self]


KIND_LABELS = {
    BlockerKind.DEMAND: "Nhiều lượt dự hơn số buổi",
    BlockerKind.CROWDED: "Buổi có nhiều đồng chí cùng dự",
    BlockerKind.UNMET: "Kỳ chưa có lượt dự",
    BlockerKind.PIN: "Kế hoạch cá nhân không thực hiện được",
    BlockerKind.ENDED: "Đơn vị kết thúc hoạt động",
    BlockerKind.NO_AREA: "Đồng chí chưa có địa bàn",
    BlockerKind.NO_MEETING: "Chi bộ chưa có ngày họp",
    BlockerKind.SPECIAL: "Địa bàn đặc thù còn thiếu lượt",
    BlockerKind.FIRST: "Chi bộ cần dự trước mà tháng đầu chưa có",
    BlockerKind.LEAST: "Chi bộ còn thiếu lượt so với yêu cầu",
    BlockerKind.UNVISITED: "Chi bộ chưa có đồng chí nào dự",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to mend a blocker: ``units`` acts, after which the best plan pays about ``price`` for it."""

    text_vi: str
    units: int
    price: int


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing no plan can give, the arithmetic that proves it and what would mend it.

    ``lacking`` counts places, visits, duties or months, after the kind.
    """

    kind: BlockerKind
    sentence_vi: str
    remedy_vi: str
    lacking: int
    officials: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    month: date | None = None
    remedies: tuple[Remedy, ...] = ()


def explain(problem: Problem, made: Plan | None = None) -> tuple[Blocker, ...]:
    """All that the problem makes impossible; of a plan ``made`` for it, all that it does not give."""
    grid = build(problem)
    visits = made.visits if made else ()
    unmet = made.unmet if made else unmet_duties(grid, hopeless(grid))
    return (
        *_demand(grid),
        *_crowded(grid),
        *_unmet(problem, unmet),
        *_pins(problem, unmet),
        *_freed_pins(grid),
        *(_ended(problem, lost) for lost in problem.ended),
        *_no_area(problem),
        *_no_meeting(problem),
        *(_not_first(problem, visits) if made else ()),
        *(_neglected(problem, visits) if made else ()),
    )


def _demand(grid: Grid) -> Iterator[Blocker]:
    problem = grid.problem
    edge, month = np.nonzero(grid.open)
    held = np.unique(grid.cell[edge] * problem.months + month)
    places = int(grid.wanted[held // problem.months].sum())
    owed = int((~hopeless(grid)).sum())
    if problem.months == 1 or owed <= places:
        return
    lacking, each = owed - places, f"{owed / max(1, len(held)):.2f}".replace(".", ",")
    yield Blocker(
        BlockerKind.DEMAND,
        f"Phải xếp {owed} lượt dự nhưng chỉ có {len(held)} buổi ({each} lượt một buổi), nhận {places} lượt:"
        f" ít nhất {lacking} lượt phải dự chung buổi.",
        "Giảm số lượt theo cấp, thêm chi bộ vào địa bàn, hoặc chấp nhận nhiều đồng chí một buổi.",
        lacking,
        remedies=(
            Remedy("Chấp nhận dự chung buổi", lacking, lacking * problem.weights.crowding),
            Remedy("Giảm số lượt dự phải xếp", lacking, 0),
        ),
    )


def _crowded(grid: Grid) -> Iterator[Blocker]:
    duty, meeting = _choices(grid)
    months = grid.problem.months
    places = np.repeat(grid.wanted, months)
    owed = np.unique(duty)
    rank = np.zeros(len(grid.duty_official), np.int64)
    rank[owed] = np.arange(len(owed))
    for group, at in short_groups(rank[duty], meeting, len(owed), places):
        if len(group) > places[at].sum():
            yield _short(grid, owed[group], at, len(group) - int(places[at].sum()))


def _choices(grid: Grid) -> tuple[Ints, Ints]:
    """Duty and meeting (cell × months + month) of every open arc; of a pinned duty only its pin's."""
    months = grid.problem.months
    duties, meetings = [], []
    for t in range(months):
        here = np.flatnonzero((grid.pin_edge < 0) & (grid.duty_from <= t) & (t < grid.duty_to))
        row, edges = open_arcs(grid, here, t)
        duties.append(here[row])
        meetings.append(grid.cell[edges] * months + t)
    pinned = np.flatnonzero(grid.pin_edge >= 0)
    pinned = pinned[grid.open[grid.pin_edge[pinned], grid.pin_month[pinned]]]
    duties.append(pinned)
    meetings.append(grid.cell[grid.pin_edge[pinned]] * months + grid.pin_month[pinned])
    return np.concatenate(duties), np.concatenate(meetings)


def _short(grid: Grid, group: Ints, at: Ints, lacking: int) -> Blocker:
    problem, months = grid.problem, grid.problem.months
    people = [problem.officials[m] for m in np.unique(grid.duty_official[group]).tolist()]
    cells = [problem.cells[c] for c in np.unique(at // months).tolist()]
    first, last = (problem.calendar[t] for t in (int((at % months).min()), int((at % months).max())))
    who, where = _names(o.name for o in people), _names(c.name for c in cells)
    owed = "" if len(people) == len(group) else f" có {len(group)} lượt phải dự,"
    places = len(group) - lacking
    room = "" if places == len(at) else f", nhận {places} lượt"
    return Blocker(
        BlockerKind.CROWDED,
        f"{_months(first, last)}: {len(people)} đồng chí ({who}){owed} chỉ có thể dự {len(at)} buổi"
        f" ({where}){room}: thiếu {lacking} buổi.",
        f"Cho {lacking} lượt dự chung buổi với đồng chí khác, hoặc đổi ngày họp, mở rộng địa bàn,"
        f" hoặc cho hoãn {lacking} lượt.",
        lacking,
        tuple(o.id for o in people),
        tuple(c.id for c in cells),
        first,
        (
            Remedy("Cho dự chung buổi với đồng chí khác", lacking, lacking * problem.weights.crowding),
            Remedy("Đổi ngày họp của chi bộ khác để thêm buổi dự được", lacking, 0),
            Remedy("Mở rộng địa bàn của các đồng chí này", lacking, 0),
            Remedy("Cho hoãn lượt dự", lacking, lacking * problem.weights.unmet),
        ),
    )


def _months(first: date, last: date) -> str:
    return month_label(first) if first == last else f"{month_label(first)} đến {last:%m/%Y}"


def _unmet(problem: Problem, every: Iterable[Unmet]) -> Iterator[Blocker]:
    for unmet in every:
        official = problem.official_of[unmet.duty.official]
        if unmet.pin is None and official.area:
            main = _main(unmet)
            months = _months(unmet.duty.months[0], unmet.duty.months[-1]).lower()
            possible = any(reason is Reason.OVERFULL for reason, _ in unmet.reasons)
            none = "chưa có lượt dự" if possible else "không có buổi nào để dự"
            yield _of_duty(
                problem,
                BlockerKind.UNMET,
                unmet,
                f"Đồng chí {official.name} {none} {months}:"
                f" {'; '.join(f'{count} buổi {reason.label}' for reason, count in unmet.reasons)}.",
                f"{REMEDIES[main][0].upper()}{REMEDIES[main][1:]}.",
            )


def _pins(problem: Problem, every: Iterable[Unmet]) -> Iterator[Blocker]:
    for unmet in every:
        if unmet.pin:
            main = _main(unmet)
            what = _wish(problem, unmet.duty.official, *unmet.pin)
            remedy = f"Đề nghị đồng chí sửa kế hoạch cá nhân, hoặc {REMEDIES[main]}."
            sentence = f"{what} không thực hiện được: {main.label}."
            yield _of_duty(problem, BlockerKind.PIN, unmet, sentence, remedy)
    for official, cell, month in problem.loose_pins:
        inside = month in problem.calendar
        why = "kỳ này đã có lượt dự khác" if inside else "tháng này nằm ngoài thời gian lập lịch"
        sentence = f"{_wish(problem, official, cell, month)} không được xếp: {why}."
        remedy = "Đề nghị đồng chí sửa kế hoạch cá nhân: mỗi kỳ một lượt, trong thời gian lập lịch."
        yield Blocker(BlockerKind.PIN, sentence, remedy, 1, (official,), (cell,), month)


def _freed_pins(grid: Grid) -> Iterator[Blocker]:
    """Impossible pins of those who owe several visits a period: the visit is paid elsewhere."""
    problem, number = grid.problem, {month: t for t, month in enumerate(grid.problem.calendar)}
    cells = {cell.id: c for c, cell in enumerate(problem.cells)}
    for d, cell, month in problem.pinned:
        if grid.pin_edge[d] < 0:
            m = grid.duty_official[d : d + 1]
            edge = int(grid.edges_at(m, np.array([cells[cell]]))[0])
            reason = REASONS[grid.blocked[edge, number[month]]] or Reason.OVERFULL
            official = problem.duties[d].official
            sentence = f"{_wish(problem, official, cell, month)} không thực hiện được: {reason.label}."
            remedy = f"Đề nghị đồng chí sửa kế hoạch cá nhân, hoặc {REMEDIES[reason]}."
            yield Blocker(BlockerKind.PIN, sentence, remedy, 1, (official,), (cell,), month)


def _wish(problem: Problem, official: str, cell: str, month: date) -> str:
    who, where = problem.official_of[official].name, problem.cell_of[cell].name
    return f"Đồng chí {who}: kế hoạch cá nhân dự {where} {month_label(month).lower()}"


def _of_duty(problem: Problem, kind: BlockerKind, unmet: Unmet, sentence: str, remedy: str) -> Blocker:
    cells = (unmet.pin[0],) if unmet.pin else ()
    excused = Remedy("Cho hoãn lượt dự của kỳ này", 1, problem.weights.unmet)
    ways = (Remedy(remedy.rstrip("."), 1, 0), excused)
    return Blocker(kind, sentence, remedy, 1, (unmet.duty.official,), cells, unmet.duty.months[0], ways)


def _main(unmet: Unmet) -> Reason:
    """What stands in the way: a meeting that is still open goes before every closed one."""
    if any(reason is Reason.OVERFULL for reason, _ in unmet.reasons):
        return Reason.OVERFULL
    return max(unmet.reasons, key=lambda reason: reason[1])[0]


def _ended(problem: Problem, lost: Ended) -> Blocker:
    month = month_label(lost.month).lower() if lost.month else ""
    what, remedy = {
        Named.PIN: (f"kế hoạch cá nhân {month} dự", "Đề nghị đồng chí sửa kế hoạch cá nhân."),
        Named.OWN_CELL: ("chi bộ nơi sinh hoạt là", "Ghi lại chi bộ nơi đồng chí sinh hoạt."),
        Named.AREA: ("địa bàn có", "Phân công địa bàn khác thay cho đơn vị này."),
    }[lost.named]
    who = problem.official_of[lost.official].name
    sentence = f"Đồng chí {who}: {what} {lost.unit}, kết thúc hoạt động ngày {lost.last_day:%d/%m/%Y}"
    return Blocker(
        BlockerKind.ENDED, f"{sentence}; lịch bỏ qua.", remedy, 1, (lost.official,), (), lost.month,
        (Remedy(remedy.rstrip("."), 1, 0),),
    )  # fmt: skip


def _no_area(problem: Problem) -> Iterator[Blocker]:
    owed = Counter(duty.official for duty in problem.duties)
    for official in problem.officials:
        if not official.area and owed[official.id]:
            yield _nowhere(problem, official, owed[official.id])


def _nowhere(problem: Problem, official: Official, owed: int) -> Blocker:
    return Blocker(
        BlockerKind.NO_AREA,
        f"Đồng chí {official.name} chưa được phân công địa bàn: {owed} kỳ không có lượt dự.",
        "Phân công địa bàn cho đồng chí.",
        owed,
        (official.id,),
        remedies=(
            Remedy("Phân công địa bàn cho đồng chí", 1, 0),
            Remedy("Cho hoãn các lượt dự", owed, owed * problem.weights.unmet),
        ),
    )


def _no_meeting(problem: Problem) -> Iterator[Blocker]:
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


def _not_first(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[Blocker]:
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


def _neglected(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[Blocker]:
    held, goal = Counter(visit.cell for visit in visits), targets(problem)
    assigned = defaultdict[str, int](int, Counter(c for o in problem.officials for c in o.area))
    for cell in problem.cells:
        least = goal[cell.id].least if cell.id in goal else 0
        if held[cell.id] >= least:
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


def _names(names: Iterable[str]) -> str:
    every = list(names)
    return ", ".join(every[:NAMED]) + (", …" if len(every) > NAMED else "")
