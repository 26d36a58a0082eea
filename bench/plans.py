"""Compiling a plan for 9,000 units and keeping its tasks as rows, beside a bare COPY of the same rows.

Ours is what publishing does: the verb of `core.plans.issuing`, under row-level security, keys to other tables
checked. The reference copies the finished rows, as text, into an empty table with the same columns, checks
and indexes, but without row-level security or keys to other tables.
"""

import time
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa

from bench.database import fresh_database, plain
from bench.district import OPERATOR
from bench.ratios import Ratio, best_and_median, timed
from core.meetings.kinds import MeetingKind
from core.plans.compiler import Circumstances, compile_plan
from core.plans.content import Action, Milestone, PlanContent, Route
from core.plans.due import Anchor, BeforeDate, DaysAfter, DaysBefore, Due, Within
from core.plans.issuing import issue
from core.plans.loading import circumstances
from core.plans.models import Plan
from core.plans.selectors import Selector
from tenants.access import Actor
from tenants.accounts import system_actor
from tenants.conditions import root_path
from tenants.models import Unit
from tenants.provisioning import NewTenant, open_tenant
from tenants.scope import across_tenants, new_row, tenant_scope, transaction
from tenants.tree import UnitKind
from tenants.vietnamese import fold

COMMUNES, CELLS, REPETITIONS = 300, 30, 5
OPENED, ISSUED = date(2024, 12, 1), date(2025, 1, 2)
FORUM = MeetingKind.FORUM
DUES: tuple[Due, ...] = (
    BeforeDate(date(2025, 3, 30)), Within("2025-04"), Within("2025-Q2"), DaysBefore(5), DaysBefore(3),
    DaysAfter(5, Anchor.CONCLUSION), DaysAfter(3), DaysAfter(10, Anchor.ISSUE),
    *(DaysAfter(5, Anchor.MILESTONE, milestone=f"m{n}") for n in range(4)),
)  # fmt: skip
CONTENT = PlanContent(
    "Diễn đàn chi bộ", 2025, signer="Người ký", selectors=(Selector("chi_bo", "Mọi chi bộ", UnitKind.CELL),),
    routes=(Route("len", "chi_bo", "Đảng ủy"),),
    milestones=tuple(
        Milestone(f"m{n}", f"Việc {n}", Action.REPORT, "chi_bo", due, meeting=FORUM, route=True)
        for n, due in enumerate(DUES)
    ),
)  # fmt: skip
"""Twelve tasks for every cell: fixed, relative to its own meeting, and in chains."""


def figure() -> list[Ratio]:
    """Best and median milliseconds of both ways."""
    with (
        fresh_database(open_committee) as (urls, tenant_id),
        psycopg.connect(plain(urls["MIGRATION_DATABASE_URL"]), autocommit=True) as owner,
        psycopg.connect(plain(urls["DATABASE_URL"])) as app,
    ):
        owner.execute("CREATE TABLE bare_task (LIKE task INCLUDING ALL)")
        around, actor = _around(tenant_id)
        rows, times = b"", dict[str, list[float]](compile=[], ours=[], copy=[])
        for _ in range(REPETITIONS + 1):
            owner.execute("TRUNCATE task, bare_task CASCADE")
            times["compile"].append(timed(lambda: compile_plan(CONTENT, around)))
            plan_id = _draft(tenant_id)
            times["ours"].append(timed(lambda: _publish(tenant_id, plan_id, actor, around)))  # noqa: B023
            rows = _rows(app, tenant_id)
            times["copy"].append(timed(lambda: _copy(owner, rows)))  # noqa: B023
        count = rows.count(b"\n")
        print(f"{len(around.tree.units):,} units, {count:,} tasks; {REPETITIONS} times, in turn")
        kept = {name: found[1:] for name, found in times.items()}
        return [
            *best_and_median("compile", "bare COPY", kept["compile"], kept["copy"]),
            *best_and_median("compile + insert", "bare COPY", kept["ours"], kept["copy"]),
        ]


def open_committee() -> UUID:
    """A new tenant with 300 committees of 30 cells each; its id."""
    new = NewTenant(
        "mau", "Đảng bộ huyện Mẫu", "Huyện ủy Mẫu", "Mẫu", "HUYEN", "", "Quản trị", "quantri", OPENED
    )
    with across_tenants("bench"), transaction() as session:
        tenant_id = open_tenant(session, OPERATOR, new).tenant_id
    with tenant_scope(tenant_id), transaction() as session:
        root = session.scalars(sa.select(Unit).where(Unit.parent_id.is_(None))).one()
        communes = [_unit(f"X{n}", UnitKind.ORGANISATION, root.id, root.path) for n in range(COMMUNES)]
        cells = [
            _unit(f"{one['code']}-{n}", UnitKind.CELL, one["id"], one["path"])
            for one in communes
            for n in range(CELLS)
        ]
        session.execute(sa.insert(Unit), communes)
        session.execute(sa.insert(Unit), cells)
    return tenant_id


def _unit(code: str, kind: UnitKind, parent_id: UUID, above: str) -> dict[str, Any]:
    name = f"Đơn vị {code}"
    return new_row(
        code=code, name=name, search_key=fold(name), kind=kind, parent_id=parent_id, path=f"{above}{code}/",
        special=0, former_name="", block="", rank="", rounds_held=0, valid_from=OPENED, revision=1,
    )  # fmt: skip


def _around(tenant_id: UUID) -> tuple[Circumstances, Actor]:
    with tenant_scope(tenant_id), transaction() as session:
        return circumstances(session, CONTENT, ISSUED), system_actor(tenant_id, root_path(session))


def _draft(tenant_id: UUID) -> UUID:
    with tenant_scope(tenant_id), transaction() as session:
        made = Plan(title=f"Kế hoạch {time.monotonic_ns()}", year=2025, body={})
        session.add(made)
        session.flush()
        return made.id


def _publish(tenant_id: UUID, plan_id: UUID, actor: Actor, around: Circumstances) -> None:
    with tenant_scope(tenant_id), transaction() as session:
        drafts = compile_plan(CONTENT, around).tasks
        issue(session, actor, session.get_one(Plan, plan_id), CONTENT, drafts, "")


def _rows(app: psycopg.Connection[Any], tenant_id: UUID) -> bytes:
    """The tasks as COPY writes them, read as the app's role."""
    with app.transaction():
        app.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        with app.cursor().copy("COPY (SELECT * FROM task) TO STDOUT") as copied:
            return b"".join(bytes(part) for part in copied)


def _copy(owner: psycopg.Connection[Any], rows: bytes) -> None:
    with owner.transaction(), owner.cursor().copy("COPY bare_task FROM STDIN") as copied:
        copied.write(rows)
