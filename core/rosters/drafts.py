"""What the rules of a roster file work on: rows being checked, and what the tenant already has."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tenants.tree import UnitKind


@dataclass(frozen=True)
class KnownUnit:
    """A unit the tenant already has, and the code of the one above it."""

    kind: UnitKind
    parent: str | None = None


@dataclass(frozen=True)
class KnownPerson:
    """A person the tenant already has; `search_key` is the folded name, `left` whether he is
    off the roster."""

    search_key: str
    born_on: date | None = None
    login: str | None = None
    left: bool = False


@dataclass(frozen=True)
class Known:
    """What the tenant already has, by code, and the day of the check; `levels` say whether
    they may attend their own cell, `settings` are catalogue names."""

    today: date
    units: Mapping[str, KnownUnit] = field(default_factory=dict)
    people: Mapping[str, KnownPerson] = field(default_factory=dict)
    levels: Mapping[str, bool] = field(default_factory=dict)
    settings: frozenset[str] = frozenset()

    @cached_property
    def spelling(self) -> Mapping[str, str]:
        """Codes of people as the tenant spells them, by their capitals: case makes no difference."""
        codes = sorted(self.people, key=str.isupper)
        return {code.upper(): code for code in codes}

    @cached_property
    def with_cells(self) -> frozenset[str]:
        """Codes of the cells and of every unit with a cell below it."""
        found = set[str]()
        for code, unit in self.units.items():
            above: str | None = code if unit.kind is UnitKind.CELL else None
            while above is not None and above not in found:
                found.add(above)
                above = self.units[above].parent if above in self.units else None
        return frozenset(found)


@dataclass
class Draft:
    """A row being checked: the values that could be read, and the cells that could not."""

    number: int
    values: dict[str, Any]
    faults: list[tuple[str, str]]

    def get(self, key: str) -> Any:
        return self.values.get(key)


Finding = tuple[Draft, str, str]
Rule = Callable[[list[Draft], Known], Iterable[Finding]]


def rows_of(drafts: Iterable[Draft]) -> str:
    """The rows' numbers in words, three at most."""
    numbers = [str(draft.number) for draft in drafts]
    return ", ".join(numbers[:3]) + (", …" if len(numbers) > 3 else "")


def grouped(drafts: Iterable[Draft], *keys: str) -> Mapping[tuple[Any, ...], list[Draft]]:
    """Rows by these values; rows where one is blank or could not be read are left out."""
    groups = defaultdict(list)
    for draft in drafts:
        value = tuple(draft.get(key) for key in keys)
        if None not in value:
            groups[value].append(draft)
    return groups
