"""What levels and cells ask of the rotation, from rows to the drawn draft (S4-02, S4-03, S4-07, S4-11)."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError

from core.plans.models import Plan
from core.rotation.models import Official, OfficialArea, PlannedVisit, RotationLevel, RotationVersion
from core.rotation.own_plan import PinError, add_pin, choices
from core.rotation.service import draft_of, generate, open_rotation
from core.rotation.solving.facts import OwnCell
from core.rotation.wishing import SHARE, Wishes, set_wishes
from tenants.access import NotAllowed, NotFound
from tenants.clock import frozen
from tenants.models import AuditEntry, Unit
from tenants.people import PeopleError
from tests.cast import Cast
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, furnished

Change = Callable[[orm.Session], None]


@pytest.fixture(autouse=True)
def _march(database: object) -> Iterator[None]:
    with frozen(NOW):
        yield


def drawn(
    cast: Cast, code: str, change: Change, months: int = 12
) -> tuple[RotationVersion, list[PlannedVisit]]:
    """A draft of the tenant's months from January 2026, drawn after the change, and its visits."""
    plan_id = furnished(cast, code)
    with cast.session(code) as session:
        change(session)
        officer = cast.actor(f"{code}.officer")
        rotation = open_rotation(session, officer, session.get_one(Plan, plan_id), date(2026, 1, 1), months)
        generate(session, officer, rotation)
    run_jobs(cast, code)
    with cast.session(code) as session:
        draft = draft_of(session, rotation.id)
        assert draft is not None
        return draft, list(
            session.scalars(sa.select(PlannedVisit).where(PlannedVisit.version_id == draft.id))
        )


def level(session: orm.Session, **facts: object) -> RotationLevel:
    row = session.scalars(sa.select(RotationLevel).where(RotationLevel.code == "commune")).one()
    for name, value in facts.items():
        setattr(row, name, value)
    return row


def only(session: orm.Session, cast: Cast, unit: str, own: str | None = None) -> Official:
    """The cast's official as the only one, with an area and a cell of his own."""
    person_id = cast.actor(f"{unit.split('/', maxsplit=1)[0]}.official").person_id
    for official in session.scalars(sa.select(Official)):
        official.retired_on = date(2026, 1, 1) if official.person_id != person_id else None
    mine = session.scalars(sa.select(Official).where(Official.person_id == person_id)).one()
    mine.areas[0].unit_id = cast.unit(unit)
    mine.own_cell_id = cast.unit(own) if own else None
    return mine


def cell(session: orm.Session, cast: Cast, name: str, **facts: object) -> UUID:
    row = session.get_one(Unit, cast.unit(name))
    for field, value in facts.items():
        setattr(row, field, value)
    return row.id


def broken(draft: RotationVersion, rule: str) -> int:
    return next(int(row["broken"]) for row in draft.scores if row["rule"] == rule)


def test_a_level_of_so_many_a_year_gets_them_in_months_apart(cast: Cast) -> None:
    _draft, visits = drawn(cast, "huyen-a", _four_a_year)
    _other, monthly = drawn(cast, "huyen-b", lambda _session: None)
    months = {visit.official_id: [] for visit in visits}  # type: dict[UUID, list[date]]
    for visit in visits:
        months[visit.official_id].append(visit.month)
    assert (
        [len(set(found)) for found in months.values()] == [len(found) for found in months.values()] == [4] * 3
    )
    assert set(Counter(visit.official_id for visit in monthly).values()) == {12}


def _four_a_year(session: orm.Session) -> None:
    level(session, period_months=None, per_year=4)


def test_who_joins_in_the_year_owes_nothing_of_what_was_before(cast: Cast) -> None:
    def joins(session: orm.Session) -> None:
        only(session, cast, "huyen-a/XA-1").joined_on = date(2026, 5, 1)

    draft, visits = drawn(cast, "huyen-a", joins)
    assert [visit.month.month for visit in visits] == list(range(5, 13))
    assert broken(draft, "unmet") == 0


@pytest.mark.parametrize(
    ("own", "area", "visited"),
    [
        (OwnCell.EXCLUDED, "CB-1", 0), (OwnCell.LAST, "CB-1", 12), (OwnCell.ALLOWED, "CB-1", 12),
        (OwnCell.LAST, "XA-1", 0), (OwnCell.ALLOWED, "XA-1", 4),
    ],
)  # fmt: skip
def test_the_own_cell_is_attended_as_the_level_says(
    cast: Cast, own: OwnCell, area: str, visited: int
) -> None:
    def change(session: orm.Session) -> None:
        level(session, own_cell=own)
        only(session, cast, f"huyen-a/{area}", "huyen-a/CB-1")

    _draft, visits = drawn(cast, "huyen-a", change)
    assert sum(visit.cell_id == cast.unit("huyen-a/CB-1") for visit in visits) == visited


@pytest.mark.parametrize(("wanted", "pairs"), [(1, 36), (2, 12), (3, 0)])
def test_visitors_that_a_cell_wants_do_not_crowd_its_meeting(cast: Cast, wanted: int, pairs: int) -> None:
    def change(session: orm.Session) -> None:
        here = cell(session, cast, "huyen-a/CB-1", visitors_wanted=wanted)
        for area in session.scalars(sa.select(OfficialArea)):
            area.unit_id = here

    draft, visits = drawn(cast, "huyen-a", change)
    assert (len(visits), broken(draft, "crowding")) == (36, pairs)


