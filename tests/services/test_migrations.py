"""What migrations do to rows that are there already."""

import pytest
import sqlalchemy as sa
from alembic import command

from core.rotation.models import RotationLevel
from core.rotation.solving.facts import OwnCell
from migrations import configuration
from tenants.models import CellSetting
from tests.cast import Cast

YEARLY = {1: 12, 5: 2, 12: 1}
TWINS = ("Chợ đêm", "Chợ-đêm")


@pytest.mark.parametrize("tenant", ["huyen-a", "huyen-b"])
def test_kinds_of_cells_from_before_get_the_codes_of_their_names(
    cast: Cast, database: dict[str, str], tenant: str
) -> None:
    with cast.session(tenant) as session:
        session.add_all(CellSetting(name=name, code=f"x{n}") for n, name in enumerate(TWINS))
    config = configuration(database["MIGRATION_DATABASE_URL"])
    command.downgrade(config, "0002")
    command.upgrade(config, "head")
    with cast.session(tenant) as session:
        codes = dict(session.execute(sa.select(CellSetting.name, CellSetting.code)).all())
    assert codes["Trường học"] == "school"
    assert {codes[name] for name in TWINS} == {"cho_dem", "cho_dem_2"}


def test_levels_of_so_many_a_year_get_a_period_that_gives_as_many_when_they_go_down(
    cast: Cast, database: dict[str, str]
) -> None:
    with cast.session("huyen-a") as session:
        session.add_all(RotationLevel(code=f"N{n}", name=f"N{n}", per_year=n, report_days=3) for n in YEARLY)
    config = configuration(database["MIGRATION_DATABASE_URL"])
    command.downgrade(config, "0015")
    command.upgrade(config, "head")
    with cast.session("huyen-a") as session:
        rows = {row.code: row for row in session.scalars(sa.select(RotationLevel))}
    assert {n: rows[f"N{n}"].period_months for n in YEARLY} == YEARLY
    assert {row.own_cell for row in rows.values()} == {OwnCell.EXCLUDED}
