"""Which units a rule is about: a selector over a unit's facts, pure (domain: rules, who is concerned)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field, with_config

from core.meetings.kinds import MeetingKind
from core.plans.circles import in_order
from core.plans.values import STRICT, Code, Line
from tenants.codes import code_of, rank_of
from tenants.tree import UnitKind
from tenants.vietnamese import fold


@with_config(STRICT)
@dataclass(frozen=True)
class Span:
    """Whole numbers from one to another, ends included; an open end is left out."""

    least: Annotated[int | None, Field(ge=0, title="Từ")] = None
    most: Annotated[int | None, Field(ge=0, title="Đến")] = None

    def holds(self, number: int | None) -> bool:
        """Whether the number lies in the span; an unknown number lies in none."""
        if number is None:
            return False
        return (self.least is None or number >= self.least) and (self.most is None or number <= self.most)


Test = Callable[["PlanUnit"], bool]
_HELP = "Chọn một hay nhiều; bỏ trống là mọi loại."
Words = Annotated[tuple[Annotated[str, AfterValidator(code_of)], ...], Field(description=_HELP)]
Ranks = Annotated[tuple[Annotated[str, AfterValidator(rank_of)], ...], Field(description=_HELP)]


@with_config(STRICT)
@dataclass(frozen=True)
class Selector:
    """Units that meet every condition given. `include` and `exclude` name units (with all below them) by code
    or name and win over every condition; `all_of`, `any_of`, `none_of` name other selectors."""

    code: Code
    title: Annotated[Line, Field(title="Tên nhóm", examples=["Chi bộ nông thôn"])]
    kind: Annotated[UnitKind | None, Field(title="Loại tổ chức")] = None
    setting: Annotated[Words, Field(title="Loại hình", examples=[["rural", "school"]])] = ()
    block: Annotated[Words, Field(title="Khối", examples=[["agency"]])] = ()
    rank: Annotated[Ranks, Field(title="Cấp của tổ chức", examples=[["commune"]])] = ()
    parent_rank: Annotated[Ranks, Field(title="Cấp của tổ chức trực tiếp", examples=[["district"]])] = ()
    parent_block: Annotated[Words, Field(title="Khối của tổ chức trực tiếp")] = ()
    pilot: Annotated[bool | None, Field(title="Làm điểm")] = None
    members: Annotated[Span | None, Field(title="Số đảng viên")] = None
    rounds_held: Annotated[Span | None, Field(title="Số lần đã tổ chức")] = None
    special: Annotated[Span | None, Field(title="Mức địa bàn đặc thù")] = None
    root: Annotated[bool | None, Field(title="Đơn vị gốc")] = None
    all_of: Annotated[tuple[str, ...], Field(title="Thuộc mọi nhóm")] = ()
    any_of: Annotated[tuple[str, ...], Field(title="Thuộc một trong các nhóm")] = ()
    none_of: Annotated[tuple[str, ...], Field(title="Không thuộc nhóm nào")] = ()
    include: Annotated[tuple[Line, ...], Field(title="Kể cả đơn vị")] = ()
    exclude: Annotated[tuple[Line, ...], Field(title="Trừ đơn vị")] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The other selectors it speaks of."""
        return (*self.all_of, *self.any_of, *self.none_of)


@dataclass(frozen=True)
class PlanUnit:
    """A unit as rules see it. `members` is None where nobody has counted them; `pilot_meeting` is the kind of
    its pilot or model meeting, None where nobody has said (S2-08)."""

    code: str
    name: str
    kind: UnitKind
    parent_code: str = ""
    setting: str = ""
    block: str = ""
    rank: str = ""
    members: int | None = None
    pilot: bool = False
    rounds_held: int = 0
    special: int = 0
    pilot_meeting: MeetingKind | None = None


@dataclass(frozen=True)
class UnitTree:
    """Units in the order given, with what lies above and below each. Codes are unique, parents exist, nothing
    lies above itself."""

    units: tuple[PlanUnit, ...]

    @cached_property
    def by_code(self) -> Mapping[str, PlanUnit]:
        """Units by their code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def children(self) -> Mapping[str, tuple[PlanUnit, ...]]:
        """Units directly below, by the code of the one above."""
        below: dict[str, list[PlanUnit]] = {}
        for unit in self.units:
            below.setdefault(unit.parent_code, []).append(unit)
        return {code: tuple(found) for code, found in below.items()}

    @cached_property
    def root(self) -> PlanUnit | None:
        """The unit above all others."""
        return next((unit for unit in self.units if not unit.parent_code), None)

    @cached_property
    def blocks(self) -> Mapping[str, str]:
        """Each unit's block, its own or that of the nearest unit above that has one."""
        return {unit.code: unit.block or self._block_above(unit) for unit in self.units}

    def _block_above(self, unit: PlanUnit) -> str:
        return next((one.block for one in self.above(unit) if one.block), "")

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, ...]]:
        named: dict[str, list[str]] = {}
        for unit in self.units:
            named.setdefault(bare_name(unit.name), []).append(unit.code)
        return {name: tuple(codes) for name, codes in named.items()}

    def parent(self, unit: PlanUnit) -> PlanUnit | None:
        """The unit directly above."""
        return self.by_code.get(unit.parent_code)

    def above(self, unit: PlanUnit) -> Iterator[PlanUnit]:
        """Every unit above, the nearest first."""
        while parent := self.by_code.get(unit.parent_code):
            yield parent
            unit = parent

    def below(self, code: str) -> Iterator[PlanUnit]:
        """Every unit below."""
        waiting = [code]
        while waiting:
            found = self.children.get(waiting.pop(), ())
            yield from found
            waiting += (child.code for child in found)

    def committee_of(self, unit: PlanUnit) -> PlanUnit | None:
        """The base committee a unit belongs to: the one above it that hangs from the root, else the root."""
        above = list(self.above(unit))
        return above[max(len(above) - 2, 0)] if above else None

    def named(self, word: str) -> tuple[str, ...]:
        """The codes that a code or name means; every unit of that name, none where nobody has it."""
        return (word,) if word in self.by_code else self._names.get(bare_name(word), ())

    def with_pilots(self, words: Iterable[str]) -> "UnitTree":
        """The same tree, where the units that a plan names as its pilots are pilots (S2-03, S3-20)."""
        named = {code for word in words for code in self.named(word) if not self.by_code[code].pilot}
        if not named:
            return self
        return UnitTree(tuple(replace(u, pilot=True) if u.code in named else u for u in self.units))


