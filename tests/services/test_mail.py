"""Letters through a real mail server: once a day, refused addresses, retries (design: reliability 6)."""

import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import AuthResult

from core.notices.mailing import MailBox, choose_mail, mail_boxes, write_letters
from core.notices.models import Job, JobKind, JobState, Mail, MailPreference, MailState
from core.notices.smtp import Letter, answers, send
from core.notices.work import owe
from jobs import lease
from jobs.contract import LeaseLost
from jobs.handlers import HANDLERS
from jobs.mail import FRESH
from jobs.run import Outcome, Runner, run_pending
from tenants.access import NotFound
from tenants.clock import now
from tenants.models import Person
from tests.cast import SYSTEM, Cast
from tests.mail_ground import Received, connected_to, give_address, mail_server, settings_of
from tests.reporting_ground import TwiceRunner

pytestmark = pytest.mark.usefixtures("database")
WHO, TO, TEXT = "huyen-a.secretary", "dao@example.vn", "Nhắc việc ngày 10/03/2026: dự <Chi bộ số 1>."
LINK = "https://example.vn/tasks/"


@pytest.fixture
def server(cast: Cast) -> Iterator[Received]:
    """A server that the product knows, and a secretary with an address."""
    give_address(cast, WHO, TO)
    with mail_server() as received, connected_to(settings_of(received)):
        yield received


def written(cast: Cast, key: str = "day", who: str = WHO) -> int:
    """How many letters became owed."""
    actor = cast.actor(who)
    assert actor.person_id is not None
    with cast.session(who) as session:
        return write_letters(session, actor, {actor.person_id: TEXT}, "Nhắc việc", key, LINK)


def ran(cast: Cast, runner: Runner | None = None) -> list[Outcome]:
    with cast.scope(WHO):
        return run_pending(runner=runner)


def states(cast: Cast, who: str = WHO) -> list[MailState]:
    with cast.session(who) as session:
        return list(session.scalars(sa.select(Mail.state).order_by(Mail.id)))


def job(cast: Cast) -> Job:
    with cast.session(WHO) as session:
        return session.scalars(sa.select(Job).where(Job.kind == JobKind.SEND_MAIL)).one()


def box(cast: Cast, who: str = WHO) -> MailBox:
    actor = cast.actor(who)
    assert actor.person_id is not None
    with cast.session(who) as session:
        return mail_boxes(session, [actor.person_id])[actor.person_id]


def test_a_letter_arrives_in_both_forms_with_its_link(cast: Cast, server: Received) -> None:
    assert written(cast) == 1
    assert ran(cast) == [Outcome.DONE]
    assert states(cast) == [MailState.SENT]
    (letter,) = server.letters
    assert (letter["To"], letter["Subject"], letter["Auto-Submitted"]) == (TO, "Nhắc việc", "auto-generated")
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    assert TEXT in plain.get_content()
    assert LINK in plain.get_content()
    assert "dự &lt;Chi bộ số 1&gt;" in html.get_content()
    assert f'href="{LINK}"' in html.get_content()


def test_the_same_day_is_one_letter_however_often_it_comes(cast: Cast, server: Received) -> None:
    assert [written(cast), written(cast), written(cast, "next day")] == [1, 0, 1]
    assert ran(cast) == [Outcome.DONE, Outcome.DONE]
    assert len(server.letters) == 2


def test_a_job_rung_again_sends_nothing(cast: Cast, server: Received) -> None:
    written(cast)
    ran(cast)
    with cast.session(WHO) as session:
        session.execute(sa.update(Job).values(state=JobState.QUEUED))
    assert ran(cast) == [Outcome.DONE]
    assert len(server.letters) == 1


def test_a_process_that_dies_after_sending_sends_the_same_letter_again(cast: Cast, server: Received) -> None:
    written(cast)
    assert ran(cast, TwiceRunner(handlers=HANDLERS)) == [Outcome.DONE]
    assert len({letter["Message-ID"] for letter in server.letters}) == 1
    assert len(server.letters) == 2
    assert states(cast) == [MailState.SENT]


def test_whose_claim_was_lost_does_not_send(cast: Cast, server: Received) -> None:
    written(cast)

    def lost(stage: str, percent: int) -> None:
        raise LeaseLost

    with cast.scope(WHO), pytest.raises(LeaseLost):
        HANDLERS[JobKind.SEND_MAIL](job(cast), lost)  # type: ignore[arg-type]
    assert server.letters == []
    assert states(cast) == [MailState.WAITING]


def test_an_address_refused_for_good_is_on_the_record_and_not_tried_again(
    cast: Cast, server: Received
) -> None:
    server.refusing[TO] = "550 No such user"
    written(cast)
    assert ran(cast) == [Outcome.DONE]
    assert states(cast) == [MailState.REFUSED]
    assert box(cast).refused
    assert written(cast, "next day") == 0


def test_a_corrected_address_is_tried_and_so_is_one_asked_for_again(cast: Cast, server: Received) -> None:
    server.refusing[TO] = "550 No such user"
    written(cast)
    ran(cast)
    give_address(cast, WHO, "dao.moi@example.vn")
    assert written(cast, "corrected") == 1
    give_address(cast, WHO, TO)
    assert written(cast, "back again") == 0
    with cast.session(WHO) as session:
        choose_mail(session, cast.actor(WHO), wanted=True)
    assert written(cast, "asked for") == 1


