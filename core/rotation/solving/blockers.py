"""What no rotation can give, in words: kinds, sentences, remedies with their price. Source: S4-02, S4-11."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.rotation.solving.facts import month_label

NAMED = 6


class BlockerKind(StrEnum):
    """What is missing, in the order in which it is told."""

    DEMAND = "demand"
    CROWDED = "crowded"
    UNMET = "unmet"
    PIN = "pin"
    ENDED = "ended"
    NO_AREA = "no_area"
    NO_MEETING = "no_meeting"
    SPECIAL = "special"
    FIRST = "first"
    LEAST = "least"
    UNVISITED = "unvisited"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return KIND_LABELS[self]


KIND_LABELS = {
    BlockerKind.DEMAND: "Nhiều lượt dự hơn số buổi",
    BlockerKind.CROWDED: "Buổi có nhiều đồng chí cùng dự",
    BlockerKind.UNMET: "Kỳ chưa có lượt dự",
    BlockerKind.PIN: "Lượt định trước không thực hiện được",
    BlockerKind.ENDED: "Đơn vị kết thúc hoạt động",
    BlockerKind.NO_AREA: "Đồng chí chưa có địa bàn",
    BlockerKind.NO_MEETING: "Chi bộ chưa có ngày họp",
    BlockerKind.SPECIAL: "Địa bàn đặc thù còn thiếu lượt",
    BlockerKind.FIRST: "Chi bộ cần dự trước mà tháng đầu chưa có",
    BlockerKind.LEAST: "Chi bộ còn thiếu lượt so với yêu cầu",
    BlockerKind.UNVISITED: "Chi bộ chưa có đồng chí nào dự",
}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to mend a blocker: ``units`` acts, after which the best plan pays about ``price`` for it."""

    text_vi: str
    units: int
    price: int


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing no plan can give, the arithmetic that proves it and what would mend it.

    ``lacking`` counts places, visits, duties or months, after the kind; ``closed`` where a duty has no
    meeting left that could be chosen for it.
    """

    kind: BlockerKind
    sentence_vi: str
    remedy_vi: str
    lacking: int
    officials: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    month: date | None = None
    remedies: tuple[Remedy, ...] = ()
    closed: bool = False


def names_vi(names: Iterable[str]) -> str:
    """The names in a sentence, the first few of them."""
    every = list(names)
    return ", ".join(every[:NAMED]) + (", …" if len(every) > NAMED else "")


def months_vi(first: date, last: date) -> str:
    """A month, or from the first to the last."""
    return month_label(first) if first == last else f"{month_label(first)} đến {last:%m/%Y}"
