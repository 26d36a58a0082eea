"""A month of a version as a calendar: its days, how many visits each has, the lines of one day."""

from calendar import Calendar
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date

from flask import request

from admin.database import db
from admin.pages.listing import listed, month_asked, page_number, spoken
from core.meetings.calendar import months_from
from core.queries.rotation import counts_by_day, days_of
from core.rotation.models import RotationVersion
from tenants.clock import today
from tenants.tree import UnitPath

Address = Callable[[str, str | None], str]


def month_shown(version: RotationVersion, paths: tuple[UnitPath, ...], url: Address) -> dict[str, object]:
    """The asked month, else the nearest, with the lines of the asked day, else of all its days.

    `url(month, day)` is the address of a month as 2026-05 or of one of its days as 2026-05-05.
    """
    months = months_from(version.rotation.first_month, version.rotation.months)
    nearest, asked = min(max(today().replace(day=1), months[0]), months[-1]), month_asked()
    chosen = asked if asked in months else nearest
    counts = counts_by_day(db.session, version.id, paths, chosen)
    day = _day_asked(counts)
    return {
        "page": listed(days_of(db.session, version.id, paths, chosen, page_number(), day)),
        "chosen": chosen,
        "day": day,
        "whole": url(f"{chosen:%Y-%m}", None),
        "weeks": weeks_of(chosen, counts, day, url),
        "months": [_month(month, months[0], chosen, url) for month in months],
    }


def _day_asked(counts: Mapping[date, int]) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(request.args.get("day", ""))
        return day if day in counts else None
    return None


def _month(month: date, first: date, chosen: date, url: Address) -> dict[str, object]:
    label = f"{month.month}/{month.year}" if month.month == 1 or month == first else str(month.month)
    return {"label": label, "active": month == chosen, "url": url(f"{month:%Y-%m}", None)}


def weeks_of(
    month: date, counts: Mapping[date, int], chosen: date | None, url: Address
) -> list[list[dict[str, object] | None]]:
    """Weeks from Monday; a day is its number, its visits, its address where it has some; None outside."""
    return [
        [
            {
                "number": day.day,
                "visits": counts.get(day, 0),
                "spoken": spoken(day, start=True),
                "active": day == chosen,
                "url": url(f"{month:%Y-%m}", day.isoformat()) if day in counts else None,
            }
            if day.month == month.month
            else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(month.year, month.month)
    ]
