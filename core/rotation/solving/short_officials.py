"""Blockers of one official: a period without a visit, a pin that cannot be, no area (S4-08, S4-11)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np

from core.rotation.solving.arcs import REASONS
from core.rotation.solving.blockers import Blocker, BlockerKind, Remedy, months_vi
from core.rotation.solving.facts import Ended, Named, Official, Reason, Unmet, month_label
from core.rotation.solving.grid import Grid
from core.rotation.solving.problem import Problem

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
OVER = {Reason.PAST, Reason.NO_MEETING}
CHANGE_PIN = "Đổi hoặc bỏ lượt này trong kế hoạch cá nhân của đồng chí"


def unmet_periods(problem: Problem, every: Iterable[Unmet]) -> Iterator[Blocker]:
    """Periods without a visit, the reasons counted."""
    for unmet in every:
        official = problem.official_of[unmet.duty.official]
        if unmet.pin is None and official.area:
            main = _main(unmet)
            months = months_vi(unmet.duty.months[0], unmet.duty.months[-1]).lower()
            yield _of_duty(
                problem,
                BlockerKind.UNMET,
                unmet,
                f"Đồng chí {official.name} {_lack(unmet, months)}:"
                f" {'; '.join(f'{count} buổi {reason.label}' for reason, count in unmet.reasons)}.",
                f"{REMEDIES[main][0].upper()}{REMEDIES[main][1:]}.",
            )


def _lack(unmet: Unmet, months: str) -> str:
    why = {reason for reason, _ in unmet.reasons}
    if Reason.OVERFULL in why:
        return f"chưa có lượt dự {months}"
    if Reason.PAST in why and why <= OVER:
        return f"không có lượt dự {months}, kỳ này đã qua"
    return f"không {'còn' if Reason.PAST in why else 'có'} buổi nào để dự {months}"


def lost_pins(problem: Problem, every: Iterable[Unmet]) -> Iterator[Blocker]:
    """Visits settled beforehand, of own plans or pinned on the board, that cannot be kept."""
    for unmet in every:
        if unmet.pin:
            main = _main(unmet)
            what = _pin(problem, unmet.duty.official, *unmet.pin)
            remedy = f"{CHANGE_PIN}, hoặc {REMEDIES[main]}."
            sentence = f"{what} không thực hiện được: {main.label}."
            yield _of_duty(problem, BlockerKind.PIN, unmet, sentence, remedy)
    for official, cell, month in problem.loose_pins:
        inside = month in problem.calendar
        why = "kỳ này đã có lượt dự khác" if inside else "tháng này nằm ngoài thời gian lập lịch"
        sentence = f"{_pin(problem, official, cell, month)} không được xếp: {why}."
        remedy = f"{CHANGE_PIN}: mỗi kỳ một lượt, trong thời gian lập lịch."
        yield Blocker(BlockerKind.PIN, sentence, remedy, 1, (official,), (cell,), month)


def freed_pins(grid: Grid) -> Iterator[Blocker]:
    """Impossible pins of those who owe several visits a period: the visit is paid elsewhere."""
    problem, number = grid.problem, {month: t for t, month in enumerate(grid.problem.calendar)}
    cells = {cell.id: c for c, cell in enumerate(problem.cells)}
    for d, cell, month in problem.pinned:
        if grid.pin_edge[d] < 0:
            m = grid.duty_official[d : d + 1]
            edge = int(grid.edges_at(m, np.array([cells[cell]]))[0])
            reason = REASONS[grid.blocked[edge, number[month]]] or Reason.OVERFULL
            official = problem.duties[d].official
            sentence = f"{_pin(problem, official, cell, month)} không thực hiện được: {reason.label}."
            remedy = f"{CHANGE_PIN}, hoặc {REMEDIES[reason]}."
            yield Blocker(BlockerKind.PIN, sentence, remedy, 1, (official,), (cell,), month)


def _pin(problem: Problem, official: str, cell: str, month: date) -> str:
    who, where = problem.official_of[official].name, problem.cell_of[cell].name
    return f"Đồng chí {who}: lượt định trước ở {where} {month_label(month).lower()}"


def _of_duty(problem: Problem, kind: BlockerKind, unmet: Unmet, sentence: str, remedy: str) -> Blocker:
    cells = (unmet.pin[0],) if unmet.pin else ()
    excused = Remedy("Cho hoãn lượt dự của kỳ này", 1, problem.weights.unmet)
    ways = (Remedy(remedy.rstrip("."), 1, 0), excused)
    who, first = (unmet.duty.official,), unmet.duty.months[0]
    return Blocker(kind, sentence, remedy, 1, who, cells, first, ways, closed=_closed(unmet))


def _closed(unmet: Unmet) -> bool:
    """Whether no meeting is left for the duty; a pin that is over leaves the later months of its period."""
    main = _main(unmet)
    if unmet.pin:
        return main is Reason.PAST and unmet.pin[1] == unmet.duty.months[-1]
    return main is not Reason.OVERFULL


def _main(unmet: Unmet) -> Reason:
    """What stands in the way: a meeting that is still open goes before every closed one."""
    if any(reason is Reason.OVERFULL for reason, _ in unmet.reasons):
        return Reason.OVERFULL
    return max(unmet.reasons, key=lambda reason: reason[1])[0]


def ended(problem: Problem, lost: Ended) -> Blocker:
    """A wish, own cell or area at a unit that has ended."""
    month = month_label(lost.month).lower() if lost.month else ""
    what, remedy = {
        Named.PIN: (f"lượt định trước {month} ở", f"{CHANGE_PIN}."),
        Named.OWN_CELL: ("chi bộ nơi sinh hoạt là", "Ghi lại chi bộ nơi đồng chí sinh hoạt."),
        Named.AREA: ("địa bàn có", "Phân công địa bàn khác thay cho đơn vị này."),
    }[lost.named]
    who = problem.official_of[lost.official].name
    sentence = f"Đồng chí {who}: {what} {lost.unit}, kết thúc hoạt động ngày {lost.last_day:%d/%m/%Y}"
    return Blocker(
        BlockerKind.ENDED, f"{sentence}; lịch bỏ qua.", remedy, 1, (lost.official,), (), lost.month,
        (Remedy(remedy.rstrip("."), 1, 0),),
    )  # fmt: skip


def no_area(problem: Problem) -> Iterator[Blocker]:
    """Officials who owe visits and have nowhere to go."""
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
