"""One rotation's problem: the facts it is decided from, and what is wrong with them.

A ``Problem`` with a bad fact cannot be built: ``ProblemError`` names every one of them in Vietnamese.
Source: S4-01 to S4-03, S4-08, S4-11; design: rotation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cached_property

from core.meetings.calendar import months_from
from core.rotation.solving.facts import (
    Cell,
    Duty,
    Ended,
    Level,
    Official,
    PastVisit,
    Weights,
    month_label,
    ordinal,
)

LONGEST_HORIZON = 24


class ProblemError(ValueError):
    """The facts do not fit together; ``facts`` holds one Vietnamese sentence for each."""

    def __init__(self, facts: tuple[str, ...]) -> None:
        super().__init__("\n".join(facts))
        self.facts = facts


@dataclass(frozen=True)
class Problem:
    """Everything the rotation of ``months`` months from ``first_month`` is decided from.

    Raises ``ProblemError`` when facts contradict each other.
    """

    first_month: date
    months: int
    levels: tuple[Level, ...]
    cells: tuple[Cell, ...]
    officials: tuple[Official, ...]
    history: tuple[PastVisit, ...] = ()
    weights: Weights = field(default_factory=Weights)
    ended: tuple[Ended, ...] = ()

    def __post_init__(self) -> None:
        if facts := tuple(_bad_facts(self)):
            raise ProblemError(facts)

    @cached_property
    def calendar(self) -> tuple[date, ...]:
        """The planned months, in order."""
        return months_from(self.first_month, self.months)

    @cached_property
    def level_of(self) -> Mapping[str, Level]:
        """Levels by code."""
        return {level.code: level for level in self.levels}

    @cached_property
    def cell_of(self) -> Mapping[str, Cell]:
        """Cells by id."""
        return {cell.id: cell for cell in self.cells}

    @cached_property
    def official_of(self) -> Mapping[str, Official]:
        """Officials by id."""
        return {official.id: official for official in self.officials}

    @cached_property
    def past_in_period(self) -> Mapping[tuple[str, int], int]:
        """Visits made before the horizon, by official and period."""
        known = (visit for visit in self.history if visit.official in self.official_of)
        return Counter((visit.official, self.period(visit.official, visit.month)) for visit in known)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """Every official's duties in order; what was visited in a period before the horizon is not owed."""
        periods = {level.code: self._periods(level) for level in self.levels}
        return tuple(duty for o in self.officials for duty in self._duties_of(o, periods[o.level]))

    @cached_property
    def pinned(self) -> tuple[tuple[int, str, date], ...]:
        """(duty, cell, month) of each pin that has a duty to decide."""
        return self._pins[0]

    @cached_property
    def loose_pins(self) -> tuple[tuple[str, str, date], ...]:
        """(official, cell, month) of each pin without a duty: outside the horizon, or its period is taken."""
        return self._pins[1]

    def period(self, official: str, month: date) -> int:
        """Number of the calendar period of the official's level that holds the month."""
        return ordinal(month) // self.level_of[self.official_of[official].level].length

    def _periods(self, level: Level) -> list[tuple[int, tuple[date, ...]]]:
        periods: dict[int, list[date]] = {}
        for month in self.calendar:
            periods.setdefault(ordinal(month) // level.length, []).append(month)
        return [(period, tuple(months)) for period, months in periods.items()]

    def _duties_of(self, official: Official, periods: list[tuple[int, tuple[date, ...]]]) -> list[Duty]:
        owed = self.level_of[official.level].owed
        if owed == 1 and not self.past_in_period and not official.since and not official.until:
            return [Duty(official.id, index, months) for index, (_, months) in enumerate(periods)]
        duties: list[Duty] = []
        for period, every in periods:
            months = tuple(month for month in every if _serves_in(official, month))
            left = owed - self.past_in_period.get((official.id, period), 0)
            first = len(duties)
            duties += (Duty(official.id, first + nth, months) for nth in range(min(left, len(months))))
        return duties

    @cached_property
    def _pins(self) -> tuple[tuple[tuple[int, str, date], ...], tuple[tuple[str, str, date], ...]]:
        wishes = {official.id: dict.fromkeys(official.pins) for official in self.officials if official.pins}
        placed: list[tuple[int, str, date]] = []
        taken: set[tuple[str, date]] = set()
        for d, duty in enumerate(self.duties):
            ahead = wishes.get(duty.official, {})
            fit = (pin for pin in ahead if pin[1] in duty.months and (duty.official, pin[1]) not in taken)
            if wish := next(fit, None):
                del ahead[wish]
                taken.add((duty.official, wish[1]))
                placed.append((d, *wish))
        loose = tuple((official, *pin) for official, pins in wishes.items() for pin in pins)
        return tuple(placed), loose


def _serves_in(official: Official, month: date) -> bool:
    last = (month.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    return (official.since is None or official.since <= last) and (
        official.until is None or month <= official.until
    )


def _bad_facts(problem: Problem) -> Iterator[str]:
    yield from _bad_frame(problem)
    yield from _bad_levels(problem)
    for cell in problem.cells:
        yield from _bad_cell(cell)
    codes, cells = {level.code for level in problem.levels}, {cell.id: cell for cell in problem.cells}
    for official in problem.officials:
        yield from _bad_official(official, codes, cells)
        yield from _bad_pins(official, cells)
    for visit in problem.history:
        if visit.month >= problem.first_month:
            yield (
                f"Lượt dự đã qua ghi {month_label(visit.month).lower()} nằm trong thời gian lập lịch;"
                " chỉ nhập các lượt dự trước đó."
            )


def _bad_frame(problem: Problem) -> Iterator[str]:
    if problem.first_month.day != 1:
        yield "Tháng bắt đầu phải là ngày mồng 1 của tháng."
    if not 1 <= problem.months <= LONGEST_HORIZON:
        yield f"Số tháng lập lịch phải từ 1 đến {LONGEST_HORIZON}; đang nhập {problem.months}."
    for what, ids in (
        ("Cấp", [level.code for level in problem.levels]),
        ("Chi bộ", [cell.id for cell in problem.cells]),
        ("Đồng chí", [official.id for official in problem.officials]),
    ):
        for repeated, times in Counter(ids).items():
            if times > 1:
                yield f"{what} có mã “{repeated}” bị nhập {times} lần; chỉ giữ một."
    for weight in fields(problem.weights):
        if getattr(problem.weights, weight.name) < 0:
            yield f"Trọng số “{weight.name}” không được âm."


def _bad_levels(problem: Problem) -> Iterator[str]:
    for level in problem.levels:
        if level.length < 1:
            yield f"Cấp “{level.name}”: chu kỳ dự sinh hoạt phải từ 1 tháng trở lên."
        if not 0 <= level.per_year <= 12:
            yield f"Cấp “{level.name}”: số lượt một năm phải từ 1 đến 12; đang nhập {level.per_year}."


def _bad_cell(cell: Cell) -> Iterator[str]:
    if cell.wanted < 1:
        yield f"{cell.name}: số đồng chí mỗi buổi phải từ 1; đang nhập {cell.wanted}."
    if cell.least is not None and cell.least < 0:
        yield f"{cell.name}: số lượt tối thiểu không được âm; đang nhập {cell.least}."
    if not 0 <= cell.special <= 3:
        yield f"{cell.name}: mức đặc thù phải từ 0 đến 3; đang nhập {cell.special}."
    for month, meeting in cell.meetings.items():
        if month.day != 1 or (meeting.day.year, meeting.day.month) != (month.year, month.month):
            yield (
                f"{cell.name}: ngày họp {meeting.day:%d/%m/%Y} không thuộc"
                f" {month_label(month).lower()}; hãy sửa ngày họp."
            )


def _bad_official(official: Official, codes: set[str], cells: Mapping[str, Cell]) -> Iterator[str]:
    who = f"Đồng chí {official.name}"
    if official.level not in codes:
        yield f"{who}: cấp “{official.level}” chưa có trong danh mục; hãy thêm cấp hoặc sửa cấp của đồng chí."
    for cell, times in Counter(official.area).items():
        if cell not in cells:
            yield f"{who}: địa bàn có chi bộ “{cell}” không tồn tại; hãy bỏ hoặc thay chi bộ này."
        elif not cells[cell].receives:
            yield f"{who}: địa bàn có {cells[cell].name} không nhận đồng chí dự; hãy bỏ khỏi địa bàn."
        if times > 1:
            yield f"{who}: địa bàn ghi chi bộ “{cell}” {times} lần; chỉ giữ một."
    if official.own_cell is not None and official.own_cell not in cells:
        yield f"{who}: chi bộ nơi sinh hoạt “{official.own_cell}” không tồn tại; hãy chọn lại."
    for start, end in official.away:
        if start > end:
            yield f"{who}: lịch vắng từ {start:%d/%m/%Y} đến {end:%d/%m/%Y} bị ngược; hãy đổi lại hai ngày."


def _bad_pins(official: Official, cells: Mapping[str, Cell]) -> Iterator[str]:
    for cell, month in official.pins:
        plan = f"Đồng chí {official.name}: kế hoạch cá nhân dự “{cell}” {month_label(month).lower()}"
        if cell not in cells:
            yield f"{plan}: chi bộ không tồn tại; hãy sửa kế hoạch."
        if month.day != 1:
            yield f"{plan}: tháng phải ghi bằng ngày mồng 1."
