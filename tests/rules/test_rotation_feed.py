"""The calendar of visits as text: what RFC 5545 asks (product R08)."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from core.rotation.feed import Entry, calendar_text

MADE = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
CHANGED = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
ENTRY = Entry(
    "0198-a", date(2026, 3, 5), "Dự sinh hoạt Chi bộ số 1 (buổi tối)", "Chi bộ số 1, Đảng bộ xã Yên Phú",
    "https://localhost/visits/0198-a", MADE, CHANGED, 2, False, True, (16.7, 107.2),
)  # fmt: skip


def test_an_event_says_when_it_changed_and_how_often() -> None:
    text = calendar_text("Lịch", [ENTRY]).decode()
    for line in (
        "UID:0198-a", "SEQUENCE:2", "STATUS:CONFIRMED", "LAST-MODIFIED:20260309T083000Z",
        "DTSTAMP:20260309T083000Z", "CREATED:20260105T030000Z", "DTSTART;VALUE=DATE:20260305",
        "DTEND;VALUE=DATE:20260306", "GEO:16.7;107.2", "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    ):  # fmt: skip
        assert f"\r\n{line}\r\n" in text


def test_a_cancelled_event_stays_under_its_uid() -> None:
    text = calendar_text("Lịch", [replace(ENTRY, cancelled=True, sequence=3)]).decode()
    assert "UID:0198-a\r\n" in text
    assert "STATUS:CANCELLED\r\n" in text


def test_a_day_the_cell_has_not_registered_is_tentative() -> None:
    assert "STATUS:TENTATIVE\r\n" in calendar_text("Lịch", [replace(ENTRY, fixed=False)]).decode()


def test_the_same_visits_give_the_same_bytes() -> None:
    assert calendar_text("Lịch", [ENTRY, ENTRY]) == calendar_text("Lịch", [ENTRY, ENTRY])


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_whatever_a_cell_is_called_lines_fold_and_read_back(name: str) -> None:
    written = calendar_text("Lịch", [replace(ENTRY, title=name)])
    lines = written.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    [event] = Calendar.from_ical(written).events
    assert str(event["SUMMARY"]) == name
