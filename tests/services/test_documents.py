"""Documents: numbered once, rendered by a job, read back as they were made (S0-01; design: security 70)."""

import hashlib
from dataclasses import replace
from io import BytesIO

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from core.documents.models import Artifact, OfficialDocument
from core.documents.numbering import DocumentType
from core.documents.register import (
    DamagedFile,
    Letterhead,
    artifact_of,
    content_of,
    document_about,
    issue,
    term_of,
)
from core.plans.models import Plan
from core.plans.service import publish, published, redraft
from tenants.clock import today
from tests.cast import Cast
from tests.reporting_ground import CONTENT, published_plan, quarterly_report, run_jobs, spoil_files

pytestmark = pytest.mark.usefixtures("database")


def the_document(cast: Cast, code: str = "tinh") -> OfficialDocument:
    with cast.session(code) as session:
        return session.scalars(sa.select(OfficialDocument)).one()


def test_the_file_is_a_pdf_of_the_published_words_under_its_hash(cast: Cast) -> None:
    published_plan(cast)
    with cast.session("tinh") as session:
        artifact = artifact_of(session, the_document(cast).id)
        assert artifact is not None
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(artifact.content)).pages)
        assert artifact.sha256 == hashlib.sha256(artifact.content).hexdigest()
        assert (artifact.size, artifact.file_name) == (len(artifact.content), "01-KH-TU.pdf")
    assert CONTENT.subject.split()[-1] in text
    assert "26-NQ/TW" in text


def test_a_render_job_run_twice_keeps_one_file(cast: Cast) -> None:
    published_plan(cast)
    run_jobs(cast, "tinh")
    with cast.session("tinh") as session:
        assert len(session.scalars(sa.select(Artifact.id)).all()) == 1


def test_a_version_keeps_its_number(cast: Cast) -> None:
    plan_id, actor = published_plan(cast), cast.actor("tinh.standing")
    with cast.session("tinh") as session:
        version = published(session, plan_id)
        assert version is not None
        document = document_about(session, version.id)
        assert document is not None
        head = Letterhead("", "", "", ())
        assert issue(session, actor, DocumentType.PLAN, "Khác", version.id, head, today()) is document


def test_numbers_run_on_within_type_and_term(cast: Cast) -> None:
    plan_id, actor = published_plan(cast), cast.actor("tinh.standing")
    with cast.session("tinh") as session:
        plan = session.get_one(Plan, plan_id)
        redraft(session, actor, plan, replace(CONTENT, milestones=(quarterly_report(6),)))
        publish(session, actor, plan)
        numbers = sa.select(OfficialDocument.number, OfficialDocument.term).order_by(OfficialDocument.number)
        assert session.execute(numbers).all() == [(1, term_of(today())), (2, term_of(today()))]


def test_each_tenant_counts_its_own(cast: Cast) -> None:
    published_plan(cast, "huyen-a")
    published_plan(cast, "huyen-b")
    assert [the_document(cast, code).number for code in ("huyen-a", "huyen-b")] == [1, 1]


def test_a_file_whose_bytes_no_longer_fit_their_hash_is_refused(cast: Cast, database: dict[str, str]) -> None:
    published_plan(cast)
    spoil_files(database, cast.tenants["tinh"])
    with cast.session("tinh") as session:
        artifact = artifact_of(session, the_document(cast).id)
        assert artifact is not None
        with pytest.raises(DamagedFile):
            content_of(artifact)
