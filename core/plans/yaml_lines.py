"""YAML as plain text, with the line of every part: what a file of rules needs of the language, and no more.

Every value stays the text it was written as (a schema decides what it means), so that no word, day or number
is taken for something else; aliases, tags and endless depth are refused before anything is built.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from tenants.vietnamese import nfc

Path = tuple[str | int, ...]
MOST_BYTES: Final = 1_000_000
MOST_DEEP: Final = 30
NULL: Final = "tag:yaml.org,2002:null"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file: its line (from 1), its path ("milestones[2].due"), why, in Vietnamese."""

    line: int
    path: str
    text: str

    def __str__(self) -> str:
        where = f"Dòng {self.line}, {self.path}" if self.path else f"Dòng {self.line}"
        return f"{where}: {self.text}"


class YamlError(Exception):
    """The text cannot be read; `faults` says where and why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Lines:
    """Where each part of a file stands, so that later checks can name a line too."""

    at: Mapping[Path, int]

    def of(self, path: str) -> int:
        """The line of a path as `Problem.path` writes it; of the nearest part above that is written."""
        return self.nearest(tuple(_parts(path)))

    def nearest(self, path: Path) -> int:
        """The line of a path, or of the nearest part above that is written."""
        while path and path not in self.at:
            path = path[:-1]
        return self.at.get(path, 1)

    def keys_at(self, path: Path) -> frozenset[str]:
        """The keys written directly below a path."""
        return frozenset(str(key[-1]) for key in self.at if len(key) == len(path) + 1 and key[:-1] == path)


def read_yaml(text: str | bytes) -> tuple[Any, Lines]:
    """Dicts, lists, texts and None, and where each stands. Raises YamlError."""
    words = _decoded(text)
    try:
        if faults := list(_refused(words)):
            raise YamlError(faults)
        node = yaml.compose(words, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise YamlError([_syntax(error)]) from error
    at: dict[Path, int] = {}
    faults = []
    data = _built(node, (), at, faults) if node else None
    if faults:
        raise YamlError(faults)
    return data, Lines(at)


def _decoded(text: str | bytes) -> str:
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MOST_BYTES:
        raise YamlError([Fault(1, "", f"Tệp lớn hơn {MOST_BYTES // 1000} KB, không phải tệp kế hoạch.")])
    try:
        return nfc(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise YamlError([Fault(line, "", "Tệp không phải văn bản UTF-8.")]) from error


def _refused(words: str) -> Iterator[Fault]:
    """What YAML allows and no such file needs; the first place too deep ends the reading."""
    deep = 0
    for event in yaml.parse(words, Loader=yaml.SafeLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            yield Fault(line, "", f"Không dùng bí danh “*{event.anchor}”; xin ghi đủ nội dung ở đây.")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            yield Fault(line, "", f"Không dùng neo “&{event.anchor}”; xin bỏ đi.")
        elif getattr(event, "tag", None):
            yield Fault(line, "", "Không dùng thẻ kiểu “!…”; xin ghi giá trị như chữ thường.")
        deep += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if deep > MOST_DEEP:
            yield Fault(line, "", f"Tệp lồng quá {MOST_DEEP} tầng.")
            return


def _built(node: yaml.Node, path: Path, at: dict[Path, int], faults: list[Fault]) -> Any:
    at.setdefault(path, _line(node.start_mark))
    if isinstance(node, yaml.SequenceNode):
        return [_built(item, (*path, number), at, faults) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _table(node, path, at, faults)
    return None if node.tag == NULL else node.value


def _table(node: yaml.MappingNode, path: Path, at: dict[Path, int], faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = _line(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            faults.append(Fault(line, written(path), "Khóa phải là một từ."))
            continue
        inner = (*path, key.value)
        if key.value in found:
            faults.append(Fault(line, written(inner), f"Khóa này đã ghi ở dòng {at[inner]}."))
        at.setdefault(inner, line)
        found[key.value] = _built(value, inner, at, faults)
    return found


def _syntax(error: yaml.YAMLError) -> Fault:
    line = _line(getattr(error, "problem_mark", None))
    if isinstance(error, yaml.reader.ReaderError):
        return Fault(line, "", "Tệp có ký tự không đọc được.")
    return Fault(line, "", "Tệp không đúng cú pháp YAML ở đây (thụt dòng, dấu hai chấm hoặc dấu nháy).")


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


def written(path: Path) -> str:
    """A path as people read it: "milestones[2].due"."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _parts(path: str) -> Iterator[str | int]:
    for part in path.replace("[", ".[").split("."):
        if part.startswith("["):
            yield int(part[1:-1])
        elif part:
            yield part
