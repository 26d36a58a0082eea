"""Settled by hand: days of meetings, absences, exchanges, own plans (S4-08, S4-12; product R01, R06)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Meeting
from core.notices.models import Notice
from core.plans.models import Plan
from core.rotation import away, own_plan, swapping
from core.rotation.away import AwayError, declare
from core.rotation.by_hand import Pin, Swap, SwapState
from core.rotation.days import DayError, register_day
from core.rotation.models import Absence, Official, PlannedVisit, Visit
from core.rotation.own_plan import PinError, add_pin, choices, send_plan
from core.rotation.service import generate, open_rotation
from core.rotation.swapping import SwapError, answer, ask, decide, partners_for, undo, withdraw
from tenants.access import NotAllowed, NotFound
from tenants.clock import frozen
from tenants.models import AuditEntry
from tests.cast import Cast
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, OTHERS, colleague, furnished, published, visits_of

OFFICIAL, OFFICER, BASE = "huyen-a.official", "huyen-a.officer", "huyen-a.base-officer"


@pytest.fixture(autouse=True)
def _march(database: object) -> Iterator[None]:
    with frozen(NOW):
        yield


def _may_visit(session: orm.Session, who: Cast) -> Visit:
    """The official's visit of May."""
    return session.get_one(Visit, visits_of(who)[4])


def _meeting(session: orm.Session, visit: Visit) -> Meeting:
    query = sa.select(Meeting).where(Meeting.cell_id == visit.cell_id, Meeting.month == visit.month)
    return session.scalars(query).one()


def _told(session: orm.Session, kind: str) -> set[UUID]:
    return set(session.scalars(sa.select(Notice.person_id).where(Notice.kind == kind)))


# ---- Days of meetings


def test_a_registered_day_takes_its_visits_along_and_tells_them(cast: Cast) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        visit = _may_visit(session, cast)
        before = visit.sequence
        came = register_day(session, cast.actor(BASE), _meeting(session, visit), date(2026, 5, 20), "morning")
        session.refresh(visit)
        assert (visit.meets_on, visit.sequence) == (date(2026, 5, 20), before + 1)
        assert (came.officials, came.hindered) == (1, ())
        assert cast.actor(OFFICIAL).person_id in _told(session, "meeting")
        assert session.scalar(sa.select(AuditEntry.tag).order_by(AuditEntry.number.desc()).limit(1)) == (
            "meeting:register"
        )


def test_the_published_version_stays_as_it_was(cast: Cast) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        days = sa.select(PlannedVisit.meets_on).order_by(PlannedVisit.id)
        before, visit = session.scalars(days).all(), _may_visit(session, cast)
        register_day(session, cast.actor(OFFICER), _meeting(session, visit), date(2026, 5, 20), "evening")
        assert session.scalars(days).all() == before


def test_whoever_cannot_come_on_the_new_day_is_named(cast: Cast) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        day, visit = date(2026, 5, 20), _may_visit(session, cast)
        session.add(Absence(person_id=visit.official.person_id, starts_on=day, ends_on=day))
        session.flush()
        came = register_day(session, cast.actor(OFFICER), _meeting(session, visit), day, "evening")
        assert came.hindered == ("Ngô Quang Vinh",)
        texts = session.scalars(sa.select(Notice.text).where(Notice.kind == "meeting")).all()
    assert any("Không dự được ngày này: Ngô Quang Vinh" in text for text in texts)


@pytest.mark.parametrize(
    ("day", "slot", "field"),
    [
        (date(2026, 6, 1), "evening", "meets_on"),
        (date(2026, 3, 1), "evening", "meets_on"),
        (date(2026, 5, 9), "night", "slot"),
    ],
)
def test_a_wrong_day_names_its_field(cast: Cast, day: date, slot: str, field: str) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        meeting = _meeting(session, _may_visit(session, cast))
        with pytest.raises(DayError) as refused:
            register_day(session, cast.actor(OFFICER), meeting, day, slot)
    assert set(refused.value.problems) == {field}


def test_a_meeting_held_is_not_moved(cast: Cast) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        meeting = _meeting(session, session.get_one(Visit, visits_of(cast)[2]))
        with pytest.raises(DayError, match="đã qua"):
            register_day(session, cast.actor(OFFICER), meeting, date(2026, 3, 20), "evening")


def test_a_day_is_set_by_the_cell_its_visitor_and_those_over_it_alone(cast: Cast) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        visit = _may_visit(session, cast)
        for who in (OFFICIAL, BASE, OFFICER):
            register_day(session, cast.actor(who), _meeting(session, visit), date(2026, 5, 9), "evening")
        elsewhere = session.scalars(
            sa.select(Meeting).where(
                Meeting.cell_id == cast.unit("huyen-a/CB-2"), Meeting.month == visit.month
            )
        ).one()
        with pytest.raises(NotAllowed):
            register_day(session, cast.actor("huyen-a.secretary"), elsewhere, date(2026, 5, 9), "evening")


