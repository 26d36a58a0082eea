"""The day's digests: who gets one, once, in his own tenant (design: product F09)."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.meetings.models import Petition
from core.meetings.petitions import NewPetition, answer
from core.notices.models import JobKind, Notice
from core.notices.remind import digests, post_digests
from core.notices.work import owe
from core.rotation.models import Visit
from core.rotation.visiting import miss
from jobs.run import Outcome, Runner, run_pending
from tenants.clock import frozen
from tenants.models import Person
from tests.cast import Cast
from tests.mail_ground import connected_to, give_address, mail_server, settings_of
from tests.rotation_ground import published, reported, visits_of

pytestmark = pytest.mark.usefixtures("database")
WHO = "huyen-a.official"


def at(day: date, hour: int = 7) -> datetime:
    """That hour of the day in Viet Nam."""
    return datetime(day.year, day.month, day.day, hour - 7, tzinfo=UTC)


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


def reminded(cast: Cast, day: date) -> list[Outcome]:
    """The tenant's work of that morning."""
    with frozen(at(day)):
        actor = cast.actor("huyen-a.admin")
        with cast.session("huyen-a") as session:
            owe(session, actor, JobKind.REMIND, f"remind:{day}:{len(posted(cast))}")
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
            post_digests(session, shifted(day, late), {cast.actor(WHO).person_id or UUID(int=0): "Nhắc"})
    assert [notice.dedup_key for notice in posted(cast)] == [
        f"reminder:{shifted(day, -3)}", f"reminder:{shifted(day, -1)}"
    ]  # fmt: skip
    assert {notice.url for notice in posted(cast)} == {"/tasks/"}


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
