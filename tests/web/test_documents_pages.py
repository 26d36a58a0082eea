"""The register as a page, and files that leave it whole or not at all (S0-01; design: security 34, 70)."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader

from admin.pages.documents import attachment, file_size
from core.documents.models import OfficialDocument
from core.plans.service import draft, publish
from tenants import scope
from tenants.models import AuditEntry
from tests.cast import Cast
from tests.conftest import Browser
from tests.reporting_ground import CONTENT, published_plan, run_jobs, spoil_files
from tests.rotation_ground import statements

SignIn = Callable[[str], Browser]
LIST_STATEMENTS = 7


def file_of(cast: Cast, code: str = "huyen-a") -> str:
    """The address of the tenant's one document's file."""
    with cast.session(code) as session:
        return f"/documents/{session.scalars(sa.select(OfficialDocument.id)).one()}/file"


def test_a_file_is_handed_out_whole_and_only_to_be_kept(cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast, "huyen-a")
    answer = sign_in("huyen-a.officer").get(file_of(cast))
    assert answer.headers["Content-Disposition"] == "attachment; filename=01-KH-HU.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content_type == "application/pdf"
    assert len(PdfReader(BytesIO(answer.data)).pages) >= 1


def test_a_name_with_diacritics_is_told_in_utf_8(app: Flask) -> None:
    with app.test_request_context():
        told = attachment(b"x", "application/pdf", "Kế hoạch\r\n.pdf").headers["Content-Disposition"]
    assert told.startswith("attachment; filename=")
    assert "filename*=UTF-8''K%E1%BA%BF%20ho%E1%BA%A1ch" in told
    assert "\n" not in told


def test_a_damaged_file_is_refused_and_noted(cast: Cast, sign_in: SignIn, database: dict[str, str]) -> None:
    published_plan(cast, "huyen-a")
    spoil_files(database, cast.tenants["huyen-a"])
    answer = sign_in("huyen-a.officer").get(file_of(cast))
    assert answer.status_code == 500
    assert "Tệp không còn nguyên vẹn" in answer.text
    with cast.session("huyen-a") as session:
        assert session.scalars(sa.select(AuditEntry.tag).order_by(AuditEntry.number.desc())).first() == (
            "document:damaged"
        )


def test_a_file_not_yet_made_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    with cast.session("huyen-a") as session:
        actor = cast.actor("huyen-a.standing")
        publish(session, actor, draft(session, actor, CONTENT))
    client = sign_in("huyen-a.officer")
    assert client.get(file_of(cast)).status_code == 404
    assert "Đang tạo tệp" in client.get("/documents/").text
    run_jobs(cast, "huyen-a")
    assert client.get(file_of(cast)).status_code == 200
    assert "Đang tạo tệp" not in client.get("/documents/").text


def test_the_register_is_filtered_and_searched(cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast, "huyen-a")
    published_plan(cast, "huyen-a", replace(CONTENT, subject="Học tập chuyên đề"))
    client = sign_in("huyen-a.officer")
    for query, found in {
        "": ("01-KH/HU", "02-KH/HU"),
        "?q=du+sinh+HOAT": ("01-KH/HU",),
        "?q=02-KH": ("02-KH/HU",),
        "?q=2": ("02-KH/HU",),
        "?kind=plan": ("01-KH/HU", "02-KH/HU"),
        "?kind=report": (),
        "?q=khong+co": (),
    }.items():
        page = client.get(f"/documents/{query}").text
        assert tuple(n for n in ("01-KH/HU", "02-KH/HU") if n in page) == found, query


def test_the_register_takes_the_same_statements_at_any_length(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    for subject in ("Một", "Hai", "Ba"):
        published_plan(cast, "huyen-a", replace(CONTENT, subject=subject))
        with statements(scope.Session.kw["bind"]) as seen:
            assert subject in client.get("/documents/").text
        assert len(seen) == LIST_STATEMENTS


def test_rights_methods_and_siblings(cast: Cast, sign_in: SignIn) -> None:
    published_plan(cast, "huyen-a")
    where = file_of(cast)
    secretary, officer = sign_in("huyen-a.secretary"), sign_in("huyen-a.officer")
    assert [secretary.get(page).status_code for page in ("/documents/", where)] == [403, 403]
    assert [officer.submit(page).status_code for page in ("/documents/", where)] == [405, 405]
    assert sign_in("huyen-b.officer").get(where).status_code == 404
    assert "01-KH" not in sign_in("huyen-b.officer").get("/documents/").text


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 KB"), (84_321, "84 KB"), (999_999, "1000 KB"), (1_234_567, "1,2 MB")]
)
def test_sizes_are_said_as_people_do(size: int, words: str) -> None:
    assert file_size(size) == words
