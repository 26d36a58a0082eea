"""When something is due, and the sentence that says why (core/plans/deadlines, sentences; domain: rules)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.meetings.kinds import MeetingKind
from core.plans.deadlines import DueDate, Ground, MeetingFact, due_date, effective
from core.plans.due import Anchor, BeforeDate, ByDate, DaysAfter, DaysBefore, Due, EachPeriod, Undated, Within
from core.plans.national import national_calendar
from core.plans.periods import Cycle
from core.plans.sentences import cited, day_text, rule_words, sentence
from core.plans.workdays import WorkCalendar
from tests.plan_ground import DAYS, FORUM, held

GROUND = Ground(WorkCalendar())
APRIL_20 = date(2018, 4, 20)


def ground(*meetings: MeetingFact, **parts: object) -> Ground:
    return Ground(WorkCalendar(), meetings=meetings, **parts)  # type: ignore[arg-type]


def said(rule: Due, ground: Ground, clause: str = "", period: str = "") -> str:
    found = due_date(rule, ground, FORUM, period)
    return sentence(rule, found, clause, FORUM, {"m": "Đăng ký"}, period, ground.working)


@given(DAYS)
def test_strict_and_inclusive_differ_by_exactly_one_day(day: date) -> None:
    strict, inclusive = (due_date(BeforeDate(day, kind), GROUND).due_on for kind in (True, False))
    assert strict is not None
    assert inclusive == day == strict + timedelta(days=1)


@given(DAYS, st.none() | DAYS)
def test_an_extension_never_shortens(due_on: date, extended_to: date | None) -> None:
    last = effective(due_on, extended_to)
    assert last is not None
    assert last >= due_on


def test_the_plan_says_how_before_is_read_and_a_rule_may_say_otherwise() -> None:
    inclusive = Ground(WorkCalendar(), strict=False)
    assert due_date(BeforeDate(APRIL_20), inclusive).due_on == APRIL_20
    assert due_date(BeforeDate(APRIL_20, strict=True), inclusive).due_on == date(2018, 4, 19)
    assert due_date(Within(before=APRIL_20), inclusive).due_on == APRIL_20


@pytest.mark.parametrize(
    ("rule", "due_on"),
    [(DaysBefore(5), date(2018, 4, 15)), (DaysAfter(3), date(2018, 4, 23)), (DaysAfter(0), APRIL_20)],
)
def test_a_relative_deadline_counts_from_the_units_own_meeting(rule: Due, due_on: date) -> None:
    assert due_date(rule, ground(held("X1", APRIL_20)), FORUM) == DueDate(due_on, None, APRIL_20)
    assert due_date(rule, GROUND, FORUM) == DueDate(None)


def test_a_forum_without_conclusion_waits_for_next_months_meeting() -> None:
    rule = DaysAfter(5, Anchor.CONCLUSION)
    regular = held("X1", date(2018, 5, 3), kind=MeetingKind.REGULAR)
    same_month = held("X1", date(2018, 4, 25), kind=MeetingKind.REGULAR)
    open_end = ground(held("X1", APRIL_20, concluded=False), same_month)
    assert due_date(rule, open_end, FORUM).due_on is None
    assert due_date(rule, ground(*open_end.meetings, regular), FORUM).due_on == date(2018, 5, 8)
    assert due_date(rule, ground(held("X1", APRIL_20, True), regular), FORUM).due_on == date(2018, 4, 25)


def test_of_two_sessions_the_first_counts_for_what_goes_before_and_the_last_for_what_follows() -> None:
    two = ground(held("X2", date(2018, 4, 18)), held("X2", APRIL_20), sessions=2)
    assert due_date(DaysBefore(1), two, FORUM).due_on == date(2018, 4, 17)
    assert due_date(DaysAfter(1), two, FORUM).due_on == date(2018, 4, 21)


def test_two_meetings_more_than_a_week_apart_are_no_sessions_of_one() -> None:
    two = ground(held("X2", date(2018, 4, 13)), held("X2", APRIL_20), sessions=2)
    assert due_date(DaysBefore(1), two, FORUM).due_on == date(2018, 4, 19)


def test_a_meeting_outside_the_plans_time_is_none_of_its_meetings() -> None:
    early, late = held("X1", date(2018, 3, 31)), held("X1", date(2018, 7, 1))
    assert (
        due_date(DaysAfter(1), ground(early, late, starts_on=date(2018, 4, 1)), FORUM).base_on == late.held_on
    )
    assert due_date(DaysAfter(1), ground(early, issued_on=date(2018, 4, 1)), FORUM).base_on is None
    assert due_date(DaysAfter(1), ground(late, ends_on=date(2018, 6, 30)), FORUM).base_on is None


def test_working_days_pass_over_the_countrys_holidays() -> None:
    calendar = Ground(national_calendar(), meetings=(held("X1", date(2018, 4, 27)),))
    assert due_date(DaysAfter(1, working=True), calendar, FORUM).due_on == date(2018, 5, 2)
    assert due_date(DaysAfter(1), calendar, FORUM).due_on == date(2018, 4, 28)


def test_a_half_year_is_reported_after_its_last_day() -> None:
    found = due_date(EachPeriod(Cycle.HALF_YEAR, days_after=10), GROUND, period="2018-H1")
    assert found == DueDate(date(2018, 7, 10), date(2018, 1, 1), date(2018, 6, 30))


KNOWN = ground(held("X1", APRIL_20), dates={"m": date(2018, 3, 29)}, issued_on=date(2018, 2, 5))
MARCH_30 = date(2018, 3, 30)


@pytest.mark.parametrize(
    ("rule", "why", "last"),
    [
        (BeforeDate(MARCH_30), "Trước ngày 30/3/2018 (không tính ngày này)", "29/3/2018"),
        (BeforeDate(MARCH_30, False), "Trước ngày 30/3/2018 (tính cả ngày này)", "30/3/2018"),
        (Within("2018-04"), "Trong tháng 4/2018", "30/4/2018"),
        (Within("2018-H2"), "Trong 06 tháng cuối năm 2018", "31/12/2018"),
        (Within(first=date(2018, 4, 1), last=date(2018, 5, 1)), "Từ ngày 01/4/2018", "01/5/2018"),
        (DaysBefore(5), "05 ngày trước buổi diễn đàn (20/4/2018)", "15/4/2018"),
        (DaysAfter(0), "Cùng ngày với buổi diễn đàn (20/4/2018)", "20/4/2018"),
        (
            DaysAfter(3, Anchor.MILESTONE, milestone="m"),
            "03 ngày sau việc “Đăng ký” (29/3/2018)",
            "01/4/2018",
        ),
        (DaysAfter(9, Anchor.ISSUE), "09 ngày sau ngày ban hành kế hoạch (05/02/2018)", "14/02/2018"),
        (DaysAfter(2, working=True), "02 ngày làm việc sau buổi diễn đàn (20/4/2018)", "24/4/2018"),
    ],
)
def test_a_due_day_explains_itself_in_one_sentence_with_its_clause(rule: Due, why: str, last: str) -> None:
    assert said(rule, KNOWN, "II.7") == f"{why}, chậm nhất hết ngày {last}, theo mục II.7."


def test_a_day_or_an_order_without_one_is_said_as_it_is() -> None:
    assert said(ByDate(date(2018, 2, 5)), KNOWN) == "Chậm nhất hết ngày 05/02/2018."
    assert said(Undated("sau Diễn đàn"), KNOWN) == "Sau Diễn đàn; kế hoạch không ấn định ngày."


@pytest.mark.parametrize(
    ("rule", "wait"),
    [
        (DaysBefore(5), "05 ngày trước buổi diễn đàn; chưa có lịch"),
        (DaysAfter(5, Anchor.CONCLUSION), "05 ngày sau ngày kết luận buổi diễn đàn; chưa có ngày kết luận"),
        (DaysAfter(1, Anchor.MILESTONE, milestone="m"), "01 ngày sau việc “Đăng ký”; việc ấy chưa có hạn"),
        (DaysAfter(1, Anchor.ISSUE), "01 ngày sau ngày ban hành kế hoạch; kế hoạch chưa ban hành"),
    ],
)
def test_a_deadline_without_its_base_says_what_it_waits_for(rule: Due, wait: str) -> None:
    assert said(rule, GROUND) == f"{wait} nên chưa xác định được hạn."


def test_what_comes_round_says_how_often_and_until_when() -> None:
    assert said(EachPeriod(Cycle.QUARTER), GROUND, period="2018-Q2") == (
        "Mỗi quý ít nhất 01 lần; quý II năm 2018: chậm nhất hết ngày 30/6/2018."
    )
    assert said(EachPeriod(Cycle.HALF_YEAR, days_after=10), GROUND, period="2018-H1") == (
        "10 ngày sau khi hết 06 tháng đầu năm 2018, chậm nhất hết ngày 10/7/2018."
    )
    assert rule_words(EachPeriod(Cycle.YEAR, times=4), None) == "hằng năm, ít nhất 04 lần"


@pytest.mark.parametrize(
    ("clause", "end"),
    [("II.7", ", theo mục II.7"), ("Mục 2", ", theo mục 2"), ("khoản 3", ", theo khoản 3"), (" ", "")],
)
def test_a_clause_is_cited_once(clause: str, end: str) -> None:
    assert cited(clause) == end


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_days_are_written_as_documents_write_them(day: date) -> None:
    text = day_text(day)
    assert [int(part) for part in text.split("/")] == [day.day, day.month, day.year]
    assert text.split("/")[1] == (f"{day.month:02d}" if day.month < 3 else str(day.month))