@pytest.mark.parametrize("name", ["CB-1", "CB-2", "CB-3"])
def test_a_cell_that_comes_first_is_visited_in_the_first_month(cast: Cast, name: str) -> None:
    def change(session: orm.Session) -> None:
        only(session, cast, "huyen-a/XA-1")
        cell(session, cast, f"huyen-a/{name}", visited_first=True)

    _draft, visits = drawn(cast, "huyen-a", change)
    assert [v.cell_id for v in visits if v.month == date(2026, 1, 1)] == [cast.unit(f"huyen-a/{name}")]


@pytest.mark.parametrize(("months", "least"), [(12, 6), (6, 3)])
def test_a_cell_gets_the_visits_it_asks_for_a_year_and_their_part_in_half_of_it(
    cast: Cast, months: int, least: int
) -> None:
    def change(session: orm.Session) -> None:
        level(session, period_months=3)
        cell(session, cast, "huyen-a/CB-2", visits_least=6)

    _draft, visits = drawn(cast, "huyen-a", change, months)
    assert sum(visit.cell_id == cast.unit("huyen-a/CB-2") for visit in visits) == least


def test_what_a_cell_asks_for_in_vain_is_said(cast: Cast) -> None:
    def change(session: orm.Session) -> None:
        only(session, cast, "huyen-a/XA-1")
        cell(session, cast, "huyen-a/CB-2", visits_least=20)

    draft, _visits = drawn(cast, "huyen-a", change)
    assert any("Chi bộ số 2 cần ít nhất 20 lượt" in one["sentence_vi"] for one in draft.shortfalls)


@pytest.mark.parametrize(
    "cadence", [{"period_months": 3, "per_year": 4}, {"period_months": None, "per_year": None}]
)
def test_a_level_has_exactly_one_cadence(cast: Cast, cadence: dict[str, int | None]) -> None:
    with pytest.raises(IntegrityError, match="ck_rotation_level_cadence"), cast.session("huyen-a") as session:
        session.add(RotationLevel(code="X", name="X", report_days=3, **cadence))


def test_an_own_plan_keeps_to_so_many_a_year(cast: Cast) -> None:
    furnished(cast)
    with cast.session("huyen-a") as session:
        level(session, period_months=None, per_year=2, own_cell=OwnCell.ALLOWED)
        mine, actor = only(session, cast, "huyen-a/XA-1", "huyen-a/CB-1"), cast.actor("huyen-a.official")
        session.flush()
        assert cast.unit("huyen-a/CB-1") in {unit.id for unit in choices(session, mine)}
        for month in (7, 8):
            add_pin(session, actor, mine, cast.unit("huyen-a/CB-2"), date(2026, month, 1))
        for month, said in ((7, "mỗi tháng một lượt"), (9, "đã ghi đủ 02 lượt")):
            with pytest.raises(PinError, match=said):
                add_pin(session, actor, mine, cast.unit("huyen-a/CB-2"), date(2026, month, 1))


def test_wishes_of_many_cells_are_set_at_once_and_what_is_left_stays(cast: Cast) -> None:
    one, two = cast.unit("huyen-a/CB-1"), cast.unit("huyen-a/CB-2")
    with cast.session("huyen-a") as session:
        officer = cast.actor("huyen-a.officer")
        cell(session, cast, "huyen-a/CB-1", special=2, visits_least=3)
        session.flush()
        assert set_wishes(session, officer, {one, two}, Wishes(visitors_wanted=2, visited_first=True)) == 2
        assert set_wishes(session, officer, {one, two}, Wishes(visited_first=True)) == 0
        assert set_wishes(session, officer, {one}, Wishes(visits_least=SHARE)) == 1
        kept = [session.get_one(Unit, key) for key in (one, two)]
        asked = [(u.special, u.visitors_wanted, u.visits_least, u.visited_first) for u in kept]
        assert asked == [(2, 2, None, True), (0, 2, None, True)]
        tags = session.scalars(sa.select(AuditEntry.tag).where(AuditEntry.tag == "unit:wish")).all()
        assert len(tags) == 3


@pytest.mark.parametrize(
    ("names", "wishes", "said"),
    [
        ((), Wishes(special=1), "Xin đánh dấu"), (("CB-1",), Wishes(), "Xin chọn điều"),
        (("CB-1",), Wishes(special=4), "từ 0 đến 3"), (("CB-1",), Wishes(visitors_wanted=10), "từ 1 đến 9"),
        (("CB-1",), Wishes(visits_least=100), "từ 1 đến 99"),
    ],
)  # fmt: skip
def test_wishes_that_cannot_be_are_refused(
    cast: Cast, names: tuple[str, ...], wishes: Wishes, said: str
) -> None:
    ids = {cast.unit(f"huyen-a/{name}") for name in names}
    with cast.session("huyen-a") as session, pytest.raises(PeopleError, match=said):
        set_wishes(session, cast.actor("huyen-a.officer"), ids, wishes)


def test_nobody_sets_wishes_of_what_is_no_cell_of_his(cast: Cast) -> None:
    for who, name, error in (
        ("officer", "huyen-a/XA-1", NotFound), ("officer", "huyen-b/CB-1", NotFound),
        ("secretary", "huyen-a/CB-1", NotAllowed),
    ):  # fmt: skip
        with cast.session("huyen-a") as session, pytest.raises(error):
            set_wishes(session, cast.actor(f"huyen-a.{who}"), {cast.unit(name)}, Wishes(special=1))
