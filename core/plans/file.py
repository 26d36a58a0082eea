"""The portable plan file: YAML in and out, every fault named by line and path (docs/plan-file.md).

Reading never half succeeds: a plan comes back whole, or PlanFileError with all faults.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from core.plans.content import FORMAT, PlanContent
from core.plans.values import CODE
from tenants.vietnamese import nfc

Path = tuple[str | int, ...]
MOST_BYTES = 1_000_000
MOST_DEEP = 30


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file: its line (from 1), its path ("milestones[2].due"), why, in Vietnamese."""

    line: int
    path: str
    text: str

    def __str__(self) -> str:
        return (
            f"Dòng {self.line}, {self.path}: {self.text}" if self.path else f"Dòng {self.line}: {self.text}"
        )


class PlanFileError(Exception):
    """The file is no plan; `faults` names everything wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.path)))
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Lines:
    """Where each part of a file stands, so that later checks can name a line too."""

    at: Mapping[Path, int]

    def of(self, path: str) -> int:
        """The line of a path as `Problem.path` writes it; of the nearest part above that is written."""
        parts: Path = tuple(_parts(path))
        while parts and parts not in self.at:
            parts = parts[:-1]
        return self.at.get(parts, 1)


@cache
def adapter() -> TypeAdapter[PlanContent]:
    """What reads and writes a plan as plain data."""
    return TypeAdapter(PlanContent)


def read_plan(text: str | bytes) -> tuple[PlanContent, Lines]:
    """The plan that a file says, and where it says what. Raises PlanFileError."""
    data, lines = _loaded(text)
    if not isinstance(data, dict):
        raise PlanFileError(
            [Fault(1, "", "Tệp phải là một bảng “khóa: giá trị”, bắt đầu bằng format: plan/1.")]
        )
    told = data.pop("format", None)
    faults = [] if told == FORMAT else [_format_fault(told, lines)]
    try:
        content = adapter().validate_python(data)
    except ValidationError as error:
        raise PlanFileError([*faults, *(_fault(one, lines) for one in error.errors())]) from error
    if faults:
        raise PlanFileError(faults)
    return content, lines


def write_plan(content: PlanContent) -> str:
    """The plan as a file; what is left at its default is not written. `read_plan` gives it back."""
    said = adapter().dump_python(content, mode="json", exclude_defaults=True)
    data = {"format": FORMAT, **_with_rules(content, said)}
    return yaml.dump(data, allow_unicode=True, sort_keys=False, width=110, Dumper=_Dumper)


def schema() -> dict[str, Any]:
    """The JSON schema of a plan file (2020-12)."""
    made = adapter().json_schema()
    made["properties"] = {"format": {"const": FORMAT, "title": "Định dạng"}, **made["properties"]}
    made["required"] = ["format", *made["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Plan file", **made}


def _with_rules(content: PlanContent, said: dict[str, Any]) -> dict[str, Any]:
    """The tag of each deadline, which is a default and yet what tells rules apart."""
    whole = adapter().dump_python(content, mode="json")
    for number, milestone in enumerate(said.get("milestones", ())):
        for name in ("due", "opens"):
            if milestone.get(name) is not None:
                milestone[name] = {"rule": whole["milestones"][number][name]["rule"], **milestone[name]}
    return said


class _Dumper(yaml.SafeDumper):
    """Plain text without anchors; long texts as blocks."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


class _Loader(yaml.SafeLoader):
    """Plain data; a key written twice is a fault instead of a silent loss."""


def _loaded(text: str | bytes) -> tuple[Any, Lines]:
    raw = text.encode() if isinstance(text, str) else text
    if len(raw) > MOST_BYTES:
        raise PlanFileError([Fault(1, "", f"Tệp lớn hơn {MOST_BYTES // 1000} KB, không phải tệp kế hoạch.")])
    try:
        words = nfc(raw.decode("utf-8-sig"))
        node = yaml.compose(words, Loader=_Loader)
        at: dict[Path, int] = {}
        faults = list(_walk(node, (), at)) if node else []
    except UnicodeDecodeError as error:
        raise PlanFileError([Fault(1, "", "Tệp không phải văn bản UTF-8.")]) from error
    except yaml.YAMLError as error:
        raise PlanFileError([_yaml_fault(error)]) from error
    if faults:
        raise PlanFileError(faults)
    return yaml.load(words, Loader=_Loader), Lines(at)  # noqa: S506 – a safe loader


