"""What the documentation says of code is what the code says, and its links lead somewhere."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from tenants.access import PERMISSIONS, Permission, Role
from tenants.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"```.*?```", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def table(page: str, first_heading: str) -> list[list[str]]:
    """The cells of the page's table whose first heading is that one, headings first, rule left out."""
    lines = (ROOT / "docs" / page).read_text("utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {first_heading} |"))
    end = next((at for at in range(start, len(lines)) if not lines[at].startswith("|")), len(lines))
    rows = [[cell.strip(" `*") for cell in line.strip("|").split("|")] for line in lines[start:end]]
    return [rows[0], *rows[2:]]


def rights(page: str) -> dict[Role, frozenset[Permission]]:
    """The documented table of roles and permissions."""
    (_, *headings), *rows = table(page, "permission")
    marked = {
        (row[0], heading) for row in rows for heading, mark in zip(headings, row[1:], strict=True) if mark
    }
    assert {row[0] for row in rows} == set(Permission)
    assert set(headings) == {role.label for role in Role}
    return {role: frozenset(p for p in Permission if (p, role.label) in marked) for role in Role}


def test_the_table_of_roles_and_permissions_is_the_codes() -> None:
    assert rights("capabilities/people-and-rights.md") == PERMISSIONS


def test_every_setting_is_in_the_table_of_settings_and_no_other() -> None:
    _, *rows = table("operations.md", "setting")
    known = {f.name.upper() for f in fields(Settings)} - {"MAIL"}
    assert {row[0] for row in rows} == known | {"SECRET_KEY_FILE"}


def test_every_setting_of_mail_is_in_its_table_and_no_other() -> None:
    _, *rows = table("operations.md", "mail setting")
    named = {name.strip(" `") for row in rows for name in row[0].split(",")}
    source = (ROOT / "tenants" / "mail_settings.py").read_text("utf-8")
    assert named == set(re.findall(r'"(SMTP_[A-Z_]+)"', source)) - {"SMTP_"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_to_files(page: Path) -> None:
    targets = LINK.findall(FENCE.sub("", page.read_text("utf-8")))
    local = [target.partition("#")[0] for target in targets if "://" not in target]
    assert [path for path in local if path and not (page.parent / path).exists()] == []
