"""A value of a JSON file and the path to it: what is wrong is named with both, in Vietnamese."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import isfinite
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=StrEnum)
Value = TypeVar("Value")
ROOT = "(gốc)"


class FileProblem(ValueError):
    """The file does not say what it should: where (``path``) and why (``reason_vi``)."""

    def __init__(self, path: str, reason_vi: str) -> None:
        super().__init__(f"{path or ROOT}: {reason_vi}")
        self.path, self.reason_vi = path or ROOT, reason_vi


@dataclass(frozen=True)
class Node:
    """A value of the file and the path to it; each reading raises ``FileProblem``."""

    value: Any
    path: str = ""

    def wrong(self, reason_vi: str) -> FileProblem:
        """The problem of this value."""
        return FileProblem(self.path, reason_vi)

    def object(self, required: str, optional: str = "") -> Mapping[str, "Node"]:
        """An object with these fields, separated by spaces, and no others."""
        found, names = dict(self.items()), {*required.split(), *optional.split()}
        if missing := [name for name in required.split() if name not in found]:
            raise self.wrong(f"thiếu mục “{missing[0]}”")
        if strange := [name for name in found if name not in names]:
            raise self.wrong(f"có mục lạ “{strange[0]}”; các mục dùng được: {', '.join(sorted(names))}")
        return found

    def items(self, shape_vi: str = "…") -> Iterator[tuple[str, "Node"]]:
        """The fields of an object, whatever their names; ``shape_vi`` describes it."""
        if not isinstance(self.value, dict):
            raise self.wrong(f"cần một đối tượng {{{shape_vi}}}, đang là {shown(self.value)}")
        for name, value in self.value.items():
            yield name, Node(value, f"{self.path}.{name}" if self.path else name)

    def list(self) -> Iterator["Node"]:
        """The items of a list."""
        if not isinstance(self.value, list):
            raise self.wrong(f"cần một danh sách […], đang là {shown(self.value)}")
        return (Node(value, f"{self.path}[{at}]") for at, value in enumerate(self.value))

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.list())

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong(f"cần một chuỗi ký tự khác rỗng, đang là {shown(self.value)}")
        return self.value

    def number(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``."""
        if type(self.value) is not int or not least <= self.value <= most:
            raise self.wrong(f"cần một số nguyên từ {least} đến {most}, đang là {shown(self.value)}")
        return self.value

    def yes(self) -> bool:
        """True or false."""
        if type(self.value) is not bool:
            raise self.wrong(f"cần true hoặc false, đang là {shown(self.value)}")
        return self.value

    def day(self) -> date:
        """A day as 2026-01-05."""
        try:
            return date.fromisoformat(self.value)
        except (TypeError, ValueError):
            raise self.wrong(f"cần một ngày như 2026-01-05, đang là {shown(self.value)}") from None

    def month(self) -> date:
        """A month as 2026-01; its first day."""
        try:
            return date.fromisoformat(f"{self.value}-01" if len(self.value) == 7 else "")
        except (TypeError, ValueError):
            raise self.wrong(f"cần một tháng như 2026-01, đang là {shown(self.value)}") from None

    def one_of(self, kind: type[Kind]) -> Kind:
        """A member of the enumeration."""
        if self.value not in [member.value for member in kind]:
            raise self.wrong(f"cần một trong: {', '.join(kind)}; đang là {shown(self.value)}")
        return kind(self.value)

    def place(self) -> tuple[float, float]:
        """[east, north] in kilometres."""
        pair = self.value if isinstance(self.value, list) else []
        if len(pair) != 2 or any(type(one) not in (int, float) or not isfinite(one) for one in pair):
            raise self.wrong(f"cần [đông, bắc] tính bằng km, đang là {shown(self.value)}")
        return float(pair[0]), float(pair[1])

    def or_none(self, read: "Callable[[Node], Value]") -> Value | None:
        """What ``read`` makes of the value, None of null."""
        return None if self.value is None else read(self)


def shown(value: object) -> str:
    """The value as the file has it, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}…"


def parse(text: str) -> Node:
    """The file's data. Raises ``FileProblem`` naming line and column."""
    try:
        return Node(json.loads(text))
    except json.JSONDecodeError as error:
        where = f"dòng {error.lineno}, cột {error.colno}"
        raise FileProblem(where, "không phải JSON hợp lệ") from None