@pytest.mark.parametrize("answer", ["451 Later", "421 Busy"])
def test_a_server_that_says_later_is_asked_again(cast: Cast, server: Received, answer: str) -> None:
    server.refusing[TO] = answer
    written(cast)
    assert ran(cast) == [Outcome.FAILED]
    waiting = job(cast)
    assert (waiting.state, waiting.attempts, waiting.max_attempts) == (JobState.QUEUED, 1, 40)
    assert waiting.run_after > waiting.created_at
    assert not box(cast).refused
    server.refusing.clear()
    with cast.session(WHO) as session:
        session.execute(sa.update(Job).values(run_after=sa.func.now()))
    assert ran(cast) == [Outcome.DONE]
    assert len(server.letters) == 1


def test_a_letter_refused_for_its_content_is_not_the_address_fault(cast: Cast, server: Received) -> None:
    server.at_data = "554 Looks like spam"
    written(cast)
    assert ran(cast) == [Outcome.DONE]
    assert states(cast) == [MailState.REFUSED]
    assert not box(cast).refused


def test_a_server_away_leaves_the_letter_waiting(cast: Cast) -> None:
    give_address(cast, WHO, TO)
    written(cast)
    with mail_server() as received:
        gone = settings_of(received)
    with connected_to(gone):
        assert ran(cast) == [Outcome.FAILED]
    assert not answers(gone)
    assert (states(cast), job(cast).error) == ([MailState.WAITING], "ConnectionRefusedError")


def test_a_process_without_a_server_leaves_the_letter_to_one_that_has_it(
    cast: Cast, server: Received
) -> None:
    written(cast)
    with connected_to(None):
        assert ran(cast) == [Outcome.FAILED]
    assert job(cast).error == "MailOff"


def test_a_stale_letter_is_not_sent(cast: Cast, server: Received, owner: sa.Engine) -> None:
    written(cast)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{cast.tenants['huyen-a']}'")
        connection.execute(sa.update(Mail).values(posted_at=now() - FRESH - timedelta(minutes=1)))
    assert ran(cast) == [Outcome.DONE]
    assert (states(cast), server.letters) == ([MailState.EXPIRED], [])


def test_who_left_or_wants_none_meanwhile_gets_none(cast: Cast, server: Received) -> None:
    written(cast)
    with cast.session(WHO) as session:
        choose_mail(session, cast.actor(WHO), wanted=False)
    assert ran(cast) == [Outcome.DONE]
    assert (states(cast), server.letters) == ([MailState.EXPIRED], [])


@pytest.mark.parametrize(
    ("address", "wanted", "takes"),
    [
        ("", None, False),
        (TO, None, True),
        (TO, False, False),
        ("", True, False),
        ("không phải thư", None, False),
        (f"{TO}\nBcc: x@example.vn", True, False),
    ],
)
def test_mail_is_on_where_there_is_an_address_unless_chosen_otherwise(
    cast: Cast, address: str, wanted: bool | None, takes: bool
) -> None:
    give_address(cast, WHO, address)
    if wanted is not None:
        with cast.session(WHO) as session:
            choose_mail(session, cast.actor(WHO), wanted)
    assert box(cast).takes_mail is takes
    assert written(cast) == int(takes)


def test_a_choice_is_made_for_oneself_in_ones_own_tenant(cast: Cast) -> None:
    with cast.session(WHO) as session:
        choose_mail(session, cast.actor(WHO), wanted=False)
    with cast.session("huyen-b") as session:
        assert session.scalars(sa.select(MailPreference)).all() == []
    with cast.session("operator") as session, pytest.raises(NotFound):
        choose_mail(session, SYSTEM, wanted=True)


def test_other_work_goes_before_letters(cast: Cast) -> None:
    actors = [cast.actor(f"huyen-a.{login}") for login in ("secretary", "officer", "standing", "official")]
    with cast.session("huyen-a") as session:
        told = {actor.person_id: TEXT for actor in actors if actor.person_id}
        session.execute(sa.update(Person).values(email=TO))
        assert write_letters(session, actors[0], told, "Nhắc việc", "day", LINK) == lease.PLACES
        counted = owe(session, actors[0], JobKind.COUNT_TENANT, "now")
    with cast.session("huyen-a") as session:
        lease.choose(session)
        assert session.get_one(Job, counted).pushed_at is not None
        assert session.scalar(sa.select(sa.func.count(Job.id)).where(Job.pushed_at.is_(None))) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that only this test trusts."""
    folder = tmp_path_factory.mktemp("tls")
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = [
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
    ]
    subprocess.run([*made.split(), *names], cwd=folder, check=True, capture_output=True)
    return folder


def _trusting(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    return context


def _check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (b"nhac", b"dung"), handled=False)


def test_the_password_goes_over_a_trusted_line_only(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = Letter("1", TO, "Chào", "Chào", "<p>Chào</p>", now())
    options = {"tls_context": _trusting(certificate), "require_starttls": True, "authenticator": _check}
    with mail_server(**options, auth_required=True) as received:
        known = settings_of(received, security="starttls", user="nhac", password="dung")
        with pytest.raises(ssl.SSLCertVerificationError):
            send(known, letter)
        assert not answers(known)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
        send(known, letter)
        assert answers(known)
        assert not answers(settings_of(received, security="starttls", user="nhac", password="sai"))
    assert len(received.letters) == 1


def test_a_line_may_be_encrypted_from_its_first_byte(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(ssl_context=_trusting(certificate)) as received:
        known = settings_of(received, security="tls")
        assert not answers(known)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
        assert answers(known)
