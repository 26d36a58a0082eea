"""The grammar of deadlines as data: when something is due, as a plan says it (domain: rules, deadlines)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, with_config

from core.meetings.kinds import MeetingKind
from core.plans.periods import PERIOD, Cycle
from core.plans.values import STRICT, Day, Line

Days = Annotated[int, Field(ge=0, le=366, title="Số ngày", examples=[5])]
Working = Annotated[bool, Field(title="Tính ngày làm việc", description="Bỏ qua ngày nghỉ và cuối tuần.")]


class Anchor(StrEnum):
    """What a relative deadline counts from."""

    MEETING = "meeting"
    CONCLUSION = "conclusion"
    VISIT = "visit"
    MILESTONE = "milestone"
    ISSUE = "issue"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "meeting": "Buổi sinh hoạt của đơn vị",
            "conclusion": "Buổi kết luận (nếu chưa kết luận được: kỳ họp tháng kế tiếp)",
            "visit": "Buổi dự sinh hoạt",
            "milestone": "Mốc khác của kế hoạch",
            "issue": "Ngày ban hành kế hoạch",
        }[self.value]


@with_config(STRICT)
@dataclass(frozen=True)
class BeforeDate:
    """ "Trước ngày": strict, the day before is the last one; else the day itself. None: as the plan says."""

    date: Annotated[Day, Field(title="Trước ngày", examples=["2018-03-30"])]
    strict: Annotated[bool | None, Field(title="Không tính ngày ấy")] = None
    rule: Literal["before_date"] = "before_date"


@with_config(STRICT)
@dataclass(frozen=True)
class ByDate:
    """On the day at the latest."""

    date: Annotated[Day, Field(title="Chậm nhất ngày", examples=["2018-03-29"])]
    rule: Literal["by_date"] = "by_date"


@with_config(STRICT)
@dataclass(frozen=True)
class Within:
    """Within a month, quarter, half-year or year ("2018-04", "2024-Q1"), or from a day to a day.

    `before` closes the window like `BeforeDate`; else `last` counts.
    """

    period: Annotated[
        str, Field(pattern=PERIOD, title="Trong kỳ", examples=["2018-04", "2024-Q1", "2017-H2", "2024"])
    ] = ""
    first: Annotated[Day | None, Field(title="Từ ngày")] = None
    last: Annotated[Day | None, Field(title="Đến ngày")] = None
    before: Annotated[Day | None, Field(title="Trước ngày")] = None
    rule: Literal["within"] = "within"


@with_config(STRICT)
@dataclass(frozen=True)
class DaysBefore:
    """So many days before the unit's own meeting, or before another milestone is due."""

    days: Days
    of: Annotated[Anchor, Field(title="Tính từ")] = Anchor.MEETING
    meeting: Annotated[MeetingKind | None, Field(title="Loại sinh hoạt")] = None
    milestone: Annotated[str, Field(title="Mốc làm căn cứ")] = ""
    working: Working = False
    rule: Literal["days_before"] = "days_before"


@with_config(STRICT)
@dataclass(frozen=True)
class DaysAfter:
    """So many days after the unit's own meeting or visit, its conclusion, or another milestone."""

    days: Days
    of: Annotated[Anchor, Field(title="Tính từ")] = Anchor.MEETING
    meeting: Annotated[MeetingKind | None, Field(title="Loại sinh hoạt")] = None
    milestone: Annotated[str, Field(title="Mốc làm căn cứ")] = ""
    working: Working = False
    rule: Literal["days_after"] = "days_after"


@with_config(STRICT)
@dataclass(frozen=True)
class EachPeriod:
    """Every month, quarter, half-year or year, at least `times` in each; due `days_after` its last day."""

    period: Annotated[Cycle, Field(title="Mỗi kỳ")]
    times: Annotated[int, Field(ge=1, le=31, title="Ít nhất (lần)")] = 1
    days_after: Annotated[int, Field(ge=0, le=92, title="Số ngày sau khi hết kỳ")] = 0
    working: Working = False
    rule: Literal["each_period"] = "each_period"


@with_config(STRICT)
@dataclass(frozen=True)
class Undated:
    """The plan orders it without a day: nobody is late with it; `when` says what it does say of the time."""

    when: Annotated[Line, Field(title="Khi nào", examples=["sau Diễn đàn, tùy tình hình của chi bộ"])] = ""
    rule: Literal["undated"] = "undated"


Due = Annotated[
    BeforeDate | ByDate | Within | DaysBefore | DaysAfter | EachPeriod | Undated, Field(discriminator="rule")
]
RULES: tuple[type, ...] = (BeforeDate, ByDate, Within, DaysBefore, DaysAfter, EachPeriod, Undated)


def refers_to(due: Due | None) -> str:
    """The milestone the deadline counts from; empty for every other base."""
    if isinstance(due, DaysBefore | DaysAfter) and due.of is Anchor.MILESTONE:
        return due.milestone
    return ""
