"""Plans for the pages' tests: drafted from a template, and forms sent as a browser would."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from lxml import html

from core.data import from_data
from core.plans.content import PlanContent
from core.plans.library import retimed, template
from core.plans.models import Plan
from core.plans.service import draft
from tests.cast import Cast

FORUM = replace(retimed(template("s0").content, 2026), signer="Trần Văn Mẫu")
PART = 'form[@method="post"][.//input[@name="own_code"]]'


def drafted(cast: Cast, code: str, content: PlanContent = FORUM) -> UUID:
    """A draft of the tenant's standing body."""
    with cast.session(code) as session:
        return draft(session, cast.actor(f"{code}.standing"), content).id


def said(cast: Cast, code: str, plan_id: UUID) -> PlanContent:
    """What the draft says now."""
    with cast.session(code) as session:
        return from_data(PlanContent, session.get_one(Plan, plan_id).body)


def typed(page: str, **changes: Any) -> dict[str, Any]:
    """The editor's form of a page with some fields changed (a "-" of a name is written "__")."""
    form = html.fromstring(page).xpath(f"//{PART}")[0]
    kept: dict[str, Any] = {}
    for name, value in form.form_values():
        kept[name] = [*kept[name], value] if name in kept else [value]
    kept.pop("csrf_token", None)
    return kept | {name.replace("__", "-"): value for name, value in changes.items()}


def known(page: str, where: str) -> str:
    """What the buttons of an item carry."""
    found = html.fromstring(page).xpath(f'//button[contains(@formaction, "/remove/{where}")]/@value')
    return str(found[0])
