"""What a rotation's problem is given, and what is wrong with it.

Source: S4-01 to S4-03, S4-08, S4-11; design: rotation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from core.rotation.solving.facts import Cell, Ended, Level, Official, PastVisit, Weights, month_label

LONGEST_HORIZON = 24
Wrong = tuple[str, str]
"""Where in the problem, and what."""


class ProblemError(ValueError):
    """The facts do not fit together; ``facts`` holds one Vietnamese sentence for each.

    ``placed`` says each with its place in the problem, as in a file: "officials[3].area[0]: …".
    """

    def __init__(self, facts: tuple[str, ...], places: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join(facts))
        self.facts = facts
        self.placed = tuple(map("{}: {}".format, places, facts)) if places else facts


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
        if wrong := tuple(_bad_facts(self)):
            raise ProblemError(tuple(fact for _, fact in wrong), tuple(place for place, _ in wrong))


def _bad_facts(given: Given) -> Iterator[Wrong]:
    yield from _bad_frame(given)
    for i, level in enumerate(given.levels):
        yield from _under(f"levels[{i}]", _bad_level(level))
    for i, cell in enumerate(given.cells):
        yield from _under(f"cells[{i}]", _bad_cell(cell))
    codes, cells = {level.code for level in given.levels}, {cell.id: cell for cell in given.cells}
    receiving = {cell.id for cell in given.cells if cell.receives}
    for i, official in enumerate(given.officials):
        yield from _under(f"officials[{i}]", _bad_official(official, codes, cells, receiving))
        yield from _under(f"officials[{i}]", _bad_pins(official, cells))
    for i, visit in enumerate(given.history):
        if visit.month >= given.first_month:
            yield (
                f"history[{i}].month",
                f"Lượt dự đã qua ghi {month_label(visit.month).lower()} nằm trong thời gian lập lịch;"
                " chỉ nhập các lượt dự trước đó.",
            )


def _under(place: str, wrong: Iterator[Wrong]) -> Iterator[Wrong]:
    return ((f"{place}.{within}", fact) for within, fact in wrong)


def _bad_frame(given: Given) -> Iterator[Wrong]:
    if given.first_month.day != 1:
        yield "first_month", "Tháng bắt đầu phải là ngày mồng 1 của tháng."
    if not 1 <= given.months <= LONGEST_HORIZON:
        yield "months", f"Số tháng lập lịch phải từ 1 đến {LONGEST_HORIZON}; đang nhập {given.months}."
    for place, what, ids in (
        ("levels", "Cấp", [level.code for level in given.levels]),
        ("cells", "Chi bộ", [cell.id for cell in given.cells]),
        ("officials", "Đồng chí", [official.id for official in given.officials]),
    ):
        for repeated, times in Counter(ids).items():
            if times > 1:
                yield place, f"{what} có mã “{repeated}” bị nhập {times} lần; chỉ giữ một."
    for weight in fields(given.weights):
        if getattr(given.weights, weight.name) < 0:
            yield f"rules.weights.{weight.name}", f"Trọng số “{weight.name}” không được âm."


def _bad_level(level: Level) -> Iterator[Wrong]:
    if level.length < 1:
        yield "period_months", f"Cấp “{level.name}”: chu kỳ dự sinh hoạt phải từ 1 tháng trở lên."
    if not 0 <= level.per_year <= 12:
        said = f"số lượt một năm phải từ 1 đến 12; đang nhập {level.per_year}."
        yield "per_year", f"Cấp “{level.name}”: {said}"


def _bad_cell(cell: Cell) -> Iterator[Wrong]:
    if cell.wanted < 1:
        yield "wanted", f"{cell.name}: số đồng chí mỗi buổi phải từ 1; đang nhập {cell.wanted}."
    if cell.least is not None and cell.least < 0:
        yield "least", f"{cell.name}: số lượt tối thiểu không được âm; đang nhập {cell.least}."
    if not 0 <= cell.special <= 3:
        yield "special", f"{cell.name}: mức đặc thù phải từ 0 đến 3; đang nhập {cell.special}."
    for month, meeting in cell.meetings.items():
        day = meeting.day
        if month.day != 1 or day.month != month.month or day.year != month.year:
            yield (
                f"meetings.{month:%Y-%m}.date",
                f"{cell.name}: ngày họp {day:%d/%m/%Y} không thuộc"
                f" {month_label(month).lower()}; hãy sửa ngày họp.",
            )


def _bad_area(who: str, area: tuple[str, ...], cells: Mapping[str, Cell]) -> Iterator[Wrong]:
    times, seen = Counter(area), set[str]()
    for i, cell in enumerate(area):
        if cell not in cells:
            said = f"địa bàn có chi bộ “{cell}” không tồn tại; hãy bỏ hoặc thay chi bộ này."
            yield f"area[{i}]", f"{who}: {said}"
        elif not cells[cell].receives:
            said = f"địa bàn có {cells[cell].name} không nhận đồng chí dự; hãy bỏ khỏi địa bàn."
            yield f"area[{i}]", f"{who}: {said}"
        elif cell in seen:
            yield f"area[{i}]", f"{who}: địa bàn ghi chi bộ “{cell}” {times[cell]} lần; chỉ giữ một."
        seen.add(cell)


def _bad_official(
    official: Official, codes: set[str], cells: Mapping[str, Cell], receiving: set[str]
) -> Iterator[Wrong]:
    who = f"Đồng chí {official.name}"
    if official.level not in codes:
        said = f"cấp “{official.level}” chưa có trong danh mục; hãy thêm cấp hoặc sửa cấp của đồng chí."
        yield "level", f"{who}: {said}"
    area = set(official.area)
    if len(area) < len(official.area) or not area <= receiving:
        yield from _bad_area(who, official.area, cells)
    if official.own_cell is not None and official.own_cell not in cells:
        said = f"chi bộ nơi sinh hoạt “{official.own_cell}” không tồn tại; hãy chọn lại."
        yield "own_cell", f"{who}: {said}"
    for i, (start, end) in enumerate(official.away):
        if start > end:
            said = f"lịch vắng từ {start:%d/%m/%Y} đến {end:%d/%m/%Y} bị ngược; hãy đổi lại hai ngày."
            yield f"away[{i}]", f"{who}: {said}"


def _bad_pins(official: Official, cells: Mapping[str, Cell]) -> Iterator[Wrong]:
    for i, (cell, month) in enumerate(official.pins):
        plan = f"Đồng chí {official.name}: lượt định trước ở “{cell}” {month_label(month).lower()}"
        if cell not in cells:
            yield f"pins[{i}].cell", f"{plan}: chi bộ không tồn tại; hãy sửa lượt này."
        if month.day != 1:
            yield f"pins[{i}].month", f"{plan}: tháng phải ghi bằng ngày mồng 1."