# ---- Absences


def test_an_absence_shows_what_it_touches_and_tells_those_over_the_cell(cast: Cast) -> None:
    published(cast)
    start, end = date(2026, 5, 1), date(2026, 5, 31)
    with cast.session("huyen-a") as session:
        for _ in range(2):
            touched = declare(session, cast.actor(OFFICIAL), start, end, "Đi học")
        assert [visit.month for visit in touched] == [date(2026, 5, 1)]
        assert session.scalar(sa.select(sa.func.count(Absence.id))) == 1
        assert cast.actor(BASE).person_id in _told(session, "absence")


@pytest.mark.parametrize(("start", "end"), [((5, 9), (5, 1)), ((1, 1), (1, 2))])
def test_impossible_days_are_refused(cast: Cast, start: tuple[int, int], end: tuple[int, int]) -> None:
    furnished(cast)
    with cast.session("huyen-a") as session, pytest.raises(AwayError):
        declare(session, cast.actor(OFFICIAL), date(2026, *start), date(2026, *end), "")


def test_an_absence_is_its_persons_alone(cast: Cast) -> None:
    furnished(cast)
    with cast.session("huyen-a") as session:
        declare(session, cast.actor(OFFICIAL), date(2026, 5, 1), date(2026, 5, 2), "")
        absence = session.scalars(sa.select(Absence)).one()
        with pytest.raises(NotAllowed):
            away.withdraw(session, cast.actor(OFFICER), absence)
        away.withdraw(session, cast.actor(OFFICIAL), absence)
        assert session.scalar(sa.select(sa.func.count(Absence.id))) == 0


# ---- Exchanges


@pytest.fixture
def swap_id(cast: Cast) -> UUID:
    """An exchange that the official asked of a colleague for his visit of May."""
    published(cast)
    colleague(cast)
    with cast.session("huyen-a") as session:
        visit = _may_visit(session, cast)
        other = next(v for v in partners_for(session, visit) if str(v.official) == OTHERS[0])
        return ask(session, cast.actor(OFFICIAL), visit, other, "Bận họp").id


def _whole(session: orm.Session) -> set[tuple[UUID, UUID, date]]:
    query = sa.select(Visit.official_id, Visit.cell_id, Visit.month).where(Visit.cancelled_at.is_(None))
    return {tuple(row) for row in session.execute(query)}  # type: ignore[misc]


def test_only_visits_of_the_same_period_to_possible_cells_are_offered(cast: Cast) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        visit = _may_visit(session, cast)
        offered = partners_for(session, visit)
        assert {other.month for other in offered} == {visit.month}
        assert visit.official_id not in {other.official_id for other in offered}
        day = offered[0].meets_on
        session.add(Absence(person_id=visit.official.person_id, starts_on=day, ends_on=day))
        session.flush()
        assert day not in {other.meets_on for other in partners_for(session, visit)}


