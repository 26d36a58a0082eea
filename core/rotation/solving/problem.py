"""One rotation's problem: the facts it is decided from, the duties they make and the pins that meet them.

A ``Problem`` with a bad fact cannot be built: ``ProblemError`` names every one of them in Vietnamese.
Source: S4-01 to S4-03, S4-08, S4-11; design: rotation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate, chain
from math import ceil

import numpy as np

from core.meetings.calendar import months_from
from core.rotation.solving.arrays import Ints, ints
from core.rotation.solving.facts import Cell, Duty, Level, Official, ordinal
from core.rotation.solving.given import Given
from core.rotation.solving.given import ProblemError as ProblemError

Span = tuple[int, int]
Pin = tuple[str, date]


@dataclass(frozen=True)
class Problem(Given):
    """Everything the rotation is decided from, and what follows from it at once.

    Raises ``ProblemError`` when facts contradict each other.
    """

    @cached_property
    def calendar(self) -> tuple[date, ...]:
        """The planned months, in order."""
        return months_from(self.first_month, self.months)

    @cached_property
    def level_of(self) -> Mapping[str, Level]:
        """Levels by code."""
        return {level.code: level for level in self.levels}

    @cached_property
    def cell_of(self) -> Mapping[str, Cell]:
        """Cells by id."""
        return {cell.id: cell for cell in self.cells}

    @cached_property
    def official_of(self) -> Mapping[str, Official]:
        """Officials by id."""
        return {official.id: official for official in self.officials}

    @cached_property
    def cell_at(self) -> Mapping[str, int]:
        """Numbers of the cells, by id."""
        return {cell.id: c for c, cell in enumerate(self.cells)}

    @cached_property
    def official_at(self) -> Mapping[str, int]:
        """Numbers of the officials, by id."""
        return {official.id: m for m, official in enumerate(self.officials)}

    @cached_property
    def areas(self) -> tuple[Ints, Ints]:
        """Each official with each cell of his area, by number."""
        sizes = ints(len(official.area) for official in self.officials)
        cells = map(self.cell_at.__getitem__, chain.from_iterable(o.area for o in self.officials))
        return np.repeat(np.arange(len(sizes)), sizes), ints(cells)

    @cached_property
    def owed(self) -> tuple[tuple[Span, ...], ...]:
        """Each official's duties in order; what was visited in a period before the horizon is not owed."""
        usual = {level.code: tuple(self._usual(level)) for level in self.levels}
        return tuple(
            self._left_of(o, usual[o.level]) if self._is_special(o) else usual[o.level]
            for o in self.officials
        )

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """Every official's duties in order."""
        return tuple(duty for official in self.officials for duty in self.duties_of(official.id))

    def duties_of(self, official: str) -> tuple[Duty, ...]:
        """The duties of one official in order; none where he is not known."""
        m = self.official_at.get(official)
        return () if m is None else tuple(self.duty(m, index) for index in range(len(self.owed[m])))

    def duty(self, m: int, index: int) -> Duty:
        """One of the duties of official number ``m``."""
        start, stop = self.owed[m][index]
        return Duty(self.officials[m].id, index, self.calendar[start:stop])

    @cached_property
    def pinned(self) -> tuple[tuple[int, str, date], ...]:
        """(duty, cell, month) of each pin that has a duty to decide."""
        return self._pins[0]

    @cached_property
    def loose_pins(self) -> tuple[tuple[str, str, date], ...]:
        """(official, cell, month) of each pin without a duty: outside the horizon, or its period is taken."""
        return self._pins[1]

    def period(self, official: str, month: date) -> int:
        """Number of the calendar period of the official's level that holds the month."""
        return ordinal(month) // self.level_of[self.official_of[official].level].length

    def _usual(self, level: Level) -> Iterator[Span]:
        """The duties of one who serves all the time and has visited nothing yet."""
        start, length = ordinal(self.first_month), level.length
        for begin in range(-(start % length), self.months, length):
            span = max(0, begin), min(self.months, begin + length)
            yield from [span] * min(self._due(level, span), span[1] - span[0])

    def _due(self, level: Level, span: Span) -> int:
        """Visits due by the end of a period's months here: of a year that goes on its part, rounded up."""
        start, stop = span
        before = 0 if start else ordinal(self.first_month) % level.length
        return ceil(level.owed * (before + stop - start) / level.length)

    @cached_property
    def visited(self) -> Mapping[str, list[date]]:
        """Months of each official's visits before the horizon."""
        months: dict[str, list[date]] = {}
        for visit in self.history:
            months.setdefault(visit.official, []).append(visit.month)
        return months

    @cached_property
    def _begun(self) -> Mapping[str, int]:
        """Visits of each official before the horizon, in the period that holds its first month."""
        start, people = ordinal(self.first_month), self.official_of
        begin = {level.code: start - start % level.length for level in self.levels}
        earliest = min(begin.values(), default=start)
        recent = (v for v in self.history if ordinal(v.month) >= earliest and v.official in people)
        return Counter(v.official for v in recent if ordinal(v.month) >= begin[people[v.official].level])

    def _is_special(self, official: Official) -> bool:
        wishes = official.pins and self.level_of[official.level].owed > 1
        return bool(official.since or official.until or wishes) or official.id in self._begun

    def _left_of(self, official: Official, usual: tuple[Span, ...]) -> tuple[Span, ...]:
        """Those of the usual duties that fall in months he serves in and that he has not done; his own plan
        may ask for the whole year's before they are due."""
        left: list[Span] = []
        level, wished = self.level_of[official.level], {month for _cell, month in official.pins}
        for start, stop in dict.fromkeys(usual):
            served = [t for t in range(start, stop) if _serves_in(official, self.calendar[t])]
            done = 0 if start else self._begun.get(official.id, 0)
            asked = done + sum(self.calendar[t] in wished for t in served)
            owed = max(self._due(level, (start, stop)), min(level.owed, asked)) - done
            left += [(served[0], served[-1] + 1)] * min(owed, len(served)) if served else []
        return tuple(left)

    @cached_property
    def _pins(self) -> tuple[tuple[tuple[int, str, date], ...], tuple[tuple[str, str, date], ...]]:
        placed: list[tuple[int, str, date]] = []
        loose: list[tuple[str, str, date]] = []
        first = accumulate(map(len, self.owed), initial=0)
        for official, mine, d in zip(self.officials, self.owed, first, strict=False):
            if official.pins:
                met, left = _meet(official.pins, [self.calendar[start:stop] for start, stop in mine])
                placed += ((d + index, *pin) for index, pin in met.items())
                loose += ((official.id, *pin) for pin in left)
        return tuple(placed), tuple(loose)


def _meet(pins: tuple[Pin, ...], duties: list[tuple[date, ...]]) -> tuple[dict[int, Pin], list[Pin]]:
    """The first pin each duty can take, one a month, and the pins left over."""
    left, met = dict.fromkeys(pins), dict[int, Pin]()
    for index, months in enumerate(duties):
        if not left:
            break
        taken = {month for _, month in met.values()}
        if pin := next((pin for pin in left if pin[1] in months and pin[1] not in taken), None):
            del left[pin]
            met[index] = pin
    return met, list(left)


def _serves_in(official: Official, month: date) -> bool:
    last = (month.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    return (official.since is None or official.since <= last) and (
        official.until is None or month <= official.until
    )
