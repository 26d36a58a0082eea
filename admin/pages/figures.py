"""A report's figures as a page shows them: tiles, tables, changes (S4-01, S4-14; design: D5, H3)."""

from typing import Any

from core.documents.figures_table import Align, LineKind, Table
from core.queries.reports import Difference
from core.reports.document import level_table, unit_table
from core.reports.figures import Figures, shares
from core.reports.tally import Tally, percent


def tiles(tally: Tally) -> list[dict[str, Any]]:
    """The figures asked for first; complete ones are marked, without a whole there is a dash."""
    return [
        {
            "number": percent(part, whole).replace(" ", ""),
            "label": what,
            "detail": f"{part}/{whole}",
            "tone": "ok" if 0 < part == whole else None,
            "link": None,
        }
        for what, part, whole in shares(tally)
    ]


def shown(table: Table) -> dict[str, Any]:
    """A document's table as a page's: headers, rows, footer."""
    return {
        "headers": [{"label": c.title, "num": c.align is not Align.LEFT} for c in table.columns],
        "rows": [line.cells for line in table.lines if line.kind is LineKind.ROW],
        "footer": table.total or None,
    }


def parts(figures: Figures) -> dict[str, Any]:
    """What the shared template of figures reads."""
    return {
        "figures": figures,
        "tiles": tiles(figures.whole),
        "levels": shown(level_table(figures)),
        "units": shown(unit_table(figures)),
    }


def change_rows(found: tuple[Difference, ...]) -> list[tuple[str, str, str, str, str]]:
    """Changed figures as rows: where, what, before, after, by how much."""
    return [
        (d.where, d.what, _count(d.before), _count(d.after), f"{(d.after or 0) - (d.before or 0):+d}")
        for d in found
    ]


def _count(count: int | None) -> str:
    return "–" if count is None else str(count)