def test_an_approved_exchange_moves_both_and_is_undone_before_its_day(swap_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        swap, before = session.get_one(Swap, swap_id), _whole(session)
        answer(session, cast.actor("huyen-a.partner"), swap, True)
        decide(session, cast.actor(BASE), swap, True)
        one, other = swap.visit, swap.other
        moved = _whole(session)
        assert (one.official_id, other.cell_id, other.month) in moved
        assert (other.official_id, one.cell_id, one.month) in moved
        assert len(moved) == len(before) == len(moved - before) + 16
        undo(session, cast.actor(BASE), swap)
        assert _whole(session) == before
        assert swap.state is SwapState.UNDONE
        assert {cast.actor(OFFICIAL).person_id, cast.actor("huyen-a.partner").person_id} <= _told(
            session, "swap"
        )


def test_an_exchange_is_not_undone_on_its_day(swap_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        swap = session.get_one(Swap, swap_id)
        answer(session, cast.actor("huyen-a.partner"), swap, True)
        decide(session, cast.actor(BASE), swap, True)
        day = swapping.cut_off(swap)
        with frozen(datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)), pytest.raises(SwapError):
            undo(session, cast.actor(BASE), swap)


def test_each_step_is_its_persons_and_done_once(swap_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        swap, partner = session.get_one(Swap, swap_id), cast.actor("huyen-a.partner")
        with pytest.raises(NotFound):
            answer(session, cast.actor(OFFICIAL), swap, True)
        with pytest.raises(SwapError, match="bước khác"):
            decide(session, cast.actor(BASE), swap, True)
        answer(session, partner, swap, False, "Cũng bận")
        with pytest.raises(SwapError, match="bước khác"):
            answer(session, partner, swap, True)
        with pytest.raises(SwapError, match="bước khác"):
            withdraw(session, cast.actor(OFFICIAL), swap)
        with pytest.raises(NotAllowed):
            decide(session, cast.actor("huyen-a.secretary"), swap, True)


def test_a_visit_waits_in_one_exchange_at_a_time(swap_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        swap = session.get_one(Swap, swap_id)
        with pytest.raises(SwapError, match="đang chờ đổi"):
            ask(session, cast.actor(OFFICIAL), swap.visit, swap.other, "Lần nữa")
        withdraw(session, cast.actor(OFFICIAL), swap)
        ask(session, cast.actor(OFFICIAL), swap.visit, swap.other, "Lần nữa")


def test_an_exchange_that_became_impossible_is_not_approved(swap_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        swap, before = session.get_one(Swap, swap_id), _whole(session)
        answer(session, cast.actor("huyen-a.partner"), swap, True)
        day = swap.other.meets_on
        session.add(Absence(person_id=swap.visit.official.person_id, starts_on=day, ends_on=day))
        session.flush()
        with pytest.raises(SwapError, match="vắng mặt"):
            decide(session, cast.actor(BASE), swap, True)
        assert _whole(session) == before


# ---- Own plans


def _official(session: orm.Session, cast: Cast) -> Official:
    return away.own_official(session, cast.actor(OFFICIAL))


def test_a_sent_plan_is_kept_by_the_rotation(cast: Cast) -> None:
    furnished(cast)
    cell_id = cast.unit("huyen-a/CB-3")
    with cast.session("huyen-a") as session:
        actor = cast.actor(OFFICIAL)
        for month in (4, 6):
            add_pin(session, actor, _official(session, cast), cell_id, date(2026, month, 1))
        told = send_plan(session, actor, _official(session, cast), 2026)
        assert told == len(_told(session, "own_plan")) > 0
        assert {cast.actor("huyen-a.standing").person_id, cast.actor(BASE).person_id} <= _told(
            session, "own_plan"
        )
    _draw(cast)
    with cast.session("huyen-a") as session:
        mine = sa.select(PlannedVisit.month, PlannedVisit.source).where(
            PlannedVisit.official_id == _official(session, cast).id, PlannedVisit.cell_id == cell_id
        )
        kept = dict(session.execute(mine).all())
    assert (kept[date(2026, 4, 1)], kept[date(2026, 6, 1)]) == ("pin", "pin")


def _draw(cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        officer, plan = cast.actor(OFFICER), session.scalars(sa.select(Plan)).one()
        generate(session, officer, open_rotation(session, officer, plan, date(2026, 1, 1), 6))
    run_jobs(cast, "huyen-a")


def test_a_plan_takes_one_possible_cell_a_period(cast: Cast) -> None:
    furnished(cast)
    with cast.session("huyen-a") as session:
        actor, official = cast.actor(OFFICIAL), _official(session, cast)
        assert [cell.code for cell in choices(session, official)] == ["CB-1", "CB-2", "CB-3"]
        add_pin(session, actor, official, cast.unit("huyen-a/CB-1"), date(2026, 4, 1))
        wrong = {
            "CB-2": (date(2026, 4, 1), "month"), "CB-4": (date(2026, 5, 1), "cell"),
            "CB-3": (date(2026, 1, 1), "month"),
        }  # fmt: skip
        for code, (month, field) in wrong.items():
            with pytest.raises(PinError) as refused:
                add_pin(session, actor, official, cast.unit(f"huyen-a/{code}"), month)
            assert set(refused.value.problems) == {field}


def test_a_plan_is_written_by_its_official_or_his_coordinators(cast: Cast) -> None:
    furnished(cast)
    cell_id = cast.unit("huyen-a/CB-1")
    with cast.session("huyen-a") as session:
        official = _official(session, cast)
        for who in ("huyen-a.secretary", "huyen-a.standing", "huyen-b.officer"):
            with pytest.raises(NotFound):
                add_pin(session, cast.actor(who), official, cell_id, date(2026, 4, 1))
        pin = add_pin(session, cast.actor(OFFICER), official, cell_id, date(2026, 4, 1))
        own_plan.remove_pin(session, cast.actor(OFFICIAL), pin)
        with pytest.raises(PinError, match="chưa có gì mới"):
            send_plan(session, cast.actor(OFFICIAL), official, 2026)
        assert session.scalar(sa.select(sa.func.count(Pin.id))) == 0
