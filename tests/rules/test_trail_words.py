"""Every entry of the trail is read in Vietnamese: nouns, verbs, facts (design: security)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.backoffice.records import FACTS, _facts_in_words, in_words

HOUSE = Path(__file__).parents[2]
FLOORS = ("admin", "jobs", "core", "tenants")


def _recorded() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Tag and names of facts of each `record(session, actor, "noun:verb", …)` written out in the code."""
    for path in (path for floor in FLOORS for path in (HOUSE / floor).rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "record":
                tag = call.args[2] if len(call.args) > 2 else None
                if isinstance(tag, ast.Constant) and isinstance(tag.value, str):
                    yield tag.value, tuple(fact.arg for fact in call.keywords if fact.arg)


@pytest.mark.parametrize(("tag", "facts"), sorted(set(_recorded())))
def test_an_entry_is_said_in_words(tag: str, facts: tuple[str, ...]) -> None:
    assert in_words(tag) != tag
    assert set(facts) <= FACTS.keys()


def test_days_and_parts_of_the_day_are_said_as_people_say_them() -> None:
    said = _facts_in_words({"meets_on": "2026-12-10", "slot": "evening", "moved": True})
    assert said == "ngày họp: 10/12/2026; buổi: buổi tối; đã dời: có"
