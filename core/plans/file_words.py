"""What is wrong with a value of a plan file, in Vietnamese, with what would be right at that place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.plans.problems import nearest
from core.plans.values import CODE, FIRST_DAY, LAST_DAY
from core.plans.yaml_lines import Path

QUOTED: Final = re.compile(r"'([^']*)'")
LONGEST: Final = 60


@dataclass(frozen=True)
class Place:
    """A table of the file: the keys it may have, and those of them that are not written yet."""

    keys: tuple[str, ...]
    free: tuple[str, ...]

    @classmethod
    def at(cls, schema: dict[str, Any], loc: Path, used: frozenset[str]) -> "Place":
        """The table at the location of a fault, tags of unions included."""
        keys = tuple(_table(schema, loc).get("properties", ()))
        return cls(keys, tuple(key for key in keys if key not in used))


def _table(schema: dict[str, Any], loc: Path) -> dict[str, Any]:
    part = schema
    for step in loc:
        part = _step(part, step, schema)
    return _resolved(part, schema)


def _step(part: dict[str, Any], step: str | int, schema: dict[str, Any]) -> dict[str, Any]:
    for one in _choices(part, schema):
        if isinstance(step, int) and "items" in one:
            return dict(one["items"])
        if step in one.get("discriminator", {}).get("mapping", {}):
            return {"$ref": one["discriminator"]["mapping"][step]}
        if step in one.get("properties", {}):
            return dict(one["properties"][step])
    return {}


def _choices(part: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    part = _resolved(part, schema)
    yield part
    for choice in part.get("anyOf", ()):
        yield from _choices(choice, schema)


def _resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in part:
        return dict(schema["$defs"][part["$ref"].rpartition("/")[2]])
    tables = [choice for choice in part.get("anyOf", ()) if "$ref" in choice]
    return _resolved(tables[0], schema) if len(tables) == 1 else part


def fault_words(error: Any, path: Path, place: Place) -> str:
    """The sentence for one error of the schema."""
    kind, context, given = error["type"], error.get("ctx", {}), _short(error.get("input"))
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return _unknown_key(str(path[-1]), place)
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        allowed = QUOTED.findall(str(context.get("expected") or context.get("expected_tags")))
        word = str(context.get("tag", given))
        return f"Không có giá trị “{word}”{nearest(word, allowed)} Chọn một trong: {', '.join(allowed)}."
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context.get("pattern", ""), _PERIOD).format(given=given)
    if kind == "value_error":
        return str(context["error"])
    return _PLAIN.get(kind, "Giá trị không hợp lệ.").format(given=given, **context)


def _short(given: object) -> str:
    text = str(given)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _unknown_key(key: str, place: Place) -> str:
    hint = nearest(key, place.free)
    if hint == "." and place.free:
        return f"Không có mục “{key}” ở đây; các mục còn có thể ghi: {', '.join(place.free)}."
    return f"Không có mục “{key}” ở đây{hint}"


_PATTERNS: Final = {CODE: "Mã “{given}” gồm chữ thường không dấu, số, “_”, “-”, tối đa 40 ký tự."}
_PERIOD: Final = "“{given}” không phải kỳ; ví dụ: 2018-04 (tháng), 2024-Q1 (quý), 2024-H1 (6 tháng), 2024."
_DAY: Final = "“{given}” không phải ngày; ví dụ 2018-03-30."
_NUMBER: Final = "“{given}” không phải số nguyên."
_PLAIN: Final = {
    "missing": "Thiếu mục bắt buộc này.",
    "union_tag_not_found": "Thiếu “rule”: nêu cách tính hạn, ví dụ rule: before_date.",
    "string_type": "Phải là chữ.",
    "string_too_long": "Dài quá {max_length} ký tự.",
    "int_type": "Phải là số nguyên.",
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_from_float": _NUMBER,
    "greater_than_equal": "“{given}” nhỏ quá; ít nhất {ge}.",
    "less_than_equal": "“{given}” lớn quá; nhiều nhất {le}.",
    "bool_type": "Phải là true hoặc false.",
    "bool_parsing": "“{given}” không phải true hoặc false.",
    "day": _DAY,
    "day_range": f"Ngày phải từ {FIRST_DAY:%d/%m/%Y} đến {LAST_DAY:%d/%m/%Y}.",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "tuple_type": "Phải là danh sách, mỗi dòng bắt đầu bằng “- ”.",
    "dataclass_type": "Phải là một bảng “khóa: giá trị”.",
    "model_attributes_type": "Phải là một bảng “khóa: giá trị”.",
}
