"""What the services of this folder share: the error, words as stored, how far a right reaches."""

from collections.abc import Mapping
from datetime import date

from tenants.access import Actor, Permission, reach
from tenants.vietnamese import nfc


class PeopleError(Exception):
    """The tree or its people cannot be changed so; `problems` maps field to a Vietnamese sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


def refuse(problems: Mapping[str, str | None]) -> None:
    """Raise PeopleError where a field has a sentence."""
    if found := {field: sentence for field, sentence in problems.items() if sentence}:
        raise PeopleError(found)


def words(text: str) -> str:
    """Text as stored: composed letters, single spaces."""
    return " ".join(nfc(text).split())


def order_problem(first: date, last: date | None) -> str | None:
    """What is wrong with a validity, if anything."""
    return "Ngày kết thúc phải từ ngày bắt đầu trở đi." if last and last < first else None


def over_all(actor: Actor, permission: Permission) -> bool:
    """Whether the actor has the right over the whole tenant."""
    return any(path.depth == 0 for path in reach(actor, permission))
