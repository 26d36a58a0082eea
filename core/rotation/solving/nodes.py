"""A value of a JSON file and the path to it: what is wrong is named with both, in Vietnamese."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=StrEnum)
Value = TypeVar("Value")
ROOT = "(gốc)"
FARTHEST_KM = 40_000


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
            raise self.wrong(
                f"có mục lạ “{shortened(strange[0])}”; các mục dùng được: {', '.join(sorted(names))}"
            )
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

    def some(self) -> Iterator["Node"]:
        """The items of a list that has at least one."""
        if self.value == []:
            raise self.wrong("cần ít nhất một mục, đang để trống")
        return self.list()

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
        if found := _day(self.value):
            return found
        raise self.wrong(f"cần một ngày như 2026-01-05, đang là {shown(self.value)}")

    def month(self) -> date:
        """A month as 2026-01, of the years 1900 to 2199; its first day."""
        found = _day(f"{self.value}-01")
        if found and 1900 <= found.year <= 2199:
            return found
        raise self.wrong(f"cần một tháng như 2026-01 (năm 1900 đến 2199), đang là {shown(self.value)}")

    def one_of(self, kind: type[Kind]) -> Kind:
        """A member of the enumeration."""
        if self.value not in [member.value for member in kind]:
            raise self.wrong(f"cần một trong: {', '.join(kind)}; đang là {shown(self.value)}")
        return kind(self.value)

    def place(self) -> tuple[float, float]:
        """[east, north] in kilometres."""
        pair = self.value if isinstance(self.value, list) else []
        if len(pair) != 2 or not all(map(_is_near, pair)):
            raise self.wrong(
                f"cần [đông, bắc] tính bằng km, mỗi số không quá {FARTHEST_KM}, đang là {shown(self.value)}"
            )
        return float(pair[0]), float(pair[1])

    def or_none(self, read: "Callable[[Node], Value]") -> Value | None:
        """What ``read`` makes of the value, None of null."""
        return None if self.value is None else read(self)


def _day(text: object) -> date | None:
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return day if day and day.isoformat() == text else None


def _is_near(value: float) -> bool:
    return type(value) in (int, float) and -FARTHEST_KM <= value <= FARTHEST_KM


def shortened(text: str) -> str:
    """The text, cut where it is long."""
    return text if len(text) <= 40 else f"{text[:37]}…"


def shown(value: object) -> str:
    """The value as the file has it, shortened."""
    return shortened(json.dumps(value, ensure_ascii=False))


def parse(text: str) -> Node:
    """The file's data. Raises ``FileProblem`` naming line and column, or what nobody could read."""
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_int=_whole)
        if "\\u" in text:
            json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise FileProblem(f"dòng {error.lineno}, cột {error.colno}", "không phải JSON hợp lệ") from None
    except RecursionError:
        raise FileProblem("", "danh sách, đối tượng lồng nhau quá sâu") from None
    except UnicodeEncodeError:
        raise FileProblem("", "có ký tự hỏng (\\ud800 đến \\udfff)") from None
    return Node(data)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise FileProblem(shortened(twice), "ghi hai lần trong cùng một đối tượng; chỉ giữ một")
    return found


def _whole(digits: str) -> int:
    if len(digits) > 18:
        raise FileProblem("", f"có số quá dài: {shortened(digits)}")
    return int(digits)
