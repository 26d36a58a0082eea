"""Files of events read: what happened after a rotation was published (docs/rotation-file.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from core.rotation.solving.events import (
    Absent,
    CellAdded,
    Event,
    Joined,
    MeetingMoved,
    Transferred,
    UnitsMerged,
)
from core.rotation.solving.facts import CellMeeting, Slot
from core.rotation.solving.nodes import Node, shown
from core.rotation.solving.reading import BACKWARDS, read_cell, read_official
from core.rotation.solving.replan import Policy


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
        raise node.wrong(f"“kind” cần một trong: {', '.join(EVENTS)}; đang là {shown(kind)}")
    return EVENTS[kind](node)


def _absent(node: Node) -> Event:
    at = node.object("kind official from to")
    since, until = at["from"].day(), at["to"].day()
    if since > until:
        raise at["to"].wrong(BACKWARDS)
    return Absent(at["official"].text(), since, until)


def _transferred(node: Node) -> Event:
    at = node.object("kind official from", "area own_cell level")
    area = at["area"].texts() if "area" in at else ()
    own = at["own_cell"].or_none(Node.text) if "own_cell" in at else None
    level = at["level"].or_none(Node.text) if "level" in at else None
    return Transferred(at["official"].text(), at["from"].day(), area, own, level)


def _joined(node: Node) -> Event:
    at = node.object("kind official from")
    return Joined(read_official(at["official"]), at["from"].day())


def _moved(node: Node) -> Event:
    at = node.object("kind cell month date", "slot")
    slot = at["slot"].one_of(Slot) if "slot" in at else Slot.EVENING
    day = at["date"].or_none(Node.day)
    return MeetingMoved(at["cell"].text(), at["month"].month(), CellMeeting(day, slot) if day else None)


def _added(node: Node) -> Event:
    at = node.object("kind cell officials")
    return CellAdded(read_cell(at["cell"]), at["officials"].texts())


def _merged(node: Node) -> Event:
    at = node.object("kind units into from")
    return UnitsMerged(tuple(unit.text() for unit in at["units"].some()), at["into"].text(), at["from"].day())


EVENTS: Mapping[str, Callable[[Node], Event]] = {
    "illness": _absent,
    "leave": _absent,
    "transfer": _transferred,
    "joined": _joined,
    "moved_meeting": _moved,
    "new_cell": _added,
    "merged_units": _merged,
}
