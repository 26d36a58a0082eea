"""The rotation's facts and results, as frozen values: who may visit which cell's meeting, and when.

Months are first-of-month dates; ranges of days include both ends; places are (east, north) in kilometres.
Source: S4-01 to S4-03, S4-07, S4-08, S4-11; design: rotation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum


class Slot(StrEnum):
    """The part of the day a meeting takes."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return SLOT_LABELS[self]


SLOT_LABELS = {Slot.MORNING: "buổi sáng", Slot.AFTERNOON: "buổi chiều", Slot.EVENING: "buổi tối"}


class Source(StrEnum):
    """Where a planned visit comes from: the official's own yearly plan (S4-08) or the rotation."""

    PIN = "pin"
    ROTATION = "rotation"


class Reason(StrEnum):
    """Why an official cannot attend a meeting."""

    NO_MEETING = "no_meeting"
    OWN_CELL = "own_cell"
    AWAY = "away"
    OWN_MEETING = "own_meeting"
    PAST = "past"
    OUTSIDE = "outside"
    OVERFULL = "overfull"
    AREA_EMPTY = "area_empty"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return REASON_LABELS[self]


REASON_LABELS = {
    Reason.NO_MEETING: "chi bộ không có buổi sinh hoạt trong tháng",
    Reason.OWN_CELL: "là chi bộ nơi đồng chí sinh hoạt",
    Reason.AWAY: "đồng chí vắng mặt ngày họp",
    Reason.OWN_MEETING: "trùng buổi họp của chi bộ nơi đồng chí sinh hoạt",
    Reason.PAST: "đã qua ngày họp",
    Reason.OUTSIDE: "chi bộ ngoài địa bàn được phân công",
    Reason.OVERFULL: "dự được nhưng chưa xếp",
    Reason.AREA_EMPTY: "chưa được phân công địa bàn",
}


class OwnCell(StrEnum):
    """Whether an official may visit the cell he himself belongs to (S4-07)."""

    EXCLUDED = "excluded"
    LAST = "last"
    ALLOWED = "allowed"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return OWN_CELL_LABELS[self]


OWN_CELL_LABELS = {
    OwnCell.EXCLUDED: "Không dự",
    OwnCell.LAST: "Chỉ dự khi trong kỳ không còn buổi nào khác",
    OwnCell.ALLOWED: "Được dự như mọi chi bộ khác",
}

CADENCES = {1: "hằng tháng", 3: "hằng quý", 12: "hằng năm"}


def cadence_words(period_months: int | None, per_year: int | None = None) -> str:
    """As people say it (S4-03): "hằng quý", "06 tháng một lần", "ít nhất 04 lần một năm"."""
    if per_year:
        return f"ít nhất {per_year:02d} lần một năm"
    months = period_months or 0
    return CADENCES.get(months, f"{months:02d} tháng một lần")


@dataclass(frozen=True, slots=True)
class Level:
    """A level of official and its cadence (S4-03): one visit each ``period_months`` calendar months.

    With ``per_year`` above 0 the period is the calendar year and that many visits are owed in it, no two
    in one month; ``period_months`` is then of no account.
    """

    code: str
    period_months: int
    name: str
    per_year: int = 0
    own_cell: OwnCell = OwnCell.EXCLUDED

    @property
    def length(self) -> int:
        """Months of one period."""
        return 12 if self.per_year else self.period_months

    @property
    def owed(self) -> int:
        """Visits owed in one period."""
        return self.per_year or 1

    @property
    def cadence_vi(self) -> str:
        """As "hằng quý" or "ít nhất 02 lần một năm"."""
        return cadence_words(self.period_months, self.per_year)


@dataclass(frozen=True, slots=True)
class CellMeeting:
    """One month's meeting of a cell."""

    day: date
    slot: Slot


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and its meetings by month; ``special`` 0 (ordinary) to 3 ranks special areas (S4-02).

    ``name`` is the full name as spoken ("Chi bộ thôn Đoài"). ``wanted`` officials may share a meeting
    before it is crowded (S4-11), ``least`` visits are asked for in the horizon (None: the fair share),
    ``first`` asks for one in its first month. A cell that does not receive visitors is known only for the
    hours of its own meetings.
    """

    id: str
    unit: str
    name: str
    special: int = 0
    meetings: Mapping[date, CellMeeting] = field(default_factory=dict)
    xy: tuple[float, float] | None = None
    receives: bool = True
    wanted: int = 1
    least: int | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Official:
    """One who visits: his level's code, area, own cell, absences, base and his own plan's pins (S4-08).

    He serves from ``since`` to ``until`` where these are known; ``valid`` gives the first and last day on
    which a cell of his area is his to visit, for cells that came or went (transfers, merged units).
    """

    id: str
    name: str
    level: str
    area: tuple[str, ...]
    own_cell: str | None = None
    away: tuple[tuple[date, date], ...] = ()
    base: tuple[float, float] | None = None
    pins: tuple[tuple[str, date], ...] = ()
    since: date | None = None
    until: date | None = None
    valid: Mapping[str, tuple[date, date]] = field(default_factory=dict)

    def serves(self, day: date) -> bool:
        """Whether the rotation may ask anything of him that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A visit made before the first planned month; officials and cells since gone are allowed."""

    official: str
    cell: str
    month: date


class Named(StrEnum):
    """As what an official's facts name a unit."""

    PIN = "pin"
    OWN_CELL = "own_cell"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class Ended:
    """A unit that ends on ``last_day`` without a successor though an official's facts name it: left out."""

    official: str
    named: Named
    unit: str
    last_day: date
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """Price of one broken unit of each soft rule; the order of the rules is the order of the prices."""

    unmet: int = 10_000_000
    crowding: int = 100_000
    repeat: int = 30_000
    change: int = 20_000
    special: int = 10_000
    cover: int = 300
    spacing: int = 200
    travel: int = 1

    @classmethod
    def in_order(cls, rules: Sequence[str]) -> "Weights":
        """The usual ladder of prices, given to ``rules`` from the most important; the others cost nothing.

        Raises ``ValueError`` naming a rule that does not exist or comes twice.
        """
        known, usual = [f.name for f in fields(cls)], cls()
        if strange := [rule for at, rule in enumerate(rules) if rule not in known or rule in rules[:at]]:
            raise ValueError(strange[0])
        ladder: list[int] = [getattr(usual, rule) for rule in known]
        return cls(**dict.fromkeys(known, 0) | dict(zip(rules, ladder, strict=False)))


@dataclass(frozen=True, slots=True)
class Duty:
    """One visit an official owes in a period of his level; ``months`` lie inside the horizon."""

    official: str
    index: int
    months: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """What a sentence speaks of, for links: any of an official, a cell, a month."""

    official: str | None = None
    cell: str | None = None
    month: date | None = None


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """An official's visit to a cell's meeting of ``month``, held on ``day``."""

    official: str
    cell: str
    month: date
    day: date
    source: Source = Source.ROTATION


@dataclass(frozen=True, slots=True)
class Unmet:
    """A duty without a visit; each reason with the number of (cell, month) choices it closes.

    ``pin`` is set when the official's own plan asks for a meeting he cannot attend: it is not moved.
    """

    duty: Duty
    reasons: tuple[tuple[Reason, int], ...]
    pin: tuple[str, date] | None = None


def ordinal(month: date) -> int:
    """Months since year 0, so that calendar quarters and half-years are whole multiples."""
    return month.year * 12 + month.month - 1


def month_label(month: date) -> str:
    """As "Tháng 3/2025"."""
    return f"Tháng {month.month}/{month.year}"
