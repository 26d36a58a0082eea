"""What is wrong with a plan: where, in Vietnamese, how bad, and the nearest word that would be right."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from tenants.vietnamese import fold


class Severity(StrEnum):
    """Whether a problem keeps the plan from being published."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {"error": "Lỗi", "warning": "Lưu ý"}[self.value]


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where in the plan (`milestones[2].due`), in words, and about which units."""

    path: str
    text: str
    severity: Severity = Severity.ERROR
    units: tuple[str, ...] = ()


def nearest(word: str, known: Iterable[str]) -> str:
    """How a sentence on an unknown word ends: with the known one nearest to it, where one is near."""
    words = {fold(one): one for one in known}
    found = get_close_matches(fold(word), words, 1, 0.5)
    return f"; có phải “{words[found[0]]}”?" if found else "."


def unknown(word: str, known: Iterable[str], what: str) -> str:
    """That a word names nothing, with the nearest that would."""
    return f"Không có {what} “{word}”{nearest(word, known)}"
