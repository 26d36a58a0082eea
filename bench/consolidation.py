"""Counting a district's year, beside one hand-written statement for the same figures (core.reports.counting).

Both run as the app's role under row-level security, a transaction a time, in turn, on the same rows; they
must agree before anything is timed.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.database import fresh_database, plain
from bench.district import open_district
from bench.ratios import Disagreement, Ratio
from core.reports.counting import count
from core.reports.figures import Figures
from tenants.models import Tenant
from tenants.scope import tenant_scope, transaction

FIRST, LAST, TODAY, PERIOD = date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 15), "2025"
REPETITIONS, WARM_UP, SEED = 40, 5, 1
TABLES = ("unit", "official", "visit", "visit_report", "petition")
STATEMENT = (Path(__file__).parent / "figures.sql").read_text(encoding="utf-8")
Lines = list[tuple[int, str, str, list[int]]]


@dataclass
class Clock:
    """Wall and this process's CPU seconds of each repetition."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], object]) -> None:
        """Run once and note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)


def figure() -> list[Ratio]:
    """Best and median milliseconds of both ways. Raises Disagreement."""
    with (
        fresh_database(partial(open_district, "mau", SEED)) as (urls, tenant_id),
        psycopg.connect(plain(urls["DATABASE_URL"]), autocommit=True) as connection,
    ):
        ours, reference = partial(by_services, tenant_id), partial(by_hand, connection, tenant_id)
        figures, lines = ours(), reference()
        if lines_of(figures) != lines:
            raise Disagreement("the statement of bench/figures.sql and core.reports.counting disagree")
        print(f"PostgreSQL {_version(connection)}; {_rows(connection, tenant_id)}")
        print(f"{len(lines)} lines of figures agree; each way {REPETITIONS} times, in turn")
        return _ratios(*_measured(ours, reference))


def _measured(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[Clock, Clock]:
    mine, theirs = Clock(), Clock()
    for _ in range(WARM_UP):
        ours()
        reference()
    for _ in range(REPETITIONS):
        mine.time(ours)
        theirs.time(reference)
    return mine, theirs


def _ratios(mine: Clock, theirs: Clock) -> list[Ratio]:
    asked: tuple[tuple[str, str, Callable[[list[float]], float]], ...] = (
        ("wall, best", "wall", min),
        ("wall, median", "wall", statistics.median),
        ("CPU of the client, median", "cpu", statistics.median),
    )
    return [
        Ratio(what, "one SQL statement", "ms", *(1000 * of(getattr(clock, kind)) for clock in (mine, theirs)))
        for what, kind, of in asked
    ]


def by_services(tenant_id: UUID) -> Figures:
    """The product's way: the session of the tenant's scope, guarded, and the rules that add."""
    with tenant_scope(tenant_id), transaction() as session:
        return count(session, session.get_one(Tenant, tenant_id), FIRST, LAST, PERIOD, TODAY)


def by_hand(connection: psycopg.Connection[Any], tenant_id: UUID) -> Lines:
    """The reference: one statement, its rows as the driver gives them."""
    with connection.transaction():
        connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        days = {"first": FIRST, "last": LAST, "today": TODAY}
        return connection.execute(STATEMENT, days).fetchall()


def lines_of(figures: Figures) -> Lines:
    """The product's figures as the reference spells them."""
    levels: Lines = [(1, one.code, one.name, list(astuple(one.tally)[:9])) for one in figures.levels]
    units: Lines = [(2, one.code, one.name, list(astuple(one.tally)[9:])) for one in figures.units]
    people: Lines = [(3, one.level, one.name, list(astuple(one)[2:])) for one in figures.officials]
    issues: Lines = [(4, one.unit, one.text, []) for one in figures.hot_issues]
    return levels + units + people + issues + [(5, "", "", list(astuple(figures.whole)))]


def _version(connection: psycopg.Connection[Any]) -> str:
    return str(connection.info.parameter_status("server_version"))


def _rows(connection: psycopg.Connection[Any], tenant_id: UUID) -> str:
    with connection.transaction():
        connection.execute(f"SET LOCAL app.tenant_id = '{tenant_id}'")
        counted = {
            table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0][0] for table in TABLES
        }
    return ", ".join(f"{number:,} {table}" for table, number in counted.items())
