"""Text fit for an official document: composed letters, no hidden characters (design: security, 71)."""

from dataclasses import dataclass, fields
from typing import Any
from unicodedata import category

from tenants.vietnamese import nfc

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


class DocumentError(ValueError):
    """The document cannot be made as asked; the message, in Vietnamese, says why and what to do."""


def clean(text: str) -> str:
    """The text in NFC on one line: controls, direction marks and unassigned characters gone, spaces squeezed.

    A no-break space stays.
    """
    spaced = "".join(" " if letter in "\t\n\r\v\f\x85\u2028\u2029" else letter for letter in text)
    shown = "".join(letter for letter in spaced if category(letter) not in _HIDDEN)
    return " ".join(word for word in nfc(shown).split(" ") if word)


@dataclass(frozen=True)
class Printed:
    """A part of a document. Its text, however deep in tuples, is cleaned once, when the part is made, so that
    every renderer prints the same."""

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _cleaned(getattr(self, field.name)))


def _cleaned(value: Any) -> Any:
    if type(value) is str:
        return clean(value)
    if type(value) is tuple:
        return tuple(_cleaned(part) for part in value)
    return value
