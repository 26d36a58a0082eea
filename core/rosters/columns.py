"""What a roster file is made of: columns, how their cells are read, and how a file's headings are matched."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from core.rosters.sheets import FAULT_HEADING
from tenants.vietnamese import fold

_NEAR = 0.85
_ASIDE = re.compile(r"\([^)]*\)|[*:.]")


class CellError(ValueError):
    """A cell that cannot be read. The text says what is wrong and what to do, in Vietnamese."""


class MappingError(ValueError):
    """Columns chosen in a way that cannot be: the text says how, in Vietnamese."""


@dataclass(frozen=True)
class Parser:
    """How a cell becomes a value (raising CellError) and a value a cell: `read(show(value)) == value`."""

    read: Callable[[str], Any]
    show: Callable[[Any], str] = str


@dataclass(frozen=True)
class Column:
    """One column of a roster file, by the name its values have in the code and the one people read."""

    key: str
    heading_vi: str
    parser: Parser
    example: str
    help_vi: str
    required: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The heading as written in files: a star marks what must be filled."""
        return f"{self.heading_vi}*" if self.required else self.heading_vi

    @property
    def names(self) -> tuple[str, ...]:
        """The heading, then its aliases, as they are compared."""
        return tuple(map(_plain, (self.heading_vi, *self.aliases)))


@dataclass(frozen=True)
class RosterKind:
    """One kind of roster file; the values of `key_columns` together name a row."""

    code: str
    title_vi: str
    columns: tuple[Column, ...]
    key_columns: tuple[str, ...]

    def __getitem__(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    @property
    def headers(self) -> tuple[str, ...]:
        """The headings of its files, in order."""
        return tuple(column.title for column in self.columns)

    def cells(self, values: Mapping[str, Any]) -> tuple[str | None, ...]:
        """Values as one row of its file, which read back as the same values (X04)."""
        return tuple(
            None if values.get(column.key) is None else column.parser.show(values[column.key])
            for column in self.columns
        )

    @property
    def examples(self) -> tuple[str, ...]:
        """One row that shows how to fill the file."""
        return tuple(column.example for column in self.columns)

    @property
    def guide(self) -> tuple[tuple[str, ...], ...]:
        """The notes of its template: a heading, then what to write in each column."""
        lines = (
            (column.heading_vi, "Có" if column.required else "Không", column.help_vi, column.example)
            for column in self.columns
        )
        return (("Cột", "Bắt buộc", "Cách điền", "Ví dụ"), *lines)


@dataclass(frozen=True)
class ColumnMapping:
    """Which of the file's columns (from 0) holds which key.

    `guessed` keys were matched by likeness alone and want a look; `unmatched` are the file's headings put to
    no use; `missing` are the keys that must be there and are not.
    """

    positions: Mapping[str, int]
    guessed: frozenset[str]
    unmatched: tuple[str, ...]
    missing: tuple[str, ...]


def match_columns(headers: Sequence[str], kind: RosterKind) -> ColumnMapping:
    """The likeliest mapping: the same heading, then an alias, then the nearest one left (X04)."""
    plain = [_plain(header) for header in headers]
    found: dict[str, int] = {}
    for column, position in _same(plain, kind):
        if column.key not in found and position not in found.values():
            found[column.key] = position
    guessed = set[str]()
    for column, position in _near(plain, kind):
        if column.key not in found and position not in found.values():
            found[column.key] = position
            guessed.add(column.key)
    return _mapping(headers, kind, found, frozenset(guessed))


def choose_columns(headers: Sequence[str], kind: RosterKind, chosen: Mapping[str, int]) -> ColumnMapping:
    """The mapping a person chose: key → the file's column (from 0). Raises MappingError."""
    known = {column.key for column in kind.columns}
    if not known.issuperset(chosen) or not all(0 <= position < len(headers) for position in chosen.values()):
        raise MappingError("Cột được chọn không có trong tệp. Đề nghị tải tệp lên lại và ghép cột từ đầu.")
    for key, position in chosen.items():
        twin = next((k for k, p in chosen.items() if p == position and k != key), None)
        if twin:
            names = f"“{kind[key].heading_vi}” và “{kind[twin].heading_vi}”"
            raise MappingError(
                f"Hai mục {names} đang ghép với cùng một cột. Đề nghị chọn cột khác cho một mục."
            )
    return _mapping(headers, kind, chosen, frozenset())


def _mapping(
    headers: Sequence[str], kind: RosterKind, found: Mapping[str, int], guessed: frozenset[str]
) -> ColumnMapping:
    used = set(found.values())
    unmatched = (
        header for position, header in enumerate(headers) if position not in used and _is_data(header)
    )
    missing = (column.key for column in kind.columns if column.required and column.key not in found)
    return ColumnMapping(dict(found), guessed, tuple(unmatched), tuple(missing))


def _same(plain: Sequence[str], kind: RosterKind) -> Iterator[tuple[Column, int]]:
    """Every pair alike to the letter: headings before aliases."""
    for rank in range(max(len(column.names) for column in kind.columns)):
        for column in kind.columns:
            if rank < len(column.names) and column.names[rank] in plain:
                yield column, plain.index(column.names[rank])


def _near(plain: Sequence[str], kind: RosterKind) -> Iterator[tuple[Column, int]]:
    """Every pair that is nearly alike, the likest first."""
    pairs = [
        (max(SequenceMatcher(None, name, header).ratio() for name in column.names), column, position)
        for column in kind.columns
        for position, header in enumerate(plain)
        if _is_data(header)
    ]
    for likeness, column, position in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= _NEAR:
            yield column, position


def _is_data(header: str) -> bool:
    return bool(header.strip()) and _plain(header) != _plain(FAULT_HEADING)


def _plain(heading: str) -> str:
    return fold(_ASIDE.sub(" ", heading))[:100]
