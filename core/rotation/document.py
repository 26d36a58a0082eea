"""A published rotation as an official document: who comes to which cell on which day (S4-11, S4-15)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from core.documents.figures_table import Column, RowGroup, Table
from core.documents.form import Block, Bullet, Heading, Paragraph
from core.rotation.solving.facts import Slot

MOST_CELLS = 1_800
"""Cells one document may list, below the lines a printed table may have; more belongs in a spreadsheet."""


@dataclass(frozen=True)
class Line:
    """One visit as printed; `above` is the organisation over the cell."""

    above: str
    cell: str
    day: date
    slot: str
    official: str


def schedule_body(plan: str, lines: Iterable[Line]) -> tuple[Block, ...]:
    """The schedule by cell under its organisation; `lines` in the order of the tree, each cell's by day.

    Why it was drawn again is not printed: it may tell every cell of one comrade's illness.
    """
    return (
        Paragraph(f"Thực hiện {plan}, lịch các đồng chí về dự sinh hoạt chi bộ như sau:"),
        Heading("Lịch dự sinh hoạt theo chi bộ"),
        _table(tuple(lines)),
        Heading("Tổ chức thực hiện"),
        Bullet("Các đồng chí được phân công thống nhất thời gian cụ thể với chi ủy trước buổi sinh hoạt."),
        Bullet("Chi bộ dời ngày họp thì đăng ký lại để đồng chí được phân công biết và cùng đổi."),
    )


def _table(lines: tuple[Line, ...]) -> Table:
    columns = (Column("Chi bộ", 2), Column("Ngày dự và đồng chí được phân công", 6))
    groups = (
        RowGroup(tuple(_row(cell, visits) for cell, visits in groupby(inside, lambda line: line.cell)), above)
        for above, inside in groupby(lines, lambda line: line.above)
    )
    return Table(columns, tuple(groups))


def _row(cell: str, visits: Iterable[Line]) -> tuple[str, str]:
    days = groupby(visits, lambda line: (line.day, line.slot))
    return cell, "; ".join(_meeting(day, slot, present) for (day, slot), present in days)


def _meeting(day: date, slot: str, present: Iterable[Line]) -> str:
    """One meeting; the title says the months' years, at most twelve in a row, so day and month are enough."""
    when = f" ({Slot(slot).label.removeprefix('buổi ')})" if slot else ""
    return f"{day:%d/%m}{when}: {', '.join(line.official for line in present)}"
