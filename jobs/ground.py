"""What every process that works stands on."""

import sqlalchemy as sa

from jobs import mail, queue
from tenants import db, logs, scope
from tenants.isolation import require_safe_role
from tenants.settings import Settings

STATEMENT_SECONDS = 60


def open_ground(settings: Settings) -> sa.Engine:
    """Logs, database and doorbell of a process that works; raises UnsafeRole (design: security 4)."""
    logs.configure(settings.log_level)
    engine = db.engine(settings.database_url, statement_timeout_seconds=STATEMENT_SECONDS, pool_size=2)
    require_safe_role(engine)
    scope.connect(engine)
    queue.connect(settings)
    mail.connect(settings)
    return engine
