"""Which handler does which kind of work; nothing else ever runs (design: security 77)."""

from collections.abc import Mapping

from core.notices.models import JobKind
from jobs.contract import Handler
from jobs.counts import count_tenant

HANDLERS: Mapping[JobKind, Handler] = {JobKind.COUNT_TENANT: count_tenant}
