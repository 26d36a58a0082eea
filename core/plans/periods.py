"""Reporting periods: months, quarters, half-years and years, pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

ROMAN = ("I", "II", "III", "IV")


class Cycle(StrEnum):
    """How often something comes round."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months one period has."""
        return {"month": 1, "quarter": 3, "half_year": 6, "year": 12}[self.value]

    @property
    def label(self) -> str:
        """As people say it."""
        return {
            "month": "hằng tháng",
            "quarter": "hằng quý",
            "half_year": "06 tháng/lần",
            "year": "hằng năm",
        }[self.value]

    @property
    def noun(self) -> str:
        """One of them: "tháng", "quý"."""
        return {"month": "tháng", "quarter": "quý", "half_year": "06 tháng", "year": "năm"}[self.value]


_FORMS = (
    (Cycle.QUARTER, re.compile(r"(20\d\d)-Q([1-4])")),
    (Cycle.HALF_YEAR, re.compile(r"(20\d\d)-H([12])")),
    (Cycle.MONTH, re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")),
    (Cycle.YEAR, re.compile(r"(20\d\d)()")),
)


PERIOD = r"^(20\d\d(-Q[1-4]|-H[12]|-0[1-9]|-1[0-2])?)?$"
"""Every code that `Period.parse` reads, and the empty one."""


@dataclass(frozen=True, order=True)
class Period:
    """The `number`-th period of a year, written "2026-03", "2026-Q1", "2026-H1" or "2026"."""

    year: int
    number: int
    cycle: Cycle

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, code: str) -> "Period":
        """The period of a code; raises ValueError for any other text."""
        for cycle, form in _FORMS:
            if found := form.fullmatch(code):
                return cls(int(found[1]), int(found[2] or 1), cycle)
        raise ValueError(f"Kỳ “{code}” không đúng; ví dụ: 2026-03 (tháng), 2026-Q1 (quý), 2026-H1, 2026.")

    @classmethod
    def parse_quarter(cls, code: str) -> "Period":
        """The quarter of a code; raises ValueError for any other text."""
        if not _FORMS[0][1].fullmatch(code):
            raise ValueError(f"Kỳ báo cáo “{code}” không đúng; ví dụ: 2026-Q1.")
        return cls.parse(code)

    @classmethod
    def quarter(cls, year: int, number: int) -> "Period":
        """A quarter of a year."""
        return cls(year, number, Cycle.QUARTER)

    @classmethod
    def of(cls, day: date, cycle: Cycle) -> "Period":
        """The period a day lies in."""
        return cls(day.year, (day.month - 1) // cycle.months + 1, cycle)

    @property
    def code(self) -> str:
        """As "2026-Q1"."""
        mark = {
            "month": f"-{self.number:02d}",
            "quarter": f"-Q{self.number}",
            "half_year": f"-H{self.number}",
        }
        return f"{self.year}{mark.get(self.cycle.value, '')}"

    @property
    def label(self) -> str:
        """As "quý I năm 2026"."""
        return {
            "month": f"tháng {self.number}/{self.year}",
            "quarter": f"quý {ROMAN[(self.number - 1) % 4]} năm {self.year}",
            "half_year": f"06 tháng {'đầu' if self.number == 1 else 'cuối'} năm {self.year}",
            "year": f"năm {self.year}",
        }[self.cycle.value]

    @property
    def title(self) -> str:
        """The same at the head of a line: "Quý I năm 2026"."""
        return f"{self.label[0].upper()}{self.label[1:]}"

    @property
    def first_day(self) -> date:
        """The period's first day."""
        return date(self.year, self.cycle.months * (self.number - 1) + 1, 1)

    @property
    def last_day(self) -> date:
        """The period's last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Period":
        """The period after."""
        return self._moved(1)

    @property
    def previous(self) -> "Period":
        """The period before."""
        return self._moved(-1)

    def _moved(self, by: int) -> "Period":
        count = 12 // self.cycle.months
        place = self.year * count + self.number - 1 + by
        return Period(place // count, place % count + 1, self.cycle)

    def contains(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first_day <= day <= self.last_day


def periods_between(first: date, last: date, cycle: Cycle) -> tuple[Period, ...]:
    """The periods that have a day from one to another, both included, in order; the last may end later."""
    period, found = Period.of(first, cycle), list[Period]()
    while period.first_day <= last:
        found.append(period)
        period = period.next
    return tuple(found)
