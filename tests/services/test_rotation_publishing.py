"""A rotation's life as a service: drawn, published, adjusted, discarded (S4-01 to S4-03, S4-07, S4-11)."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from core.notices.models import Notice
from core.rotation.models import Absence, Official, PlannedVisit, Rotation, RotationVersion, Visit
from core.rotation.service import (
    RotationError,
    adjust,
    assignments_of,
    discard,
    draft_of,
    generate,
    latest_published,
    publish,
)
from tenants.access import NotAllowed
from tenants.clock import frozen
from tests.cast import Cast
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, drafted, published, reported, version_of


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


def _absent(cast: Cast, start: date, end: date) -> None:
    with cast.session("huyen-a") as session:
        person_id = cast.actor("huyen-a.official").person_id
        session.add(Absence(person_id=person_id, starts_on=start, ends_on=end))


def test_a_draft_gives_each_official_one_cell_a_month(database: object, cast: Cast) -> None:
    rotation_id = drafted(cast)
    with cast.session("huyen-a") as session:
        visits = assignments_of(session, version_of(session, rotation_id).id)
    assert set(Counter((visit.official, visit.month) for visit in visits).values()) == {1}
    assert len(visits) == 18


def test_a_draft_drawn_again_takes_the_place_of_the_first(database: object, cast: Cast) -> None:
    rotation_id = drafted(cast)
    with cast.session("huyen-a") as session:
        generate(session, cast.actor("huyen-a.officer"), session.get_one(Rotation, rotation_id), seed=1)
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        assert session.scalar(sa.select(sa.func.count(RotationVersion.id))) == 1
        assert session.scalar(sa.select(sa.func.count(PlannedVisit.id))) == 18


def test_publishing_freezes_a_hash_and_promises_every_visit(database: object, cast: Cast) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session:
        version = latest_published(session, rotation_id)
        assert version is not None
        assert len(version.sha256) == 64
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == 18


def test_a_version_is_published_once(database: object, cast: Cast) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session, pytest.raises(RotationError, match="đã được công bố"):
        publish(session, cast.actor("huyen-a.standing"), version_of(session, rotation_id))


def test_generating_and_publishing_ask_different_rights(database: object, cast: Cast) -> None:
    rotation_id = drafted(cast)
    with cast.session("huyen-a") as session:
        with pytest.raises(NotAllowed):
            publish(session, cast.actor("huyen-a.officer"), version_of(session, rotation_id))
        with pytest.raises(NotAllowed):
            discard(session, cast.actor("huyen-a.standing"), session.get_one(Rotation, rotation_id))


def test_an_adjustment_moves_only_the_visits_that_cannot_stand(database: object, cast: Cast) -> None:
    rotation_id = published(cast)
    _absent(cast, date(2026, 5, 1), date(2026, 5, 31))
    with cast.session("huyen-a") as session:
        officer = cast.actor("huyen-a.officer")
        adjust(session, officer, session.get_one(Rotation, rotation_id), "Một đồng chí đi học")
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        version = draft_of(session, rotation_id)
        assert version is not None
        assert (version.number, version.reason) == (2, "Một đồng chí đi học")
        assert (version.changes["kept"], version.changes["removed"]) == (17, 1)


def test_an_adjusted_visit_is_cancelled_with_the_reason_and_only_its_people_are_told(
    database: object, cast: Cast
) -> None:
    rotation_id = published(cast)
    _absent(cast, date(2026, 5, 1), date(2026, 5, 31))
    with cast.session("huyen-a") as session:
        officer = cast.actor("huyen-a.officer")
        adjust(session, officer, session.get_one(Rotation, rotation_id), "Một đồng chí đi học")
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        version = version_of(session, rotation_id)
        publish(session, cast.actor("huyen-a.standing"), version)
        gone = session.scalars(sa.select(Visit).where(Visit.cancelled_at.is_not(None))).one()
        assert (gone.month, gone.cancelled_reason) == (date(2026, 5, 1), "Một đồng chí đi học")
        told = session.scalars(sa.select(Notice).where(Notice.dedup_key == f"rotation:{version.id}")).one()
        assert told.person_id == cast.actor("huyen-a.official").person_id


def test_a_reported_visit_outlives_every_adjustment(database: object, cast: Cast) -> None:
    rotation_id = published(cast)
    visit_id = reported(cast, 0)
    _absent(cast, date(2026, 1, 1), date(2026, 6, 30))
    with cast.session("huyen-a") as session:
        officer = cast.actor("huyen-a.officer")
        adjust(session, officer, session.get_one(Rotation, rotation_id), "Đi học cả kỳ")
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        publish(session, cast.actor("huyen-a.standing"), version_of(session, rotation_id))
        assert session.get_one(Visit, visit_id).cancelled_at is None


def test_a_published_rotation_is_adjusted_not_generated(database: object, cast: Cast) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session, pytest.raises(RotationError, match="điều chỉnh lịch"):
        generate(session, cast.actor("huyen-a.officer"), session.get_one(Rotation, rotation_id))


def test_an_adjustment_without_a_reason_is_refused(database: object, cast: Cast) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session, pytest.raises(RotationError, match="lý do"):
        adjust(session, cast.actor("huyen-a.officer"), session.get_one(Rotation, rotation_id), "  ")


def test_discarding_leaves_the_published_version(database: object, cast: Cast) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session:
        officer, rotation = cast.actor("huyen-a.officer"), session.get_one(Rotation, rotation_id)
        adjust(session, officer, rotation, "Thử")
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        discard(session, cast.actor("huyen-a.officer"), session.get_one(Rotation, rotation_id))
        assert draft_of(session, rotation_id) is None
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == 18


def test_nobody_is_sent_to_the_own_cell(database: object, cast: Cast) -> None:
    rotation_id = drafted(cast)
    with cast.session("huyen-a") as session:
        official = session.scalars(sa.select(Official).order_by(Official.id)).first()
        assert official is not None
        official.own_cell_id = cast.unit("huyen-a/CB-1")
        generate(session, cast.actor("huyen-a.officer"), session.get_one(Rotation, rotation_id))
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        lines = session.scalars(sa.select(PlannedVisit).where(PlannedVisit.official_id == official.id)).all()
    assert len(lines) == 6
    assert cast.unit("huyen-a/CB-1") not in {line.cell_id for line in lines}
