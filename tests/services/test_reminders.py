"""The day's digests: who gets one, once, in his own tenant (design: product F09)."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.meetings.models import Petition
from core.meetings.petitions import NewPetition, answer
from core.notices.models import JobKind, Notice
from core.notices.remind import digests, is_due, post_digests
from core.notices.reminder_models import DigestDay, ReminderSetting, ladder_of
from core.notices.reminders import Ladder
from core.notices.work import owe
from core.plans.calendars import CalendarDay
from core.plans.workdays import DayKind
from core.rotation.models import Visit
from core.rotation.visiting import miss
from jobs.run import Outcome, Runner, run_pending
from tenants.clock import LOCAL, frozen
from tenants.models import Appointment, Person, Unit
from tests.cast import OPENED, Cast
from tests.mail_ground import connected_to, give_address, mail_server, settings_of
from tests.rotation_ground import published, reported, visits_of

pytestmark = pytest.mark.usefixtures("database")
WHO = "huyen-a.official"


def at(day: date, hour: int = 7) -> datetime:
    """That hour of the day in Viet Nam."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=LOCAL)


@pytest.fixture
def visits(cast: Cast) -> list[UUID]:
    """The official's visits of a published rotation of half a year; January's, as the next months', is the
    5th, 6th or 7th."""
    with frozen(datetime(2026, 1, 2, 3, tzinfo=UTC)):
        published(cast)
    return visits_of(cast)


def first_day(cast: Cast, visit_id: UUID) -> date:
    with cast.session("huyen-a") as session:
        return session.get_one(Visit, visit_id).meets_on


def told(cast: Cast, day: date, who: str = WHO) -> str | None:
    """What the person would be told on a day."""
    actor = cast.actor(who)
    with cast.session(who) as session:
        return digests(session, day).get(actor.person_id or UUID(int=0))


def reminded(cast: Cast, day: date, hour: int = 7) -> list[Outcome]:
    """The tenant's work of that hour."""
    with frozen(at(day, hour)):
        actor = cast.actor("huyen-a.admin")
        with cast.session("huyen-a") as session:
            owe(session, actor, JobKind.REMIND, f"remind:{day}:{hour}:{len(posted(cast))}")
        with cast.scope("huyen-a"):
            return run_pending()


def posted(cast: Cast, tenant: str = "huyen-a") -> list[Notice]:
    with cast.session(tenant) as session:
        return list(session.scalars(sa.select(Notice).where(Notice.kind == "reminder").order_by(Notice.id)))


def shifted(day: date, days: int) -> date:
    return date.fromordinal(day.toordinal() + days)


def test_an_official_hears_of_his_visit_before_and_of_his_report_after(
    cast: Cast, visits: list[UUID]
) -> None:
    day = first_day(cast, visits[0])
    found = {late: told(cast, shifted(day, late)) for late in range(-5, 6)}
    assert [late for late, text in found.items() if text] == [-3, -1, 0, 2, 4]
    assert "sắp dự sinh hoạt: Chi bộ số" in str(found[-3])
    assert "báo cáo kết quả dự" in str(found[0])
    assert "quá hạn 3 ngày" in str(found[4])


def test_a_report_or_a_reason_ends_the_reminders(cast: Cast, visits: list[UUID]) -> None:
    day = first_day(cast, visits[0])
    reported(cast, 0)
    assert told(cast, shifted(day, 2)) is None
    second = first_day(cast, visits[1])
    with frozen(at(second, 20)), cast.session(WHO) as session:
        miss(session, cast.actor(WHO), session.get_one(Visit, visits[1]), "Đi công tác đột xuất")
    assert told(cast, shifted(second, 2)) is None


def test_a_cancelled_visit_is_not_spoken_of(cast: Cast, visits: list[UUID]) -> None:
    day = first_day(cast, visits[0])
    with cast.session("huyen-a") as session:
        session.get_one(Visit, visits[0]).cancelled_at = at(day)
    assert told(cast, shifted(day, -3)) is None