def bare_name(name: str) -> str:
    """A unit's name without what kind it is: "Chi bộ Trạm y tế" and "Đảng bộ Trạm Y tế" are one."""
    words = fold(name)
    for prefix in ("dang bo ", "chi bo ", "dang uy "):
        words = words.removeprefix(prefix)
    return words


@dataclass(frozen=True)
class Caught:
    """Per selector the codes it catches, and those of them that it names one by one."""

    members: Mapping[str, frozenset[str]]
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)


def caught_by(selectors: Iterable[Selector], tree: UnitTree) -> Caught:
    """What each selector catches. One that is not there, or goes round in a circle, catches nothing."""
    known = {selector.code: selector for selector in selectors}
    found: dict[str, frozenset[str]] = {}
    for code in in_order({code: one.names for code, one in known.items()}):
        found[code] = _members(known[code], tree, found)
    for code in known.keys() - found.keys():
        found[code] = frozenset()
    named = {code: _named(one.include, tree) & found[code] for code, one in known.items() if one.include}
    return Caught(found, named)


def _members(one: Selector, tree: UnitTree, found: Mapping[str, frozenset[str]]) -> frozenset[str]:
    none = frozenset[str]()
    caught = _meeting(one, tree) if _asks(one) else set[str]()
    for name in one.all_of:
        caught &= found.get(name, none)
    if one.any_of:
        caught &= none.union(*(found.get(name, none) for name in one.any_of))
    caught -= none.union(*(found.get(name, none) for name in one.none_of))
    return frozenset((caught | _named(one.include, tree, one.kind)) - _named(one.exclude, tree))


def _asks(one: Selector) -> bool:
    """A selector that only names units asks nothing and catches those alone."""
    conditions = (one.setting, one.block, one.rank, one.parent_rank, one.parent_block, one.names)
    facts = (one.pilot, one.members, one.rounds_held, one.special, one.root)
    return not one.include or any(conditions) or any(fact is not None for fact in facts)


def _meeting(one: Selector, tree: UnitTree) -> set[str]:
    """The units that meet every condition of the selector's own."""
    left: Iterable[PlanUnit] = tree.units
    for test in (*_of_itself(one, tree), *_of_its_place(one, tree)):
        left = filter(test, left)
    return {unit.code for unit in left}


def _of_itself(one: Selector, tree: UnitTree) -> Iterator[Test]:
    if one.kind is not None:
        yield lambda unit: unit.kind is one.kind
    if one.pilot is not None:
        yield lambda unit: unit.pilot is one.pilot
    if one.root is not None:
        yield lambda unit: (unit is tree.root) is one.root
    if (members := one.members) is not None:
        yield lambda unit: members.holds(unit.members)
    if (rounds := one.rounds_held) is not None:
        yield lambda unit: rounds.holds(unit.rounds_held)
    if (special := one.special) is not None:
        yield lambda unit: special.holds(unit.special)


def _of_its_place(one: Selector, tree: UnitTree) -> Iterator[Test]:
    if one.setting:
        yield lambda unit: unit.setting in one.setting
    if one.rank:
        yield lambda unit: unit.rank in one.rank
    if one.block:
        yield lambda unit: tree.blocks[unit.code] in one.block
    if one.parent_rank:
        yield lambda unit: (parent := tree.parent(unit)) is not None and parent.rank in one.parent_rank
    if one.parent_block:
        yield lambda unit: tree.blocks.get(unit.parent_code) in one.parent_block


def _named(words: Iterable[str], tree: UnitTree, kind: UnitKind | None = None) -> frozenset[str]:
    codes = {code for word in words for code in tree.named(word)}
    codes |= {unit.code for code in tuple(codes) for unit in tree.below(code)}
    return frozenset(code for code in codes if kind is None or tree.by_code[code].kind is kind)
