"""The unit tree, pure: a path as a value that cannot be wrong (design: performance, the tree)."""

import re
from dataclasses import dataclass
from enum import StrEnum

CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,39}")


class UnitKind(StrEnum):
    """What a unit is; how deep it lies is data (design: architecture, decision 2)."""

    ORGANISATION = "organisation"
    CELL = "cell"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {"organisation": "Đảng bộ", "cell": "Chi bộ"}[self.value]


class PathError(ValueError):
    """Text that is not a unit path."""


@dataclass(frozen=True, order=True)
class UnitPath:
    """Codes from the root down, as "/TINH/XA-01/CB-3/"; sorts parents before children."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.startswith("/") or not self.text.endswith("/") or not self.codes:
            raise PathError(self.text)
        if not all(CODE.fullmatch(code) for code in self.codes):
            raise PathError(self.text)

    @classmethod
    def root(cls, code: str) -> "UnitPath":
        """The path of a tenant's own unit."""
        return cls(f"/{code}/")

    def child(self, code: str) -> "UnitPath":
        """The path of a unit directly below."""
        return UnitPath(f"{self.text}{code}/")

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes from the root to the unit itself."""
        return tuple(self.text.strip("/").split("/")) if self.text.strip("/") else ()

    @property
    def depth(self) -> int:
        """How many units stand above."""
        return len(self.codes) - 1

    @property
    def ancestors(self) -> tuple["UnitPath", ...]:
        """Every unit above, from the root down, without itself."""
        return tuple(UnitPath("/" + "/".join(self.codes[:n]) + "/") for n in range(1, len(self.codes)))

    @property
    def end(self) -> str:
        """The first text after every path below: `path >= text AND path < end` is the subtree."""
        return self.text[:-1] + "0"

    def contains(self, other: "UnitPath") -> bool:
        """Whether the other unit is this one or lies below it."""
        return other.text.startswith(self.text)