def test_a_morning_posts_one_digest_a_person_however_often_it_comes(cast: Cast, visits: list[UUID]) -> None:
    day = shifted(first_day(cast, visits[0]), -1)
    assert reminded(cast, day) == [Outcome.DONE]
    once = {notice.id: notice.text for notice in posted(cast)}
    assert len({notice.person_id for notice in posted(cast)}) == len(once) > 0
    assert reminded(cast, day) == [Outcome.DONE]
    assert {notice.id: notice.text for notice in posted(cast)} == once


def test_the_same_job_rung_twice_posts_once(cast: Cast, visits: list[UUID]) -> None:
    day = shifted(first_day(cast, visits[0]), -1)
    actor = cast.actor("huyen-a.admin")
    with cast.session("huyen-a") as session:
        job_id = owe(session, actor, JobKind.REMIND, "remind:once")
    with frozen(at(day)):
        assert [Runner().run(job_id), Runner().run(job_id)] == [Outcome.DONE, Outcome.NOTHING_DUE]
    assert len({notice.person_id for notice in posted(cast)}) == len(posted(cast)) > 0


def test_the_mornings_digest_goes_by_mail_to_those_who_take_mail(cast: Cast, visits: list[UUID]) -> None:
    day = shifted(first_day(cast, visits[0]), -1)
    give_address(cast, WHO, "vinh@example.vn")
    with mail_server() as server, connected_to(settings_of(server)):
        assert reminded(cast, day) == [Outcome.DONE] * 2
        assert reminded(cast, day) == [Outcome.DONE]
    (letter,) = server.letters
    body = letter.get_body(("plain",))
    assert body is not None
    mine = [notice.text for notice in posted(cast) if notice.person_id == cast.actor(WHO).person_id]
    assert mine[0] in body.get_content()
    assert "https://example.vn/tasks/" in body.get_content()
    assert letter["Subject"] == f"Nhắc việc ngày {day:%d/%m/%Y}"


def test_the_next_rung_is_another_notice(cast: Cast, visits: list[UUID]) -> None:
    day = first_day(cast, visits[0])
    for late in (-3, -1):
        with cast.session("huyen-a") as session:
            actor = cast.actor(WHO)
            post_digests(session, actor, shifted(day, late), {actor.person_id or UUID(int=0): "Nhắc"})
    assert [notice.dedup_key for notice in posted(cast)] == [
        f"reminder:{shifted(day, -3)}", f"reminder:{shifted(day, -1)}"
    ]  # fmt: skip
    assert {notice.url for notice in posted(cast)} == {"/tasks/"}


def put(cast: Cast, **rules: object) -> None:
    """The tenant's own rules."""
    with cast.session("huyen-a") as session:
        session.add(ReminderSetting(**rules))


def test_a_report_that_stays_away_is_told_the_nearest_level_above_as_a_count(
    cast: Cast, visits: list[UUID]
) -> None:
    due_on = shifted(first_day(cast, visits[0]), 1)
    above, name = "huyen-a.base-officer", "Ngô Quang Vinh"
    found = {late: told(cast, shifted(due_on, late), above) for late in range(6)}
    with cast.session("huyen-a") as session:
        cell = session.get_one(Unit, session.get_one(Visit, visits[0]).cell_id).name
    assert next(late for late, text in found.items() if cell in str(text)) == 3
    assert "chi bộ trễ hạn việc “báo cáo kết quả dự”: Chi bộ số" in str(found[3])
    assert name not in str(found[3])
    assert told(cast, shifted(due_on, 3), "huyen-a.standing") is None
    with cast.session("huyen-a") as session:
        base = cast.actor(above).person_id
        session.execute(sa.update(Appointment).where(Appointment.person_id == base).values(valid_to=OPENED))
    assert "chi bộ trễ hạn" in str(told(cast, shifted(due_on, 3), "huyen-a.standing"))


def test_rules_are_the_tenants_own(cast: Cast, visits: list[UUID]) -> None:
    put(cast, rungs=[-2], escalate_after=0)
    day = first_day(cast, visits[0])
    assert [late for late in range(-8, 9) if told(cast, shifted(day, late))] == [-2]
    with cast.session("huyen-b") as session:
        assert ladder_of(session) == Ladder()


