"""Which handler does which kind of work; nothing else ever runs (design: security 77)."""

from collections.abc import Mapping

from core.notices.models import JobKind
from jobs.consolidate import consolidate_report
from jobs.contract import Handler
from jobs.counts import count_tenant
from jobs.documents import render_document
from jobs.exchange import deliver_dispatch
from jobs.imports import check_roster, import_roster
from jobs.mail import send_mail
from jobs.notices import remind
from jobs.plans import continue_plans, publish_plan
from jobs.rotation import generate_rotation, try_out
from jobs.units import apply_events

HANDLERS: Mapping[JobKind, Handler] = {
    JobKind.APPLY_UNIT_EVENTS: apply_events,
    JobKind.CHECK_ROSTER: check_roster,
    JobKind.CONSOLIDATE: consolidate_report,
    JobKind.CONTINUE_PLANS: continue_plans,
    JobKind.COUNT_TENANT: count_tenant,
    JobKind.DELIVER_DISPATCH: deliver_dispatch,
    JobKind.GENERATE_ROTATION: generate_rotation,
    JobKind.TRY_SCENARIOS: try_out,
    JobKind.IMPORT_ROSTER: import_roster,
    JobKind.PUBLISH_PLAN: publish_plan,
    JobKind.REMIND: remind,
    JobKind.RENDER_DOCUMENT: render_document,
    JobKind.SEND_MAIL: send_mail,
}
