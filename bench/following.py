"""Following up over half a million open tasks, beside plain SQL over the same rows (core.queries).

Ours are the queries of the pages, as the app's role under row-level security, with the objects that they
return. The reference is a hand-written statement a figure, on copies of both tables with the same indexes but
without row-level security, as their owner, its rows as the driver gives them. Both must agree.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import islice, product
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy import orm

from bench.database import fresh_database, plain
from bench.plans import open_committee
from bench.ratios import Disagreement, Ratio, best_and_median, timed
from core.bulk import insert_columns
from core.plans.content import Action
from core.plans.models import Plan
from core.plans.task_models import Milestone, Task
from core.queries.follow import heat_map
from core.queries.overdue import overdue_counts
from tenants.conditions import root_path
from tenants.models import Unit
from tenants.scope import tenant_scope, transaction
from tenants.tree import UnitKind

OPEN_TASKS, MAPPED, REPETITIONS, SEED = 500_000, 12, 5, 1
DAY = date(2025, 6, 30)
CELLS_PLAN, MAPPED_PLAN = "Việc của chi bộ", "Việc của đảng ủy"
Dates = tuple[date | None, date | None, date | None]
Counted = dict[Any, int]

BY_COMMITTEE = """
    SELECT committee.id, count(*) FROM bare_task task
    JOIN bare_unit unit ON unit.tenant_id = task.tenant_id AND unit.id = task.unit_id
    JOIN bare_unit committee
      ON committee.tenant_id = unit.tenant_id AND committee.code = split_part(unit.path, '/', 3)
    WHERE task.tenant_id = %(tenant)s AND task.done_on IS NULL AND task.withdrawn_on IS NULL
      AND task.due_on < %(day)s AND (task.extended_to IS NULL OR task.extended_to < %(day)s)
    GROUP BY committee.id
"""
BY_UNIT_AND_MILESTONE = """
    SELECT unit_id, milestone_id, CASE
        WHEN done_on <= due_on THEN 'done_on_time' WHEN done_on <= extended_to THEN 'done_extended'
        WHEN done_on > due_on THEN 'done_late' WHEN due_on IS NULL THEN 'waiting'
        WHEN coalesce(extended_to, due_on) < %(day)s THEN 'overdue' WHEN due_on < %(day)s THEN 'extended'
        WHEN coalesce(extended_to, due_on) <= %(day)s + 3 THEN 'due_soon' ELSE 'open'
    END AS standing, count(*)
    FROM bare_task task JOIN bare_unit unit ON unit.tenant_id = task.tenant_id AND unit.id = task.unit_id
    WHERE task.tenant_id = %(tenant)s AND plan_id = %(plan)s AND withdrawn_on IS NULL
      AND path > %(path)s AND path < %(end)s
    GROUP BY unit_id, milestone_id, standing
