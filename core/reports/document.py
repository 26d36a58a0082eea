"""A consolidated report as an official document: summary, tables, hot issues, who is missing."""

from collections.abc import Iterable

from core.documents.figures_table import Align, Column, RowGroup, Table
from core.documents.form import Block, Bullet, Heading, Paragraph
from core.reports.figures import Figures, summary
from core.reports.tally import Tally, percent

MOST_NAMES = 400


def report_body(figures: Figures, missing: tuple[str, ...]) -> tuple[Block, ...]:
    """The text of the report; every figure stands in the frozen version it was made from."""
    return (
        Heading("Kết quả chung"),
        *(Bullet(f"{what}: {value}.") for what, value in summary(figures.whole)),
        *_missing(missing),
        Heading("Kết quả theo cấp"),
        level_table(figures),
        Heading("Kết quả theo đơn vị"),
        unit_table(figures),
        Heading("Kiến nghị và vấn đề nổi cộm"),
        Paragraph(_petitions(figures.whole)),
        *(Bullet(f"{issue.unit}: {issue.text}") for issue in figures.hot_issues),
        *_named(figures),
    )


def _missing(missing: tuple[str, ...]) -> Iterable[Block]:
    if missing:
        yield Paragraph(f"Chưa có số liệu của {len(missing)} đơn vị: {', '.join(missing)}.", bold=True)


def _petitions(tally: Tally) -> str:
    return (
        f"Tổng số {tally.petitions} kiến nghị; đã trả lời {tally.petitions_answered}; "
        f"đã chuyển cấp có thẩm quyền {tally.petitions_referred}; đang xem xét {tally.petitions_open}; "
        f"trong đó {tally.petitions_urgent} nổi cộm."
    )


def _number_columns(titles: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(title, 1, Align.CENTER) for title in titles)


def level_table(figures: Figures) -> Table:
    """The officials of each level: who was asked, who came, who reported (S4-01)."""
    columns = (Column("Cấp", 2), *_number_columns(LEVEL_TITLES))
    rows = tuple((level.name, *_level_cells(level.tally)) for level in figures.levels)
    return Table(columns, (RowGroup(rows),))


LEVEL_TITLES = (
    "Đồng chí",
    "Đủ 100 %",
    "Lượt giao",
    "Lượt dự",
    "Vắng",
    "Báo cáo đúng hạn",
    "Muộn",
    "Chưa gửi",
)


def _level_cells(tally: Tally) -> tuple[str, ...]:
    numbers = (
        tally.officials, tally.officials_complete, tally.assigned, tally.attended, tally.missed,
        tally.reports_on_time, tally.reports_late, tally.reports_owed,
    )  # fmt: skip
    return tuple(map(str, numbers))


def unit_table(figures: Figures) -> Table:
    """Each unit's cells, how many saw an official, and the petitions; the whole at the foot."""
    titles = ("Chi bộ", "Đã có đồng chí dự", "Tỷ lệ", "Đặc thù", "Đặc thù đã dự", "Kiến nghị")
    columns = (Column("Đơn vị", 3), *_number_columns(titles))
    rows = tuple((unit.name, *_unit_cells(unit.tally)) for unit in figures.units)
    return Table(columns, (RowGroup(rows),), ("Cộng", *_unit_cells(figures.whole)))


def _unit_cells(tally: Tally) -> tuple[str, ...]:
    return (
        str(tally.cells), str(tally.cells_visited), percent(tally.cells_visited, tally.cells),
        str(tally.special_cells), str(tally.special_cells_visited), str(tally.petitions),
    )  # fmt: skip


def _named(figures: Figures) -> Iterable[Block]:
    """The officials below 100 % and those who still owe a report: in the tenant's own document only."""
    if figures.incomplete:
        yield Heading("Đồng chí chưa đạt 100 % lượt dự")
        yield people_table(figures)
    if figures.silent:
        yield Heading("Đồng chí chưa gửi báo cáo sau khi dự")
        yield Paragraph(
            "; ".join(row.name for row in figures.silent[:MOST_NAMES]) + _more(len(figures.silent))
        )


def people_table(figures: Figures) -> Table:
    """The officials below the 100 % indicator by name; in the tenant's own document only."""
    columns = (Column("Họ và tên", 3), Column("Cấp", 2), *_number_columns(("Lượt giao", "Lượt dự", "Vắng")))
    rows = tuple(
        (row.name, row.level, str(row.assigned), str(row.attended), str(row.missed))
        for row in figures.incomplete[:MOST_NAMES]
    )
    return Table(columns, (RowGroup(rows),))


def _more(count: int) -> str:
    return f" và {count - MOST_NAMES} đồng chí khác." if count > MOST_NAMES else "."
