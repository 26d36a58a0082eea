"""What migrations do to rows that are there already."""

import pytest
import sqlalchemy as sa
from alembic import command

from migrations import configuration
from tenants.models import CellSetting
from tests.cast import Cast

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
