"""Reporting periods: quarters of a year, pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter, written "2026-Q1"."""

    year: int
    number: int

    @classmethod
    def parse(cls, code: str) -> "Quarter":
        """The quarter of a code; raises ValueError for any other text."""
        found = re.fullmatch(r"(20\d\d)-Q([1-4])", code)
        if not found:
            raise ValueError(f"Kỳ báo cáo “{code}” không đúng; ví dụ: 2026-Q1.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def code(self) -> str:
        """As "2026-Q1"."""
        return f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        """As "quý I năm 2026"."""
        return f"quý {('I', 'II', 'III', 'IV')[self.number - 1]} năm {self.year}"

    @property
    def title(self) -> str:
        """The same at the head of a line: "Quý I năm 2026"."""
        return f"Q{self.label[1:]}"

    @property
    def first_day(self) -> date:
        """The quarter's first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The quarter's last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The quarter after."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before."""
        return Quarter(self.year - (self.number == 1), (self.number + 2) % 4 + 1)
