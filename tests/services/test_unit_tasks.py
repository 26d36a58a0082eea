"""A unit's task is done, taken back, given a day, more time; what counts from it follows (F04, F05)."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from core.meetings.models import Meeting
from core.notices.models import Notice
from core.plans.due import Anchor, BeforeDate, DaysAfter
from core.plans.extending import ask_extension, decide
from core.plans.models import Plan
from core.plans.recomputing import go_on, recompute
from core.plans.standing import Standing, standing
from core.plans.task_models import DueChange, Extension, Task
from core.plans.tasks import Appointed, Done, TaskError, complete, nudge, preview_meeting, reopen, set_meeting
from tenants.access import NotAllowed
from tenants.clock import frozen, today
from tenants.models import AuditEntry, Unit
from tests.cast import Cast
from tests.task_ground import (
    FORUM_PLAN,
    HOLD,
    NOW,
    REGISTER,
    REPORT,
    due_of,
    published_again,
    task_id,
    task_of,
    under_way,
    with_gate,
    with_review,
)

pytestmark = pytest.mark.usefixtures("database")
SECRETARY, STANDING = "huyen-a.secretary", "huyen-a.standing"


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


def _do(
    cast: Cast, milestone: str, done: Done | None = None, who: str = SECRETARY, unit: str = "CB-1"
) -> None:
    with cast.session(who) as session:
        complete(session, cast.actor(who), task_of(session, milestone, unit), done or Done(today()))


def _register(cast: Cast, day: date, milestone: str = "dang_ky") -> None:
    with cast.session(SECRETARY) as session:
        set_meeting(
            session, cast.actor(SECRETARY), task_of(session, milestone), Appointed(day, place="Nhà văn hóa")
        )


def _problems(cast: Cast, milestone: str, done: Done, who: str = SECRETARY) -> dict[str, str]:
    with cast.session(who) as session, pytest.raises(TaskError) as caught:
        complete(session, cast.actor(who), task_of(session, milestone), done)
    return caught.value.problems


def test_publishing_gives_every_unit_its_tasks(cast: Cast) -> None:
    plan_id = under_way(cast)
    with cast.session("huyen-a") as session:
        count = sa.select(Unit.code, sa.func.count(Task.id)).join(Unit, Unit.id == Task.unit_id)
        found = dict(session.execute(count.where(Task.plan_id == plan_id).group_by(Unit.code)).all())
    assert found == {"CB-1": 4, "CB-2": 4, "CB-3": 4, "CB-4": 4, "XA-1": 1}
    with cast.session("huyen-b") as session:
        assert session.scalars(sa.select(Task)).all() == []


def test_a_task_is_done_once_and_is_in_the_trail(cast: Cast) -> None:
    under_way(cast)
    _do(cast, "dang_ky", Done(date(2026, 3, 1), " Đã gửi "))
    with cast.session("huyen-a") as session:
        task = task_of(session, "dang_ky")
        assert (task.done_on, task.note, task.done_by) == (
            date(2026, 3, 1), "Đã gửi", cast.actor(SECRETARY).account_id,
        )  # fmt: skip
        tags = session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.subject_id == task.id)).all()
    assert tags == ["task:complete"]
    assert _problems(cast, "dang_ky", Done(today())) == {"": "Việc này đã được ghi là hoàn thành."}


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 3, 3), "sau hôm nay"), (date(206, 3, 1), "kiểm tra lại năm")]
)
def test_an_impossible_day_is_refused_beside_its_field(cast: Cast, day: date, words: str) -> None:
    under_way(cast)
    assert words in _problems(cast, "dang_ky", Done(day))["done_on"]
    with cast.session("huyen-a") as session:
        assert task_of(session, "dang_ky").done_on is None


def test_only_who_does_the_units_tasks_may(cast: Cast) -> None:
    under_way(cast)
    for who in ("huyen-a.official", "huyen-b.secretary"):
        with cast.session("huyen-a") as session, pytest.raises(NotAllowed):
            complete(session, cast.actor(who), task_of(session, "dang_ky", "CB-2"), Done(today()))
    with cast.session(SECRETARY) as session, pytest.raises(NotAllowed):
        complete(session, cast.actor(SECRETARY), task_of(session, "dang_ky", "CB-2"), Done(today()))
    _do(cast, "dang_ky", who="huyen-a.base-officer", unit="CB-2")


def test_a_registered_day_moves_what_counts_from_it_with_its_history(cast: Cast) -> None:
    under_way(cast)
    assert due_of(cast, "gui_tai_lieu") is due_of(cast, "bao_cao") is None
    _register(cast, date(2026, 4, 20))
    _register(cast, date(2026, 5, 8))
    assert due_of(cast, "gui_tai_lieu") == date(2026, 5, 5)
    assert due_of(cast, "bao_cao") == date(2026, 5, 13)
    assert due_of(cast, "bao_cao", "CB-2") is None
    with cast.session("huyen-a") as session:
        told = sa.select(DueChange).where(DueChange.task_id == task_of(session, "gui_tai_lieu").id)
        moves = [
            (c.due_from, c.due_to, c.why) for c in session.scalars(told.order_by(DueChange.at, DueChange.id))
        ]
        meeting = session.scalars(sa.select(Meeting)).one()
        assert task_of(session, "dang_ky").done_on == today()
        assert task_of(session, "to_chuc").done_on is None
    assert moves == [
        (None, date(2026, 4, 17), "Đăng ký ngày sinh hoạt 20/04/2026."),
        (date(2026, 4, 17), date(2026, 5, 5), "Đăng ký ngày sinh hoạt 08/05/2026."),
    ]
    assert (meeting.meets_on, meeting.month, meeting.place) == (
        date(2026, 5, 8), date(2026, 5, 1), "Nhà văn hóa",
    )  # fmt: skip


def test_what_would_move_is_told_without_moving_it(cast: Cast) -> None:
    under_way(cast)
    with cast.session(SECRETARY) as session:
        task = task_of(session, "dang_ky")
        issued = preview_meeting(session, cast.actor(SECRETARY), task, Appointed(date(2026, 4, 20)))
    assert issued is not None
    assert sorted(move.due_to for move in issued.moves if move.due_to) == [
        date(2026, 4, 17),
        date(2026, 4, 25),
    ]
    assert due_of(cast, "bao_cao") is None
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(Meeting)).all() == []
        assert task_of(session, "dang_ky").done_on is None


def test_setting_the_day_of_a_meeting_to_hold_does_not_say_that_it_was_held(cast: Cast) -> None:
    under_way(cast)
    _register(cast, date(2026, 4, 20), "to_chuc")
    with cast.session("huyen-a") as session:
        assert task_of(session, "to_chuc").done_on is None
        assert task_of(session, "dang_ky").done_on is None
    assert due_of(cast, "bao_cao") == date(2026, 4, 25)


def test_a_held_meeting_says_whether_it_concluded_and_moves_the_report(cast: Cast) -> None:
    under_way(cast)
    _register(cast, date(2026, 4, 20))
    with frozen(datetime(2026, 5, 4, 3, 0, tzinfo=UTC)):
        assert "concluded" in _problems(cast, "to_chuc", Done(date(2026, 5, 2)))
        _do(cast, "to_chuc", Done(date(2026, 5, 2), concluded=True))
        with cast.session("huyen-a") as session:
            meeting = session.scalars(sa.select(Meeting)).one()
            assert (meeting.held_on, meeting.concluded) == (date(2026, 5, 2), True)
        assert due_of(cast, "bao_cao") == date(2026, 5, 7)
        with cast.session(SECRETARY) as session:
            reopen(session, cast.actor(SECRETARY), task_of(session, "to_chuc"))
        with cast.session("huyen-a") as session:
            meeting = session.scalars(sa.select(Meeting)).one()
            assert (meeting.held_on, meeting.concluded) == (None, None)
            assert task_of(session, "to_chuc").done_on is None


def test_a_meeting_that_did_not_conclude_waits_for_the_next_months_regular_one(cast: Cast) -> None:
    under_way(cast)
    _do(cast, "to_chuc", Done(date(2026, 3, 2), concluded=False))
    assert due_of(cast, "bao_cao") is None


def test_a_done_task_moves_what_counts_from_it_and_back(cast: Cast) -> None:
    after = replace(REPORT, due=DaysAfter(10, Anchor.MILESTONE, milestone="dang_ky"))
    under_way(cast, replace(FORUM_PLAN, milestones=(REGISTER, HOLD, after)))
    assert due_of(cast, "bao_cao") == date(2026, 4, 8)
    _do(cast, "dang_ky")
    assert due_of(cast, "bao_cao") == date(2026, 3, 12)
    with cast.session(SECRETARY) as session:
        reopen(session, cast.actor(SECRETARY), task_of(session, "dang_ky"))
    assert due_of(cast, "bao_cao") == date(2026, 4, 8)


def test_a_gate_that_blocks_names_what_is_missing(cast: Cast) -> None:
    under_way(cast, with_gate(blocks=True))
    _register(cast, date(2026, 3, 20))
    said = _problems(cast, "to_chuc", Done(today(), concluded=True, despite="Đã thống nhất"))
    assert (
        said[""]
        == "Chưa thể thực hiện: cần xong trước “Gửi tài liệu, gợi ý thảo luận” (Bí thư), theo mục II.1."
    )
    _do(cast, "gui_tai_lieu")
    _do(cast, "to_chuc", Done(today(), concluded=True))


def test_a_gate_that_warns_is_set_aside_with_a_reason_in_the_trail(cast: Cast) -> None:
    under_way(cast, with_gate(blocks=False))
    assert "xin ghi lý do" in _problems(cast, "to_chuc", Done(today(), concluded=True))["despite"]
    _do(cast, "to_chuc", Done(today(), concluded=True, despite="Đã phát tại buổi"))
    with cast.session("huyen-a") as session:
        facts = session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.tag == "task:complete")).one()
    assert facts["despite"] == "Đã phát tại buổi"


def _extended(cast: Cast, until: date, granted: bool = True, milestone: str = "dang_ky") -> None:
    with cast.session(SECRETARY) as session:
        asked = ask_extension(session, cast.actor(SECRETARY), task_of(session, milestone), until, "Mưa lũ")
    with cast.session("huyen-a.base-officer") as session:
        extension = session.get_one(Extension, asked.id)
        decide(
            session, cast.actor("huyen-a.base-officer"), extension, granted, "Đồng ý" if granted else "Không"
        )


def test_more_time_is_asked_with_a_reason_and_ends_by_itself(cast: Cast) -> None:
    under_way(cast)
    _extended(cast, date(2026, 4, 10))
    with cast.session("huyen-a") as session:
        task = task_of(session, "dang_ky")
        due, longer = task.due_on, task.extended_to
        told = session.scalars(sa.select(Notice.text).where(Notice.kind == "task")).all()
    assert (due, longer) == (date(2026, 3, 29), date(2026, 4, 10))
    assert standing(due, None, date(2026, 4, 10), longer) is Standing.EXTENDED
    assert standing(due, None, date(2026, 4, 11), longer) is Standing.OVERDUE
    assert sorted(text.split()[0] for text in told) == ["Chi", "“Đăng"]


def test_a_refusal_gives_no_time_and_says_why(cast: Cast) -> None:
    under_way(cast)
    _extended(cast, date(2026, 4, 10), granted=False)
    with cast.session("huyen-a") as session:
        assert task_of(session, "dang_ky").extended_to is None
        extension = session.scalars(sa.select(Extension)).one()
        with pytest.raises(TaskError, match="đã được trả lời"):
            decide(session, cast.actor(STANDING), extension, True, "")


def test_an_extension_never_shortens(cast: Cast) -> None:
    under_way(cast)
    _extended(cast, date(2026, 4, 10))
    with cast.session(SECRETARY) as session, pytest.raises(TaskError) as caught:
        ask_extension(session, cast.actor(SECRETARY), task_of(session, "dang_ky"), date(2026, 4, 9), "Mưa")
    assert caught.value.problems == {"until": "Ngày xin gia hạn phải sau hạn hiện tại."}
    _extended(cast, date(2026, 4, 20))
    with cast.session("huyen-a") as session:
        assert task_of(session, "dang_ky").extended_to == date(2026, 4, 20)


def test_an_extension_that_a_moved_day_outruns_is_dropped(cast: Cast) -> None:
    under_way(cast)
    _register(cast, date(2026, 4, 20))
    _extended(cast, date(2026, 4, 30), milestone="bao_cao")
    _register(cast, date(2026, 5, 20))
    with cast.session("huyen-a") as session:
        task = task_of(session, "bao_cao")
        assert (task.due_on, task.extended_to) == (date(2026, 5, 25), None)


def test_every_fault_of_a_question_is_told_at_once_and_one_waits_at_a_time(cast: Cast) -> None:
    under_way(cast)
    with cast.session(SECRETARY) as session:
        actor, task = cast.actor(SECRETARY), task_of(session, "dang_ky")
        with pytest.raises(TaskError) as caught:
            ask_extension(session, actor, task, date(2026, 3, 29), " ")
        assert set(caught.value.problems) == {"until", "reason"}
        ask_extension(session, actor, task, date(2026, 4, 5), "Mưa lũ")
        with pytest.raises(TaskError, match="đang chờ cấp trên"):
            ask_extension(session, actor, task, date(2026, 4, 6), "Mưa lũ")


def test_nobody_decides_on_his_own_question(cast: Cast) -> None:
    under_way(cast)
    with cast.session(SECRETARY) as session:
        asked = ask_extension(
            session, cast.actor(SECRETARY), task_of(session, "dang_ky"), date(2026, 4, 5), "Mưa"
        )
        with pytest.raises(NotAllowed):
            decide(session, cast.actor(SECRETARY), asked, True, "")
    for who in ("huyen-a.base-officer",):
        with cast.session(who) as session:
            asked = ask_extension(
                session, cast.actor(who), task_of(session, "tong_hop", "XA-1"), date(2026, 8, 5), "Mưa"
            )
            with pytest.raises(NotAllowed):
                decide(session, cast.actor(who), asked, True, "")


def test_the_next_version_adds_moves_and_withdraws_and_tells_only_those_concerned(cast: Cast) -> None:
    plan_id = under_way(cast)
    _do(cast, "dang_ky")
    with cast.session("huyen-a") as session:
        before = set(session.scalars(sa.select(Notice.id)))
    later = replace(REGISTER, due=BeforeDate(date(2026, 4, 15)))
    published_again(
        cast, plan_id, replace(FORUM_PLAN, milestones=(later, HOLD, REPORT, *FORUM_PLAN.milestones[4:]))
    )
    with cast.session("huyen-a") as session:
        assert task_of(session, "dang_ky", "CB-2").due_on == date(2026, 4, 14)
        assert task_of(session, "dang_ky").done_on == today()
        gone = task_of(session, "gui_tai_lieu")
        assert (gone.withdrawn_on, gone.withdrawn_because) == (today(), "Ban hành bản 2 của kế hoạch.")
        fresh = session.scalars(
            sa.select(Notice).where(Notice.kind == "plan", Notice.id.not_in(before))
        ).all()
        people = {notice.person_id for notice in fresh}
    assert people == {cast.actor(SECRETARY).person_id}
    assert "giao Chi bộ số 1 1 việc mới hoặc đổi hạn, rút 1 việc của Chi bộ số 1" in fresh[0].text
    with cast.session(SECRETARY) as session, pytest.raises(TaskError, match="đã được rút"):
        complete(session, cast.actor(SECRETARY), task_of(session, "gui_tai_lieu"), Done(today()))


def test_issuing_again_changes_nothing(cast: Cast) -> None:
    plan_id = under_way(cast)
    _register(cast, date(2026, 4, 20))
    _do(cast, "to_chuc", Done(date(2026, 3, 2), concluded=True))
    with cast.session(STANDING) as session:
        issued = recompute(session, cast.actor(STANDING), session.get_one(Plan, plan_id), None, "Tính lại.")
    assert issued is not None
    assert (issued.added, issued.moved, issued.withdrawn, issued.moves) == (0, 0, 0, ())


def test_a_plan_goes_on_with_time_and_tells_each_time(cast: Cast) -> None:
    under_way(cast, replace(with_review(), ends_on=None))
    with cast.session("huyen-a") as session:
        first = session.scalar(sa.select(sa.func.max(Task.period)))
        assert go_on(session, cast.actor(STANDING)) == 0
    for months, added in ((2, 8), (2, 0), (3, 4)):
        with frozen(NOW + timedelta(days=31 * months)), cast.session("huyen-a") as session:
            assert go_on(session, cast.actor(STANDING)) == added
    with cast.session("huyen-a") as session:
        last = session.scalar(sa.select(sa.func.max(Task.period)))
        secretary = cast.actor(SECRETARY).person_id
        told = sa.select(Notice).where(Notice.kind == "plan", Notice.person_id == secretary)
        assert len(session.scalars(told).all()) == 3
    assert (first, last) == ("2027-03", "2027-06")


def test_what_is_over_goes_on_no_more(cast: Cast) -> None:
    under_way(cast, with_review())
    with frozen(datetime(2027, 2, 1, tzinfo=UTC)), cast.session("huyen-a") as session:
        assert go_on(session, cast.actor(STANDING)) == 0


def test_urging_tells_who_does_the_task_once_a_day(cast: Cast) -> None:
    under_way(cast)
    for told in (1, 0):
        with cast.session(STANDING) as session:
            tasks = [task_of(session, "dang_ky"), task_of(session, "dang_ky", "CB-2")]
            assert nudge(session, cast.actor(STANDING), tasks, "Gửi trước thứ Sáu.") == told
    with cast.session("huyen-a") as session:
        text = session.scalars(sa.select(Notice.text).where(Notice.kind == "task")).one()
    assert text.startswith(
        "Đôn đốc: “Đăng ký thời gian, địa điểm Diễn đàn” của Chi bộ số 1, hạn 29/03/2026. Gửi"
    )


def test_urging_out_of_reach_tells_nobody(cast: Cast) -> None:
    under_way(cast)
    with cast.session(SECRETARY) as session, pytest.raises(NotAllowed):
        nudge(session, cast.actor(SECRETARY), [task_of(session, "dang_ky")], "")
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(Notice).where(Notice.kind == "task")).all() == []


def test_two_who_say_it_at_once_say_it_once(cast: Cast) -> None:
    under_way(cast)
    wanted, barrier, outcomes = task_id(cast, "dang_ky"), threading.Barrier(2), list[str]()
    actor = cast.actor(SECRETARY)

    def say() -> None:
        try:
            with frozen(NOW), cast.session(SECRETARY) as session:
                task = session.get_one(Task, wanted)
                barrier.wait(10)
                complete(session, actor, task, Done(date(2026, 3, 2)))
            outcomes.append("done")
        except TaskError as error:
            outcomes.append(str(error))

    threads = [threading.Thread(target=say) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["Việc này đã được ghi là hoàn thành.", "done"]


def test_a_task_done_while_all_are_computed_anew_stays_done(cast: Cast) -> None:
    plan_id = under_way(cast)
    actor, standing_body = cast.actor(SECRETARY), cast.actor(STANDING)
    computed, release = threading.Event(), threading.Event()

    def compute() -> None:
        with frozen(NOW), cast.session(STANDING) as session:
            recompute(session, standing_body, session.get_one(Plan, plan_id), None, "Tính lại.")
            computed.set()
            release.wait(10)

    def do() -> None:
        with frozen(NOW), cast.session(SECRETARY) as session:
            complete(session, actor, task_of(session, "dang_ky"), Done(date(2026, 3, 2)))

    first, second = threading.Thread(target=compute), threading.Thread(target=do)
    first.start()
    assert computed.wait(10)
    second.start()
    release.set()
    first.join(30)
    second.join(30)
    with cast.session("huyen-a") as session:
        assert task_of(session, "dang_ky").done_on == date(2026, 3, 2)
