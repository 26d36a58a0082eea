"""Rotation files read into problems, plans and events: what is wrong is named with its path, in Vietnamese.

The shapes are published in docs/rotation-file.md; nothing here needs a database.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from core.rotation.solving.events import (
    Absent,
    CellAdded,
    Event,
    Joined,
    MeetingMoved,
    Transferred,
    UnitsMerged,
)
from core.rotation.solving.facts import (
    Cell,
    CellMeeting,
    Level,
    Official,
    OwnCell,
    PastVisit,
    PlannedVisit,
    Slot,
    Source,
    Weights,
)
from core.rotation.solving.problem import Problem
from core.rotation.solving.replan import Policy

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
        if not isinstance(self.value, dict):
            raise self.wrong(f"cần một đối tượng {{…}}, đang là {_shown(self.value)}")
        names = {*required.split(), *optional.split()}
        if missing := [name for name in required.split() if name not in self.value]:
            raise self.wrong(f"thiếu mục “{missing[0]}”")
        if strange := [name for name in self.value if name not in names]:
            raise self.wrong(f"có mục lạ “{strange[0]}”; các mục dùng được: {', '.join(sorted(names))}")
        return {name: Node(value, _join(self.path, name)) for name, value in self.value.items()}

    def list(self) -> Iterator["Node"]:
        """The items of a list."""
        if not isinstance(self.value, list):
            raise self.wrong(f"cần một danh sách […], đang là {_shown(self.value)}")
        return (Node(value, f"{self.path}[{at}]") for at, value in enumerate(self.value))

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.list())

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong(f"cần một chuỗi ký tự khác rỗng, đang là {_shown(self.value)}")
        return self.value

    def number(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``."""
        if type(self.value) is not int or not least <= self.value <= most:
            raise self.wrong(f"cần một số nguyên từ {least} đến {most}, đang là {_shown(self.value)}")
        return self.value

    def yes(self) -> bool:
        """True or false."""
        if type(self.value) is not bool:
            raise self.wrong(f"cần true hoặc false, đang là {_shown(self.value)}")
        return self.value

    def day(self) -> date:
        """A day as 2026-01-05."""
        try:
            return date.fromisoformat(self.value)
        except (TypeError, ValueError):
            raise self.wrong(f"cần một ngày như 2026-01-05, đang là {_shown(self.value)}") from None

    def month(self) -> date:
        """A month as 2026-01; its first day."""
        try:
            return date.fromisoformat(f"{self.value}-01" if len(self.value) == 7 else "")
        except (TypeError, ValueError):
            raise self.wrong(f"cần một tháng như 2026-01, đang là {_shown(self.value)}") from None

    def one_of(self, kind: type[Kind]) -> Kind:
        """A member of the enumeration."""
        if self.value not in [member.value for member in kind]:
            raise self.wrong(f"cần một trong: {', '.join(kind)}; đang là {_shown(self.value)}")
        return kind(self.value)

    def place(self) -> tuple[float, float]:
        """[east, north] in kilometres."""
        pair = self.value if isinstance(self.value, list) else []
        if len(pair) != 2 or any(type(one) not in (int, float) for one in pair):
            raise self.wrong(f"cần [đông, bắc] tính bằng km, đang là {_shown(self.value)}")
        return float(pair[0]), float(pair[1])

    def or_none(self, read: "Callable[[Node], Value]") -> Value | None:
        """What ``read`` makes of the value, None of null."""
        return None if self.value is None else read(self)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}…"


def parse(text: str) -> Node:
    """The file's data. Raises ``FileProblem`` naming line and column."""
    try:
        return Node(json.loads(text))
    except json.JSONDecodeError as error:
        where = f"dòng {error.lineno}, cột {error.colno}"
        raise FileProblem(where, "không phải JSON hợp lệ") from None


