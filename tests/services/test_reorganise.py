"""Units merge, split, move and end on a day: previewed, applied, undone; nothing open is lost (F01, F02)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.following import FOLLOWS
from core.meetings.models import Meeting, MeetingKind
from core.notices.models import JobKind, Notice
from core.notices.work import owe
from core.plans.models import Plan
from core.registry import metadata
from core.rotation.models import Official, OfficialArea, Rotation, RotationLevel, Visit
from tenants.access import Actor, Grant, NotAllowed, NotFound, Role
from tenants.clock import LOCAL, frozen, now
from tenants.db import new_id
from tenants.models import Appointment, AuditEntry, Person, Unit
from tenants.people import PeopleError, UnitFacts, plan_event, preview_event, save_unit, undo_event, units_on
from tenants.tree import UnitKind, UnitPath
from tenants.unit_events import EventKind, Successor, UnitChange
from tenants.unit_models import EventState, UnitEvent, UnitPast, UnitSuccessor
from tests.cast import OPENED, Cast
from tests.reporting_ground import run_jobs

pytestmark = pytest.mark.usefixtures("database")
ADMIN, HOME = "huyen-a.admin", "huyen-a"
JULY, DAY = date(2026, 7, 1), timedelta(days=1)
NEW = "XA-9"


@pytest.fixture(autouse=True)
def on_the_day() -> Any:
    with at(JULY):
        yield


def at(day: date) -> Any:
    return frozen(datetime(day.year, day.month, day.day, 9, tzinfo=LOCAL))


def unit(session: orm.Session, code: str) -> Unit:
    return session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def event(cast: Cast, kind: EventKind, *codes: str, into: tuple[str, ...] = (), **facts: Any) -> UnitChange:
    """An event of the 1st of July; a successor whose code no unit has yet is founded."""
    with cast.session(HOME) as session:
        ids = {row.code: row.id for row in session.scalars(sa.select(Unit))}
    following = tuple(
        Successor(ids[code]) if code in ids else Successor(new_id(), code, f"Đơn vị {code}") for code in into
    )
    named = ids | {new.code: new.id for new in following if new.code}
    choices = {named[child]: named[to] for child, to in facts.pop("choices", {}).items()}
    parent = facts.pop("parent", None)
    day = facts.pop("day", JULY)
    units = tuple(ids[code] for code in codes)
    return UnitChange(kind, day, units, following, choices, parent_id=ids.get(parent), **facts)


def happened(cast: Cast, said: UnitChange, who: str = ADMIN) -> UUID:
    with cast.session(who) as session:
        return plan_event(session, cast.actor(who), said, FOLLOWS).id


def undone(cast: Cast, event_id: UUID, who: str = ADMIN) -> None:
    with cast.session(who) as session:
        undo_event(session, cast.actor(who), session.get_one(UnitEvent, event_id))


def snapshot(cast: Cast, tenant: str = HOME) -> dict[str, list[Any]]:
    """Every row that an event may touch, without the counter of edits."""
    kinds = (Unit, UnitPast, UnitSuccessor, Appointment, Visit, Meeting, Official, OfficialArea)
    with cast.session(tenant) as session:
        return {
            kind.__tablename__: list(
                session.execute(
                    sa.select(*(c for c in kind.__table__.c if c.name != "revision")).order_by(kind.id)
                )
            )
            for kind in kinds
        }


def second_commune(cast: Cast) -> None:
    """XA-2 below the root, with the cell CB-9."""
    with at(OPENED), cast.session(ADMIN) as session:
        actor = cast.actor(ADMIN)
        above = save_unit(session, actor, facts("XA-2", UnitKind.ORGANISATION, cast.unit(f"{HOME}/")))
        save_unit(session, actor, facts("CB-9", UnitKind.CELL, above.id))


def facts(code: str, kind: UnitKind, parent_id: UUID) -> UnitFacts:
    return UnitFacts(code, f"Đơn vị {code}", kind, parent_id, OPENED)


def give_work(cast: Cast) -> None:
    """An official of CB-1 who is to attend CB-2 and CB-3 in July and August, and meetings there."""
    with cast.session(ADMIN) as session:
        cells = {code: unit(session, code).id for code in ("CB-1", "CB-2", "CB-3")}
        person = session.scalars(sa.select(Person).where(Person.code == "DV-official")).one()
        level = RotationLevel(code="XA", name="Cấp xã", period_months=1, report_days=1)
        plan = Plan(title="Kế hoạch dự", year=2026, body={})
        session.add_all([level, plan])
        session.flush()
        official = Official(person_id=person.id, level_id=level.id, own_cell_id=cells["CB-1"])
        rotation = Rotation(plan_id=plan.id, first_month=JULY, months=3)
        session.add_all([official, rotation])
        session.flush()
        session.add_all(OfficialArea(official_id=official.id, unit_id=cells[c]) for c in ("CB-2", "CB-3"))
        for code, month in (("CB-2", 7), ("CB-3", 7), ("CB-3", 8), ("CB-2", 6)):
            day = date(2026, month, 5)
            session.add(
                Visit(
                    rotation_id=rotation.id, official_id=official.id, cell_id=cells[code], meets_on=day,
                    month=day.replace(day=1), assigned_at=now(),
                )
            )  # fmt: skip
            session.add(
                Meeting(
                    cell_id=cells[code], kind=MeetingKind.REGULAR, month=day.replace(day=1), meets_on=day,
                    slot="evening",
                )
            )  # fmt: skip


def cells_of(cast: Cast, kind: type[Any]) -> list[str]:
    column = {Visit: Visit.cell_id, Meeting: Meeting.cell_id, OfficialArea: OfficialArea.unit_id}[kind]
    with cast.session(HOME) as session:
        return sorted(session.scalars(sa.select(Unit.code).join(kind, column == Unit.id)))


NEVER_FOLLOWS = {
    "unit.parent_id", "unit_past.unit_id", "unit_past.parent_id", "unit_successor.unit_id",
    "unit_successor.successor_id", "appointment.unit_id", "planned_visit.cell_id",
}  # fmt: skip
"""Columns that name a unit as it was or is, or are followed apart (posts)."""


def test_of_every_table_it_is_said_whether_its_rows_follow_a_unit() -> None:
    naming = {
        f"{table.name}.{key.column_keys[1]}"
        for table in metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.referred_table.name == "unit"
    }
    following = {f"{follow.column.class_.__tablename__}.{follow.column.key}" for follow in FOLLOWS}
    assert naming - NEVER_FOLLOWS == following


def test_communes_merge_and_every_cell_stays_in_the_tree(cast: Cast) -> None:
    second_commune(cast)
    happened(cast, event(cast, EventKind.MERGE, "XA-1", "XA-2", into=(NEW,)))
    with cast.session(HOME) as session:
        now_, then = ({s.code: s.path for s in units_on(session, day)} for day in (JULY, JULY - DAY))
        assert unit(session, "XA-1").valid_to == JULY - DAY
        assert {unit(session, code).path for code in ("CB-1", "CB-9")} == {
            f"/HUYEN-A/{NEW}/CB-1/", f"/HUYEN-A/{NEW}/CB-9/",
        }  # fmt: skip
    assert now_.keys() == {"HUYEN-A", NEW, "CB-1", "CB-2", "CB-3", "CB-4", "CB-9"}
    assert (then["CB-1"], then["CB-9"]) == ("/HUYEN-A/XA-1/CB-1/", "/HUYEN-A/XA-2/CB-9/")
    assert NEW not in then


EVENTS: list[tuple[EventKind, tuple[str, ...], dict[str, Any]]] = [
    (EventKind.MERGE, ("XA-1", "XA-2"), {"into": (NEW,)}),
    (EventKind.MERGE, ("CB-1", "CB-2", "CB-3"), {"into": ("CB-1",)}),
    (EventKind.MERGE, ("CB-1", "CB-2"), {"into": (NEW,)}),
    (EventKind.SPLIT, ("CB-2",), {"into": ("CB-5", "CB-6")}),
    (EventKind.SPLIT, ("CB-3",), {"into": ("CB-3", "CB-6")}),
    (
        EventKind.SPLIT,
        ("XA-1",),
        {"into": ("XA-1", NEW), "choices": {"CB-1": NEW, "CB-2": NEW, "CB-3": "XA-1", "CB-4": "XA-1"}},
    ),
    (EventKind.RENAME, ("XA-1",), {"name": "Đảng bộ xã Đồng Tâm"}),
    (EventKind.MOVE, ("XA-1",), {"parent": "XA-2"}),
    (EventKind.RERANK, ("XA-1",), {"rank": "commune"}),
    (EventKind.DISSOLVE, ("XA-1",), {"into": ("XA-2",)}),
    (EventKind.DISSOLVE, ("CB-1",), {}),
]


@pytest.mark.parametrize(("kind", "codes", "said"), EVENTS)
def test_an_event_undone_leaves_everything_as_it_was_and_nothing_elsewhere(
    cast: Cast, kind: EventKind, codes: tuple[str, ...], said: dict[str, Any]
) -> None:
    second_commune(cast)
    give_work(cast)
    before, other = snapshot(cast), snapshot(cast, "huyen-b")
    event_id = happened(cast, event(cast, kind, *codes, **dict(said)))
    assert snapshot(cast) != before
    undone(cast, event_id)
    assert snapshot(cast) == before
    assert snapshot(cast, "huyen-b") == other


def test_a_merger_lets_visits_meetings_areas_and_own_cells_follow(cast: Cast) -> None:
    give_work(cast)
    happened(cast, event(cast, EventKind.MERGE, "CB-1", "CB-2", "CB-3", into=(NEW,)))
    assert cells_of(cast, OfficialArea) == [NEW]
    assert cells_of(cast, Visit) == ["CB-2", "CB-3", NEW, NEW]
    assert cells_of(cast, Meeting) == ["CB-2", "CB-3", NEW, NEW]
    with cast.session(HOME) as session:
        official = session.scalars(sa.select(Official)).one()
        cancelled = session.scalars(sa.select(Visit).where(Visit.cancelled_at.is_not(None))).all()
        assert official.own_cell is not None
        assert official.own_cell.code == NEW
        assert [visit.month for visit in cancelled] == [JULY]


def test_each_successor_of_a_split_is_in_the_officials_area(cast: Cast) -> None:
    give_work(cast)
    happened(cast, event(cast, EventKind.SPLIT, "CB-2", into=("CB-5", "CB-6")))
    assert cells_of(cast, OfficialArea) == ["CB-3", "CB-5", "CB-6"]


def test_the_preview_names_what_is_touched_and_writes_nothing(cast: Cast) -> None:
    give_work(cast)
    before = snapshot(cast)
    said = event(cast, EventKind.MERGE, "CB-1", "CB-2", "CB-3", into=(NEW,))
    with cast.session(ADMIN) as session:
        shown = preview_event(session, cast.actor(ADMIN), said, FOLLOWS)
        counts = {t.words: (t.moved, t.merged, t.attention) for t in shown.touches}
        posts = [(step.appointment.role, step.role) for step in shown.posts]
    assert counts["lượt dự sinh hoạt sắp tới"] == (2, 1, 0)
    assert counts["buổi sinh hoạt đã định ngày"] == (2, 0, 1)
    assert counts["địa bàn của cán bộ dự sinh hoạt"] == (1, 1, 0)
    assert posts == [(Role.SECRETARY, Role.MEMBER)]
    assert snapshot(cast) == before


def test_a_cells_leaders_become_members_of_the_cell_that_follows(cast: Cast) -> None:
    happened(cast, event(cast, EventKind.MERGE, "CB-1", "CB-2", into=("CB-2",)))
    with cast.session(HOME) as session:
        person = session.scalars(sa.select(Person).where(Person.code == "DV-secretary")).one()
        rows = session.scalars(sa.select(Appointment).where(Appointment.person_id == person.id)).all()
        held = {(row.role, row.unit.code, row.valid_from, row.valid_to) for row in rows}
    assert held == {(Role.SECRETARY, "CB-1", OPENED, JULY - DAY), (Role.MEMBER, "CB-2", JULY, None)}


def test_an_event_of_a_later_day_waits_for_it_and_the_job_may_run_twice(cast: Cast) -> None:
    later = JULY + 3 * DAY
    event_id = happened(cast, event(cast, EventKind.RENAME, "CB-1", name="Chi bộ Đồng Tâm", day=later))
    for day, name in ((JULY, "Chi bộ số 1"), (later, "Chi bộ Đồng Tâm"), (later + DAY, "Chi bộ Đồng Tâm")):
        with at(day):
            with cast.session(ADMIN) as session:
                owe(session, cast.actor(ADMIN), JobKind.APPLY_UNIT_EVENTS, f"apply:{day}")
            run_jobs(cast, HOME)
            with cast.session(HOME) as session:
                assert unit(session, "CB-1").name == name
    with cast.session(HOME) as session:
        assert session.get_one(UnitEvent, event_id).state is EventState.APPLIED
        assert session.scalars(sa.select(UnitPast)).one().valid_to == later - DAY
        applied = sa.select(sa.func.count()).where(AuditEntry.tag == "unit_event:apply")
        assert session.scalar(applied) == 1


def test_an_event_that_cannot_be_on_its_day_says_why_to_whoever_planned_it(cast: Cast) -> None:
    later = JULY + 3 * DAY
    event_id = happened(cast, event(cast, EventKind.MERGE, "CB-1", "CB-2", into=(NEW,), day=later))
    with cast.session(ADMIN) as session:
        save_unit(session, cast.actor(ADMIN), facts(NEW, UnitKind.CELL, cast.unit(f"{HOME}/XA-1")))
    with at(later):
        with cast.session(ADMIN) as session:
            owe(session, cast.actor(ADMIN), JobKind.APPLY_UNIT_EVENTS, "apply")
        run_jobs(cast, HOME)
    with cast.session(HOME) as session:
        row = session.get_one(UnitEvent, event_id)
        assert row.state is EventState.PLANNED
        assert f"Mã “{NEW}” đã dùng" in row.problem
        told = session.scalars(sa.select(Notice).where(Notice.kind == "reorganisation")).one()
        assert (told.person_id, row.problem in told.text) == (cast.actor(ADMIN).person_id, True)
        assert unit(session, "CB-1").valid_to is None


def test_what_still_waits_is_dropped_by_undoing_it(cast: Cast) -> None:
    later = JULY + DAY
    event_id = happened(cast, event(cast, EventKind.RENAME, "CB-1", name="Chi bộ Đồng Tâm", day=later))
    undone(cast, event_id)
    with pytest.raises(PeopleError):
        undone(cast, event_id)


def test_an_event_is_undone_within_thirty_days(cast: Cast) -> None:
    event_id = happened(cast, event(cast, EventKind.RENAME, "CB-1", name="Chi bộ Đồng Tâm"))
    with at(JULY + 31 * DAY), pytest.raises(PeopleError, match="quá 30 ngày"):
        undone(cast, event_id)
    with at(JULY + 30 * DAY):
        undone(cast, event_id)


def test_an_event_on_which_something_later_leans_is_not_undone(cast: Cast) -> None:
    event_id = happened(cast, event(cast, EventKind.MERGE, "CB-1", "CB-2", into=(NEW,)))
    with cast.session(HOME) as session:
        session.add(
            Meeting(
                cell_id=unit(session, NEW).id,
                kind=MeetingKind.FORUM,
                month=JULY,
                meets_on=JULY,
                slot="morning",
            )
        )
    before = snapshot(cast)
    with pytest.raises(PeopleError, match="phát sinh"):
        undone(cast, event_id)
    assert snapshot(cast) == before


def test_an_event_whose_units_changed_again_is_not_undone(cast: Cast) -> None:
    second_commune(cast)
    first = happened(cast, event(cast, EventKind.MOVE, "XA-1", parent="XA-2"))
    with at(JULY + DAY):
        again = happened(cast, event(cast, EventKind.RENAME, "CB-1", name="Chi bộ Mới", day=JULY + DAY))
        with pytest.raises(PeopleError, match="thay đổi sau đó"):
            undone(cast, first)
        undone(cast, again)
        undone(cast, first)
    with cast.session(HOME) as session:
        assert unit(session, "CB-1").path == "/HUYEN-A/XA-1/CB-1/"
        assert session.scalar(sa.select(sa.func.count(UnitPast.id))) == 0


@pytest.mark.parametrize("login", ["officer", "standing", "base-officer", "secretary"])
def test_whoever_may_not_edit_units_reorganises_none(cast: Cast, login: str) -> None:
    said = event(cast, EventKind.RENAME, "CB-1", name="Chi bộ Đồng Tâm")
    with cast.session(HOME) as session, pytest.raises(NotAllowed):
        plan_event(session, cast.actor(f"{HOME}.{login}"), said, FOLLOWS)


def test_an_admin_of_one_commune_takes_no_unit_from_another(cast: Cast) -> None:
    second_commune(cast)
    own = Actor(None, None, None, "", (Grant(Role.TENANT_ADMIN, UnitPath("/HUYEN-A/XA-1/")),))
    for said in (
        event(cast, EventKind.MOVE, "CB-9", parent="XA-1"),
        event(cast, EventKind.MOVE, "CB-1", parent="XA-2"),
        event(cast, EventKind.MERGE, "CB-1", "CB-9", into=("CB-1",)),
    ):
        with cast.session(HOME) as session, pytest.raises(NotAllowed):
            preview_event(session, own, said, FOLLOWS)


def test_a_unit_of_another_tenant_is_not_there(cast: Cast) -> None:
    foreign = UnitChange(EventKind.RENAME, JULY, (cast.unit("huyen-b/CB-1"),), name="Chi bộ khác")
    with cast.session(HOME) as session, pytest.raises(NotFound):
        plan_event(session, cast.actor(ADMIN), foreign, FOLLOWS)
