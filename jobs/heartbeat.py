"""Signs of life: when a worker or the scheduler was last there, by the database's clock."""

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from tenants.models import Heartbeat
from tenants.scope import across_tenants, transaction

WORKER, SCHEDULER = "worker", "scheduler"

log = structlog.get_logger("jobs")


def beat(name: str) -> None:
    """Note that one of that name is alive; never raises because PostgreSQL is away."""
    row = {"beat_at": sa.func.clock_timestamp()}
    made = insert(Heartbeat).values(name=name, version="", **row)
    try:
        with across_tenants("jobs"), transaction() as session:
            session.execute(made.on_conflict_do_update(index_elements=["name"], set_=row))
    except SQLAlchemyError as problem:
        log.warning("no_heartbeat", reason=type(problem).__name__)