"""


def figure() -> list[Ratio]:
    """Best and median milliseconds of both ways. Raises Disagreement."""
    with (
        fresh_database(_furnished) as (urls, tenant_id),
        psycopg.connect(plain(urls["MIGRATION_DATABASE_URL"]), autocommit=True) as owner,
    ):
        _copy(owner, tenant_id)
        with tenant_scope(tenant_id), transaction() as session:
            path = root_path(session)
            plan_id = session.scalars(sa.select(Plan.id).where(Plan.title == MAPPED_PLAN)).one()
        known = {"tenant": tenant_id, "day": DAY, "plan": plan_id, "path": path.text, "end": path.end}
        late = partial(overdue_counts, paths=[path], day=DAY)
        at = partial(heat_map, plan_id=plan_id, path=path, day=DAY)
        return [
            *_measured("overdue by committee", tenant_id, late, dict, owner, BY_COMMITTEE, known),
            *_measured("heat map", tenant_id, at, _standings, owner, BY_UNIT_AND_MILESTONE, known),
        ]


def _measured(
    what: str,
    tenant_id: UUID,
    query: Callable[[orm.Session], Any],
    spelled: Callable[[Any], Counted],
    owner: psycopg.Connection[Any],
    statement: str,
    known: dict[str, Any],
) -> list[Ratio]:
    ours, theirs = partial(_ours, tenant_id, query), partial(_by_hand, owner, statement, known)
    counted = {_key(row): row[-1] for row in theirs()}
    if not counted or spelled(ours()) != counted:
        raise Disagreement(f"{what}: core.queries and the statement by hand disagree")
    print(
        f"{what}: {len(counted):,} counts of {sum(counted.values()):,} tasks agree; {REPETITIONS} times each"
    )
    times = [(timed(ours), timed(theirs)) for _ in range(REPETITIONS)]
    return best_and_median(what, "plain SQL", *zip(*times, strict=True))


def _ours(tenant_id: UUID, query: Callable[[orm.Session], Any]) -> Any:
    with tenant_scope(tenant_id), transaction() as session:
        return query(session)


def _by_hand(owner: psycopg.Connection[Any], statement: str, known: dict[str, Any]) -> list[Any]:
    with owner.transaction():
        return owner.execute(statement, known).fetchall()


def _key(row: tuple[Any, ...]) -> Any:
    return row[0] if len(row) == 2 else row[:-1]


def _standings(cells: Any) -> Counted:
    """Cells of the map, of one task each, as the reference spells them."""
    return {(cell.unit_id, cell.milestone_id, cell.worst.value): cell.total for cell in cells}


def _copy(owner: psycopg.Connection[Any], tenant_id: UUID) -> None:
    owner.execute(f"SET app.tenant_id = '{tenant_id}'")
    for table in ("unit", "task"):
        owner.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        owner.execute(f"INSERT INTO bare_{table} SELECT * FROM {table}")
    owner.execute("VACUUM ANALYZE unit, task, bare_unit, bare_task")
    (rows,) = owner.execute("SELECT count(*), count(*) FILTER (WHERE done_on IS NULL) FROM task").fetchall()
    print(f"{rows[0]:,} tasks, {rows[1]:,} of them open")


def _furnished() -> UUID:
    """A tenant of 300 committees and their cells: the cells owe open tasks, the committees those mapped."""
    tenant_id, random = open_committee(), Random(SEED)
    with tenant_scope(tenant_id), transaction() as session:
        cells, committees = (_units(session, kind) for kind in (UnitKind.CELL, UnitKind.ORGANISATION))
        _owe(session, CELLS_PLAN, cells, -(-OPEN_TASKS // len(cells)), lambda: _still_open(random))
        _owe(session, MAPPED_PLAN, committees, MAPPED, lambda: _anywhere(random))
    return tenant_id


def _units(session: orm.Session, kind: UnitKind) -> list[UUID]:
    below = sa.select(Unit.id).where(Unit.kind == kind, Unit.parent_id.is_not(None))
    return list(session.scalars(below.order_by(Unit.path)))


def _owe(
    session: orm.Session, title: str, units: list[UUID], milestones: int, drawn: Callable[[], Dates]
) -> None:
    plan = Plan(title=title, year=DAY.year, body={})
    session.add(plan)
    session.flush()
    found = [_milestone(plan.id, place) for place in range(milestones)]
    session.add_all(found)
    session.flush()
    keys = list(islice(product((one.id for one in found), units), OPEN_TASKS))
    insert_columns(session, Task, _columns(plan.id, keys, [drawn() for _ in keys]))


def _milestone(plan_id: UUID, place: int) -> Milestone:
    named = {"code": f"m{place}", "title": f"Việc {place}", "clause": "", "body": {}}
    return Milestone(plan_id=plan_id, place=place, action=Action.REPORT, **named)


def _columns(plan_id: UUID, keys: list[tuple[UUID, UUID]], dates: list[Dates]) -> dict[str, list[Any]]:
    blank = dict.fromkeys(("period", "route", "note", "withdrawn_because"), [""] * len(keys))
    named = zip(("milestone_id", "unit_id"), map(list, zip(*keys, strict=True)), strict=True)
    days = zip(("due_on", "extended_to", "done_on"), map(list, zip(*dates, strict=True)), strict=True)
    return {"plan_id": [plan_id] * len(keys), **dict(named), **dict(days), **blank}


def _still_open(random: Random) -> Dates:
    """Due, extended, done: of open tasks one in twenty is overdue, a few have more time or no day yet."""
    (kind,) = random.choices(("overdue", "extended", "waiting", "ahead"), (5, 2, 3, 90))
    passed = DAY - timedelta(days=random.randint(1, 60))
    if kind == "waiting":
        return None, None, None
    if kind == "ahead":
        return DAY + timedelta(days=random.randint(0, 180)), None, None
    return passed, DAY + timedelta(days=random.randint(0, 30)) if kind == "extended" else None, None


def _anywhere(random: Random) -> Dates:
    """Due, extended, done: half are done, in time or not."""
    due, longer, done = _still_open(random)
    if due is None or random.random() < 0.5:
        return due, longer, done
    return due, longer, due + timedelta(days=random.randint(-20, 20))
