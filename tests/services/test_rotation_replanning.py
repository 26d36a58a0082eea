"""Events after publishing: a list tried before it is written down, then confirmed whole (S4-12, S4-15)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.data import digest, from_data
from core.meetings.models import Meeting
from core.notices.models import Notice
from core.rosters.models import RosterUpload
from core.rosters.service import export_file, start_import, upload
from core.rotation.by_hand import Trial
from core.rotation.cell_happenings import CellBegun, Postponed
from core.rotation.happening import Happening
from core.rotation.happenings import Away, Left, Reassigned, as_asked
from core.rotation.models import (
    Absence,
    Official,
    OfficialArea,
    Rotation,
    RotationLevel,
    RotationVersion,
    Visit,
)
from core.rotation.refused import Refused
from core.rotation.replanning import Preview, add, because, confirm, drop, list_of, preview
from core.rotation.service import RotationError, assignments_of, discard, draft_of
from core.rotation.solving.replan import Policy
from tenants.access import NotAllowed, NotFound
from tenants.clock import frozen
from tenants.models import Unit
from tenants.tree import UnitKind
from tests.cast import Cast
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, published, visits_of

OFFICER = "huyen-a.officer"
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
Making = Callable[[orm.Session, Cast], Happening]


@pytest.fixture(autouse=True)
def _march() -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def rotation_id(database: object, cast: Cast) -> UUID:
    return published(cast)


def _official(session: orm.Session, cast: Cast) -> UUID:
    mine = Official.person_id == cast.actor("huyen-a.official").person_id
    return session.scalars(sa.select(Official.id).where(mine)).one()


def _ill(session: orm.Session, cast: Cast) -> Happening:
    return Away(_official(session, cast), MAY, date(2026, 5, 31), "Phẫu thuật")


def _gone(session: orm.Session, cast: Cast) -> Happening:
    return Left(_official(session, cast), MAY)


def _transferred(session: orm.Session, cast: Cast) -> Happening:
    """To the one cell that he does not visit in May, from May on."""
    visits = sa.select(Visit.cell_id).where(Visit.id == visits_of(cast)[4])
    cell = session.scalars(visits).one()
    other = next(cast.unit(f"huyen-a/CB-{n}") for n in (1, 2, 3) if cast.unit(f"huyen-a/CB-{n}") != cell)
    return Reassigned(_official(session, cast), MAY, (other,))


def _postponed(session: orm.Session, cast: Cast) -> Happening:
    """His May meeting, to the last day of May."""
    visit = session.get_one(Visit, visits_of(cast)[4])
    meeting = sa.select(Meeting.id).where(Meeting.cell_id == visit.cell_id, Meeting.month == MAY)
    return Postponed(session.scalars(meeting).one(), date(2026, 5, 31), "morning")


def _begun(session: orm.Session, cast: Cast) -> Happening:
    """A cell founded after the rotation was published takes part from May on."""
    known = session.get_one(Unit, cast.unit("huyen-a/CB-3"))
    if (cell := session.scalar(sa.select(Unit).where(Unit.code == "CB-9"))) is None:
        cell = Unit(
            code="CB-9", name="Chi bộ số 9", search_key="chi bo so 9", kind=UnitKind.CELL,
            parent_id=known.parent_id, setting_id=known.setting_id, valid_from=NOW.date(),
            path=known.path.replace("CB-3", "CB-9"),
        )  # fmt: skip
        session.add(cell)
        session.flush()
    return CellBegun(cell.id, MAY, 2, 20, "evening")


def _back_again(session: orm.Session, cast: Cast) -> Reassigned:
    """To the whole commune again, from June on."""
    return Reassigned(_official(session, cast), JUNE, (cast.unit("huyen-a/XA-1"),))


def _promoted(session: orm.Session, cast: Cast) -> Reassigned:
    """The same area, from today at a level that attends less often."""
    other = sa.select(RotationLevel.id).where(RotationLevel.period_months > 1).limit(1)
    unit = cast.unit("huyen-a/XA-1")
    return Reassigned(_official(session, cast), NOW.date(), (unit,), session.scalars(other).one())


def _asked(cast: Cast, rotation_id: UUID, *making: Making) -> UUID:
    """The events on the officer's list, tried by the job; the list's id."""
    with cast.session(OFFICER) as session:
        officer, rotation = cast.actor(OFFICER), session.get_one(Rotation, rotation_id)
        for make in making:
            add(session, officer, rotation, make(session, cast))
        preview(session, officer, rotation)
        trial = list_of(session, officer, rotation)
    run_jobs(cast, "huyen-a")
    assert trial is not None
    return trial.id


def _confirmed(cast: Cast, trial_id: UUID, policy: Policy = Policy.ALONE) -> None:
    with cast.session(OFFICER) as session:
        trial = session.get_one(Trial, trial_id)
        confirm(session, cast.actor(OFFICER), trial, because(trial) or "Đổi khác", policy)
    run_jobs(cast, "huyen-a")


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize(
    "making",
    [
        (_ill,),
        (_gone,),
        (_transferred,),
        (_promoted,),
        (_postponed,),
        (_begun,),
        (),
        (_postponed, _ill),
        (_begun, _gone),
        (_promoted, _ill),
    ],
)
def test_the_draft_is_what_the_preview_said(
    rotation_id: UUID, cast: Cast, making: tuple[Making, ...], policy: Policy
) -> None:
    with cast.session(OFFICER) as session:
        version = session.scalars(sa.select(RotationVersion)).one()
        before = set(assignments_of(session, version.id))
    trial_id = _asked(cast, rotation_id, *making)
    with cast.session(OFFICER) as session:
        outcomes = session.get_one(Trial, trial_id).outcomes or []
        seen = next(one for one in (from_data(Preview, o) for o in outcomes) if one.policy is policy)
    gone = {change.before for change in seen.changes if change.before}
    come = {change.after for change in seen.changes if change.after}
    _confirmed(cast, trial_id, policy)
    with cast.session(OFFICER) as session:
        draft = draft_of(session, rotation_id)
        assert draft is not None
        assert set(assignments_of(session, draft.id)) == (before - gone) | come
    assert bool(gone) is (making not in ((), (_begun,)))


def test_a_preview_writes_nothing_down(rotation_id: UUID, cast: Cast) -> None:
    _asked(cast, rotation_id, _ill, _gone, _transferred, _postponed)
    with cast.session(OFFICER) as session:
        assert session.scalar(sa.select(sa.func.count(Absence.id))) == 0
        assert not session.scalars(sa.select(Official).where(Official.retired_on.is_not(None))).all()
        assert not session.scalars(sa.select(OfficialArea).where(OfficialArea.valid_to.is_not(None))).all()
        assert not session.scalars(sa.select(Meeting).where(Meeting.registered_at.is_not(None))).all()
        assert draft_of(session, rotation_id) is None


def test_one_impossible_event_leaves_every_other_unwritten(rotation_id: UUID, cast: Cast) -> None:
    trial_id = _asked(cast, rotation_id, _ill, _postponed)
    with (
        frozen(datetime(2026, 5, 20, 3, 0, tzinfo=UTC)),
        pytest.raises(RotationError, match=r"Việc thứ 2: .* đã qua"),
        cast.session(OFFICER) as session,
    ):
        confirm(session, cast.actor(OFFICER), session.get_one(Trial, trial_id), "Ốm", Policy.KEEP)
    with cast.session(OFFICER) as session:
        assert session.scalar(sa.select(sa.func.count(Absence.id))) == 0
        assert session.get_one(Trial, trial_id).settled_at is None


def test_a_list_is_confirmed_once_and_only_as_it_was_seen(rotation_id: UUID, cast: Cast) -> None:
    trial_id = _asked(cast, rotation_id, _ill)
    officer = cast.actor(OFFICER)
    with cast.session(OFFICER) as session:
        add(session, officer, session.get_one(Rotation, rotation_id), _gone(session, cast))
    with cast.session(OFFICER) as session, pytest.raises(RotationError, match="xem trước lại"):
        confirm(session, officer, session.get_one(Trial, trial_id), "Ốm", Policy.KEEP)
    assert _asked(cast, rotation_id) == trial_id
    _confirmed(cast, trial_id)
    with cast.session(OFFICER) as session, pytest.raises(RotationError, match="đã được xác nhận"):
        confirm(session, officer, session.get_one(Trial, trial_id), "Ốm", Policy.KEEP)


def test_an_event_is_dropped_and_asked_twice_it_is_one(rotation_id: UUID, cast: Cast) -> None:
    with cast.session(OFFICER) as session:
        officer, rotation = cast.actor(OFFICER), session.get_one(Rotation, rotation_id)
        ill = _ill(session, cast)
        for _ in range(2):
            add(session, officer, rotation, ill)
        trial = list_of(session, officer, rotation)
        assert trial is not None
        assert trial.asked == [as_asked(session, ill)]
        drop(session, officer, rotation, digest(as_asked(session, ill)))
        assert trial.asked == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (lambda key, _unit: Away(key, MAY, date(2026, 4, 1)), "ends_on"),
        (lambda key, _unit: Left(key, date(2026, 3, 1)), "since"),
        (lambda key, unit: Reassigned(key, date(2026, 3, 1), (unit,)), "since"),
    ],
)
def test_an_event_that_cannot_be_is_refused_by_its_field(
    rotation_id: UUID, cast: Cast, wrong: Callable[[UUID, UUID], Happening], field: str
) -> None:
    with cast.session(OFFICER) as session:
        event = wrong(_official(session, cast), cast.unit("huyen-a/XA-1"))
        rotation = session.get_one(Rotation, rotation_id)
        with pytest.raises(Refused) as refused:
            add(session, cast.actor(OFFICER), rotation, event)
    assert set(refused.value.problems) == {field}


def test_an_area_without_residential_cells_is_refused(rotation_id: UUID, cast: Cast) -> None:
    with cast.session(OFFICER) as session:
        agency = cast.unit("huyen-a/CB-4")
        assert set(Reassigned(_official(session, cast), MAY, (agency,)).problems(session)) == {"units"}
        assert set(CellBegun(agency, MAY, 2, 20, "evening").problems(session)) == {""}


def test_who_left_keeps_his_visits_before_and_owes_none_after(rotation_id: UUID, cast: Cast) -> None:
    _confirmed(cast, _asked(cast, rotation_id, _gone))
    with cast.session(OFFICER) as session:
        key, draft = str(_official(session, cast)), draft_of(session, rotation_id)
        assert draft is not None
        months = [v.month.month for v in assignments_of(session, draft.id) if v.official == key]
        assert sorted(months) == [1, 2, 3, 4]
        assert not [s for s in draft.shortfalls if s["kind"] == "unmet"]


def test_a_transferred_official_has_both_areas_each_in_its_days(rotation_id: UUID, cast: Cast) -> None:
    _confirmed(cast, _asked(cast, rotation_id, _transferred))
    with cast.session(OFFICER) as session:
        official = session.get_one(Official, _official(session, cast))
        days = {area.unit.code: (area.valid_from, area.valid_to) for area in official.areas}
        assert days.pop("XA-1") == (None, date(2026, 4, 30))
        assert list(days.values()) == [(MAY, None)]


def test_an_area_that_ends_later_does_not_come_back_after_a_gap(rotation_id: UUID, cast: Cast) -> None:
    _confirmed(cast, _asked(cast, rotation_id, _transferred))
    with cast.session(OFFICER) as session:
        back = _back_again(session, cast)
        assert set(back.problems(session)) == {"since"}
        assert replace(back, since=MAY).problems(session) == {}


def test_what_is_said_anew_takes_the_place_of_what_was_said(rotation_id: UUID, cast: Cast) -> None:
    with cast.session(OFFICER) as session:
        officer, rotation = cast.actor(OFFICER), session.get_one(Rotation, rotation_id)
        for make in (_transferred, _ill, _back_again):
            add(session, officer, rotation, make(session, cast))
        trial = list_of(session, officer, rotation)
        assert trial is not None
        assert [one["kind"] for one in trial.asked] == ["away", "reassigned"]


def test_another_level_holds_from_today_alone(rotation_id: UUID, cast: Cast) -> None:
    with cast.session(OFFICER) as session:
        promoted = _promoted(session, cast)
        assert promoted.problems(session) == {}
        assert set(replace(promoted, since=MAY).problems(session)) == {"since"}


def test_the_reason_tells_nothing_of_an_illness(rotation_id: UUID, cast: Cast) -> None:
    trial_id = _asked(cast, rotation_id, _ill)
    with cast.session(OFFICER) as session:
        said = because(session.get_one(Trial, trial_id))
    assert said == "Đồng chí Ngô Quang Vinh vắng từ 01/05/2026 đến hết 31/05/2026"


def test_confirming_tells_of_days_at_once_and_of_visits_when_published(rotation_id: UUID, cast: Cast) -> None:
    _confirmed(cast, _asked(cast, rotation_id, _ill, _postponed))
    with cast.session(OFFICER) as session:
        kinds = set(session.scalars(sa.select(Notice.kind).where(Notice.posted_at == NOW)))
        assert {"absence", "meeting"} <= kinds


def test_a_discarded_draft_leaves_the_published_version(rotation_id: UUID, cast: Cast) -> None:
    _confirmed(cast, _asked(cast, rotation_id, _ill))
    with cast.session(OFFICER) as session:
        discard(session, cast.actor(OFFICER), session.get_one(Rotation, rotation_id))
        assert draft_of(session, rotation_id) is None
        open_visits = sa.select(sa.func.count(Visit.id)).where(Visit.cancelled_at.is_(None))
        assert session.scalar(open_visits) == 18


def test_only_coordinators_may_and_only_in_their_tenant(rotation_id: UUID, cast: Cast) -> None:
    trial_id = _asked(cast, rotation_id, _ill)
    with cast.session("huyen-a") as session:
        event, rotation = _ill(session, cast), session.get_one(Rotation, rotation_id)
        for who in ("huyen-a.secretary", "huyen-a.standing", "huyen-a.official"):
            with pytest.raises(NotAllowed):
                add(session, cast.actor(who), rotation, event)
            with pytest.raises(NotAllowed):
                confirm(session, cast.actor(who), session.get_one(Trial, trial_id), "Ốm", Policy.KEEP)
    with cast.session("huyen-b") as session:
        assert session.get(Trial, trial_id) is None
        assert session.get(Unit, cast.unit("huyen-a/XA-1")) is None
        with pytest.raises(NotFound):
            event.said(session)


def _leaves_in_june(session: orm.Session, cast: Cast) -> Happening:
    return Left(_official(session, cast), JUNE)


def test_a_roster_taken_out_and_in_again_keeps_what_is_planned(rotation_id: UUID, cast: Cast) -> None:
    _confirmed(cast, _asked(cast, rotation_id, _transferred, _leaves_in_june))
    admin = cast.actor("huyen-a.admin")
    with cast.session("huyen-a") as session:
        upload_id = upload(session, admin, "officials", "a.xlsx", export_file(session, admin, "officials")).id
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        start_import(session, admin, session.get_one(RosterUpload, upload_id), only_good=True)
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        official = session.get_one(Official, _official(session, cast))
        assert official.retired_on == JUNE
        assert {area.valid_to for area in official.areas} == {None, date(2026, 4, 30)}
