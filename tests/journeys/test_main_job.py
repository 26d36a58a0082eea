"""The whole main job on real servers, a worker and a scheduler, in a smaller province of the same shape."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from demo.reporting import fonts_of
from demo.stack import VARIABLES


@pytest.fixture(scope="module")
def documents() -> list[Path]:
    surroundings = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    command = [sys.executable, "-m", "demo", "journey", "--communes", "2"]
    run = subprocess.run(command, capture_output=True, text=True, env=surroundings, timeout=240, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    found = re.search(r"PDFs in (\S+),", run.stdout)
    assert found, run.stdout
    return sorted(Path(found[1]).rglob("*.pdf"))


def _text(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def test_every_tenant_gets_its_plan_and_its_report_on_paper(documents: list[Path]) -> None:
    names = [f"{path.parent.name}/{path.name}" for path in documents]
    assert {"quang-tri/01-KH-TU.pdf", "hai-lang/01-KH-HU.pdf", "khe-sanh/02-BC-ĐU.pdf"} <= set(names)


def test_the_provinces_second_report_misses_nobody(documents: list[Path]) -> None:
    first, second = (next(p for p in documents if p.name == f"0{n}-BC-TU.pdf") for n in (1, 2))
    assert "Chưa có số liệu của 2 đơn vị" in _text(first)
    assert "Chưa có số liệu" not in _text(second)


def test_no_official_is_named_in_the_provinces_report(documents: list[Path]) -> None:
    own = _text(next(p for p in documents if p.name == "01-BC-HU.pdf" and p.parent.name == "hai-lang"))
    above = _text(next(p for p in documents if p.name == "02-BC-TU.pdf"))
    assert "Đồng chí chưa đạt 100 % lượt dự" in own
    assert "Đồng chí chưa đạt 100 % lượt dự" not in above


def test_paper_carries_its_own_fonts(documents: list[Path]) -> None:
    for path in documents:
        assert {font.split("+")[-1].split("-")[0] for font in fonts_of(path.read_bytes())} == {"Tinos"}, (
            path.name
        )
