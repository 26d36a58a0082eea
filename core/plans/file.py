"""The portable plan file: YAML in and out, every fault named by line and path (docs/plan-file.md).

Reading never half succeeds: a plan comes back whole, or PlanFileError with all faults.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from core.plans.content import FORMAT, PlanContent
from core.plans.file_words import Place, fault_words
from core.plans.yaml_lines import Fault as Fault
from core.plans.yaml_lines import Lines as Lines
from core.plans.yaml_lines import Path, YamlError, read_yaml, written


class PlanFileError(Exception):
    """The file is no plan; `faults` names everything wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.path)))
        super().__init__("\n".join(map(str, self.faults)))


@cache
def adapter() -> TypeAdapter[PlanContent]:
    """What reads and writes a plan as plain data."""
    return TypeAdapter(PlanContent)


def read_plan(text: str | bytes) -> tuple[PlanContent, Lines]:
    """The plan that a file says, and where it says what. Raises PlanFileError."""
    try:
        data, lines = read_yaml(text)
    except YamlError as error:
        raise PlanFileError(error.faults) from error
    if not isinstance(data, dict):
        what = "Tệp phải là một bảng “khóa: giá trị”, bắt đầu bằng format: plan/1."
        raise PlanFileError([Fault(1, "", what)])
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


@cache
def schema() -> dict[str, Any]:
    """The JSON schema of a plan file (2020-12)."""
    made = adapter().json_schema()
    made["properties"] = {"format": {"const": FORMAT, "title": "Định dạng"}, **made["properties"]}
    made["required"] = ["format", *made["required"]]
    for part in made["$defs"].values():
        if "const" in part.get("properties", {}).get("rule", {}):
            part["required"] = ["rule", *part.get("required", ())]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "Plan file"}


def _with_rules(content: PlanContent, said: dict[str, Any]) -> dict[str, Any]:
    """The tag of each deadline, which is a default and yet what tells rules apart."""
    for milestone, one in zip(said.get("milestones", ()), content.milestones, strict=True):
        for name, due in (("due", one.due), ("opens", one.opens)):
            if due is not None:
                milestone[name] = {"rule": due.rule, **milestone[name]}
    return said


class _Dumper(yaml.SafeDumper):
    """Plain text without anchors; days without quotes."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in known if tag != "tag:yaml.org,2002:timestamp"]
        for first, known in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _format_fault(told: object, lines: Lines) -> Fault:
    said = f"“{told}”" if told is not None else "trống"
    return Fault(lines.of("format"), "format", f"Định dạng phải là “{FORMAT}”, tệp ghi {said}.")


def _fault(error: Any, lines: Lines) -> Fault:
    path = _real(error["loc"], lines)
    place = Place.at(schema(), error["loc"][:-1], lines.keys_at(path[:-1]))
    return Fault(lines.nearest(path), written(path), fault_words(error, path, place))


def _real(loc: Path, lines: Lines) -> Path:
    """The error's path without the tags of a union, which are not in the file."""
    kept: Path = ()
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if last or isinstance(part, int) or (*kept, part) in lines.at:
            kept = (*kept, part)
    return kept
