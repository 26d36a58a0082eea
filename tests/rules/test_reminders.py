"""Who is reminded on which day, and in what words (core/notices/reminders; design: product F09)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notices.reminders import MOST_NAMED, Duty, Reminder, digest

TODAY = date(2026, 3, 10)
REMINDERS = st.builds(
    Reminder,
    st.sampled_from(Duty),
    st.sampled_from(["Chi bộ 1", "Chi bộ 2"]),
    st.integers(-30, 30).map(lambda days: TODAY + timedelta(days)),
)


def due(duty: Duty, late: int, cell: str = "Chi bộ 1") -> Reminder:
    """A duty that has been due for so many days, or is due in as many when negative."""
    return Reminder(duty, cell, TODAY - timedelta(late))


@pytest.mark.parametrize(
    ("duty", "days"),
    [(Duty.VISIT, [-3, -1]), (Duty.VISIT_REPORT, [-1, 1, 3]), (Duty.URGENT_PETITION, [1, 3])],
)
def test_a_duty_alone_is_spoken_of_on_its_rungs_only(duty: Duty, days: list[int]) -> None:
    assert [late for late in range(-20, 20) if digest([due(duty, late)], TODAY)] == days


def test_a_digest_names_everything_near_and_overdue() -> None:
    reminders = [
        due(Duty.URGENT_PETITION, 40),
        due(Duty.VISIT_REPORT, 12, "Chi bộ 2"),
        due(Duty.VISIT, -3),
        due(Duty.VISIT, -4, "Chi bộ 3"),
        due(Duty.VISIT, 2, "Chi bộ 4"),
        due(Duty.VISIT_REPORT, -2, "Chi bộ 5"),
    ]
    assert digest(reminders, TODAY) == (
        "Nhắc việc ngày 10/03/2026: sắp dự sinh hoạt: Chi bộ 1 (ngày 13/03/2026); "
        "báo cáo kết quả dự: Chi bộ 2 (quá hạn 12 ngày); "
        "kiến nghị bức xúc, nổi cộm chờ trả lời: Chi bộ 1 (nêu ngày 29/01/2026)."
    )


def test_a_report_is_due_today_and_tomorrow_by_its_day() -> None:
    assert "Chi bộ 1 (hạn 11/03/2026)" in str(digest([due(Duty.VISIT_REPORT, -1)], TODAY))
    both = digest([due(Duty.VISIT_REPORT, 0), due(Duty.VISIT_REPORT, 1, "Chi bộ 2")], TODAY)
    assert "Chi bộ 2 (quá hạn 1 ngày), Chi bộ 1 (hạn 10/03/2026)" in str(both)


def test_a_long_list_is_counted_out() -> None:
    reminders = [due(Duty.VISIT_REPORT, 1, f"Chi bộ {n}") for n in range(MOST_NAMED + 3)]
    assert str(digest(reminders, TODAY)).endswith(f"Chi bộ {MOST_NAMED - 1} (quá hạn 1 ngày) và 3 việc khác.")


@given(st.lists(REMINDERS, max_size=8))
def test_a_digest_comes_exactly_when_one_of_its_duties_alone_would_call_for_it(
    reminders: list[Reminder],
) -> None:
    alone = [reminder for reminder in reminders if digest([reminder], TODAY)]
    assert (digest(reminders, TODAY) is None) == (not alone)


@given(st.permutations([due(Duty.VISIT, -1, f"Chi bộ {n}") for n in range(4)]))
def test_the_words_do_not_depend_on_the_order(reminders: list[Reminder]) -> None:
    assert digest(reminders, TODAY) == digest(sorted(reminders, key=lambda r: r.cell), TODAY)


def test_nothing_owed_is_nothing_said() -> None:
    assert digest([], TODAY) is None
