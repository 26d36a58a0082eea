"""What the list pages share: the asked page, its pager, chips and days in words."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import request, url_for

from admin.paging import MOST_PAGES, Page
from core.queries.plans import IssuedVersion
from core.queries.reading import Slice
from core.queries.reports import MadeVersion
from tenants.access import NotFound

Version = TypeVar("Version", IssuedVersion, MadeVersion)
KEPT = frozenset(
    {"q", "day", "state", "month", "unit", "urgent", "kind", "group", "milestone", "view", "units", "policy"}
)
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class Listed(Page):
    """One page of a list with filters, which the pager keeps."""

    def url_for(self, number: int) -> str:
        """The same list, filtered the same, at another page."""
        kept: dict[str, Any] = {name: texts for name, texts in request.args.lists() if name in KEPT}
        return url_for(request.endpoint or "", **(request.view_args or {}), **kept, page=number)


def page_number() -> int:
    """The page asked for, from 1."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def listed(found: Slice[Any]) -> Listed:
    """A slice with what the pager needs."""
    return Listed(list(found.items), found.number, found.pages, found.total)


def chosen_of(versions: Sequence[Version]) -> Version | None:
    """The asked version, the newest where none is asked; 404 for a number that does not exist."""
    number = request.args.get("version")
    if number is None:
        return versions[0] if versions else None
    found = [version for version in versions if version.number == whole_number(number)]
    if not found:
        raise NotFound
    return found[0]


def whole_number(text: str | None) -> int | None:
    """The number a hidden field carries; None where it carries none."""
    with suppress(ValueError, TypeError):
        return int(text or "")
    return None


def chip(said: Any) -> dict[str, str]:
    """The chip of anything that has a label and a tone."""
    return {"tone": said.tone, "label": said.label}


def spoken(day: date, start: bool = False) -> str:
    """As "thứ Ba, 05/07/2026"; with a capital at the start of a line."""
    said = f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"
    return said[0].upper() + said[1:] if start else said


def month_asked() -> date | None:
    """The month in the query string, as "2026-07"; None where there is none or it is no month."""
    try:
        return date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return None
