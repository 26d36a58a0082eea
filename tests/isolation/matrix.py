"""Every endpoint, once: what it asks, of which sample its address speaks, how it answers whoever may use it.

A page without a line here fails the tests, and so does a line without a page. To add one, write::

    "plans.show": Line(P.PLANS_READ, GET, {"plan_id": "plan"}),

`ids` names a sample of `world.QUERIES` for each argument of the address, `query` and `form` for what is sent
with it; a text that begins with "=" is sent as it is. `answers` gives the status by method; `need` a right
that the page asks beyond what it declares; `whole` says that the right must hold over the whole tenant;
`mine` names who may reach the sample at all. What follows from these is worked out in `expected`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenants.access import PERMISSIONS, Permission, Role
from tests.cast import PEOPLE

P = Permission
GET, POST = {"GET": 200}, {"POST": 302}
FORM = {"GET": 200, "POST": 200}
ROLES: dict[str, Role] = {
    "admin": Role.TENANT_ADMIN,
    **{login: role for login, _name, role, _unit in PEOPLE},
    "member": Role.MEMBER,
    "operator": Role.OPERATOR,
}
WHOLE = frozenset({"admin", "officer", "standing"})
JOB_READERS = frozenset({"admin", "officer"})
ANYONE, SIGNED_IN = "anyone", "signed in"
PLANNERS = frozenset({P.ROTATION_GENERATE, P.ROTATION_PUBLISH})


@dataclass(frozen=True)
class Line:
    """What is known of one endpoint."""

    asks: Permission | str
    answers: Mapping[str, int]
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    need: frozenset[Permission] = frozenset()
    whole: bool = False
    mine: frozenset[str] | None = None

    @property
    def samples(self) -> set[str]:
        """The samples its address and fields speak of."""
        named = {*self.ids.values(), *self.query.values(), *self.form.values()}
        return {name for name in named if not name.startswith("=")}


def expected(line: Line, method: str, login: str, *, foreign: bool) -> int:
    """The status that an answer must have; `login` is "" for nobody."""
    if line.asks == ANYONE:
        return line.answers[method]
    if not login:
        return 302
    if isinstance(line.asks, Permission):
        if line.asks.value.startswith("platform:") is not (login == "operator"):
            return 404
        rights = PERMISSIONS[ROLES[login]]
        allowed = line.asks in rights and (not line.need or bool(line.need & rights))
        if not allowed or (line.whole and login not in WHOLE):
            return 403
    unreachable = foreign or (line.mine is not None and login not in line.mine)
    return 404 if line.samples and unreachable else line.answers[method]


def noun(
    slug: str, sample: str, read: Permission, write: Permission | None = None, *offers: str, lookup: str = ""
) -> dict[str, Line]:
    """The nine endpoints of a back-office view; what it does not offer is not there (404)."""
    writes, one = write or read, {"id": sample}
    shown = {True: FORM, False: dict.fromkeys(FORM, 404)}
    lines = {
        "index_view": Line(read, GET),
        "details_view": Line(read, GET, query=one),
        "create_view": Line(writes, shown["create" in offers]),
        "edit_view": Line(writes, shown["edit" in offers], query=one),
        "delete_view": Line(writes, {"POST": 302 if "remove" in offers else 404}, form=one),
        "action_view": Line(writes, {"POST": 403}, form={"action": "=delete"}),
        "ajax_update": Line(writes, {"POST": 404}, form={"list_form_pk": sample}),
        "ajax_lookup": Line(
            read, {"GET": 200 if lookup else 404}, query={"name": f"={lookup}", "query": "=zq"}
        ),
        "export": Line(read, {"POST": 200 if "export" in offers else 404}, {"export_type": "=csv"}),
    }
    return {f"backoffice_{slug}.{name}": line for name, line in lines.items()}


ROSTER = {"upload_id": "upload"}
DRAFT, ITEM = {"plan_id": "plan draft"}, {"where": "=milestones/0"}
TASK = {"task_id": "task"}
ALL = ("create", "edit", "remove", "export")
OWN_VISIT = frozenset({"official"})
PLAN_WRITERS = frozenset({"official", "officer", "admin"})
MATRIX: dict[str, Line] = {
    "static": Line(ANYONE, GET, {"filename": "=site.css"}),
    "admin.static": Line(ANYONE, GET, {"filename": "=admin/js/actions.js"}),
    "health.healthz": Line(ANYONE, GET),
    "health.readyz": Line(ANYONE, {"GET": 503}),
    "signin.home": Line(SIGNED_IN, {"GET": 302}),
    "signin.sign_in": Line(ANYONE, FORM),
    "signin.second_step": Line(ANYONE, {"GET": 302, "POST": 302}),
    "signin.sign_out": Line(SIGNED_IN, POST),
    "signin.invitation": Line(ANYONE, FORM, {"code": "code", "token": "token"}),
    "account.show": Line(SIGNED_IN, GET),
    "account.password": Line(SIGNED_IN, FORM),
    "account.two_step": Line(SIGNED_IN, FORM),
    "account.two_step_off": Line(SIGNED_IN, {"GET": 302, "POST": 302}),
    "account.confirm": Line(SIGNED_IN, FORM),
    "account.recovery_codes": Line(SIGNED_IN, {"GET": 302, "POST": 302}),
    "account.mail": Line(SIGNED_IN, POST, form={"wanted": "=no"}),
    "account.sign_out_everywhere": Line(SIGNED_IN, POST),
    "platform.tenants": Line(P.PLATFORM_READ, GET),
    "platform.jobs": Line(P.PLATFORM_READ, GET),
    "platform.health": Line(P.PLATFORM_READ, GET),
    "platform.trail": Line(P.PLATFORM_READ, GET),
    "platform.retry_job": Line(P.PLATFORM_JOBS_RETRY, POST, {"job_id": "any dead job"}),
    "suspension.change": Line(P.PLATFORM_TENANTS_SUSPEND, FORM, {"code": "=huyen-a"}),
    "opening.particulars": Line(P.PLATFORM_TENANTS_OPEN, FORM),
    "opening.admin": Line(P.PLATFORM_TENANTS_OPEN, FORM),
    "opening.check": Line(P.PLATFORM_TENANTS_OPEN, {"GET": 302, "POST": 302}),
    "reorganise.index": Line(P.UNITS_EDIT, GET),
    "reorganise.choose": Line(P.UNITS_EDIT, GET, {"kind": "=merge"}, query={"q": "=cb"}),
    "reorganise.target": Line(P.UNITS_EDIT, GET, {"kind": "=move"}, query={"units": "unit"}),
    "reorganise.details": Line(P.UNITS_EDIT, FORM, {"kind": "=rename"}, query={"units": "unit"}),
    "reorganise.show": Line(P.UNITS_EDIT, GET, {"event_id": "unit event"}),
    "reorganise.undo": Line(P.UNITS_EDIT, POST, {"event_id": "coming unit event"}),
    "tasks.index": Line(P.TASKS_READ, GET),
    "unit_tasks.show": Line(P.TASKS_READ, GET, TASK, need=frozenset({P.TASKS_DO, P.TASKS_FOLLOW})),
    "unit_tasks.done": Line(P.TASKS_DO, FORM, TASK),
    "unit_tasks.undo": Line(P.TASKS_DO, POST, TASK),
    "unit_tasks.meeting": Line(P.TASKS_DO, FORM, TASK),
    "unit_tasks.extension": Line(P.TASKS_DO, FORM, TASK),
    "unit_tasks.pilots": Line(P.TASKS_DO, FORM, {"task_id": "pilots task"}, mine=WHOLE | {"base-officer"}),
    "follow.index": Line(P.TASKS_FOLLOW, GET),
    "follow.show": Line(P.TASKS_FOLLOW, GET, {"plan_id": "plan"}),
    "follow.export": Line(P.TASKS_FOLLOW, GET, {"plan_id": "plan", "kind": "=csv"}),
    "follow.overdue": Line(P.TASKS_FOLLOW, GET),
    "follow.urge": Line(P.TASKS_NUDGE, {"POST": 200}, form={"task": "task"}),
    "extensions.index": Line(P.TASKS_DECIDE, GET),
    "extensions.show": Line(P.TASKS_DECIDE, FORM, {"extension_id": "extension"}),
    "notices.index": Line(P.TASKS_READ, GET),
    "notices.mark": Line(P.TASKS_READ, POST, {"notice_id": "notice"}),
    "notices.mark_all": Line(P.TASKS_READ, POST),
    "reminders.index": Line(P.CATALOGUES_EDIT, GET),
    "visits.index": Line(P.VISITS_OWN, GET),
    "visits.show": Line(P.VISITS_OWN, GET, {"visit_id": "visit"}, mine=OWN_VISIT),
    "visits.receipt": Line(P.VISITS_OWN, GET, {"visit_id": "visit"}, mine=OWN_VISIT),
    "visits.report": Line(P.VISITS_REPORT, FORM, {"visit_id": "open visit"}, mine=OWN_VISIT),
    "visits.absent": Line(P.VISITS_REPORT, FORM, {"visit_id": "open visit"}, mine=OWN_VISIT),
    "calendar.feed": Line(ANYONE, GET, {"code": "code"}, {"key": "calendar key"}),
    "calendar.own": Line(P.VISITS_OWN, GET),
    "calendar.renew": Line(P.VISITS_REPORT, {"POST": 200}),
    "calendar.revoke": Line(P.VISITS_REPORT, POST),
    "away.index": Line(P.VISITS_REPORT, FORM),
    "away.take_back": Line(P.VISITS_REPORT, POST, {"absence_id": "own absence"}, mine=OWN_VISIT),
    "swaps.ask_for": Line(P.VISITS_REPORT, FORM, {"visit_id": "coming visit"}, mine=OWN_VISIT),
    "swaps.own": Line(P.VISITS_OWN, GET),
    "swaps.show": Line(P.VISITS_OWN, GET, {"swap_id": "swap"}, mine=OWN_VISIT),
    "swaps.reply": Line(P.VISITS_REPORT, {"POST": 404}, {"swap_id": "swap"}),
    "swaps.take_back": Line(P.VISITS_REPORT, POST, {"swap_id": "swap"}, mine=OWN_VISIT),
    "swaps.index": Line(P.SWAPS_DECIDE, GET),
    "swaps.review": Line(P.SWAPS_DECIDE, GET, {"swap_id": "swap"}),
    "swaps.decide": Line(P.SWAPS_DECIDE, POST, {"swap_id": "swap"}),
    "swaps.undo": Line(P.SWAPS_DECIDE, POST, {"swap_id": "swap"}),
    "meeting_days.index": Line(P.MEETINGS_REGISTER, GET),
    "meeting_days.day": Line(P.MEETINGS_REGISTER, FORM, {"meeting_id": "meeting"}),
    "meeting_days.of_visit": Line(P.VISITS_REPORT, FORM, {"visit_id": "coming visit"}, mine=OWN_VISIT),
    "own_plan.mine": Line(P.VISITS_OWN, {"GET": 302}),
    "own_plan.show": Line(SIGNED_IN, FORM, {"official_id": "official"}, mine=PLAN_WRITERS),
    "own_plan.remove": Line(SIGNED_IN, POST, {"pin_id": "pin"}, mine=PLAN_WRITERS),
    "own_plan.send": Line(SIGNED_IN, POST, {"official_id": "official"}, mine=PLAN_WRITERS),
    "visits_all.index": Line(P.VISITS_READ, GET),
    "visits_all.show": Line(P.VISITS_READ, GET, {"visit_id": "visit"}),
    "petitions.index": Line(P.PETITIONS_READ, GET),
    "petitions.show": Line(P.PETITIONS_READ, GET, {"petition_id": "petition"}),
    "petitions.reply": Line(
        P.PETITIONS_ANSWER, POST, {"petition_id": "petition"}, form={"text": "=Xong rồi"}
    ),
    "petitions.pass_on": Line(P.PETITIONS_ANSWER, POST, {"petition_id": "petition"}, form={"to": "=Sở X"}),
    "rotation.index": Line(P.ROTATION_READ, GET),
    "rotation.new": Line(P.ROTATION_GENERATE, FORM, form={"plan_id": "=nothing"}),
    "rotation.show": Line(P.ROTATION_READ, GET, {"rotation_id": "rotation"}),
    "rotation.again": Line(P.ROTATION_GENERATE, POST, {"rotation_id": "rotation"}),
    "rotation_document.issue": Line(P.ROTATION_PUBLISH, POST, {"version_id": "version"}),
    "rotation.throw_away": Line(P.ROTATION_GENERATE, POST, {"rotation_id": "rotation"}),
    "rotation.draft": Line(P.ROTATION_READ, GET, {"rotation_id": "rotation"}, need=PLANNERS),
    "rotation.changes": Line(P.ROTATION_READ, GET, {"rotation_id": "rotation"}, need=PLANNERS),
    "rotation.confirm": Line(
        P.ROTATION_PUBLISH, GET | POST, {"rotation_id": "rotation"}, form={"version_id": "draft"}
    ),
    "rotation_views.month": Line(P.ROTATION_READ, GET, {"version_id": "version"}),
    "rotation_views.officials": Line(P.ROTATION_READ, GET, {"version_id": "version"}),
    "rotation_views.official": Line(
        P.ROTATION_READ, GET, {"version_id": "version", "official_id": "official"}
    ),
    "rotation_views.cells": Line(P.ROTATION_READ, GET, {"version_id": "version"}),
    "rotation_views.cell": Line(P.ROTATION_READ, GET, {"version_id": "version", "cell_id": "unit"}),
    "rotation_views.export": Line(P.ROTATION_READ, GET, {"version_id": "version"}),
    "rotation_views.why": Line(P.ROTATION_READ, GET, {"planned_id": "planned"}, need=PLANNERS),
    "board.index": Line(P.ROTATION_READ, GET, {"rotation_id": "rotation"}, need=PLANNERS),
    "board.line": Line(P.ROTATION_READ, GET, {"planned_id": "draft line"}, need=PLANNERS),
    "board.change": Line(P.ROTATION_GENERATE, {"POST": 200}, {"planned_id": "draft line"}),
    "board.pin": Line(P.ROTATION_GENERATE, POST, {"planned_id": "draft line"}),
    "board.take_back": Line(P.ROTATION_GENERATE, POST, {"rotation_id": "rotation"}),
    "board_duties.show": Line(
        P.ROTATION_GENERATE, GET, {"rotation_id": "rotation", "official_id": "official"}
    ),
    "board_duties.fill": Line(
        P.ROTATION_GENERATE, {"POST": 200}, {"rotation_id": "rotation", "official_id": "official"}
    ),
    "replanning.index": Line(P.ROTATION_GENERATE, GET, {"rotation_id": "rotation"}),
    "replanning.new": Line(
        P.ROTATION_GENERATE, FORM, {"rotation_id": "rotation", "kind": "=away"}, query={"subject": "official"}
    ),
    "replanning.remove": Line(P.ROTATION_GENERATE, POST, {"rotation_id": "rotation"}),
    "replanning.try_out": Line(P.ROTATION_GENERATE, POST, {"rotation_id": "rotation"}),
    "replanning.show": Line(P.ROTATION_GENERATE, FORM, {"trial_id": "events"}),
    "replanning_choosing.choose": Line(
        P.ROTATION_GENERATE, GET, {"rotation_id": "rotation", "kind": "=postponed"}
    ),
    "replanning_choosing.units": Line(P.ROTATION_GENERATE, GET, {"rotation_id": "rotation"}),
    "replanning_choosing.touched": Line(
        P.ROTATION_GENERATE, GET, {"rotation_id": "rotation"}, query={"units": "unit"}
    ),
    "trials.index": Line(P.ROTATION_GENERATE, FORM, {"rotation_id": "rotation"}),
    "trials.show": Line(P.ROTATION_GENERATE, GET, {"trial_id": "trial"}),
    "trials.weights": Line(P.CATALOGUES_EDIT, FORM),
    "wishes.index": Line(P.ROTATION_GENERATE, GET),
    "wishes.save": Line(P.ROTATION_GENERATE, POST, form={"cell": "unit", "visited_first": "=yes"}),
    "trials.fairness": Line(P.ROTATION_READ, GET),
    "trials.fairness_csv": Line(P.ROTATION_READ, GET),
    "plans.index": Line(P.PLANS_READ, GET),
    "plans.show": Line(P.PLANS_READ, GET, {"plan_id": "plan"}),
    "plans.banner": Line(P.PLANS_READ, {"GET": 404}, {"plan_id": "plan"}),
    "plan_making.from_template": Line(P.PLANS_PUBLISH, FORM),
    "plan_making.from_file": Line(P.PLANS_PUBLISH, FORM),
    "plan_making.blank": Line(P.PLANS_PUBLISH, FORM),
    "plan_making.save_file": Line(P.PLANS_READ, GET, {"plan_id": "plan"}),
    "plan_editor.index": Line(P.PLANS_PUBLISH, GET, DRAFT),
    "plan_editor.part": Line(P.PLANS_PUBLISH, FORM, DRAFT | {"where": "=rules"}),
    "plan_editor.move": Line(P.PLANS_PUBLISH, POST, DRAFT | ITEM, query={"way": "=up"}),
    "plan_editor.remove": Line(P.PLANS_PUBLISH, POST, DRAFT | ITEM),
    "plan_editor.restore": Line(P.PLANS_PUBLISH, {"POST": 404}, DRAFT | ITEM),
    "plan_preview.index": Line(P.PLANS_PUBLISH, GET, DRAFT),
    "plan_preview.groups": Line(P.PLANS_PUBLISH, GET, DRAFT),
    "plan_preview.problems": Line(P.PLANS_PUBLISH, GET, DRAFT),
    "plan_preview.guests": Line(P.PLANS_PUBLISH, GET, DRAFT),
    "plan_preview.changes": Line(P.PLANS_PUBLISH, GET, DRAFT),
    "plan_preview.export": Line(P.PLANS_PUBLISH, GET, DRAFT | {"kind": "=csv"}),
    "plans.publish": Line(P.PLANS_PUBLISH, FORM, {"plan_id": "plan draft"}),
    "reports.index": Line(P.REPORTS_READ, GET),
    "reports.open_period": Line(P.REPORTS_CONSOLIDATE, {"POST": 200}),
    "reports.show": Line(P.REPORTS_READ, GET, {"report_id": "report"}),
    "reports.export": Line(P.REPORTS_READ, GET, {"report_id": "report", "table": "=units"}),
    "reports.consolidate": Line(P.REPORTS_CONSOLIDATE, POST, {"report_id": "report"}),
    "reports.compare": Line(
        P.REPORTS_READ, {"GET": 200}, {"report_id": "report"}, {"from": "=1", "to": "=1"}
    ),
    "reports.receipt": Line(P.REPORTS_READ, GET, {"report_id": "report"}),
    "reports.submit": Line(P.REPORTS_SUBMIT, FORM, {"report_id": "report"}),
    "dispatches.index": Line(P.DISPATCHES_READ, GET),
    "dispatches.show": Line(P.DISPATCHES_READ, GET, {"dispatch_id": "dispatch"}),
    "dispatches.receive": Line(P.DISPATCHES_RECEIVE, POST, {"dispatch_id": "plan dispatch"}),
    "dispatches.derive": Line(
        P.PLANS_PUBLISH, POST, {"dispatch_id": "plan dispatch"}, form={"signer": "=Ông A"}
    ),
    "dispatches.accept": Line(P.REPORTS_ACCEPT, POST, {"dispatch_id": "report dispatch"}),
    "dispatches.send_back": Line(
        P.REPORTS_ACCEPT, {"POST": 200}, {"dispatch_id": "report dispatch"}, form={"reason": "=Thiếu"}
    ),
    "documents.index": Line(P.DOCUMENTS_READ, GET),
    "documents.download": Line(P.DOCUMENTS_READ, GET, {"document_id": "document"}),
    "jobs.show": Line(SIGNED_IN, GET, {"job_id": "job"}, mine=JOB_READERS),
    "jobs.poll": Line(SIGNED_IN, GET, {"job_id": "job"}, mine=JOB_READERS),
    "jobs.cancel": Line(SIGNED_IN, POST, {"job_id": "job"}, mine=JOB_READERS),
    "jobs.retry": Line(P.JOBS_RETRY, POST, {"job_id": "dead job"}),
    "units.tree": Line(P.UNITS_READ, GET),
    "rosters.index": Line(P.ROSTERS_IMPORT, GET),
    "rosters.new": Line(P.ROSTERS_IMPORT, FORM, {"kind": "=people"}),
    "rosters.template": Line(P.ROSTERS_IMPORT, GET, {"kind": "=people"}),
    "rosters.export": Line(P.ROSTERS_IMPORT, {"POST": 200}, {"kind": "=people"}),
    "rosters.columns": Line(P.ROSTERS_IMPORT, FORM, ROSTER),
    "rosters.show": Line(P.ROSTERS_IMPORT, GET, ROSTER),
    "rosters.faults": Line(P.ROSTERS_IMPORT, GET, ROSTER),
    "rosters.recheck": Line(P.ROSTERS_IMPORT, POST, ROSTER),
    "rosters.start": Line(P.ROSTERS_IMPORT, POST, ROSTER),
    "rosters.discard": Line(P.ROSTERS_IMPORT, POST, ROSTER),
    "admin.index": Line(P.UNITS_READ, GET),
    **noun("units", "unit", P.UNITS_READ, P.UNITS_EDIT, *ALL, lookup="parent"),
    **noun("people", "person", P.PEOPLE_READ, P.PEOPLE_EDIT, *ALL),
    **noun("appointments", "appointment", P.PEOPLE_READ, P.APPOINTMENTS_EDIT, *ALL, lookup="person"),
    "backoffice_appointments.edit_view": Line(
        P.APPOINTMENTS_EDIT, {"GET": 200, "POST": 302}, query={"id": "appointment"}
    ),
    **noun("accounts", "account", P.PEOPLE_EDIT, P.PEOPLE_EDIT),
    "backoffice_accounts.action_view": Line(
        P.PEOPLE_EDIT, POST, form={"rowid": "account", "action": "=disable"}
    ),
    "backoffice_accounts.person": Line(P.PEOPLE_EDIT, FORM, query={"id": "person"}, form={"verb": "=invite"}),
    **noun("cell_settings", "setting", P.UNITS_READ, P.CATALOGUES_EDIT, *ALL),
    **noun("departments", "department", P.UNITS_READ, P.CATALOGUES_EDIT, *ALL),
    **noun("rotation_levels", "level", P.ROTATION_READ, P.CATALOGUES_EDIT, *ALL),
    **noun("calendar_days", "calendar day", P.UNITS_READ, P.CATALOGUES_EDIT, *ALL),
    **noun("reminder_settings", "reminder setting", P.CATALOGUES_EDIT, P.CATALOGUES_EDIT, *ALL[:3]),
    **noun("officials", "official", P.PEOPLE_READ, P.ROTATION_GENERATE, *ALL, lookup="person"),
    **noun("absences", "absence", P.ROTATION_GENERATE, P.ROTATION_GENERATE, *ALL, lookup="person"),
    **noun(
        "meetings", "meeting", P.ROTATION_READ, P.ROTATION_GENERATE, "create", "edit", "export", lookup="cell"
    ),
    **noun("rotation_versions", "version", P.ROTATION_READ),
    **noun("plans", "plan", P.PLANS_READ),
    **noun("audit", "entry", P.AUDIT_READ, None, "export"),
    "backoffice_audit.verify": Line(P.AUDIT_READ, GET),
    **noun("jobs", "job", P.JOBS_READ),
}  # fmt: skip