@pytest.mark.parametrize(
    ("rules", "hours"),
    [({}, range(7, 21)), ({"digest_hour": 15}, range(15, 21)), ({"digest_hour": 23}, range(6, 21))],
)
def test_digests_go_out_from_their_hour_on_and_never_in_quiet_hours(
    cast: Cast, visits: list[UUID], rules: dict[str, int], hours: range
) -> None:
    put(cast, **rules)
    day = shifted(first_day(cast, visits[0]), -1)
    with cast.session("huyen-a") as session:
        assert [hour for hour in range(24) if is_due(session, at(day, hour))] == list(hours)


def test_outside_its_hours_a_job_posts_nothing_and_the_next_one_does(cast: Cast, visits: list[UUID]) -> None:
    day = shifted(first_day(cast, visits[0]), -1)
    assert reminded(cast, day, hour=5) == [Outcome.DONE]
    assert posted(cast) == []
    assert reminded(cast, day, hour=18) == [Outcome.DONE]
    assert posted(cast) != []


def test_a_day_off_is_quiet_and_is_made_good_around_it(cast: Cast, visits: list[UUID]) -> None:
    day = shifted(first_day(cast, visits[0]), -1)
    with cast.session("huyen-a") as session:
        session.add(CalendarDay(day=day, kind=DayKind.OFF, label="Ngày truyền thống"))
        assert not is_due(session, at(day))
    assert told(cast, day) is None
    assert "sắp dự sinh hoạt" in str(told(cast, shifted(day, -1)))


def test_days_on_which_nothing_ran_are_made_good(cast: Cast, visits: list[UUID]) -> None:
    due_on = shifted(first_day(cast, visits[0]), 1)
    assert told(cast, shifted(due_on, 5)) is None
    with cast.session("huyen-a") as session:
        post_digests(session, cast.actor(WHO), due_on, {})
    assert "quá hạn 5 ngày" in str(told(cast, shifted(due_on, 5)))


def test_the_days_digests_go_out_once(cast: Cast, visits: list[UUID]) -> None:
    day, actor = first_day(cast, visits[0]), cast.actor(WHO)
    assert actor.person_id
    for expected in (True, False):
        with cast.session("huyen-a") as session:
            assert post_digests(session, actor, day, {actor.person_id: "Nhắc"}) is expected
    with cast.session("huyen-a") as session:
        assert session.execute(sa.select(DigestDay.day, DigestDay.people)).all() == [(day, 1)]


def test_urgent_petitions_reach_those_who_may_answer_until_answered(cast: Cast, visits: list[UUID]) -> None:
    day = first_day(cast, visits[0])
    reported(cast, 0, NewPetition("Ô nhiễm nguồn nước", urgent=True), NewPetition("Làm đường"))
    tomorrow = shifted(day, 1)
    for who in ("standing", "officer", "base-officer", "admin"):
        assert str(told(cast, tomorrow, f"huyen-a.{who}")).count("nêu ngày") == 1
    assert told(cast, tomorrow, "huyen-a.secretary") is None
    assert "nguồn nước" not in str(told(cast, tomorrow, "huyen-a.standing"))
    with cast.session("huyen-a") as session:
        urgent = session.scalars(sa.select(Petition).where(Petition.urgent)).one()
        answer(session, cast.actor("huyen-a.standing"), urgent, "Đã khắc phục xong")
    assert told(cast, tomorrow, "huyen-a.standing") is None


def test_who_left_and_who_works_elsewhere_hears_nothing(cast: Cast, visits: list[UUID]) -> None:
    day = shifted(first_day(cast, visits[0]), -1)
    person_id = cast.actor(WHO).person_id
    with cast.session("huyen-a") as session:
        session.get_one(Person, person_id).left_on = day
    reminded(cast, day)
    assert person_id not in {notice.person_id for notice in posted(cast)}
    assert posted(cast, "huyen-b") == []