def read_problem(node: Node) -> Problem:
    """The problem a file states. Raises ``FileProblem``, or ``ProblemError`` where facts contradict."""
    at = node.object("first_month months levels cells officials", "history rules")
    return Problem(
        at["first_month"].month(),
        at["months"].number(1, 24),
        tuple(_level(item) for item in at["levels"].list()),
        tuple(_cell(item) for item in at["cells"].list()),
        tuple(_official(item) for item in at["officials"].list()),
        tuple(_past(item) for item in at["history"].list()) if "history" in at else (),
        _weights(at["rules"]) if "rules" in at else Weights(),
    )


def _level(node: Node) -> Level:
    at = node.object("code", "name period_months per_year own_cell")
    if ("period_months" in at) == ("per_year" in at):
        raise node.wrong("cần đúng một trong hai mục “period_months” hoặc “per_year”")
    code = at["code"].text()
    level = Level(code, 12, at["name"].text() if "name" in at else code)
    if "per_year" in at:
        level = replace(level, per_year=at["per_year"].number(1, 12))
    else:
        level = replace(level, period_months=at["period_months"].number(1, 24))
    return replace(level, own_cell=at["own_cell"].one_of(OwnCell)) if "own_cell" in at else level


def _cell(node: Node) -> Cell:
    at = node.object("id unit meetings", "name special xy receives wanted least first")
    name = at["name"].text() if "name" in at else f"Chi bộ {at['id'].text()}"
    return Cell(
        at["id"].text(),
        at["unit"].text(),
        name,
        _special(at["special"]) if "special" in at else 0,
        _meetings(at["meetings"]),
        at["xy"].or_none(Node.place) if "xy" in at else None,
        at["receives"].yes() if "receives" in at else True,
        at["wanted"].number(1, 99) if "wanted" in at else 1,
        at["least"].or_none(lambda one: one.number(0, 999)) if "least" in at else None,
        at["first"].yes() if "first" in at else False,
    )


def _special(node: Node) -> int:
    return int(node.value) if isinstance(node.value, bool) else node.number(0, 3)


def _meetings(node: Node) -> Mapping[date, CellMeeting]:
    if not isinstance(node.value, dict):
        raise node.wrong(f"cần một đối tượng {{tháng: buổi họp}}, đang là {_shown(node.value)}")
    held = {}
    for month, value in node.value.items():
        path = _join(node.path, month)
        held[Node(month, path).month()] = _meeting(Node(value, path))
    return held


def _meeting(node: Node) -> CellMeeting:
    at = node.object("date", "slot")
    return CellMeeting(at["date"].day(), at["slot"].one_of(Slot) if "slot" in at else Slot.EVENING)


def _official(node: Node) -> Official:
    at = node.object("id level area", "name own_cell away base pins since until valid")
    return Official(
        at["id"].text(),
        at["name"].text() if "name" in at else at["id"].text(),
        at["level"].text(),
        at["area"].texts(),
        at["own_cell"].or_none(Node.text) if "own_cell" in at else None,
        tuple(_days(item) for item in at["away"].list()) if "away" in at else (),
        at["base"].or_none(Node.place) if "base" in at else None,
        tuple(_pin(item) for item in at["pins"].list()) if "pins" in at else (),
        at["since"].or_none(Node.day) if "since" in at else None,
        at["until"].or_none(Node.day) if "until" in at else None,
        _valid(at["valid"]) if "valid" in at else {},
    )


def _days(node: Node) -> tuple[date, date]:
    ends = list(node.list())
    if len(ends) != 2:
        raise node.wrong("cần hai ngày [từ, đến]")
    return ends[0].day(), ends[1].day()


def _valid(node: Node) -> Mapping[str, tuple[date, date]]:
    if not isinstance(node.value, dict):
        raise node.wrong(f"cần một đối tượng {{chi bộ: [từ, đến]}}, đang là {_shown(node.value)}")
    return {cell: _days(Node(days, _join(node.path, cell))) for cell, days in node.value.items()}


def _pin(node: Node) -> tuple[str, date]:
    at = node.object("cell month")
    return at["cell"].text(), at["month"].month()


