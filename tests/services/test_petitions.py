"""Petitions: urgent ones escalate at once, each is answered once (S4-04, S4-17)."""

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.meetings.models import Petition
from core.meetings.petitions import NewPetition, PetitionError, answer, refer
from core.notices.models import Notice
from core.queries.petitions import PetitionFilters, PetitionState, petitions_in, steps_of
from tenants.access import NotAllowed, Permission, reach
from tenants.clock import frozen
from tests.cast import Cast
from tests.rotation_ground import NOW, published, reported


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def petition_id(database: object, cast: Cast) -> UUID:
    """An urgent petition."""
    published(cast)
    reported(cast, 0, NewPetition("Cống thoát nước tắc", urgent=True))
    with cast.session("huyen-a") as session:
        return session.scalars(sa.select(Petition.id)).one()


def test_an_urgent_petition_reaches_the_standing_body_and_departments_at_once(
    petition_id: UUID, cast: Cast
) -> None:
    with cast.session("huyen-a") as session:
        told = set(session.scalars(sa.select(Notice.person_id).where(Notice.kind == "petition")))
    assert told == {cast.actor(f"huyen-a.{who}").person_id for who in ("standing", "officer", "admin")}


def test_a_petition_that_does_not_press_disturbs_nobody(database: object, cast: Cast) -> None:
    published(cast)
    reported(cast, 0, NewPetition("Xin thêm sách báo"))
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(Notice.id).where(Notice.kind == "petition")) is None


def test_it_is_passed_on_again_and_again_and_answered_once(petition_id: UUID, cast: Cast) -> None:
    officer = cast.actor("huyen-a.officer")
    with cast.session("huyen-a") as session:
        petition = session.get_one(Petition, petition_id)
        for body in ("Phòng Kinh tế", "Ban Quản lý dự án"):
            refer(session, officer, petition, body)
        answer(session, officer, petition, "Sẽ thông cống trong tháng")
        assert petition.referred_to == "Ban Quản lý dự án"
        with pytest.raises(PetitionError, match="đã được trả lời"):
            answer(session, officer, petition, "Trả lời khác")
        with pytest.raises(PetitionError, match="không chuyển tiếp"):
            refer(session, officer, petition, "Nơi khác")
        tags = [step.tag.partition(":")[2] for step in steps_of(session, petition_id)]
    assert tags == ["raise", "refer", "refer", "answer"]


def test_two_who_answer_at_once_leave_one_answer(petition_id: UUID, cast: Cast) -> None:
    officer = cast.actor("huyen-a.officer")
    with cast.session("huyen-a") as slow:
        seen = slow.get_one(Petition, petition_id)
        with cast.session("huyen-a") as quick:
            answer(quick, officer, quick.get_one(Petition, petition_id), "Người nhanh")
        with pytest.raises(PetitionError):
            answer(slow, officer, seen, "Người chậm")


@pytest.mark.parametrize("who", ["secretary", "official"])
def test_readers_do_not_answer(petition_id: UUID, cast: Cast, who: str) -> None:
    with cast.session("huyen-a") as session, pytest.raises(NotAllowed):
        answer(session, cast.actor(f"huyen-a.{who}"), session.get_one(Petition, petition_id), "Xong")


@pytest.mark.parametrize("typed", ["cong thoat", "CỐNG", "chi bo so", "Cống thoát nước tắc"])
def test_search_knows_no_diacritics(petition_id: UUID, cast: Cast, typed: str) -> None:
    with cast.session("huyen-a") as session:
        paths = reach(cast.actor("huyen-a.officer"), Permission.PETITIONS_READ)
        assert petitions_in(session, paths, PetitionFilters(text=typed), 1).total == 1
        assert petitions_in(session, paths, PetitionFilters(PetitionState.ANSWERED, text=typed), 1).total == 0