def _walk(node: yaml.Node, path: Path, at: dict[Path, int]) -> Iterable[Fault]:
    at[path] = node.start_mark.line + 1
    if len(path) > MOST_DEEP or node.start_mark.index > node.end_mark.index:
        yield Fault(at[path], written(path), "Tệp lồng quá nhiều tầng.")
        return
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _walk(item, (*path, number), at)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            if inner in at:
                yield Fault(key.start_mark.line + 1, written(inner), "Khóa này được ghi hai lần.")
            yield from _walk(value, inner, at)
            at[inner] = key.start_mark.line + 1


def _yaml_fault(error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return Fault(line, "", "Tệp không đúng cú pháp YAML ở đây (thụt dòng, dấu hai chấm hoặc dấu nháy).")


def _format_fault(told: object, lines: Lines) -> Fault:
    said = f"“{told}”" if told is not None else "trống"
    return Fault(lines.at.get(("format",), 1), "format", f"Định dạng phải là “{FORMAT}”, tệp ghi {said}.")


def written(path: Path) -> str:
    """A path as people read it: "milestones[2].due"."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _parts(path: str) -> Iterable[str | int]:
    for part in path.replace("[", ".[").split("."):
        if part.startswith("["):
            yield int(part[1:-1])
        elif part:
            yield part


def _fault(error: Any, lines: Lines) -> Fault:
    path = _real(error["loc"], lines)
    return Fault(_nearest(path, lines), written(path), _words(error, path))


def _real(loc: Path, lines: Lines) -> Path:
    """The error's path without the tags of a union, which are not in the file."""
    kept: Path = ()
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if last or isinstance(part, int) or (*kept, part) in lines.at:
            kept = (*kept, part)
    return kept


def _nearest(path: Path, lines: Lines) -> int:
    while path and path not in lines.at:
        path = path[:-1]
    return lines.at.get(path, 1)


def _words(error: Any, path: Path) -> str:
    kind, context, given = error["type"], error.get("ctx", {}), error.get("input")
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return _unknown_key(str(path[-1]))
    if kind in ("enum", "literal_error", "union_tag_invalid"):
        allowed = str(context.get("expected") or context.get("expected_tags")).replace(" or ", ", ")
        return f"Không có giá trị “{context.get('tag', given)}”; chọn một trong: {allowed}."
    if kind == "string_pattern_mismatch" and context.get("pattern") == CODE:
        return f"Mã “{given}” gồm chữ thường không dấu, số, “_”, “-”, tối đa 40 ký tự."
    return _PLAIN.get(kind, "Giá trị không hợp lệ.").format(given=given, **context)


_PLAIN = {
    "missing": "Thiếu mục bắt buộc này.",
    "union_tag_not_found": "Thiếu “rule”: nêu cách tính hạn, ví dụ rule: before_date.",
    "string_type": "Phải là chữ; nếu là số hoặc ngày, xin đặt trong dấu nháy.",
    "string_too_long": "Dài quá {max_length} ký tự.",
    "int_type": "Phải là số nguyên.",
    "int_parsing": "“{given}” không phải số nguyên.",
    "int_from_float": "Phải là số nguyên.",
    "greater_than_equal": "{given} nhỏ quá; ít nhất {ge}.",
    "less_than_equal": "{given} lớn quá; nhiều nhất {le}.",
    "bool_type": "Phải là true hoặc false.",
    "bool_parsing": "“{given}” không phải true hoặc false.",
    "date_type": "Phải là ngày, ví dụ 2018-03-30.",
    "date_parsing": "“{given}” không phải ngày; ví dụ 2018-03-30.",
    "date_from_datetime_parsing": "“{given}” không phải ngày; ví dụ 2018-03-30.",
    "date_from_datetime_inexact": "Chỉ ghi ngày, không ghi giờ.",
    "tuple_type": "Phải là danh sách, mỗi dòng bắt đầu bằng “- ”.",
    "dataclass_type": "Phải là một bảng “khóa: giá trị”.",
}


def _unknown_key(key: str) -> str:
    near = get_close_matches(key, _known_keys(), 1, 0.6)
    return f"Không có mục “{key}”" + (f"; có phải “{near[0]}”?" if near else ".")


@cache
def _known_keys() -> tuple[str, ...]:
    found = set(schema()["properties"])
    for part in schema()["$defs"].values():
        found |= set(part.get("properties", ()))
    return tuple(sorted(found))
