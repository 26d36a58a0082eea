"""Roll-up is addition: counts are carried up, ratios made where they are shown (design: architecture)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import reduce
from operator import add


@dataclass(frozen=True)
class Tally:
    """Counts of one period. Any grouping of the parts adds up to the same whole.

    A visit falls into the period by the day it was set for. A report is owed once its due day has passed,
    counted from the day attended or, where nothing was said, from the day set; a missed visit owes none.
    """

    officials: int = 0
    officials_complete: int = 0
    assigned: int = 0
    attended: int = 0
    missed: int = 0
    unsettled: int = 0
    reports_on_time: int = 0
    reports_late: int = 0
    reports_owed: int = 0
    cells: int = 0
    cells_visited: int = 0
    special_cells: int = 0
    special_cells_visited: int = 0
    petitions: int = 0
    petitions_answered: int = 0
    petitions_referred: int = 0
    petitions_urgent: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Tally)})

    @property
    def petitions_open(self) -> int:
        """Neither answered nor passed on."""
        return self.petitions - self.petitions_answered - self.petitions_referred


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of all; nothing adds up to nothing."""
    return reduce(add, tallies, Tally())


def percent(part: int, whole: int) -> str:
    """A share as Vietnamese text with one decimal at most: "87,5 %"; a dash where there is no whole."""
    if whole == 0:
        return "–"
    tenths = round(1000 * part / whole)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths // 10},{tenths % 10} %"
