"""The tree of party organisations as people read it."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, render_template, request

from admin.database import db
from admin.security import current_actor, page
from tenants.access import Permission, may
from tenants.clock import today
from tenants.people import UnitNode, unit_tree
from tenants.tree import UnitKind
from tenants.vietnamese import fold

pages = Blueprint("units", __name__, url_prefix="/units")
LONGEST_SEARCH = 200


def matching(node: UnitNode, folded: str) -> UnitNode | None:
    """The node with only those below that match or lead to a match; all below it where it matches itself."""
    if folded in node.search_key or folded in fold(node.code):
        return node
    below = tuple(found for child in node.children if (found := matching(child, folded)))
    return replace(node, children=below) if below else None


@pages.get("")
@page(Permission.UNITS_READ)
def tree() -> str:
    """Every unit in reach as it was on a day, today unless another is asked; searched without diacritics."""
    asked = request.args.get("q", "")[:LONGEST_SEARCH]
    on = request.args.get("on", type=date.fromisoformat) or today()
    whole = unit_tree(db.session, current_actor(), on)
    shown = tuple(found for node in whole if (found := matching(node, fold(asked))))
    return render_template(
        "pages/units_tree.html",
        nodes=shown,
        asked=asked,
        cells=sum(node.cells for node in whole),
        kinds=UnitKind,
        edits=on == today() and may(current_actor(), Permission.UNITS_EDIT),
        on=on,
        today=today(),
    )
