"""The printed schedule: numbered once, signed as the plan is, every visit in it (S0-01, S4-15)."""

from collections.abc import Iterator
from io import BytesIO

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from core.documents.models import OfficialDocument
from core.documents.register import artifact_of
from core.documents.render import MAX_ROWS
from core.queries.schedule import schedule_of
from core.rotation.document import MOST_CELLS, schedule_body
from core.rotation.issuing import issue_schedule
from core.rotation.models import Rotation
from core.rotation.service import RotationError, adjust, publish
from tenants.access import NotAllowed
from tenants.clock import frozen
from tests.cast import Cast
from tests.reporting_ground import SIGNER, run_jobs
from tests.rotation_ground import NOW, OTHERS, drafted, published, version_of


@pytest.fixture(autouse=True)
def _march(database: object) -> Iterator[None]:
    with frozen(NOW):
        yield


def _issue(cast: Cast, rotation_id: object, who: str = "huyen-a.standing") -> OfficialDocument:
    with cast.session("huyen-a") as session:
        return issue_schedule(session, cast.actor(who), version_of(session, rotation_id))  # type: ignore[arg-type]


def test_the_schedule_is_a_numbered_document_with_every_official(cast: Cast) -> None:
    document = _issue(cast, published(cast))
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        artifact = artifact_of(session, document.id)
        assert artifact is not None
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(artifact.content)).pages)
    assert (document.number_line, artifact.file_name) == ("01-TB/HU", "01-TB-HU.pdf")
    for words in (*OTHERS, "Ngô Quang Vinh", "05/01 (tối)", "Kế hoạch số 01-KH/HU", SIGNER):
        assert words in " ".join(text.split())


def test_why_a_version_was_drawn_again_is_not_printed(cast: Cast) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session:
        rotation = session.get_one(Rotation, rotation_id)
        adjust(session, cast.actor("huyen-a.officer"), rotation, "Một đồng chí nằm viện")
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        version = version_of(session, rotation_id)
        publish(session, cast.actor("huyen-a.standing"), version)
        assert version.reason == "Một đồng chí nằm viện"
        assert "nằm viện" not in str(schedule_body(*schedule_of(session, version)))


def test_a_version_is_issued_once(cast: Cast) -> None:
    rotation_id = published(cast)
    assert _issue(cast, rotation_id).id == _issue(cast, rotation_id).id
    with cast.session("huyen-a") as session:
        kind = sa.select(sa.func.count(OfficialDocument.id)).where(OfficialDocument.type == "announcement")
        assert session.scalar(kind) == 1


def test_a_draft_is_not_issued_and_not_by_everybody(cast: Cast) -> None:
    rotation_id = drafted(cast)
    with pytest.raises(RotationError, match="đã công bố"):
        _issue(cast, rotation_id)
    with pytest.raises(NotAllowed):
        _issue(cast, rotation_id, "huyen-a.officer")


def test_more_cells_than_a_document_holds_are_refused_before_numbering(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotation_id = published(cast)
    monkeypatch.setattr("core.rotation.issuing.MOST_CELLS", 2)
    with pytest.raises(RotationError, match="Excel"):
        _issue(cast, rotation_id)
    assert MOST_CELLS < MAX_ROWS
