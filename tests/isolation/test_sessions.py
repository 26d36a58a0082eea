"""A session serves one scope from its first statement to its close (design: security 5, 11)."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from tenants.models import Appointment, Unit
from tenants.scope import ScopeError, Session, across_tenants, tenant_scope
from tests.isolation.world import OWN, SIBLING, World


def _flush_renamed(session: orm.Session, unit: Unit) -> None:
    unit.name = "x"
    session.flush()


USES: dict[str, Callable[[orm.Session, Unit], Any]] = {
    "select": lambda session, _unit: session.scalars(sa.select(Unit)).all(),
    "get what is in the identity map": lambda session, unit: session.get(Unit, unit.id),
    "get one": lambda session, unit: session.get_one(Unit, unit.id),
    "refresh": lambda session, unit: session.refresh(unit),
    "lazy load": lambda _session, unit: unit.parent,
    "text": lambda session, _unit: session.execute(sa.text("SELECT 1")),
    "query": lambda session, _unit: session.query(Unit).count(),
    "merge": lambda session, unit: session.merge(Unit(id=unit.id, name="x")),
    "flush": _flush_renamed,
    "bulk": lambda session, _unit: session.execute(sa.update(Unit).values(name="x")),
}


@pytest.mark.parametrize("use", USES)
def test_a_session_is_of_no_use_in_another_scope(use: str, world: World, urls: object) -> None:
    with tenant_scope(world.cast.tenants[OWN]), Session() as session:
        unit = session.get_one(Unit, world.cast.unit(f"{OWN}/CB-1"))
        with tenant_scope(world.cast.tenants[SIBLING]), pytest.raises(ScopeError):
            USES[use](session, unit)
        with across_tenants("a test"), pytest.raises(ScopeError):
            USES[use](session, unit)
        session.rollback()


def test_a_session_is_of_no_use_after_its_scope(world: World, urls: object) -> None:
    with tenant_scope(world.cast.tenants[OWN]):
        session = Session()
        session.get_one(Unit, world.cast.unit(f"{OWN}/CB-1"))
    with pytest.raises(ScopeError):
        session.get(Unit, world.cast.unit(f"{OWN}/CB-1"))
    session.close()


def test_a_session_goes_on_in_its_own_scope(world: World, urls: object) -> None:
    with tenant_scope(world.cast.tenants[OWN]), Session() as session:
        unit = session.get_one(Unit, world.cast.unit(f"{OWN}/CB-1"))
        session.commit()
        with tenant_scope(world.cast.tenants[OWN]):
            assert session.get(Unit, unit.id) is unit
            assert unit.parent is not None


def test_a_relation_leads_to_rows_of_the_same_tenant_alone(world: World, urls: object) -> None:
    with tenant_scope(world.cast.tenants[OWN]), Session() as session:
        for appointment in session.scalars(sa.select(Appointment)):
            assert appointment.unit.tenant_id == appointment.person.tenant_id == world.cast.tenants[OWN]
