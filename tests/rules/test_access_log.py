"""The web's access log: no query, no invitation's secret (design: security 89)."""

import runpy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

SETTINGS = runpy.run_path(str(Path(__file__).parents[2] / "deploy/gunicorn.conf.py"))


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/invitation/hai-lang/Z-BkCHur0YwH", "/invitation/hai-lang/…"),
        ("/visits/01a21590", "/visits/01a21590"),
    ],
)
def test_a_line_holds_neither_query_nor_secret(path: str, logged: str) -> None:
    environ = {"PATH_INFO": path, "RAW_URI": path, "QUERY_STRING": "q=an", "REQUEST_METHOD": "GET"}
    environ["SERVER_PROTOCOL"] = "HTTP/1.1"
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    asked = SimpleNamespace(headers=[])
    said = SETTINGS["AccessLogger"](Config()).atoms(
        answer, asked, environ | {"QUERY_STRING": "q=an"}, timedelta()
    )
    line = SETTINGS["access_log_format"] % said
    assert f'"GET {logged}"' in line
    assert "q=an" not in line
