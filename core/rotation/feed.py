"""A person's visits as a calendar to subscribe to (RFC 5545; product R08): pure.

Events last the whole day, since a meeting is known by its day and part of the day. An event keeps its UID
for good; one that was cancelled stays, with STATUS:CANCELLED and a higher SEQUENCE: calendars take it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Sinh hoat chi bo//Lich du sinh hoat//VI"
REFRESH = timedelta(hours=12)


@dataclass(frozen=True)
class Entry:
    """One visit as an event, tentative until its cell has fixed the day.

    `changed_at` is the last change's time, in UTC like `made_at`.
    """

    uid: str
    day: date
    title: str
    place: str
    url: str
    made_at: datetime
    changed_at: datetime
    sequence: int
    cancelled: bool
    fixed: bool = True
    position: tuple[float, float] | None = None


def calendar_text(name: str, entries: Iterable[Entry]) -> bytes:
    """The calendar as UTF-8 with CRLF, lines folded at 75 octets; the same visits give the same bytes."""
    calendar = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN")):
        calendar.add(key, value)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("created", entry.made_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    standing = "CONFIRMED" if entry.fixed else "TENTATIVE"
    event.add("status", "CANCELLED" if entry.cancelled else standing)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("url", entry.url)
    event.add("transp", "TRANSPARENT")
    if entry.position:
        event.add("geo", entry.position)
    return event
