"""Who is reminded on which day, and in what words (core/notices/reminders; design: product F09)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notices.reminders import HOURS, MOST_NAMED, Duty, DutyKind, Ladder, Place, Turn, digest
from core.plans.workdays import WorkCalendar

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)
EVERY_DAY = Turn(TODAY, TODAY - DAY, TODAY + DAY)
LADDER = Ladder()
CALENDAR = WorkCalendar(frozenset({date(2026, 3, 12)}), frozenset({date(2026, 3, 14)}))
DUTIES = st.builds(
    Duty,
    st.sampled_from(DutyKind),
    st.sampled_from([Place("Chi bộ 1", "/A/1/"), Place("Chi bộ 2", "/A/2/")]),
    st.integers(-30, 30).map(lambda days: TODAY + timedelta(days)),
    st.sampled_from(["", "Họp chuyên đề"]),
)
LADDERS = st.builds(
    Ladder,
    st.sampled_from(HOURS),
    st.sampled_from(HOURS),
    st.sampled_from(HOURS),
    st.frozensets(st.integers(-15, 15), max_size=5),
    st.booleans(),
    st.booleans(),
    st.integers(0, 10),
)


def cell(name: str) -> Place:
    return Place(name, f"/A/{name.replace(' ', '-').upper()}/")


def due(kind: DutyKind, late: int, where: str = "Chi bộ 1", title: str = "") -> Duty:
    """A duty that has been due for so many days, or is due in as many when negative."""
    return Duty(kind, cell(where), TODAY - timedelta(late), title)


def said(*own: Duty, below: tuple[Duty, ...] = (), ladder: Ladder = LADDER) -> str | None:
    return digest(own, below, ladder, EVERY_DAY)


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (DutyKind.VISIT, [-7, -3, -1]),
        (DutyKind.VISIT_REPORT, [-7, -3, -1, 1, 3]),
        (DutyKind.TASK, [-7, -3, -1, 1, 3]),
        (DutyKind.URGENT_PETITION, [-7, -3, -1, 1, 3]),
    ],
)
def test_a_duty_alone_is_spoken_of_on_its_rungs_only(kind: DutyKind, days: list[int]) -> None:
    assert [late for late in range(-20, 20) if said(due(kind, late))] == days


def test_a_digest_names_everything_near_and_overdue() -> None:
    assert said(
        due(DutyKind.URGENT_PETITION, 40),
        due(DutyKind.VISIT_REPORT, 12, "Chi bộ 2"),
        due(DutyKind.TASK, -2, "Chi bộ 6", "Họp tự phê bình"),
        due(DutyKind.VISIT, -3),
        due(DutyKind.VISIT, -8, "Chi bộ 3"),
        due(DutyKind.VISIT, 2, "Chi bộ 4"),
        due(DutyKind.VISIT_REPORT, -8, "Chi bộ 5"),
    ) == (
        "Nhắc việc ngày 10/03/2026: sắp dự sinh hoạt: Chi bộ 1 (ngày 13/03/2026); "
        "báo cáo kết quả dự: Chi bộ 2 (quá hạn 12 ngày); "
        "việc theo kế hoạch: Họp tự phê bình, Chi bộ 6 (hạn 12/03/2026); "
        "kiến nghị bức xúc, nổi cộm chờ trả lời: Chi bộ 1 (nêu ngày 29/01/2026)."
    )


def test_a_long_list_is_counted_out() -> None:
    duties = [due(DutyKind.VISIT_REPORT, 1, f"Chi bộ {n}") for n in range(MOST_NAMED + 3)]
    assert str(said(*duties)).endswith(f"Chi bộ {MOST_NAMED - 1} (quá hạn 1 ngày) và 3 việc khác.")


def test_the_level_above_hears_how_many_units_are_late_with_what() -> None:
    late = [due(DutyKind.TASK, 3, f"Chi bộ {n}", "Họp tự phê bình") for n in (1, 2, 3)]
    reports = [due(DutyKind.VISIT_REPORT, 9), due(DutyKind.VISIT_REPORT, 8), due(DutyKind.URGENT_PETITION, 5)]
    assert said(below=(*late, *reports)) == (
        "Nhắc việc ngày 10/03/2026: 3 chi bộ trễ hạn việc “Họp tự phê bình”: Chi bộ 1, Chi bộ 2, Chi bộ 3; "
        "1 chi bộ trễ hạn việc “báo cáo kết quả dự”: Chi bộ 1."
    )


def test_units_that_are_no_cells_are_counted_as_units() -> None:
    duty = Duty(DutyKind.TASK, Place("Đảng bộ xã", "/A/X/", is_cell=False), TODAY - 3 * DAY, "Họp")
    assert "1 đơn vị trễ hạn việc “Họp”: Đảng bộ xã" in str(said(below=(duty,)))


@pytest.mark.parametrize(("after", "days"), [(3, [3]), (1, [1]), (0, [])])
def test_the_level_above_hears_on_the_day_a_unit_has_been_late_for_so_long(
    after: int, days: list[int]
) -> None:
    ladder = replace(LADDER, escalate_after=after)
    found = [late for late in range(-9, 9) if said(below=(due(DutyKind.TASK, late),), ladder=ladder)]
    assert found == days


def test_one_digest_holds_ones_own_duties_and_the_summary() -> None:
    text = str(said(due(DutyKind.VISIT, -1), below=(due(DutyKind.TASK, 3, "Chi bộ 2", "Họp"),)))
    assert text.index("sắp dự") < text.index("trễ hạn việc “Họp”")


@pytest.mark.parametrize(
    ("hour", "quiet", "when"),
    [
        (7, (21, 6), 7),
        (22, (21, 6), 6),
        (3, (21, 6), 6),
        (6, (21, 6), 6),
        (21, (21, 6), 6),
        (12, (11, 14), 14),
        (7, (7, 7), 7),
    ],
)
def test_a_digest_whose_hour_is_quiet_waits_until_the_quiet_hours_end(
    hour: int, quiet: tuple[int, int], when: int
) -> None:
    assert Ladder(hour, *quiet).hour == when


@given(LADDERS)
def test_digests_never_go_out_in_quiet_hours(ladder: Ladder) -> None:
    assert not ladder.is_quiet_at(ladder.hour)
    assert ladder.is_quiet_at(ladder.digest_hour) is (ladder.hour != ladder.digest_hour)


@pytest.mark.parametrize(
    ("weekends", "holidays", "quiet"),
    [(False, False, []), (True, False, [15, 21, 22]), (False, True, [12]), (True, True, [12, 15, 21, 22])],
)
def test_quiet_days_are_days_off_and_a_saturday_that_is_worked_is_none(
    weekends: bool, holidays: bool, quiet: list[int]
) -> None:
    ladder = replace(LADDER, quiet_weekends=weekends, quiet_holidays=holidays)
    days = [date(2026, 3, n) for n in range(9, 24)]
    assert [day.day for day in days if ladder.is_quiet_on(day, CALENDAR)] == quiet
    assert [day.day for day in days if ladder.turn(day, CALENDAR) is None] == quiet


def test_what_falls_on_a_quiet_day_is_told_before_it_is_due_and_after_it_is_late() -> None:
    ladder = replace(LADDER, quiet_weekends=True)
    friday, monday = date(2026, 3, 20), date(2026, 3, 23)
    turns = [turn for day in (friday, monday) if (turn := ladder.turn(day, CALENDAR))]
    for due_on, told in ((date(2026, 3, 22), [True, True]), (date(2026, 3, 21), [True, True])):
        duty = Duty(DutyKind.TASK, cell("Chi bộ 1"), due_on)
        assert [bool(digest([duty], (), ladder, turn)) for turn in turns] == told


def test_missed_days_are_made_good() -> None:
    duty = due(DutyKind.TASK, 5)
    assert said(duty) is None
    turn = LADDER.turn(TODAY, CALENDAR, TODAY - 3 * DAY)
    assert turn is not None
    assert "quá hạn 5 ngày" in str(digest([duty], (), LADDER, turn))


@given(LADDERS, st.integers(-30, 30), st.integers(0, 40))
def test_no_rung_is_lost_however_quiet_the_days(ladder: Ladder, rung: int, shift: int) -> None:
    """Each rung of a duty is told on exactly one day of those on which people are told."""
    day = TODAY + timedelta(shift)
    days = [TODAY + timedelta(n) for n in range(-30, 100)]
    turns = [turn for now in days if (turn := ladder.turn(now, CALENDAR))]
    assert sum(turn.calls(day, ahead=rung <= 0) for turn in turns) == 1


@given(st.lists(DUTIES, max_size=8), LADDERS)
def test_a_digest_comes_exactly_when_one_of_its_duties_alone_would_call_for_it(
    duties: list[Duty], ladder: Ladder
) -> None:
    alone = [duty for duty in duties if digest([duty], (), ladder, EVERY_DAY)]
    assert (digest(duties, (), ladder, EVERY_DAY) is None) == (not alone)


@given(st.lists(DUTIES, min_size=1, max_size=6), st.randoms())
def test_the_words_do_not_depend_on_the_order(duties: list[Duty], random: object) -> None:
    mixed = sorted(duties, key=lambda _duty: random.random())  # type: ignore[attr-defined]
    assert digest(mixed, mixed, LADDER, EVERY_DAY) == digest(duties, duties, LADDER, EVERY_DAY)


def test_nothing_owed_is_nothing_said() -> None:
    assert said() is None
