"""Who is invited to a unit's meeting: rules in, a guest list out (S0-25 … S0-34, S1-08 … S1-10, S2-06)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field, with_config

from core.plans.selectors import Caught, PlanUnit, UnitTree
from core.plans.values import STRICT, Clause, Code, Line


class At(StrEnum):
    """Where the guest holds his post, seen from the unit that meets."""

    UNIT = "unit"
    PARENT = "parent"
    COMMITTEE = "committee"
    ROOT = "root"
    ABOVE = "above"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "unit": "Chính đơn vị",
            "parent": "Tổ chức trực tiếp quản lý (kể cả đảng bộ bộ phận)",
            "committee": "Đảng ủy cơ sở",
            "root": "Cấp ban hành kế hoạch",
            "above": "Cấp trên nữa",
        }[self.value]


@with_config(STRICT)
@dataclass(frozen=True)
class Invited:
    """One guest in words; `role` or `function` and `at` let the roster say who it is.

    `directing`: the one who directs this commune or this cell. `if_any`: nobody to fill it is no fault.
    """

    text: Annotated[Line, Field(title="Thành phần", examples=["Đại diện Ban Tuyên giáo Huyện ủy"])]
    role: Annotated[str, Field(title="Chức trách", examples=["committee_member"])] = ""
    function: Annotated[str, Field(title="Chức năng của ban", examples=["propaganda"])] = ""
    at: Annotated[At, Field(title="Ở cấp")] = At.ROOT
    directing: Annotated[bool, Field(title="Người phụ trách, chỉ đạo đơn vị này")] = False
    if_any: Annotated[bool, Field(title="Nếu có")] = False


@with_config(STRICT)
@dataclass(frozen=True)
class GuestRule:
    """A selector and whom its units invite; `adds` puts them beside those of the unit's base rule."""

    code: Code
    who: Annotated[str, Field(title="Đơn vị mời")]
    invite: Annotated[tuple[Invited, ...], Field(title="Mời")]
    adds: Annotated[bool, Field(title="Mời thêm")] = False
    clause: Clause = ""


@dataclass(frozen=True)
class Guest:
    """One guest of one unit's meeting, with the rule and clause he is invited by."""

    unit_code: str
    text: str
    if_any: bool
    rule: str
    clause: str
    invited: Invited


@dataclass(frozen=True)
class Post:
    """A post of the roster: whose role, at which unit, in a department of which function."""

    unit_code: str
    role: str
    function: str = ""
    holder: str = ""


def rules_for(unit: PlanUnit, rules: Iterable[GuestRule], caught: Caught) -> tuple[GuestRule, ...]:
    """The rules that hold for a unit: where one names the unit itself only such ones, then the added ones."""
    found = [rule for rule in rules if unit.code in caught.members.get(rule.who, ())]
    base = [rule for rule in found if not rule.adds]
    named = [rule for rule in base if unit.code in caught.named.get(rule.who, ())]
    return (*(named or base), *(rule for rule in found if rule.adds))


def guests_of(unit: PlanUnit, rules: Iterable[GuestRule], caught: Caught) -> tuple[Guest, ...]:
    """The unit's guests, each once, in the order of the rules."""
    found: dict[str, Guest] = {}
    for rule in rules_for(unit, rules, caught):
        for one in rule.invite:
            found.setdefault(one.text, Guest(unit.code, one.text, one.if_any, rule.code, rule.clause, one))
    return tuple(found.values())


def place_of(guest: Guest, unit: PlanUnit, tree: UnitTree) -> PlanUnit | None:
    """Where the guest holds his post, seen from the unit that meets; None where that is outside the tree."""
    match guest.invited.at:
        case At.UNIT:
            return unit
        case At.PARENT:
            return tree.parent(unit)
        case At.COMMITTEE:
            return tree.committee_of(unit)
        case At.ROOT:
            return tree.root
        case At.ABOVE:
            return None


def holders(guest: Guest, place: PlanUnit | None, posts: Iterable[Post]) -> Iterator[Post]:
    """The posts of the roster that answer to the guest's words at a place."""
    one = guest.invited
    for post in posts:
        here = place is not None and post.unit_code == place.code
        if here and one.role in ("", post.role) and one.function in ("", post.function):
            yield post
