"""Writing what an event does to units: founded, changed, their past kept, their paths mended (F01, F02)."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.db import Base
from tenants.models import Unit
from tenants.people.ledger import Change, Ledger
from tenants.people.past import KEPT, remember, units_now
from tenants.scope import current_tenant, new_row
from tenants.succession import Effects, with_paths
from tenants.unit_events import UnitState
from tenants.unit_models import UnitEvent, UnitSuccessor
from tenants.vietnamese import fold

TABLE: Final = Base.metadata.tables[Unit.__tablename__]
DIRECT: Final = ("name", "parent_id", "rank", "members", "valid_to")


def change_units(ledger: Ledger, row: UnitEvent, result: Effects) -> None:
    """Write what the event does to units, keep what they were, and who follows whom."""
    session, after = ledger.session, result.after
    kept = [s.id for s in result.changed if any(getattr(s, n) != getattr(after[s.id], n) for n in KEPT)]
    remember(session, Unit.id.in_(kept), row.effective_on, row.id)
    for state in result.founded:
        _found(ledger, state)
    changes = [_change(session, state, after[state.id]) for state in result.changed]
    ledger.change(TABLE, [change for change in changes if change.after])
    write_paths(session, [after[s.id] for s in result.changed if s.path != after[s.id].path])
    followed = [
        new_row(unit_id=old, successor_id=to, event_id=row.id, since=row.effective_on, position=position)
        for old, following in result.successors.items()
        for position, to in enumerate(following)
    ]
    if followed:
        session.execute(sa.insert(UnitSuccessor), followed)


def _found(ledger: Ledger, state: UnitState) -> None:
    known = {name: getattr(state, name) for name in (*KEPT, "members", "valid_from")}
    unit = Unit(id=state.id, code=state.code, kind=state.kind, search_key=fold(state.name), **known)
    ledger.session.add(unit)
    ledger.session.flush()
    ledger.added(TABLE, [state.id])


def _change(session: orm.Session, old: UnitState, new: UnitState) -> Change:
    """The columns of a unit that change: as they were, and as they will be."""
    changed = [name for name in DIRECT if getattr(old, name) != getattr(new, name)]
    before: dict[str, Any] = {name: getattr(old, name) for name in changed}
    after: dict[str, Any] = {name: getattr(new, name) for name in changed}
    if "name" in changed:
        former = session.scalar(sa.select(Unit.former_name).where(Unit.id == old.id)) or ""
        before |= {"search_key": fold(old.name), "former_name": former}
        after |= {"search_key": fold(new.name), "former_name": old.name}
    return Change(old.id, before, after)


def mend_paths(session: orm.Session) -> None:
    """Give every unit the path its parents make."""
    before = {state.id: state for state in units_now(session)}
    write_paths(session, [s for s in with_paths(before).values() if s.path != before[s.id].path])


def write_paths(session: orm.Session, moved: Iterable[UnitState]) -> None:
    """Keep the paths of units: one statement for all that come under one parent."""
    for above, states in groupby(sorted(moved, key=_above), _above):
        ids = [state.id for state in states]
        mine = TABLE.c.tenant_id == current_tenant(), TABLE.c.id.in_(ids)
        made = sa.literal(above) + TABLE.c.code + "/"
        session.execute(sa.update(TABLE).where(*mine).values(path=made, revision=TABLE.c.revision + 1))


def _above(state: UnitState) -> str:
    return state.path.removesuffix(f"{state.code}/")
