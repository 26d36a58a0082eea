"""To whom a unit's work goes, through which department: by function, as names change (domain: rules)."""

from collections.abc import Mapping
from typing import Final

from core.plans.content import Route

MERGED: Final = frozenset({"organisation", "propaganda", "mass_mobilisation"})
"""Functions that one department for party building may have taken over."""


def addressee(route: Route | None, departments: Mapping[str, str]) -> str:
    """The route in words: "Thường trực Huyện ủy, qua Ban Tuyên giáo"; empty where nothing is sent on.

    `departments` gives the tenant's own names by function; the plan's words stand where it has none.
    """
    if route is None:
        return ""
    via = department_for(route.via_function, departments) or route.via
    return f"{route.to}, qua {via}" if via else route.to


def department_for(function: str, departments: Mapping[str, str]) -> str:
    """The department of a function, or the one for party building that took it over; empty where none is."""
    merged = departments.get("party_building", "") if function in MERGED else ""
    return departments.get(function, "") or merged
