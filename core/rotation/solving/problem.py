"""One rotation's problem: the facts it is decided from, and what is wrong with them.

A ``Problem`` with a bad fact cannot be built: ``ProblemError`` names every one of them in Vietnamese.
Source: S4-01 to S4-03, S4-08, S4-11; design: rotation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

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

Ints = NDArray[np.int64]
Span = tuple[int, int]
Pin = tuple[str, date]


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
    def cell_at(self) -> Mapping[str, int]:
        """Numbers of the cells, by id."""
        return {cell.id: c for c, cell in enumerate(self.cells)}

    @cached_property
    def official_at(self) -> Mapping[str, int]:
        """Numbers of the officials, by id."""
        return {official.id: m for m, official in enumerate(self.officials)}

    @cached_property
    def areas(self) -> tuple[Ints, Ints]:
        """Each official with each cell of his area, by number."""
        sizes = np.array([len(official.area) for official in self.officials], np.int64)
        cells = map(self.cell_at.__getitem__, chain.from_iterable(o.area for o in self.officials))
        return np.repeat(np.arange(len(sizes)), sizes), np.fromiter(cells, np.int64)

    @cached_property
    def owed(self) -> tuple[tuple[Span, ...], ...]:
        """Each official's duties in order; what was visited in a period before the horizon is not owed."""
        usual = {level.code: tuple(self._usual(level)) for level in self.levels}
        return tuple(
            self._left_of(o, usual[o.level]) if o.since or o.until or o.id in self._begun else usual[o.level]
            for o in self.officials
        )

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """Every official's duties in order."""
        return tuple(self.duty(m, index) for m, mine in enumerate(self.owed) for index in range(len(mine)))

    def duty(self, m: int, index: int) -> Duty:
        """One of the duties of official number ``m``."""
        start, stop = self.owed[m][index]
        return Duty(self.officials[m].id, index, self.calendar[start:stop])

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

    def _usual(self, level: Level) -> Iterator[Span]:
        """The duties of one who serves all the time and has visited nothing yet."""
        start, length = ordinal(self.first_month), level.length
        for begin in range(-(start % length), self.months, length):
            span = max(0, begin), min(self.months, begin + length)
            yield from [span] * min(level.owed, span[1] - span[0])

    @cached_property
    def visited(self) -> Mapping[str, list[date]]:
        """Months of each official's visits before the horizon."""
        months: dict[str, list[date]] = {}
        for visit in self.history:
            months.setdefault(visit.official, []).append(visit.month)
        return months

    @cached_property
    def _begun(self) -> Mapping[str, int]:
        """Visits of each official before the horizon, in the period that holds its first month."""
        start, people = ordinal(self.first_month), self.official_of
        begin = {level.code: start - start % level.length for level in self.levels}
        earliest = min(begin.values(), default=start)
        recent = (v for v in self.history if ordinal(v.month) >= earliest and v.official in people)
        return Counter(v.official for v in recent if ordinal(v.month) >= begin[people[v.official].level])

    def _left_of(self, official: Official, usual: tuple[Span, ...]) -> tuple[Span, ...]:
        """Those of the usual duties that fall in months he serves in and that he has not done."""
        left: list[Span] = []
        for start, stop in dict.fromkeys(usual):
            served = [t for t in range(start, stop) if _serves_in(official, self.calendar[t])]
            owed = self.level_of[official.level].owed - (0 if start else self._begun.get(official.id, 0))
            left += [(served[0], served[-1] + 1)] * min(owed, len(served)) if served else []
        return tuple(left)

    @cached_property
    def _pins(self) -> tuple[tuple[tuple[int, str, date], ...], tuple[tuple[str, str, date], ...]]:
        placed: list[tuple[int, str, date]] = []
        loose: list[tuple[str, str, date]] = []
        first = accumulate(map(len, self.owed), initial=0)
        for official, mine, d in zip(self.officials, self.owed, first, strict=False):
            if official.pins:
                met, left = _meet(official.pins, [self.calendar[start:stop] for start, stop in mine])
                placed += ((d + index, *pin) for index, pin in met.items())
                loose += ((official.id, *pin) for pin in left)
        return tuple(placed), tuple(loose)


def _meet(pins: tuple[Pin, ...], duties: list[tuple[date, ...]]) -> tuple[dict[int, Pin], list[Pin]]:
    """The first pin each duty can take, one a month, and the pins left over."""
    left, met = dict.fromkeys(pins), dict[int, Pin]()
    for index, months in enumerate(duties):
        taken = {month for _, month in met.values()}
        if pin := next((pin for pin in left if pin[1] in months and pin[1] not in taken), None):
            del left[pin]
            met[index] = pin
    return met, list(left)


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
    receiving = {cell.id for cell in problem.cells if cell.receives}
    for official in problem.officials:
        yield from _bad_official(official, codes, cells, receiving)
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
        if meeting.day.replace(day=1) != month:
            yield (
                f"{cell.name}: ngày họp {meeting.day:%d/%m/%Y} không thuộc"
                f" {month_label(month).lower()}; hãy sửa ngày họp."
            )


def _bad_area(who: str, area: tuple[str, ...], cells: Mapping[str, Cell]) -> Iterator[str]:
    for cell, times in Counter(area).items():
        if cell not in cells:
            yield f"{who}: địa bàn có chi bộ “{cell}” không tồn tại; hãy bỏ hoặc thay chi bộ này."
        elif not cells[cell].receives:
            yield f"{who}: địa bàn có {cells[cell].name} không nhận đồng chí dự; hãy bỏ khỏi địa bàn."
        if times > 1:
            yield f"{who}: địa bàn ghi chi bộ “{cell}” {times} lần; chỉ giữ một."


def _bad_official(
    official: Official, codes: set[str], cells: Mapping[str, Cell], receiving: set[str]
) -> Iterator[str]:
    who = f"Đồng chí {official.name}"
    if official.level not in codes:
        yield f"{who}: cấp “{official.level}” chưa có trong danh mục; hãy thêm cấp hoặc sửa cấp của đồng chí."
    area = set(official.area)
    if len(area) < len(official.area) or not area <= receiving:
        yield from _bad_area(who, official.area, cells)
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
