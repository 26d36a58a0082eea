"""One dispatch as a page: what it carries in words, its seal, the forms of what may be done (design: H3)."""

from typing import Any

from flask import render_template
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.database import db
from admin.forms import PageForm
from admin.pages.figures import change_rows, parts
from admin.pages.listing import chip
from admin.pages.plan_reading import reading
from admin.security import current_actor
from core.data import from_data
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.exchange.service import own_tenant
from core.plans.content import PlanContent
from core.plans.periods import Period
from core.queries.dispatches import decision_on, later_one, plan_after, report_before, row_of
from core.queries.reports import differences
from core.reports.figures import Figures
from tenants.access import Permission, may


class SignerForm(PageForm):
    """Who signs the tenant's own plan."""

    signer = StringField("Người ký kế hoạch của đơn vị", [DataRequired(), Length(max=100)])


class ReturnForm(PageForm):
    """Why a report is sent back."""

    reason = TextAreaField("Lý do trả lại", [DataRequired(), Length(max=2000)])


def dispatch_page(dispatch: Dispatch, signer_form: SignerForm, return_form: ReturnForm) -> str:
    """One dispatch in words, with the forms as typed; content under a broken seal is not shown."""
    actor, row = current_actor(), row_of(own_tenant(db.session), dispatch)
    incoming = dispatch.direction is Direction.IN and row.intact
    return render_template(
        "pages/dispatches_one.html",
        dispatch=dispatch,
        row=row,
        status=chip(row),
        signer_form=signer_form,
        return_form=return_form,
        form=next((form for form in (signer_form, return_form) if form.errors), None),
        may_receive=incoming and not row.received_at and may(actor, Permission.DISPATCHES_RECEIVE),
        may_derive=incoming and may(actor, Permission.PLANS_PUBLISH),
        may_decide=incoming and may(actor, Permission.REPORTS_ACCEPT),
        answered=db.session.get(Dispatch, dispatch.answers_id) if dispatch.answers_id else None,
        later=later_one(db.session, dispatch),
        **(_SAID[dispatch.kind](dispatch) if row.intact else {}),
    )


def _plan_said(dispatch: Dispatch) -> dict[str, Any]:
    content = from_data(PlanContent, dispatch.body["content"])
    return {"content": content, "read": reading(content), "own_plan": plan_after(db.session, dispatch)}


def _report_said(dispatch: Dispatch) -> dict[str, Any]:
    figures = from_data(Figures, dispatch.body["figures"])
    before = report_before(db.session, dispatch)
    changes = differences(from_data(Figures, before.body["figures"]), figures) if before else ()
    decided = decision_on(db.session, dispatch) if dispatch.direction is Direction.IN else None
    facts = {"before": before, "changes": change_rows(changes), "decided": decided}
    return facts | parts(figures) | {"quarter": Period.parse_quarter(dispatch.body["period"])}


def _answer_said(_dispatch: Dispatch) -> dict[str, Any]:
    return {}


_SAID = {
    DispatchKind.PLAN: _plan_said,
    DispatchKind.REPORT: _report_said,
    DispatchKind.ACCEPTANCE: _answer_said,
    DispatchKind.RETURN: _answer_said,
}
