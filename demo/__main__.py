"""`python -m demo up|journey`: the product running with data, or the main job alone, checked."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command

from core.plans.periods import Period
from demo.processes import StartError
from demo.province import demo_tenants
from demo.scale import with_few_communes
from demo.serve import PRODUCT, product_child, require_free_port, serve, settings
from demo.stack import Stack
from demo.story import SETTLED, Outcome, last_quarter, tell
from demo.world import PASSWORD, StuckError, workers
from jobs.queue import connect as connect_queue
from migrations import configuration
from tenants.clock import today
from tenants.db import engine
from tenants.isolation import require_safe_role
from tenants.scope import connect
from tenants.settings import from_environment

DATA = Path(__file__).resolve().parent.parent / ".data"
JOURNEY_QUARTER = Period.quarter(2026, 1)
TOLD = "told"


def up() -> None:
    """Start everything; the first time also run the main job; serve until Ctrl-C."""
    require_free_port()
    with Stack(DATA) as stack:
        _prepare(stack)
        if not (stack.folder / TOLD).exists():
            quarter = last_quarter(today())
            with _worker(stack):
                outcome = tell(stack.folder, quarter, today(), demo_tenants())
            if outcome.failures:
                raise StartError("The main job did not come out right; see above.")
            (stack.folder / TOLD).write_text("\n".join(outcome.sign_ins))
        signs = (stack.folder / TOLD).read_text().split()
        serve(stack, PRODUCT, lambda address: _welcome(address, signs))


def journey(communes: int | None = None) -> None:
    """The main job on a throw-away folder; exit 1 and the reasons where it did not come out right.

    `communes` keeps that many of each tenant's communes, for a quick run.
    """
    start = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="journey-"))
    facts = tuple(with_few_communes(f, communes) if communes else f for f in demo_tenants())
    with Stack(folder / "data", durable=False) as stack:
        _prepare(stack)
        with _worker(stack):
            outcome = tell(folder, JOURNEY_QUARTER, JOURNEY_QUARTER.last_day + SETTLED, facts)
    _conclude(outcome, folder, time.perf_counter() - start)


def _prepare(stack: Stack) -> None:
    environment = settings(stack)
    command.upgrade(configuration(environment["MIGRATION_DATABASE_URL"]), "head")
    here = from_environment(os.environ | environment)
    database = engine(here.database_url, statement_timeout_seconds=60)
    require_safe_role(database)
    connect(database)
    connect_queue(here)


@contextmanager
def _worker(stack: Stack) -> Iterator[None]:
    """A worker and the scheduler while the main job runs, as in production."""
    workers[:] = [product_child(stack, wanted) for wanted in PRODUCT if wanted.name != "web"]
    try:
        for child in workers:
            child.start()
        yield
    finally:
        for child in reversed(workers):
            child.stop()


def _welcome(address: str, sign_ins: list[str]) -> None:
    print(f"\n{address}   mật khẩu: {PASSWORD}\n  nentang (quản trị nền tảng)")
    print("\n".join(f"  {name}" for name in sign_ins), flush=True)
    print("Ctrl-C kết thúc mọi tiến trình.", flush=True)


def _conclude(outcome: Outcome, folder: Path, seconds: float) -> None:
    print(f"\n{len(outcome.documents)} PDFs in {folder / 'pdf'}, {seconds:.0f} s")
    if outcome.failures:
        sys.exit("The journey failed:\n" + "\n".join(f"- {line}" for line in outcome.failures))
    print("The journey came out right.")


def main() -> None:
    """Run one of the two; what keeps it from starting ends it in clear words."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up", help="serve the product with the main job's data")
    verbs.add_parser("journey", help="the main job alone, checked").add_argument("--communes", type=int)
    asked = parser.parse_args()
    try:
        up() if asked.verb == "up" else journey(asked.communes)
    except (StartError, StuckError) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
