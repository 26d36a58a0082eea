"""What units were stays known, whoever changed them: "theo cơ cấu khi đó" (design: product F01, F02)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.reports.counting import count
from core.rosters.checks import RosterRow
from core.rosters.merge_units import apply_units
from tenants.access import Actor
from tenants.clock import LOCAL, frozen
from tenants.models import Tenant, Unit
from tenants.people import UnitFacts, save_unit, unit_tree, units_on
from tenants.tree import UnitKind
from tenants.unit_models import UnitPast
from tests.cast import OPENED, Cast

pytestmark = pytest.mark.usefixtures("database")
ADMIN = "huyen-a.admin"
MAY = date(2026, 5, 1)
DAY = timedelta(days=1)


def at(day: date) -> Any:
    return frozen(datetime(day.year, day.month, day.day, 9, tzinfo=LOCAL))


def unit(session: orm.Session, code: str) -> Unit:
    return session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def change(cast: Cast, day: date, code: str, **changed: Any) -> None:
    with at(day), cast.session(ADMIN) as session:
        row = unit(session, code)
        kept = {name: getattr(row, name) for name in UnitFacts.__dataclass_fields__}
        save_unit(session, cast.actor(ADMIN), UnitFacts(**kept | changed), row)


def found(cast: Cast, code: str) -> Any:
    root = cast.unit("huyen-a/")
    with cast.session(ADMIN) as session:
        facts = UnitFacts(code, f"Đảng bộ {code}", UnitKind.ORGANISATION, root, OPENED)
        return save_unit(session, cast.actor(ADMIN), facts).id


def then(cast: Cast, day: date, who: str = ADMIN) -> dict[str, tuple[str, str]]:
    with cast.session(who) as session:
        return {state.code: (state.name, state.path) for state in units_on(session, day)}


def test_a_rename_leaves_the_earlier_name_to_earlier_days(cast: Cast) -> None:
    change(cast, MAY, "CB-1", name="Chi bộ Đồng Tâm")
    assert then(cast, MAY - DAY)["CB-1"][0] == "Chi bộ số 1"
    assert then(cast, MAY)["CB-1"][0] == "Chi bộ Đồng Tâm"
    assert then(cast, MAY, "huyen-b.admin")["CB-1"][0] == "Chi bộ số 1"


def test_a_move_leaves_everything_below_where_it_lay(cast: Cast) -> None:
    change(cast, MAY, "XA-1", parent_id=found(cast, "XA-2"))
    before, after = then(cast, MAY - DAY), then(cast, MAY)
    assert before["CB-1"][1] == "/HUYEN-A/XA-1/CB-1/"
    assert after["CB-1"][1] == "/HUYEN-A/XA-2/XA-1/CB-1/"


def test_two_changes_of_a_day_are_one_past(cast: Cast) -> None:
    change(cast, MAY, "CB-1", name="Chi bộ nháp")
    change(cast, MAY, "CB-1", name="Chi bộ Đồng Tâm")
    change(cast, MAY + 9 * DAY, "CB-1", block="rural")
    with cast.session(ADMIN) as session:
        kept = session.execute(
            sa.select(UnitPast.name, UnitPast.valid_to).order_by(UnitPast.valid_from)
        ).all()
    assert kept == [("Chi bộ số 1", MAY - DAY), ("Chi bộ Đồng Tâm", MAY + 8 * DAY)]


def test_an_edit_of_what_is_not_kept_leaves_no_past(cast: Cast) -> None:
    change(cast, MAY, "CB-1", meeting_day=5, members=9)
    with cast.session(ADMIN) as session:
        assert session.scalar(sa.select(sa.func.count(UnitPast.id))) == 0


def test_a_file_that_moves_units_leaves_their_past_too(cast: Cast) -> None:
    found(cast, "XA-2")
    row = {"code": "XA-1", "name": "Đảng bộ xã Yên Phú", "kind": UnitKind.ORGANISATION, "parent": "XA-2"}
    for _ in range(2):
        with cast.session(ADMIN) as session:
            apply_units(session, (RosterRow(2, row),), MAY)
    assert then(cast, MAY - DAY)["CB-4"][1] == "/HUYEN-A/XA-1/CB-4/"
    assert then(cast, MAY)["CB-4"][1] == "/HUYEN-A/XA-2/XA-1/CB-4/"
    with cast.session(ADMIN) as session:
        assert session.scalar(sa.select(sa.func.count(UnitPast.id))) == 5


@pytest.mark.parametrize("day", [MAY - DAY, MAY])
def test_the_tree_of_a_past_day_shows_a_base_officer_his_own_commune(cast: Cast, day: date) -> None:
    change(cast, MAY, "XA-1", parent_id=found(cast, "XA-2"))
    actor: Actor = cast.actor("huyen-a.base-officer")
    with cast.session(ADMIN) as session:
        (top,) = unit_tree(session, actor, day)
    assert (top.code, top.cells) == ("XA-1", 4)


def test_a_periods_report_counts_by_the_tree_of_its_last_day(cast: Cast) -> None:
    change(cast, MAY, "XA-1", name="Đảng bộ xã Mới")
    change(cast, MAY, "CB-1", parent_id=found(cast, "XA-2"))
    quarters = {first: (first, date(2026, first.month + 2, 28)) for first in (OPENED, date(2026, 4, 1))}
    with cast.session(ADMIN) as session:
        tenant = session.get_one(Tenant, cast.tenants["huyen-a"])
        figures = [count(session, tenant, *days, "kỳ", MAY) for days in quarters.values()]
    cells = [{unit.name: unit.tally.cells for unit in one.units} for one in figures]
    assert cells == [{"Đảng bộ xã Yên Phú": 3}, {"Đảng bộ xã Mới": 2, "Đảng bộ XA-2": 1}]
