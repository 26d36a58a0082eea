"""Pages of a list: a number from the query string, clamped, and what the pager shows (security 36)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request, url_for
from sqlalchemy import orm

ROWS = 50
MOST_PAGES = 10_000
KEPT = frozenset({"q", "state", "kind", "sort"})


@dataclass(frozen=True)
class Page:
    """One page of a list: its rows, its number from 1, of how many pages and rows."""

    rows: list[Any]
    number: int
    pages: int
    total: int

    def url_for(self, number: int) -> str:
        """The same list at another page."""
        kept: dict[str, Any] = {name: text for name, text in request.args.items() if name in KEPT}
        return url_for(request.endpoint or "", **(request.view_args or {}), **kept, page=number)


def page_of(session: orm.Session, query: sa.Select[Any], rows: int = ROWS) -> Page:
    """The asked page of an ordered query whose rows are single entities."""
    total = session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // rows))
    number = min(max(request.args.get("page", 1, type=int), 1), pages, MOST_PAGES)
    found = session.scalars(query.limit(rows).offset((number - 1) * rows)).all()
    return Page(list(found), number, pages, total)
