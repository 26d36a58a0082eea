"""Guest rules held against the units there are: none, two, or nobody to fill them (S0-25 … S0-34)."""

from collections.abc import Iterable, Iterator

from core.plans.compiler import Compiled
from core.plans.content import Action, PlanContent
from core.plans.guests import Guest, Post, guests_of, holders, place_of, rules_for
from core.plans.problems import Problem, Severity
from core.plans.selectors import PlanUnit
from tenants.tree import UnitKind


def guest_problems(
    content: PlanContent, compiled: Compiled, posts: Iterable[Post] | None
) -> Iterator[Problem]:
    """What is wrong with guests; whether there is somebody only where the roster is known."""
    if not content.guests:
        return
    units = concerned(content, compiled)
    yield from _none_or_two(content, compiled, units)
    if posts is not None:
        yield from _unfilled(content, compiled, units, posts)


def concerned(content: PlanContent, compiled: Compiled) -> tuple[PlanUnit, ...]:
    """Cells that hold a meeting of the plan's own, not only those that come round (S2-06)."""
    holding = {one.code for one in content.milestones if one.action is Action.HOLD}
    codes = {task.unit_code for task in compiled.tasks if task.milestone in holding and not task.period}
    return tuple(unit for unit in compiled.tree.units if unit.code in codes and unit.kind is UnitKind.CELL)


def _none_or_two(content: PlanContent, compiled: Compiled, units: tuple[PlanUnit, ...]) -> Iterator[Problem]:
    counts = {
        unit.code: sum(not rule.adds for rule in rules_for(unit, content.guests, compiled.caught))
        for unit in units
    }
    if none := tuple(code for code, count in counts.items() if count == 0):
        yield Problem(
            "guests", f"{len(none)} đơn vị không có quy định thành phần mời.", Severity.WARNING, none
        )
    if many := tuple(code for code, count in counts.items() if count > 1):
        text = f"{len(many)} đơn vị thuộc hai quy định thành phần mời."
        yield Problem("guests", text, Severity.WARNING, many)


def _unfilled(
    content: PlanContent, compiled: Compiled, units: tuple[PlanUnit, ...], posts: Iterable[Post]
) -> Iterator[Problem]:
    by_unit: dict[str, list[Post]] = {}
    for post in posts:
        by_unit.setdefault(post.unit_code, []).append(post)
    missing: dict[str, list[str]] = {}
    for unit in units:
        for guest in guests_of(unit, content.guests, compiled.caught):
            place = place_of(guest, unit, compiled.tree)
            if _is_wanted(guest) and not any(
                holders(guest, place, by_unit.get(place.code if place else "", ()))
            ):
                missing.setdefault(guest.text, []).append(unit.code)
    for text, codes in missing.items():
        words = f"Chưa có ai trong danh sách để mời “{text}” ({len(codes)} đơn vị)."
        yield Problem("guests", words, Severity.WARNING, tuple(codes))


def _is_wanted(guest: Guest) -> bool:
    """Whether the roster ought to have somebody: not those invited "if any", nor those it does not list."""
    return bool(guest.invited.role or guest.invited.function) and not guest.if_any
