"""Cadences as forms offer them: one choice, so that it is always exactly one of the two kinds (S4-03)."""

from collections.abc import Mapping

from core.plans.content import MONTHS_IN_PERIOD, TIMES_A_YEAR
from core.rotation.solving.facts import cadence_words

Cadence = tuple[int | None, int | None]
CADENCES: Mapping[str, Cadence] = {
    **{f"months-{months}": (months, None) for months in MONTHS_IN_PERIOD},
    **{f"year-{times}": (None, times) for times in TIMES_A_YEAR},
}
"""By choice: months of a period, or visits a year."""


def in_words(cadence: Cadence) -> str:
    """As a line begins: "Hằng quý", "Ít nhất 04 lần một năm"."""
    words = cadence_words(*cadence)
    return words[0].upper() + words[1:]


CHOICES = [(key, in_words(cadence)) for key, cadence in CADENCES.items()]


def choice_of(cadence: Cadence) -> str:
    """The choice that a cadence is."""
    return next(key for key, offered in CADENCES.items() if offered == cadence)
