"""What a rotation's problem is given, and what is wrong with it.

Source: S4-01 to S4-03, S4-08, S4-11; design: rotation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from core.rotation.solving.facts import Cell, Ended, Level, Official, PastVisit, Weights, month_label

LONGEST_HORIZON = 24


class ProblemError(ValueError):
    """The facts do not fit together; ``facts`` holds one Vietnamese sentence for each."""

    def __init__(self, facts: tuple[str, ...]) -> None:
        super().__init__("\n".join(facts))
        self.facts = facts


@dataclass(frozen=True)
class Given:
    """The facts of the rotation of ``months`` months from ``first_month``."""

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


def _bad_facts(given: Given) -> Iterator[str]:
    yield from _bad_frame(given)
    yield from _bad_levels(given)
    for cell in given.cells:
        yield from _bad_cell(cell)
    codes, cells = {level.code for level in given.levels}, {cell.id: cell for cell in given.cells}
    receiving = {cell.id for cell in given.cells if cell.receives}
    for official in given.officials:
        yield from _bad_official(official, codes, cells, receiving)
        yield from _bad_pins(official, cells)
    for visit in given.history:
        if visit.month >= given.first_month:
            yield (
                f"Lượt dự đã qua ghi {month_label(visit.month).lower()} nằm trong thời gian lập lịch;"
                " chỉ nhập các lượt dự trước đó."
            )


def _bad_frame(given: Given) -> Iterator[str]:
    if given.first_month.day != 1:
        yield "Tháng bắt đầu phải là ngày mồng 1 của tháng."
    if not 1 <= given.months <= LONGEST_HORIZON:
        yield f"Số tháng lập lịch phải từ 1 đến {LONGEST_HORIZON}; đang nhập {given.months}."
    for what, ids in (
        ("Cấp", [level.code for level in given.levels]),
        ("Chi bộ", [cell.id for cell in given.cells]),
        ("Đồng chí", [official.id for official in given.officials]),
    ):
        for repeated, times in Counter(ids).items():
            if times > 1:
                yield f"{what} có mã “{repeated}” bị nhập {times} lần; chỉ giữ một."
    for weight in fields(given.weights):
        if getattr(given.weights, weight.name) < 0:
            yield f"Trọng số “{weight.name}” không được âm."


def _bad_levels(given: Given) -> Iterator[str]:
    for level in given.levels:
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
        day = meeting.day
        if month.day != 1 or day.month != month.month or day.year != month.year:
            yield (
                f"{cell.name}: ngày họp {day:%d/%m/%Y} không thuộc"
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
