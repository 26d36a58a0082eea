"""Every mapped class, imported once, so that the metadata is whole."""

from core.documents import models as documents
from core.exchange import models as exchange
from core.meetings import models as meetings
from core.notices import models as notices
from core.notices import reminder_models as reminders
from core.plans import calendars as calendars
from core.plans import models as plans
from core.plans import task_models as tasks
from core.reports import models as reports
from core.rosters import models as rosters
from core.rotation import by_hand
from core.rotation import models as rotation
from tenants import models as tenants
from tenants import unit_models as tree
from tenants.db import Base

MODULES = (
    tenants,
    tree,
    plans,
    tasks,
    calendars,
    rotation,
    meetings,
    reports,
    exchange,
    documents,
    notices,
    reminders,
    rosters,
    by_hand,
)
metadata = Base.metadata
