"""Every line of the source plans is in the map; those of the plans' own areas have a test that is there."""

import ast
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from tests.rules.test_docs import ROOT

PLANS = ("S0", "S1", "S2", "S3", "S4")
OWN_AREAS = frozenset({
    "agenda", "banner", "cadence", "catalogue", "cell-type", "document", "guest", "meeting-type", "milestone",
    "pilot", "plan", "prep", "role", "routing", "self-check", "threshold", "topic",
})  # fmt: skip
TOPICS = [f"S2-18.{number}" for number in range(1, 11)]
LINES = {"S0": 49, "S1": 31, "S2": 27, "S3": 29, "S4": 20}
"""How many lines each source has; the eighteenth of S2 is ten of them."""


def rows() -> list[list[str]]:
    """Every line of the map: id, area, demand, met, where."""
    text = (ROOT / "docs" / "requirements-map.md").read_text("utf-8").splitlines()
    lines = [line for line in text if line.startswith("| S")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def shown_by(requirement: str) -> list[str]:
    """The tests that show a requirement."""
    named: list[str] = coverage()[requirement[:2]].get(requirement, [])
    return named


@cache
def coverage() -> dict[str, dict[str, list[str]]]:
    """The table of tests, by plan and requirement."""
    text = (ROOT / "tests" / "requirements.toml").read_text("utf-8")
    found: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return found


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests of a file."""
    parsed = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in parsed.body if isinstance(node, ast.FunctionDef))


def test_every_line_of_every_source_is_in_the_map_once() -> None:
    whole = [f"{plan}-{number:02d}" for plan in PLANS for number in range(1, LINES[plan] + 1)]
    whole = list(chain.from_iterable(TOPICS if one == "S2-18" else [one] for one in whole))
    assert [row[0] for row in rows()] == whole
    assert len(whole) == 165


def test_every_line_says_whether_it_is_met() -> None:
    assert {row[3] for row in rows()} == {"yes", "in part", "no"}
    assert [row[0] for row in rows() if row[3] != "no" and not row[4]] == []


@pytest.mark.parametrize("row", [r for r in rows() if r[1] in OWN_AREAS], ids=lambda row: row[0])
def test_a_line_of_the_plans_own_areas_has_a_test(row: list[str]) -> None:
    assert shown_by(row[0])


@pytest.mark.parametrize("plan", PLANS)
def test_every_test_named_is_there_and_every_requirement_known(plan: str) -> None:
    entries = dict(coverage()[plan])
    path = ROOT / str(entries.pop("file"))
    assert set(entries) <= {row[0] for row in rows()}
    assert set(chain.from_iterable(entries.values())) <= names_in(path)