def _past(node: Node) -> PastVisit:
    at = node.object("official cell month")
    return PastVisit(at["official"].text(), at["cell"].text(), at["month"].month())


def _weights(node: Node) -> Weights:
    at = node.object("", "order weights")
    known = [field.name for field in fields(Weights)]
    weights = Weights()
    if "order" in at:
        try:
            weights = Weights.in_order(at["order"].texts())
        except ValueError as strange:
            reason = f"quy tắc “{strange}” không có hoặc bị lặp; các quy tắc: {', '.join(known)}"
            raise at["order"].wrong(reason) from None
    given = at["weights"].object("", " ".join(known)) if "weights" in at else {}
    return replace(weights, **{rule: price.number(0, 10**9) for rule, price in given.items()})


def read_visits(node: Node) -> tuple[PlannedVisit, ...]:
    """The visits of a plan's file; its other fields are not read. Raises ``FileProblem``."""
    if not isinstance(node.value, dict) or "visits" not in node.value:
        raise node.wrong("thiếu mục “visits”")
    return tuple(_visit(item) for item in Node(node.value["visits"], _join(node.path, "visits")).list())


def _visit(node: Node) -> PlannedVisit:
    at = node.object("official cell month date", "source")
    source = at["source"].one_of(Source) if "source" in at else Source.ROTATION
    return PlannedVisit(
        at["official"].text(), at["cell"].text(), at["month"].month(), at["date"].day(), source
    )


@dataclass(frozen=True)
class Happenings:
    """What an events file says: the day it is, the policy, and the events in order."""

    today: date
    policy: Policy
    events: tuple[Event, ...]


def read_events(node: Node) -> Happenings:
    """The events a file tells. Raises ``FileProblem``."""
    at = node.object("today events", "policy")
    policy = at["policy"].one_of(Policy) if "policy" in at else Policy.ALONE
    return Happenings(at["today"].day(), policy, tuple(_event(item) for item in at["events"].list()))


def _event(node: Node) -> Event:
    kind = node.value.get("kind") if isinstance(node.value, dict) else None
    if not isinstance(kind, str) or kind not in EVENTS:
        raise node.wrong(f"“kind” cần một trong: {', '.join(EVENTS)}; đang là {_shown(kind)}")
    return EVENTS[kind](node)


def _absent(node: Node) -> Event:
    at = node.object("kind official from to")
    since, until = at["from"].day(), at["to"].day()
    if since > until:
        raise at["to"].wrong("ngày kết thúc trước ngày bắt đầu")
    return Absent(at["official"].text(), since, until)


def _transferred(node: Node) -> Event:
    at = node.object("kind official from", "area own_cell")
    area = at["area"].texts() if "area" in at else ()
    own = at["own_cell"].or_none(Node.text) if "own_cell" in at else None
    return Transferred(at["official"].text(), at["from"].day(), area, own)


def _joined(node: Node) -> Event:
    at = node.object("kind official from")
    return Joined(_official(at["official"]), at["from"].day())


def _moved(node: Node) -> Event:
    at = node.object("kind cell month date", "slot")
    slot = at["slot"].one_of(Slot) if "slot" in at else Slot.EVENING
    day = at["date"].or_none(Node.day)
    return MeetingMoved(at["cell"].text(), at["month"].month(), CellMeeting(day, slot) if day else None)


def _added(node: Node) -> Event:
    at = node.object("kind cell officials")
    return CellAdded(_cell(at["cell"]), at["officials"].texts())


def _merged(node: Node) -> Event:
    at = node.object("kind units into from")
    return UnitsMerged(at["units"].texts(), at["into"].text(), at["from"].day())


EVENTS: Mapping[str, Callable[[Node], Event]] = {
    "illness": _absent,
    "leave": _absent,
    "transfer": _transferred,
    "joined": _joined,
    "moved_meeting": _moved,
    "new_cell": _added,
    "merged_units": _merged,
}
