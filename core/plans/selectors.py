"""Which units a rule is about: a selector over a unit's facts, pure (domain: rules, who is concerned)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from pydantic import Field, with_config

from core.plans.values import STRICT, Code, Line
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


Words = Annotated[tuple[str, ...], Field(description="Chọn một hay nhiều; bỏ trống là mọi loại.")]


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
    rank: Annotated[Words, Field(title="Cấp của tổ chức", examples=[["commune"]])] = ()
    parent_rank: Annotated[Words, Field(title="Cấp của tổ chức trực tiếp", examples=[["district"]])] = ()
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
    """A unit as rules see it. `members` is None where nobody has counted them."""

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


@dataclass(frozen=True)
class UnitTree:
    """Units in the order given, with what lies above and below each. Codes are unique, parents exist."""

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
        found: dict[str, str] = {}
        for unit in self.units:
            above = [unit, *self.above(unit)]
            found[unit.code] = next((one.block for one in above if one.block), "")
        return found

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
        seen = {unit.code}
        while (parent := self.by_code.get(unit.parent_code)) and parent.code not in seen:
            seen.add(parent.code)
            yield parent
            unit = parent

    def below(self, code: str) -> Iterator[PlanUnit]:
        """Every unit below."""
        for child in self.children.get(code, ()):
            yield child
            yield from self.below(child.code)

    def named(self, word: str) -> tuple[str, ...]:
        """The codes that a code or name means; every unit of that name, none where nobody has it."""
        return (word,) if word in self.by_code else self._names.get(bare_name(word), ())


def bare_name(name: str) -> str:
    """A unit's name without what kind it is: "Chi bộ Trạm y tế" and "Đảng bộ Trạm Y tế" are one."""
    words = fold(name)
    for prefix in ("dang bo ", "chi bo ", "dang uy "):
        words = words.removeprefix(prefix)
    return words


@dataclass(frozen=True)
class Caught:
    """Per selector the codes it catches, and those of them it names one by one; per unit its selectors."""

    members: Mapping[str, frozenset[str]]
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)


def caught_by(selectors: Iterable[Selector], tree: UnitTree) -> Caught:
    """What each selector catches. Selectors that are not there catch nothing; circles are cut."""
    known = {selector.code: selector for selector in selectors}
    found: dict[str, frozenset[str]] = {}

    def resolve(code: str, asked: tuple[str, ...]) -> frozenset[str]:
        if code in found:
            return found[code]
        if code not in known or code in asked:
            return frozenset()
        one = known[code]
        others = {name: resolve(name, (*asked, code)) for name in one.names}
        return found.setdefault(code, _members(one, tree, others))

    for code in known:
        resolve(code, ())
    named = {code: _named(one.include, tree) & found[code] for code, one in known.items() if one.include}
    return Caught(found, named)


def _members(one: Selector, tree: UnitTree, others: Mapping[str, frozenset[str]]) -> frozenset[str]:
    caught = {unit.code for unit in tree.units if _meets(one, unit, tree)} if _asks(one) else set[str]()
    for name in one.all_of:
        caught &= others[name]
    if one.any_of:
        caught &= frozenset().union(*(others[name] for name in one.any_of))
    caught -= frozenset().union(*(others[name] for name in one.none_of))
    return frozenset((caught | _named(one.include, tree, one.kind)) - _named(one.exclude, tree))


def _asks(one: Selector) -> bool:
    """A selector that only names units asks nothing and catches those alone."""
    conditions = (one.setting, one.block, one.rank, one.parent_rank, one.parent_block, one.names)
    facts = (one.pilot, one.members, one.rounds_held, one.special, one.root)
    return not one.include or any(conditions) or any(fact is not None for fact in facts)


def _meets(one: Selector, unit: PlanUnit, tree: UnitTree) -> bool:
    if one.kind is not None and unit.kind is not one.kind:
        return False
    if one.pilot is not None and unit.pilot is not one.pilot:
        return False
    if one.root is not None and (unit is tree.root) is not one.root:
        return False
    spans = ((one.members, unit.members), (one.rounds_held, unit.rounds_held), (one.special, unit.special))
    if any(span is not None and not span.holds(number) for span, number in spans):
        return False
    return _is_among(one, unit, tree)


def _is_among(one: Selector, unit: PlanUnit, tree: UnitTree) -> bool:
    if (one.setting and unit.setting not in one.setting) or (one.rank and unit.rank not in one.rank):
        return False
    if one.block and tree.blocks[unit.code] not in one.block:
        return False
    if not one.parent_rank and not one.parent_block:
        return True
    parent = tree.parent(unit)
    if parent is None or (one.parent_rank and parent.rank not in one.parent_rank):
        return False
    return not one.parent_block or tree.blocks[parent.code] in one.parent_block


def _named(words: Iterable[str], tree: UnitTree, kind: UnitKind | None = None) -> frozenset[str]:
    codes = {code for word in words for code in tree.named(word)}
    codes |= {unit.code for code in tuple(codes) for unit in tree.below(code)}
    return frozenset(code for code in codes if kind is None or tree.by_code[code].kind is kind)
